"""Fields of fixed length at the beginning of a message."""

from struct import Struct as Layout
from typing import Any

from contract.errors import InvalidMessage


def unpacked(layout: Layout, data: bytes, what: str) -> tuple[Any, ...]:
    """Read what `layout` says is at the beginning of `data`; InvalidMessage if it is not all there."""
    if len(data) < layout.size:
        raise InvalidMessage(f"{what}: {len(data)} bytes, not {layout.size}")
    return layout.unpack_from(data)
