"""What people ask and say about passes."""

from datetime import date
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contract.clock import epoch_ms
from contract.errors import InvalidMessage
from contract.passes import Direction, Means
from hub.api.work_orders import NO_NUL
from hub.passes.pattern import MOST_TYPED, PlatePattern, plate_pattern
from hub.passes.record import Outcome
from hub.passes.settings import Group
from hub.passes.wanted import InsideWanted, Place, Wanted, spot_of

MAX_PASSES: Final = 500
MAX_INSIDE: Final = 5000
"""In one answer."""

MAX_PLACES: Final = 50

PlaceName = Annotated[str, Field(pattern=r"^(gate|door)/(\*|[a-z0-9-]{1,64})$")]
Area = Annotated[str, Field(pattern="^[a-z0-9-]{1,64}$")]
Key = Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,64}$")]
Typed = Annotated[str, Field(min_length=1, max_length=MOST_TYPED, pattern=NO_NUL)]
Reason = Annotated[str, Field(min_length=2, max_length=200, pattern=NO_NUL)]


class PassesWanted(BaseModel):
    """Which passes; the newest first."""

    model_config = ConfigDict(extra="forbid")

    start: AwareDatetime | None = Field(default=None, alias="from")
    end: AwareDatetime | None = Field(default=None, alias="to", description="not included")
    place: list[PlaceName] = Field(
        default=[], max_length=MAX_PLACES, description="`gate/east-in`, `door/*`; several: any of them"
    )
    area: list[Area] = Field(default=[], max_length=MAX_PLACES, description="devices that stand there now")
    direction: Direction | None = None
    means: Means | None = None
    category: Group | None = None
    outcome: Outcome | None = None
    person: Key | None = Field(default=None, description="a key of the register")
    vehicle: Key | None = Field(default=None, description="a key of the register")
    plate: Typed | None = Field(
        default=None, description="`*`: any characters, `?`: one; full width too; case and dots are nothing"
    )
    exact: bool = Field(default=False, description="do not take easily confused characters for one another")
    passback: bool = Field(default=False, description="those alone")

    def pattern(self) -> PlatePattern | None:
        """Return which plates are meant; None: all."""
        return plate_pattern(self.plate, exact=self.exact) if self.plate else None

    def whose(self) -> str:
        """Return, for the audit, whose passes are looked at; empty: nobody's in particular."""
        pattern = self.pattern()
        asked = {"plate": pattern and pattern.text, "vehicle": self.vehicle, "person": self.person}
        return " ".join(f"{what} {whom}" for what, whom in asked.items() if whom)

    def wanted(self, limit: int, before: str | None = None) -> Wanted:
        """Ask for so many of them; InvalidMessage if `from` is not before `to`."""
        if self.start and self.end and self.start >= self.end:
            raise InvalidMessage("`from` must be before `to`", code="bad-range")
        return Wanted(
            from_ms=epoch_ms(self.start) if self.start else None,
            to_ms=epoch_ms(self.end) if self.end else None,
            places=[place_of(each) for each in self.place] or None,
            areas=frozenset(self.area) or None,
            direction=self.direction,
            means=self.means,
            category=self.category,
            outcome=self.outcome,
            person=self.person,
            vehicle=self.vehicle,
            plate=self.pattern(),
            passback=self.passback,
            before=spot_of(before) if before else None,
            limit=limit,
        )


class PassPageWanted(PassesWanted):
    """Which passes, and how many."""

    before: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="`next` of the page before"
    )
    limit: int = Field(default=100, ge=1, le=MAX_PASSES)


class VehiclesWanted(BaseModel):
    """Which vehicles of those inside, and how many; the longest first."""

    model_config = ConfigDict(extra="forbid")

    category: Group | None = None
    longer_than_hours: Annotated[float, Field(ge=0, le=24 * 366, allow_inf_nan=False)] | None = None
    long_stay: bool = Field(default=False, description="those that stayed longer than their group may")
    plate: Typed | None = Field(default=None, description="as in GET /passes")
    limit: int = Field(default=500, ge=1, le=MAX_INSIDE)

    def wanted(self) -> InsideWanted:
        """Ask for them."""
        return InsideWanted(
            group=self.category,
            longer_than_hours=self.longer_than_hours,
            long_stay=self.long_stay,
            plate=plate_pattern(self.plate) if self.plate else None,
            limit=self.limit,
        )


class DayWanted(BaseModel):
    """Which day, by the site's time zone."""

    model_config = ConfigDict(extra="forbid")

    day: date | None = Field(default=None, description="default: today")


class Left(BaseModel):
    """Says that a vehicle, seen at `version`, is not inside any more."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, lt=2**31, strict=True)]
    reason: Reason


def place_of(name: str) -> Place:
    """Read `gate/east-in` or `door/*`."""
    kind, _, device = name.partition("/")
    return Place(kind, None if device == "*" else device)
