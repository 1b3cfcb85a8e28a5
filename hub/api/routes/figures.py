"""Figures of the day for the wall, in one answer for all who look."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.routes.devices import of_tenant
from hub.figures.view import WallFigures

router: Final = APIRouter(prefix=BASE, tags=["figures"])

ANSWERS: Final = (WallFigures,)
"""What the OpenAPI document must describe."""

SEEN_WITH: Final[Mapping[str, Permission]] = MappingProxyType(
    {
        "passes": Permission.PASS_FIGURES,
        "energy": Permission.CHARGING_FIGURES,
        "water": Permission.DEVICES,
    }
)
"""What one needs to see each figure."""


@router.get("/figures/wall", summary="Figures of the day", responses=answers(WallFigures))
async def wall_figures(request: Request, who: Annotated[Principal, needs(Permission.DEVICES)]) -> Response:
    """Count what passed, was charged and was watered today, as far as the caller may see it.

    Each figure says as of when; it is counted again at most every ten seconds, however many ask.
    """
    services = services_of(request)
    of_tenant(services, who)
    wanted = [name for name, permission in SEEN_WITH.items() if who.may(permission)]
    return json_answer(await services.room.past.figures.shown(wanted))
