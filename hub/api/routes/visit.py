"""A household lets its visitors in by its own link. Nobody signs in; the link's key is all that is needed.

The page's address carries the key behind a `#`, which no browser sends; here it is never written into a log.
"""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from hub.api.answers import answers, json_answer
from hub.api.permissions import PUBLIC, check_origin
from hub.api.register_desk import register_of
from hub.api.routes import BASE
from hub.api.strangers import strangers_of
from hub.api.visits_desk import OwnVisitBody
from hub.register.refusals import LinkUnknown
from hub.register.visit_view import HouseholdVisits, OwnVisit

router: Final = APIRouter(prefix=f"{BASE}/visit", tags=["visits"], dependencies=[PUBLIC])

ANSWERS: Final = (HouseholdVisits, OwnVisit)
"""What the OpenAPI document must describe."""

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
VisitId = Annotated[str, Path(pattern="^g-[a-z0-9]{1,62}$", description="a pass's id")]


@router.get("/by-key/{key}", summary="My visitors", responses=answers(HouseholdVisits, 404, 429))
async def my_visits(request: Request, key: str) -> Response:
    """Show the passes that the household made by its link, and what it may. 404 `link-unknown`."""
    strangers, address = strangers_of(request)
    with strangers.look(address):
        return json_answer(await register_of(request).own_visits.of(_key(key)))


@router.post(
    "/by-key/{key}/visits",
    summary="Let my visitor in",
    status_code=201,
    responses=answers(OwnVisit, 403, 404, 409, 422, 429, ok=201),
)
async def make_my_visit(request: Request, key: str, body: OwnVisitBody) -> Response:
    """Make a pass by plate or code.

    404 `link-unknown`; 409 `too-many-visits`, `plate-refused`; 422 `too-long`,
    `too-far-ahead`, `bad-plate`.
    """
    check_origin(request, required=False)
    strangers, address = strangers_of(request)
    with strangers.visit(address):
        return json_answer(await register_of(request).own_visits.add(_key(key), body.visit(), address), 201)


@router.post(
    "/by-key/{key}/visits/{visit}/revoke",
    summary="Revoke my visitor's pass",
    responses=answers(OwnVisit, 403, 404, 429),
)
async def revoke_my_visit(request: Request, key: str, visit: VisitId) -> Response:
    """Have a pass open nothing any more; again, or after its end, is no error. 404 `unknown-visit`."""
    check_origin(request, required=False)
    strangers, address = strangers_of(request)
    with strangers.look(address):
        return json_answer(await register_of(request).own_visits.revoke(_key(key), visit, address))


def _key(given: str) -> str:
    """Return what can be a key; anything else need not be looked up."""
    if not _SECRET.fullmatch(given):
        raise LinkUnknown("there is no such link")
    return given
