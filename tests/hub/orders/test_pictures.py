"""Pictures: told by their bytes, bounded, kept under their hash; what is none leaves nothing behind."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contract.errors import InvalidMessage
from hub.media import MediaStore
from hub.orders.pictures import MAX_PICTURE_BYTES, Picture, Pictures

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x01" * 5000
PNG = b"\x89PNG\r\n\x1a\n" + b"\x02" * 100
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"\x03" * 100


async def sent(content: bytes, size: int) -> AsyncIterator[bytes]:
    """Send `content` in parts of `size` bytes."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


@pytest.mark.parametrize("size", [1, 7, 4096, 10**6])
@pytest.mark.parametrize(
    ("content", "kind"), [(JPEG[:300], "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp")]
)
async def test_a_picture_is_kept_under_its_hash(tmp_path: Path, content: bytes, kind: str, size: int) -> None:
    store = MediaStore(tmp_path)
    picture = await Pictures(store).take(sent(content, size))
    assert picture == Picture(hashlib.sha256(content).hexdigest(), kind, len(content))
    path = store.path(picture.sha256)
    assert path is not None
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + bytes(100),
        b"RIFF\x00\x00\x00\x00WAVE" + bytes(100),
        b"\x00\x00\x00\x20ftypisom" + bytes(100),
        b"MZ" + JPEG,
    ],
)
async def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InvalidMessage) as refused:
        await Pictures(MediaStore(tmp_path)).take(sent(content, 5))
    assert refused.value.code == "not-a-picture"
    assert is_empty(tmp_path)


async def test_a_huge_one_is_refused_before_it_is_all_there(tmp_path: Path) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield JPEG
        while True:
            taken += 1024 * 1024
            yield bytes(1024 * 1024)

    with pytest.raises(InvalidMessage) as refused:
        await Pictures(MediaStore(tmp_path)).take(endless())
    assert refused.value.code == "too-large"
    assert taken <= MAX_PICTURE_BYTES + 1024 * 1024
    assert is_empty(tmp_path)


async def test_a_fake_one_is_refused_at_its_first_bytes(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"MZ\x90\x00"
        yield bytes(20)
        raise AssertionError("nobody reads on")

    with pytest.raises(InvalidMessage):
        await Pictures(MediaStore(tmp_path)).take(endless())


async def test_who_hangs_up_leaves_nothing_behind(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield JPEG
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await Pictures(MediaStore(tmp_path)).take(broken())
    assert is_empty(tmp_path)
