"""Which passes, and which vehicles inside, somebody asks for."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from msgspec import Struct

from contract.errors import InvalidMessage
from contract.passes import Direction, Means
from hub.passes.pattern import PlatePattern
from hub.passes.record import Outcome
from hub.passes.settings import Group


class Place(NamedTuple):
    """A device, or with `device` None all of a kind."""

    kind: str
    device: str | None


class Spot(NamedTuple):
    """A place in the order of passes, the newest first: what follows it is older."""

    at_ms: int
    seq: int

    def __str__(self) -> str:
        return f"{self.at_ms}-{self.seq}"


MOST_DIGITS: Final = 15


def spot_of(text: str) -> Spot:
    """Read what a page named as `next`; InvalidMessage if it is none."""
    at_ms, _, seq = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) <= MOST_DIGITS for part in (at_ms, seq)):
        raise InvalidMessage("`before` is not what a page named as `next`", code="bad-before")
    return Spot(int(at_ms), int(seq))


class Wanted(Struct, frozen=True, kw_only=True):
    """Which passes. `from_ms` is the first moment, `to_ms` the first after.

    `places`, `areas`: at one of them, None: anywhere. `category` UNKNOWN: whose, nobody said. `passback`:
    those alone.
    """

    from_ms: int | None = None
    to_ms: int | None = None
    places: Sequence[Place] | None = None
    areas: frozenset[str] | None = None
    direction: Direction | None = None
    means: Means | None = None
    category: Group | None = None
    outcome: Outcome | None = None
    person: str | None = None
    vehicle: str | None = None
    plate: PlatePattern | None = None
    passback: bool = False
    before: Spot | None = None
    limit: int = 100


class InsideWanted(Struct, frozen=True, kw_only=True):
    """Which vehicles of those inside: for longer than so many hours, or longer than their group may."""

    group: Group | None = None
    longer_than_hours: float | None = None
    long_stay: bool = False
    plate: PlatePattern | None = None
    limit: int = 500
