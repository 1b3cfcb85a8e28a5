"""Plans as pages and programs see them; the live stream's `site` carries the same objects."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from hub.alarms.definition import Words
from hub.plans.records import Placement, Plan

BASE: Final = "/api/v1/plans"


class PlanView(Struct, frozen=True, kw_only=True):
    """A plan. `picture`: its address, which changes with its content; null: it has none.

    `building` null: outdoors. `floor` as lifts show it. `width` and `height` in the picture's own units.
    """

    id: str
    title: Words
    building: Words | None
    floor: str | None
    picture: str | None
    width: int | None
    height: int | None


class AreaView(Struct, frozen=True, kw_only=True):
    """An area. `by_people`: they named it; else the site file did. `in_file`: it is also named there."""

    id: str
    title: Words
    by_people: bool
    in_file: bool


class PlanList(Struct, frozen=True, kw_only=True):
    """Every plan in its order, where devices stand, which stand nowhere, and the areas.

    `placements`: plan, x, y by device (`site/kind/device`), for those whom people placed. All others stand on
    plan `site` where their own description says so, and nowhere (`unplaced`) where it does not.
    """

    plans: Sequence[PlanView]
    placements: Mapping[str, Placement]
    unplaced: Sequence[str]
    areas: Sequence[AreaView]


class PlacementView(Struct, frozen=True, kw_only=True):
    """Where a device stands on a plan, from 0 to 1 from its upper left corner."""

    device: str
    plan: str
    x: float
    y: float


class Removed(Struct, frozen=True):
    """A plan is gone, or is as the site file says again. `unplaced`: devices that people had placed on it."""

    unplaced: int


def plan_view(plan: Plan) -> PlanView:
    """Show a plan."""
    return PlanView(
        id=plan.id,
        title=plan.title,
        building=plan.building,
        floor=plan.floor,
        picture=None if plan.digest is None else f"{BASE}/{plan.id}/picture?v={plan.digest[:16]}",
        width=plan.width,
        height=plan.height,
    )
