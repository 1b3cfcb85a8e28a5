"""Which police grid officers there are, and for which areas, as the site file says."""

from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.alarms.definition import Key, Words

EVERYWHERE: Final = "*"


class Grid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[police.grid]]`: a unit that takes alarms of these areas; `*`: of all that no other unit names.

    `contact`: the `[[contact]]` that gets the letter. `answer_days`: so long its link opens, and an answer is
    waited for.
    """

    key: Key
    title: Words
    areas: Annotated[tuple[str, ...], Meta(min_length=1)]
    contact: Key
    answer_days: Annotated[int, Meta(ge=1, le=90)] = 7


class PoliceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[police]`. `public_url`: where an officer's telephone reaches this hub.

    Without it a link begins with the address that whoever hands over uses.
    """

    public_url: Annotated[str, Meta(pattern="^https?://[^/@]+$")] | None = None
    grid: tuple[Grid, ...] = ()


def covering(grids: Sequence[Grid], area: str | None) -> Grid | None:
    """Return the unit that an alarm of that area goes to: who names the area, else who takes all."""
    named = (each for each in grids if area is not None and area in each.areas)
    return next(named, None) or next((each for each in grids if EVERYWHERE in each.areas), None)
