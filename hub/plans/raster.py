"""Reads how large a PNG, JPEG or WebP is, and that it can be shown at all. Blocking; FFmpeg stays in here."""

import io
from typing import Final

import av

from contract.errors import InvalidMessage
from hub.plans.drawing import Size
from hub.plans.records import TooLarge

MOST_PIXELS: Final = 25_000_000
"""Some 100 MB where it is unpacked; a 4K screen has 8 million."""

READERS: Final = {"image/png": "png_pipe", "image/jpeg": "jpeg_pipe", "image/webp": "webp_pipe"}


def measure(content: bytes, media_type: str) -> Size:
    """Return how large a picture is; InvalidMessage, TooLarge. What is too large is never unpacked."""
    options = {"max_pixels": str(MOST_PIXELS)}
    try:
        with av.open(io.BytesIO(content), "r", format=READERS[media_type], options=options) as opened:
            stream = opened.streams.video[0]
            width, height = stream.codec_context.width, stream.codec_context.height
            if width * height > MOST_PIXELS:
                raise TooLarge(
                    f"a picture may have {MOST_PIXELS // 1_000_000} million pixels; save it smaller"
                )
            frame = next(opened.decode(stream))
            return Size(frame.width, frame.height)
    except (av.FFmpegError, IndexError, StopIteration) as wrong:
        raise InvalidMessage(
            "the picture cannot be read: it is damaged, or has more than "
            f"{MOST_PIXELS // 1_000_000} million pixels; save it anew",
            code="not-a-picture",
        ) from wrong
