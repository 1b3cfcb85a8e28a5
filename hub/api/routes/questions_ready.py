"""Ready answers about the past: passes, charging, water, doors, availability, falling objects."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.questions_wanted import LONGEST
from hub.api.routes import BASE
from hub.api.routes.devices import of_tenant
from hub.months import Stretch
from hub.questions.kept import DAY_MS
from hub.questions.ready import Ready
from hub.questions.view import (
    AvailabilityMonths,
    ChargingMonths,
    DoorsView,
    FallsView,
    PassesView,
    WaterView,
)

router: Final = APIRouter(prefix=f"{BASE}/questions", tags=["figures"])

ANSWERS: Final = (AvailabilityMonths, ChargingMonths, DoorsView, FallsView, PassesView, WaterView)
"""What the OpenAPI document must describe."""

Months = Annotated[int, Query(ge=1, le=24, description="this one and those before")]
Days = Annotated[int, Query(ge=1, le=92, description="today and those before")]


@router.get("/passes", summary="Passes against last week", responses=answers(PassesView, 422))
async def passes_question(
    request: Request,
    who: Annotated[Principal, needs(Permission.PASS_FIGURES)],
    day: Annotated[date | None, Query(description="default: today")] = None,
) -> Response:
    """Count passes of a day by hour, and of the week that ends with it by day, each against a week before."""
    return json_answer(await ready(request, who).passes(day))


@router.get("/charging", summary="Charging by month", responses=answers(ChargingMonths, 422))
async def charging_question(
    request: Request, who: Annotated[Principal, needs(Permission.CHARGING_FIGURES)], months: Months = 12
) -> Response:
    """Sum up energy and income by month; by day they are at `/charging/figures`."""
    return json_answer(await ready(request, who).charging(months))


@router.get("/water", summary="Water and rain", responses=answers(WaterView, 422))
async def water_question(
    request: Request, who: Annotated[Principal, needs(Permission.HISTORY)], days: Days = 14
) -> Response:
    """Count water by zone and day, and for how long it rained."""
    return json_answer(await ready(request, who).water(ready(request, who).days(days)))


@router.get("/doors", summary="Doors by hour", responses=answers(DoorsView, 422))
async def doors_question(
    request: Request, who: Annotated[Principal, needs(Permission.PASS_FIGURES)], days: Days = 14
) -> Response:
    """Count how often each door was used in which hour of the clock."""
    return json_answer(await ready(request, who).doors(ready(request, who).days(days)))


@router.get("/availability", summary="Availability by month", responses=answers(AvailabilityMonths, 422))
async def availability_question(
    request: Request, who: Annotated[Principal, needs(Permission.HISTORY)], months: Months = 3
) -> Response:
    """Say in how much of the known time of each month each device was heard, in percent."""
    return json_answer(await ready(request, who).availability(months))


@router.get("/falls", summary="Falling objects by façade cell", responses=answers(FallsView, 422))
async def falls_question(
    request: Request,
    who: Annotated[Principal, needs(Permission.ALARMS)],
    days: Annotated[int, Query(ge=1, le=LONGEST.days)] = 365,
) -> Response:
    """Count alarms of falling objects by where in the picture the camera saw them, within one's reach."""
    services = services_of(request)
    now_ms = services.clock.now_ms()
    stretch = Stretch(now_ms - days * DAY_MS, now_ms)
    return json_answer(await ready(request, who).falls(stretch, services.room.reach(who)))


def ready(request: Request, who: Principal) -> Ready:
    """Return what answers."""
    services = services_of(request)
    of_tenant(services, who)
    return services.room.past.ready
