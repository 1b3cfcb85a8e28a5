"""Makes a picture of which nobody can tell whom it shows: of the whole of it, few blocks of few colours.

It rests on no finder of faces or plates, which would miss some. Whatever fills the picture, at most `BLOCKS`
by `BLOCKS` blocks of it are left, each of one of 64 colours: a face across the whole picture is eight blocks
wide, a plate has about one block for a character. Finer mosaics were undone by machines (McPherson et al.
2016, "Defeating Image Obfuscation with Deep Learning"; Hill et al. 2016, of mosaics over text).
"""

import io
from typing import Final

from PIL import Image, UnidentifiedImageError

from contract.errors import InvalidMessage

BLOCKS: Final = 8
"""At most so many along the longer side."""

LEAST_BLOCK: Final = 48
"""Pixels of the picture that a block spans at least: of a small one fewer blocks are left."""

LEVELS: Final = 4
"""Of each of red, green and blue."""

SHOWN: Final = 480
"""Pixels of the longer side of what is made."""

MOST_PIXELS: Final = 100_000_000
"""A picture that is larger was made to fill the memory."""

_STEP: Final = 256 // LEVELS


def pixelated(content: bytes) -> bytes:
    """Return a JPEG of a picture in blocks, with nothing else of its file; InvalidMessage if it is none."""
    blocks = _blocks(content)
    scale = SHOWN // max(blocks.size)
    shown = blocks.resize((blocks.width * scale, blocks.height * scale), Image.Resampling.NEAREST)
    made = io.BytesIO()
    shown.save(made, "JPEG", quality=85, subsampling=0)
    return made.getvalue()


def _blocks(content: bytes) -> Image.Image:
    """Return a pixel for each block: the mean over it, in the middle of its level."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "BMP", "GIF", "WEBP")) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise InvalidMessage(f"a picture of {width} × {height} pixels", code="bad-picture")
            size = _size(width, height)
            picture.draft("RGB", (size[0] * 8, size[1] * 8))
            means = picture.convert("RGB").resize(size, Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as wrong:
        raise InvalidMessage(f"this is no picture: {wrong}", code="bad-picture") from wrong
    return means.point([_STEP * (level // _STEP) + _STEP // 2 for level in range(256)] * 3)


def _size(width: int, height: int) -> tuple[int, int]:
    span = max(LEAST_BLOCK, -(-max(width, height) // BLOCKS))
    return max(1, width // span), max(1, height // span)
