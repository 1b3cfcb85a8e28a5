"""Pictures in blocks: how little of a picture is left, whatever it shows and however large it is."""

import io
import math
import random
import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import product

import pytest
from PIL import ExifTags, Image, ImageDraw, ImageFont

from contract.errors import InvalidMessage
from hub.disclosure.reading.pictures import BLOCKS, LEVELS, SHOWN, pixelated

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
SIZES = [(1280, 720), (540, 960), (400, 130), (112, 112), (40, 20), (5000, 30), (1, 1)]
DICE = random.Random(7)  # noqa: S311 - nothing secret
Colour = tuple[int, ...]
BLUE = ((20, 60, 170), (250, 250, 250))
COLOURS = [
    BLUE,
    ((230, 180, 30), (10, 10, 10)),
    ((150, 220, 170), (10, 10, 10)),
    ((240, 240, 240), (200, 20, 20)),
]
"""Cars, lorries, new energy, police (GA 36)."""


def file_of(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def noise(size: tuple[int, int]) -> Image.Image:
    """Give a picture of which nothing can be guessed."""
    return Image.frombytes("RGB", size, DICE.randbytes(size[0] * size[1] * 3))


def plates(number: int) -> list[str]:
    return ["".join(DICE.choices(LETTERS, k=6)) for _ in range(number)]


@cache
def font_of(height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(height * 0.8)


def with_plate(
    plate: str, size: tuple[int, int], box: tuple[int, int, int, int], colours: Sequence[Colour] = BLUE
) -> bytes:
    """Draw a plate into a scene, its ground and its characters in these colours."""
    scene = Image.new("RGB", size, (90, 95, 88))
    pencil = ImageDraw.Draw(scene)
    pencil.rectangle(box, fill=colours[0])
    left, top, right, bottom = box
    step = (right - left) / len(plate)
    for place, letter in enumerate(plate):
        pencil.text((left + (place + 0.15) * step, top), letter, fill=colours[1], font=font_of(bottom - top))
    return file_of(scene, "BMP")


def blocks_of(made: bytes) -> list[Colour]:
    """Return the colour of each block, in levels; StopIteration if blocks are not all there is."""
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.format == "JPEG"
        levels = picture.convert("RGB").point([level // -(-256 // LEVELS) for level in range(256)] * 3)
    grids = (each for each in product(range(1, BLOCKS + 1), repeat=2) if _fits(each, levels.size))
    return next(tiles for tiles in (_tiles(levels, grid) for grid in grids) if tiles)


def _fits(grid: tuple[int, int], size: tuple[int, int]) -> bool:
    side = SHOWN // max(grid)
    return (grid[0] * side, grid[1] * side) == size


def _tiles(levels: Image.Image, grid: tuple[int, int]) -> list[Colour]:
    """Return the colour of each tile; nothing if one of them has several."""
    side = SHOWN // max(grid)
    found = []
    for row, column in product(range(grid[1]), range(grid[0])):
        tile = levels.crop((column * side, row * side, (column + 1) * side, (row + 1) * side))
        colours = tile.getcolors()
        if colours is None or len(colours) > 1:
            return []
        found.append(colours[0][1])
    return found


@pytest.mark.parametrize("size", SIZES)
def test_of_any_picture_few_blocks_are_left_and_nothing_in_them(size: tuple[int, int]) -> None:
    blocks = blocks_of(pixelated(file_of(noise(size), "BMP")))
    assert 1 <= len(blocks) <= BLOCKS * BLOCKS
    assert len(blocks) * math.log2(LEVELS**3) <= 43  # bits; what tells faces apart has some thousands


def test_a_face_across_the_picture_is_three_blocks_wide() -> None:
    for side, blocks in ((999, 3), (112, 2)):
        patches = Image.frombytes("1", (blocks, blocks), bytes([0b10100000, 0b01000000, 0b10100000])[:blocks])
        face = patches.convert("RGB").resize((side, side), Image.Resampling.NEAREST)
        assert len(blocks_of(pixelated(file_of(face, "JPEG")))) == blocks * blocks


def bits_told(made: Sequence[bytes]) -> float:
    """Return the entropy of the blocks over pictures that are as likely each."""
    shares = [number / len(made) for number in Counter(tuple(blocks_of(each)) for each in made).values()]
    return -sum(share * math.log2(share) for share in shares)


def test_whichever_plate_stands_in_a_scene_the_same_picture_comes_out() -> None:
    box = (430, 350, 530, 380)
    assert bits_told([pixelated(with_plate(each, (960, 540), box)) for each in plates(8)]) == 0


@pytest.mark.parametrize("light", [1.0, 0.5])
@pytest.mark.parametrize("colours", COLOURS)
def test_of_a_plate_that_fills_the_picture_hardly_anything_is_told(
    colours: tuple[Colour, Colour], light: float
) -> None:
    """To somebody who knows how it was taken: six characters of 34 are thirty bits."""
    dark: list[Colour] = [tuple(round(level * light) for level in each) for each in colours]
    taken = (with_plate(each, (440, 140), (0, 0, 440, 140), dark) for each in plates(24))
    assert bits_told([pixelated(each) for each in taken]) < 2


def test_nothing_of_the_file_is_left_beside_the_blocks() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "plate A12345"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (20.0, 1.0, 2.0)
    taken = noise((640, 480))
    told = file_of(taken, "JPEG", exif=exif, comment=b"Zhang San")
    plain = file_of(taken, "JPEG")
    made = pixelated(told)
    assert made == pixelated(plain)
    with Image.open(io.BytesIO(made)) as picture:
        assert not picture.getexif()
        assert "comment" not in picture.info


def test_a_picture_gives_the_same_bytes_each_time() -> None:
    told = file_of(noise((1280, 720)), "JPEG")
    assert pixelated(told) == pixelated(told)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_other_kinds_of_pictures_are_read_as_well(kind: str) -> None:
    assert blocks_of(pixelated(file_of(noise((160, 120)), kind)))


def test_what_is_no_picture_does_not_leave() -> None:
    whole = file_of(noise((640, 480)), "JPEG")
    for wrong in (b"", b"\xff\xd8\xff", whole[: len(whole) // 2], b"<svg/>", b"\x00\x00\x00\x18ftypisom"):
        with pytest.raises(InvalidMessage):
            pixelated(wrong)


def test_a_picture_that_would_fill_the_memory_is_not_opened() -> None:
    sizes = ((9_500, 9_500), (30_000, 30_000))
    for width, height in sizes:
        with pytest.raises(InvalidMessage):
            pixelated(head_of_png(width, height))


def head_of_png(width: int, height: int) -> bytes:
    """Give a PNG that only says how large it is."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
