"""Plates as people search for them: `浙B12*`, `?B1234?`, full width or half, dots or none. Pure.

By default a reading is found whatever easily confused characters the camera took for one another.
"""

import re
from typing import Final

from msgspec import Struct

from contract.plates import folded, normalised

ANY: Final = "*"
ONE: Final = "?"
ESCAPE: Final = "\\"
"""Before a character that means something to LIKE, and shall not."""

MOST_TYPED: Final = 32
_SPECIAL: Final = str.maketrans({each: ESCAPE + each for each in ESCAPE + "%_"} | {ANY: "%", ONE: "_"})
_RUNS: Final = re.compile(r"\*+")
_LAST: Final = "\U0010ffff"


class PlatePattern(Struct, frozen=True, kw_only=True):
    """What a plate must look like. `text`: normalised, with `*` for any number of characters and `?` for one.

    `exact`: easily confused characters are not taken for one another.
    """

    text: str
    exact: bool = False

    @property
    def wild(self) -> bool:
        """Whether more than one plate may be meant."""
        return ANY in self.text or ONE in self.text

    @property
    def sought(self) -> str:
        """The text to look for in folded plates, also where the search is exact: those are the candidates."""
        return folded(self.text)

    @property
    def prefix(self) -> str:
        """What folded plates must begin with."""
        return re.split(r"[*?]", self.sought, maxsplit=1)[0]

    @property
    def after_prefix(self) -> str:
        """The first text after all those that begin with the prefix, by code points."""
        return self.prefix + _LAST

    @property
    def like(self) -> str:
        """The folded pattern for SQL's LIKE with `ESCAPE`."""
        return as_like(self.sought)

    @property
    def like_exact(self) -> str:
        """The pattern as it stands for SQL's LIKE with `ESCAPE`."""
        return as_like(self.text)


def plate_pattern(typed: str, *, exact: bool = False) -> PlatePattern | None:
    """Read what somebody typed; None if it leaves every plate possible. `%` is as good as `*`."""
    text = _RUNS.sub(ANY, normalised(typed[:MOST_TYPED]).replace("%", ANY).replace("\0", ""))
    return PlatePattern(text=text, exact=exact) if text.strip(ANY) else None


def as_like(text: str) -> str:
    """Write a pattern for SQL's LIKE with `ESCAPE`."""
    return text.translate(_SPECIAL)
