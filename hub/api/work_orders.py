"""What requests about work orders say, and what their routes need of the control room."""

from typing import Annotated, Final, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.access.roles import Principal
from hub.alarms.alarm import Actor
from hub.orders.lifecycle import Step
from hub.orders.moves import Press
from hub.orders.queries import StateWanted, Wanted
from hub.orders.service import Orders

MAX_ORDERS: Final = 500
"""In one answer."""

NO_NUL: Final = "^[^\x00]*$"
"""PostgreSQL keeps no such character in a text."""

Line = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Text = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Key = Annotated[str, Field(pattern="^[a-z0-9-]{1,64}$")]
Who = Annotated[str, Field(pattern="^(user|token|link):[a-z0-9._-]{1,64}$")]
Version = Annotated[int, Field(ge=1, lt=2**31)]
Month = Annotated[str, Field(pattern="^[0-9]{3}[1-9]-(0[1-9]|1[0-2])$")]


class Reach(Protocol):
    """What somebody may see and act on now."""

    @property
    def areas(self) -> frozenset[str] | None:
        """Of which areas they see orders, beside those of no area; None: all, empty: none at all."""
        ...

    def sees(self, area: str | None) -> bool:
        """Whether an order of that area is seen."""
        ...

    def check(self, area: str | None) -> None:
        """Let pass who may act on an order of that area; Refused says why not."""
        ...


class Room(Protocol):
    """The control room, as far as work orders need it."""

    @property
    def orders(self) -> Orders:
        """All about work orders."""
        ...

    def reach(self, who: Principal, /) -> Reach:
        """Say what somebody may see and act on now."""
        ...

    def actor(self, who: Principal, address: str, /) -> Actor:
        """Say who does something, at which post, from where."""
        ...


class OrdersWanted(BaseModel):
    """Which orders; the newest first."""

    model_config = ConfigDict(extra="forbid")

    state: StateWanted = "open"
    kind: Key | None = None
    assignee: Annotated[str, Field(max_length=256, pattern=NO_NUL)] | None = Field(
        default=None, description="a principal, `user:li.wei`; `me` is whoever asks"
    )
    alarm: Id | None = None

    def wanted(self, who: Principal, areas: frozenset[str] | None, before: int | None = None) -> Wanted:
        """Ask for those that `who` may see."""
        given = self.model_dump(include={"state", "kind", "alarm"})
        assignee = who.name if self.assignee == "me" else self.assignee
        return Wanted(**given, assignee=assignee, areas=areas, before=before)


class PageWanted(OrdersWanted):
    """Which orders, and how many."""

    before: Annotated[int, Field(ge=1, lt=2**31)] | None = Field(default=None, description="a number")
    limit: int = Field(default=100, ge=1, le=MAX_ORDERS)


class MonthsWanted(BaseModel):
    """Which months, by the site's time zone; by default the last twelve."""

    model_config = ConfigDict(extra="forbid")

    first: Month | None = Field(default=None, alias="from")
    last: Month | None = Field(default=None, alias="to", description="included; default: this month")


class NewOrder(BaseModel):
    """An order of an alarm (`alarm`), or of what somebody reports (`text`; `place` or `area`, `reporter`)."""

    model_config = ConfigDict(extra="forbid")

    kind: Key
    alarm: Id | None = None
    text: Text = ""
    place: Line = ""
    area: Key | None = None
    reporter: Annotated[str, Field(pattern="^[A-Za-z0-9-]{1,64}$")] | None = Field(
        default=None, description="a pseudonymous reference, never a name or a number of a person"
    )

    @model_validator(mode="after")
    def _fits(self) -> "NewOrder":
        if self.alarm is None and not self.text.strip():
            raise ValueError("say what is reported in `text`, or name an `alarm`")
        if self.alarm is not None and (self.place or self.area or self.reporter):
            raise ValueError("an alarm has its own place; leave out `place`, `area` and `reporter`")
        return self


class StepBody(BaseModel):
    """A step of the order that was seen at `version`. `note`: the proof of done, the reason of a refusal.

    `to` belongs to assign: who shall do it. `satisfied` belongs to close: what the call-back heard.
    """

    model_config = ConfigDict(extra="forbid")

    version: Version
    note: Text = ""
    to: Who | None = None
    satisfied: bool | None = None

    def press(self, step: Step) -> Press:
        """Make it a step of the chain."""
        return Press(step=step, note=self.note, to=self.to, satisfied=self.satisfied)


class Comment(BaseModel):
    """What somebody has to say of the order that they saw at `version`."""

    model_config = ConfigDict(extra="forbid")

    version: Version
    text: Annotated[str, Field(min_length=1, max_length=2000, pattern=NO_NUL)]
