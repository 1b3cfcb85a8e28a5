"""Pictures of plans: what can be shown is measured, what would hurt a hub or a screen is refused."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from contract.errors import ConfigurationError, InvalidMessage
from hub.plan import read_plan
from hub.plans.drawing import MOST_DEEP, MOST_SHAPES, measure
from hub.plans.picture import MAX_PICTURE_BYTES, read_picture
from hub.plans.records import TooLarge

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><script>alert(1)</script><rect/></svg>'
HEAD = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink">'


def drawn(suffix: str, width: int = 40, height: int = 30) -> bytes:
    """Make a picture in some format."""
    pixels = np.full((height, width, 3), 128, np.uint8)
    return bytes(cv2.imencode(suffix, pixels)[1])


def bomb(width: int, height: int) -> bytes:
    """Make a PNG of few bytes that says it has so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1024 * 1024), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "media_type", "size"),
    [
        (drawn(".png"), "image/png", (40, 30)),
        (drawn(".jpg"), "image/jpeg", (40, 30)),
        (drawn(".webp"), "image/webp", (40, 30)),
        (SVG, "image/svg+xml", (16, 9)),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!DOCTYPE svg>" + SVG, "image/svg+xml", (16, 9)),
        (b"<svg width='1600px' height='900.4'/>", "image/svg+xml", (1600, 900)),
        (b"<svg width='100%' height='100%' viewBox='0,0,20,10'/>", "image/svg+xml", (20, 10)),
        (b"<svg viewBox='0 0 0 nan' width='1e400' height='-1'/>", "image/svg+xml", (300, 150)),
    ],
)
def test_a_picture_is_known_by_its_own_bytes_and_measured(
    content: bytes, media_type: str, size: tuple[int, int]
) -> None:
    picture = read_picture(content)
    assert (picture.media_type, (picture.width, picture.height)) == (media_type, size)
    assert picture.content == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"%PDF-1.7 plan",
        drawn(".png")[:40],
        drawn(".webp")[:-200],
        b"\xff\xd8\xff" + b"\0" * 1000,
        b"<svg",
        b"<html><svg/></html>",
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    ],
)
def test_what_cannot_be_shown_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidMessage):
        read_picture(content)


@pytest.mark.parametrize("size", [(20_000, 20_000), (2**31 - 1, 2), (60_000, 500)])
def test_a_picture_of_too_many_pixels_is_never_unpacked(size: tuple[int, int]) -> None:
    content = bomb(*size)
    assert len(content) < 10_000
    with pytest.raises((InvalidMessage, TooLarge), match="million pixels"):
        read_picture(content)


def test_a_drawing_that_would_draw_itself_endlessly_is_measured_and_billions_are_refused() -> None:
    again = HEAD + b'<g id="a"><use href="#a"/><use l:href="#b"/></g><g id="b"><use href="#a"/></g></svg>'
    assert measure(again) is not None
    doubled = b"".join(
        f'<g id="g{n + 1}"><use href="#g{n}"/><use l:href="#g{n}"/></g>'.encode() for n in range(40)
    )
    with pytest.raises(InvalidMessage, match=f"more than {MOST_SHAPES} shapes"):
        measure(HEAD + b'<rect id="g0"/>' + doubled + b'<use href="#g40"/></svg>')
    with pytest.raises(InvalidMessage, match="shapes"):
        measure(HEAD + b"<b/>" * (MOST_SHAPES + 1) + b"</svg>")
    with pytest.raises(InvalidMessage, match="deep"):
        measure(HEAD + b"<g>" * MOST_DEEP + b"</g>" * MOST_DEEP + b"</svg>")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<svg", "is no SVG"),
        (b"plan", "is no picture; allowed: SVG, PNG"),
        (b"<html/>", "whose root is <svg>"),
        (b"<svg>" + b" " * MAX_PICTURE_BYTES + b"</svg>", "has more than"),
        (None, "No such file"),
    ],
    ids=["broken", "text", "page", "large", "none"],
)
def test_what_is_no_plan_is_told_at_the_start(tmp_path: Path, content: bytes | None, told: str) -> None:
    file = tmp_path / "plan.svg"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=told):
        read_plan(file)
