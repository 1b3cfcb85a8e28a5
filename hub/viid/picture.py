"""Makes a picture small enough for the library: JPEG, limited in bytes. Blocking; the one user of Pillow."""

import base64
import io
from typing import Final

from msgspec import Struct
from PIL import Image, UnidentifiedImageError

from contract.errors import InvalidMessage

MOST_PIXELS: Final = 50_000_000
"""A camera of 48 megapixels; what is larger is never unpacked."""

SIDES: Final = (2560, 1920, 1280, 960, 640, 320)
QUALITIES: Final = (85, 70, 50)


class Shown(Struct, frozen=True, kw_only=True):
    """A picture as it leaves."""

    width: int
    height: int
    content: bytes

    @property
    def data(self) -> str:
        """Its bytes in base64, with no `data:` before them."""
        return base64.b64encode(self.content).decode()


def fit(content: bytes, most: int) -> Shown:
    """Return a picture of at most `most` bytes; InvalidMessage if it is none or cannot be made so small."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise InvalidMessage("the picture has too many pixels", code="not-a-picture")
            if opened.format == "JPEG" and len(content) <= most:
                return Shown(width=opened.width, height=opened.height, content=content)
            return _smaller(opened, most)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as wrong:
        raise InvalidMessage("the picture cannot be read", code="not-a-picture") from wrong


def _smaller(opened: Image.Image, most: int) -> Shown:
    opened.draft("RGB", (SIDES[0], SIDES[0]))
    whole = opened.convert("RGB")
    for side in SIDES:
        whole.thumbnail((side, side))
        for quality in QUALITIES:
            made = io.BytesIO()
            whole.save(made, "JPEG", quality=quality)
            if made.tell() <= most:
                return Shown(width=whole.width, height=whole.height, content=made.getvalue())
    raise InvalidMessage("the picture cannot be made small enough", code="not-a-picture")
