"""Makes structs of rows, in whichever thread: msgspec 0.22 must not see a struct for the first time in two.

It then reads one that is half examined, and the process dies (SIGSEGV).
"""

from collections.abc import Mapping
from threading import Lock
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)

_examined: Final[set[type[msgspec.Struct]]] = set()
_one_at_a_time: Final = Lock()


def convert(values: Mapping[str, Any], kind: type[T]) -> T:
    """Make a struct; msgspec.ValidationError if the values are not right."""
    if kind not in _examined:
        with _one_at_a_time:
            msgspec.json.Decoder(kind)  # which has it examined, and all structs in it
            _examined.add(kind)
    return msgspec.convert(values, kind)
