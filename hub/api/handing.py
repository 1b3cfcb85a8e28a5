"""Addresses with a secret in them, handed over once: to copy, and as a QR code for a telephone's camera."""

import io
from typing import Final

import segno
from msgspec import Struct
from starlette.requests import Request

CORRECTION: Final = "m"
"""Read from a screen, a code is neither scratched nor dirty."""


class Handed(Struct, frozen=True):
    """An address that whoever has it may use; it cannot be shown again. `qr`: the same as SVG."""

    link: str
    qr: str


def hand(request: Request, path: str) -> Handed:
    """Return where `path` is for whoever asks."""
    link = base_of(request) + path
    return Handed(link, qr_code(link))


def base_of(request: Request) -> str:
    """Return how our addresses begin for whoever asks: as their page's does, else as ours."""
    origin = request.headers.get("origin", "")
    base = origin if origin.startswith(("http://", "https://")) else str(request.base_url)
    return base.rstrip("/")


def qr_code(text: str) -> str:
    """Draw a QR code, dark on light with the quiet zone that ISO/IEC 18004 wants, as large as its place."""
    drawn = io.BytesIO()
    segno.make_qr(text, error=CORRECTION).save(
        drawn, kind="svg", xmldecl=False, omitsize=True, light="#fff", border=4, svgclass=None, lineclass=None
    )
    return drawn.getvalue().decode()
