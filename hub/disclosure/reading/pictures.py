"""Makes a picture of which nobody can tell whom it shows: of the whole of it, few blocks of few colours.

It rests on no finder of faces or plates, which would miss some. Whatever fills the picture, at most `BLOCKS`
by `BLOCKS` blocks of it are left, each of one of 27 colours. Finer mosaics were undone by machines (McPherson
et al. 2016, "Defeating Image Obfuscation with Deep Learning"; Hill et al. 2016, of mosaics over text): of a
plate that fills the picture, eight blocks by two tell nearly each plate from all others to somebody who knows
how it was taken, three tell less than two bits of thirty.
"""

import io
from typing import Final

from PIL import Image, UnidentifiedImageError

from contract.errors import InvalidMessage

BLOCKS: Final = 3
"""At most so many along the longer side."""

LEAST_BLOCK: Final = 48
"""Pixels of the picture that a block spans at least: of a small one fewer blocks are left."""

LEVELS: Final = 3
"""Of each of red, green and blue."""

SHOWN: Final = 480
"""Pixels of the longer side of what is made."""

MOST_PIXELS: Final = 80_000_000
"""A picture that is larger was made to fill the memory."""

_WRONG: Final = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
_STEP: Final = -(-256 // LEVELS)
_LEVELS: Final = [_STEP * (level // _STEP) + _STEP // 2 for level in range(256)]


def pixelated(content: bytes) -> bytes:
    """Return a JPEG of a picture in blocks, with nothing else of its file; InvalidMessage if it is none."""
    blocks = _blocks(content)
    scale = SHOWN // max(blocks.size)
    bare = Image.frombytes("RGB", blocks.size, blocks.tobytes())  # else the file's comment would go along
    shown = bare.resize((bare.width * scale, bare.height * scale), Image.Resampling.NEAREST)
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
            picture.draft("RGB", (size[0] * LEAST_BLOCK, size[1] * LEAST_BLOCK))
            means = picture.convert("RGB").resize(size, Image.Resampling.BOX)
    except _WRONG as wrong:
        raise InvalidMessage(f"this is no picture: {wrong}", code="bad-picture") from wrong
    return means.point(_LEVELS * 3)


def _size(width: int, height: int) -> tuple[int, int]:
    span = max(LEAST_BLOCK, -(-max(width, height) // BLOCKS))
    return max(1, width // span), max(1, height // span)
