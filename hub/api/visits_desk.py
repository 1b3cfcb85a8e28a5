"""What requests about visitors' passes say, of staff and of households."""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, model_validator

from contract.clock import epoch_ms
from hub.api.register_desk import Body, Fragment, Key, Line, Page, Phone, Plate
from hub.register.wanted import NewVisit, VisitsWanted

LONGEST_MINUTES: Final = 31 * 24 * 60


class OwnVisitBody(Body):
    """A visitor of the household: by `plate`, by `code`, or both; for so many minutes, or `until`.

    `from` is by default now. The hub makes the code.
    """

    plate: Plate | None = None
    code: bool = False
    visitor: Line = ""
    start: AwareDatetime | None = Field(default=None, alias="from")
    end: AwareDatetime | None = Field(default=None, alias="until")
    minutes: Annotated[int, Field(ge=1, le=LONGEST_MINUTES)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> "OwnVisitBody":
        if self.plate is None and not self.code:
            raise ValueError("say a `plate`, or ask for a `code`")
        if (self.end is None) == (self.minutes is None):
            raise ValueError("say either `until` or `minutes`")
        return self

    def visit(self) -> NewVisit:
        """Return what is wanted."""
        return NewVisit(
            plate=self.plate,
            code=self.code,
            visitor=self.visitor,
            from_ms=None if self.start is None else epoch_ms(self.start),
            until_ms=None if self.end is None else epoch_ms(self.end),
            minutes=self.minutes,
        )


class VisitBody(OwnVisitBody):
    """A visitor. The host is a `household`, its `room` (`3-2-501`), a `person`, or nobody in particular."""

    household: Key | None = None
    room: Line = ""
    person: Key | None = None
    phone: Phone = ""

    def visit(self) -> NewVisit:
        """Return what is wanted."""
        own = super().visit()
        return NewVisit(
            **{name: getattr(own, name) for name in own.__struct_fields__}
            | {"household": self.household, "room": self.room, "person": self.person, "phone": self.phone}
        )


class VisitPageWanted(Page):
    """Which passes; `q`: a part of room or plate, or a whole code."""

    q: Fragment = ""
    state: Literal["live", "over", "revoked", "all"] = "live"
    household: Key | None = None

    def wanted(self) -> VisitsWanted:
        """Ask for them."""
        return VisitsWanted(q=self.q, state=self.state, household=self.household)
