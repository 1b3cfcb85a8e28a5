"""The chain of custody (流转记录): who did what with the request, until the bundle was made.

One line of canonical JSON (RFC 8785) a step; each holds the hash up to the line before, and the last hash
stands in the manifest. A hash is SHA-256 over the hash before, as 64 digits, and the line, as in the audit.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from hub.audit.canonical import canonical
from hub.audit.entry import GENESIS, hash_of
from hub.bundle.source import Step
from hub.bundle.times import rfc3339


class Custody(NamedTuple):
    """The file, how many steps it has, and the last hash."""

    text: bytes
    steps: int
    head: str


class _Line(Struct):
    n: int
    before: str


_read: Final = msgspec.json.Decoder(_Line).decode


def chained(steps: Sequence[Step]) -> Custody:
    """Write the steps as a chain."""
    lines, before = [], GENESIS
    for step in steps:
        told = {"n": step.n, "at": rfc3339(step.at_ms), "who": step.who, "what": step.what}
        line = canonical(told | {"details": dict(step.details), "before": before}).decode()
        lines.append(line)
        before = hash_of(before, line)
    return Custody("".join(f"{line}\n" for line in lines).encode(), len(lines), before)


def broken_at(lines: Iterable[bytes], steps: int, head: str) -> int | None:
    """Return the first line that does not follow the one before, or the number past the end; None: whole."""
    before, number = GENESIS, 0
    for number, line in enumerate(lines, 1):
        try:
            text = line.decode().removesuffix("\n")
            if _read(text).before != before:
                return number
        except (UnicodeDecodeError, msgspec.MsgspecError):
            return number
        before = hash_of(before, text)
    return None if (number, before) == (steps, head) else number + 1
