"""The questions people ask of history."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.questions_wanted import DurationsWanted, TrendWanted
from hub.api.routes import BASE
from hub.posts.reach import Reach
from hub.questions.view import DurationsView, TrendView

router: Final = APIRouter(prefix=BASE, tags=["history"])

ANSWERS: Final = (DurationsView, TrendView)
"""What the OpenAPI document must describe."""

Reader = Annotated[Principal, needs(Permission.HISTORY)]


@router.get("/trend", summary="Trends", responses=answers(TrendView, 422))
async def trend(request: Request, who: Reader, wanted: Annotated[TrendWanted, Query()]) -> Response:
    """Return up to 8 properties over any stretch, in so many points as are drawn.

    Steps are of the clock, as short as `points` and what is still kept allow. When a device was not heard is
    in its `gaps`: draw no line there. Its alarms of that time are its `marks`, as far as the caller may see
    them.
    """
    services = services_of(request)
    questions = services.room.past.questions
    stretch = wanted.stretch(services.clock.now())
    found = await questions.trend(questions.named(wanted.of), stretch, wanted.points, reach_of(request, who))
    return json_answer(found)


@router.get("/durations", summary="How long it was what", responses=answers(DurationsView, 422))
async def durations(request: Request, who: Reader, wanted: Annotated[DurationsWanted, Query()]) -> Response:
    """Return for how long a state such as a gate's had each value, in all and by day of the site's zone.

    Time in which the device was not heard, or the hub was away, is nobody's: `known` is false.
    """
    services = services_of(request)
    [of] = services.room.past.questions.named([wanted.of])
    stretch = wanted.stretch(services.clock.now())
    return json_answer(await services.room.past.questions.durations(of, stretch))


def reach_of(request: Request, who: Principal) -> Reach | None:
    """Return of which alarms the caller may know; None: of none."""
    return services_of(request).room.reach(who) if who.may(Permission.ALARMS) else None
