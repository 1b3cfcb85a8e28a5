"""What is known of plans, and the ways in which a change of them is refused."""

from typing import ClassVar, Final, NamedTuple

from msgspec import Struct

from contract.errors import Refused
from hub.alarms.definition import Words

SITE_PLAN: Final = "site"
"""The first plan, which is always there: the whole site, from above."""


class Placement(NamedTuple):
    """Where a device stands: on which plan, and there from 0 to 1 from the upper left corner."""

    plan: str
    x: float
    y: float


class Plan(Struct, frozen=True, kw_only=True):
    """A plan without its picture's bytes. `building` none: outdoors; `floor` as lifts show it: B1, 3F.

    `digest` is the picture's SHA-256, none where it has no picture; `width` and `height` are its own units.
    """

    id: str
    title: Words
    building: Words | None = None
    floor: str | None = None
    digest: str | None = None
    width: int | None = None
    height: int | None = None


class PlanRefused(Refused):
    """A change of plans cannot be made now. `status` is the HTTP status of the answer."""

    status: ClassVar[int] = 409
    default_code = "plan-refused"


class UnknownPlan(PlanRefused):
    """There is no such plan, placement or area name: somebody may have removed it."""

    status = 404
    default_code = "unknown-plan"


class TooLarge(PlanRefused):
    """A picture has more bytes or pixels than are taken in."""

    status = 413
    default_code = "too-large"
