"""Pictures for tests, as cameras take them."""

import io

from PIL import Image


def jpeg(width: int = 200, height: int = 120) -> bytes:
    """Return a picture that no compression makes small."""
    made = io.BytesIO()
    Image.effect_noise((width, height), 100).convert("RGB").save(made, "JPEG", quality=85)
    return made.getvalue()


def with_comment(picture: bytes, words: str) -> bytes:
    """Return another picture that shows the same: SOI, a COM segment (ITU-T T.81 §B.2.4.5), the rest."""
    comment = words.encode()
    return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]
