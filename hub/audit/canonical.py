"""One way to write JSON, so that a hash over it means something: RFC 8785 (JSON Canonicalization Scheme).

RFC 8785 takes integers up to 2**53 - 1 alone (I-JSON, RFC 7493 §2.2) and advises to write larger ones as
text, which is done here.
"""

import hashlib
import math
import re
from typing import Any, Final

import msgspec
import rfc8785
from msgspec import Struct

LARGEST: Final = 2**53 - 1


_SORTED: Final = msgspec.json.Encoder(order="sorted").encode
_OTHERWISE: Final = re.compile(rb"(?:^|[:,\[])-?(?:[0-9]{16}|[0-9]+[.eE])|\\u|[\xf0-\xff]")
"""Where msgspec's sorted JSON may differ from RFC 8785: fractions, large integers, control characters, and
characters beyond U+FFFF, which sort otherwise in UTF-16. Found in a text by mistake, it costs time alone."""


def canonical(value: Any) -> bytes:
    """Write anything that msgspec can as canonical JSON, UTF-8."""
    try:
        quick = _SORTED(value)
    except (UnicodeEncodeError, TypeError):  # half of a surrogate pair; a key that is no text
        return _slowly(value)
    return quick if _OTHERWISE.search(quick) is None else _slowly(value)


def _slowly(value: Any) -> bytes:
    """Write it with the library that knows all of RFC 8785, at a tenth of the speed."""
    plain = msgspec.to_builtins(value, str_keys=True)
    try:
        return rfc8785.dumps(plain)
    except rfc8785.CanonicalizationError:
        return rfc8785.dumps(_within_rules(plain))


def _within_rules(value: Any) -> Any:
    """Write what RFC 8785 does not take as it advises; text that is no Unicode gets question marks."""
    if isinstance(value, dict):
        return {_within_rules(key): _within_rules(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_within_rules(each) for each in value]
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, int) and abs(value) > LARGEST:
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def digest_of(entry: Struct) -> str:
    """Return the SHA-256, hex, of an entry of a timeline, or of a step of a way, as canonical JSON."""
    return hashlib.sha256(canonical(entry)).hexdigest()
