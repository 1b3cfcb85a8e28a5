"""Puts the certificates in a time stamp's answer into the order that DER asks for. Pure.

DER sorts what is in a SET OF (X.690 §11.6). Authorities built on OpenSSL send theirs as configured, and a
strict reader refuses them. The certificates are no part of what is signed (RFC 5652 §5.1), so their order
says nothing; the answer itself stays as it came.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

_SEQUENCE: Final = 0x30
_CERTIFICATES: Final = 0xA0
_PATH: Final = ((_SEQUENCE, 0), (_SEQUENCE, 1), (_CERTIFICATES, 1), (_SEQUENCE, 0), (_CERTIFICATES, 3))
"""Tag, and which child of the one before: answer, token, its content, SignedData, certificates."""


class _Value(NamedTuple):
    tag: int
    head: int
    begin: int
    end: int


def in_der_order(answer: bytes) -> bytes:
    """Return the answer with sorted certificates; ValueError: it is no DER."""
    region = _Value(0, 0, 0, len(answer))
    for tag, child in _PATH:
        children = list(_children(answer, region))
        if child >= len(children) or children[child].tag != tag:
            return answer
        region = children[child]
    certificates = sorted(answer[each.head : each.end] for each in _children(answer, region))
    return answer[: region.begin] + b"".join(certificates) + answer[region.end :]


def _children(text: bytes, of: _Value) -> Iterator[_Value]:
    place = of.begin
    while place < of.end:
        value = _value(text, place)
        if value.end > of.end:
            raise ValueError("a value is longer than what holds it")
        yield value
        place = value.end


def _value(text: bytes, place: int) -> _Value:
    """Read tag and length (X.690 §8.1.3), of which all here fit into four bytes."""
    if place + 2 > len(text):
        raise ValueError("cut off")
    first = text[place + 1]
    more = first & 0x7F if first & 0x80 else 0
    begin = place + 2 + more
    length = int.from_bytes(text[place + 2 : begin], "big") if more else first
    if more > 4 or begin + length > len(text):
        raise ValueError("a length that cannot be")
    return _Value(text[place], place, begin, begin + length)
