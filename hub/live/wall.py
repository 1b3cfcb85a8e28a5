"""What the site file says about the wall screen: `[wall]`."""

from typing import Annotated

from msgspec import Meta, Struct


class WallSettings(Struct, frozen=True, kw_only=True):
    """How high the picture on the wall is, and from how far the farthest viewer reads it.

    The page makes its smallest letters 16 arc-minutes high at that distance (NUREG-0700). `seams`: into how
    many panels the picture is cut, columns by rows, such as "3x2"; nothing that is read crosses from one to
    another.
    """

    height_mm: Annotated[float, Meta(ge=100, le=20_000)]
    distance_m: Annotated[float, Meta(ge=0.3, le=100)]
    seams: Annotated[str, Meta(pattern=r"^[1-8]x[1-8](?![\s\S])")] = "1x1"
