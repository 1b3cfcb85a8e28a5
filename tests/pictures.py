"""Pictures for tests, as cameras take them."""

import io

from PIL import Image


def jpeg(width: int = 200, height: int = 120, *, quality: int = 85, noise: bool = True) -> bytes:
    """Return a picture; no compression makes `noise` small."""
    made = io.BytesIO()
    shown = Image.effect_noise((width, height), 200) if noise else Image.new("RGB", (width, height), "grey")
    shown.convert("RGB").save(made, "JPEG", quality=quality)
    return made.getvalue()


def with_comment(picture: bytes, words: str) -> bytes:
    """Return another picture that shows the same: SOI, a COM segment (ITU-T T.81 §B.2.4.5), the rest."""
    comment = words.encode()
    return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]
