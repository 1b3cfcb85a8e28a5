"""How far each driver host has the lists that its gates and doors obey; nobody's name is in it."""

from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.routes.devices import of_tenant
from hub.lists.view import ListsView

router: Final = APIRouter(prefix=BASE, tags=["devices"])

ANSWERS: Final = (ListsView,)
"""What the OpenAPI document must describe."""


@router.get("/lists", summary="How far driver hosts have the lists", responses=answers(ListsView))
async def lists(request: Request, who: Annotated[Principal, needs(Permission.DEVICES)]) -> Response:
    """Return every driver host that uses lists, what it holds of each, and which devices hang on that."""
    services = services_of(request)
    of_tenant(services, who)
    return json_answer(services.room.lists.view())
