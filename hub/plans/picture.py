"""Takes in a plan's picture: bounded in bytes and pixels, known by its own first bytes, not by its name."""

import hashlib
from collections.abc import AsyncIterable
from typing import Final

from msgspec import Struct

from hub.orders.pictures import picture_type
from hub.plans import drawing
from hub.plans.drawing import Size
from hub.plans.records import TooLarge

MAX_PICTURE_BYTES: Final = 8 * 1024 * 1024
SVG: Final = "image/svg+xml"
_WHITE: Final = b" \t\r\n"
_MARK: Final = b"\xef\xbb\xbf"
"""Some editors begin a text with it."""


class Picture(Struct, frozen=True, kw_only=True):
    """A picture as it is kept and served. `digest`: SHA-256 of `content`."""

    content: bytes
    media_type: str
    digest: str
    width: int
    height: int


async def received(parts: AsyncIterable[bytes]) -> bytes:
    """Put together what is sent; TooLarge as soon as it is."""
    content = bytearray()
    async for part in parts:
        content += part
        if len(content) > MAX_PICTURE_BYTES:
            raise TooLarge(f"a picture may have {MAX_PICTURE_BYTES // 1024 // 1024} MiB")
    return bytes(content)


def read_picture(content: bytes) -> Picture:
    """Look at a picture; InvalidMessage says why it is none that can be shown. Blocking: up to a second."""
    text = content.removeprefix(_MARK).lstrip(_WHITE).startswith(b"<")
    media_type = SVG if text else picture_type(content[:12], "SVG, PNG, JPEG, WebP")
    size = drawing.measure(content) if text else _raster_size(content, media_type)
    return Picture(
        content=content,
        media_type=media_type,
        digest=hashlib.sha256(content).hexdigest(),
        width=size.width,
        height=size.height,
    )


def _raster_size(content: bytes, media_type: str) -> Size:
    from hub.plans import raster  # noqa: PLC0415 - FFmpeg takes a while to load, and is needed here alone

    return raster.measure(content, media_type)
