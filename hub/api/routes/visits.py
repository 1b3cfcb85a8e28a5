"""Visitors: passes by plate or code, made by guards; and whom a pseudonym or a plate stands for."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs
from hub.api.register_desk import Fragment, Key, Plate, actor, register_of, shown
from hub.api.routes import BASE
from hub.api.visits_desk import VisitBody, VisitPageWanted
from hub.audit.requests import PERSON_VIEWED, REGISTER_SEARCHED
from hub.register.visit_view import RoomList, VisitPage, VisitView, Who, WhoList

router: Final = APIRouter(prefix=BASE, tags=["visits"])

ANSWERS: Final = (RoomList, VisitPage, VisitView, Who, WhoList)
"""What the OpenAPI document must describe."""

MOST_KEYS: Final = 200

Guard = Annotated[Principal, needs(Permission.VISITS)]
VisitId = Annotated[str, Path(pattern="^g-[a-z0-9]{1,62}$", description="a pass's id")]
Named = Annotated[Key, Path(description="a pseudonym: `r-…`, `v-…`, `g-…`")]


@router.get("/visits", summary="Visitors' passes", responses=answers(VisitPage))
async def visits(request: Request, who: Guard, wanted: Annotated[VisitPageWanted, Query()]) -> Response:
    """List passes, the newest first. Names and telephone numbers are for those who may see the register."""
    names = who.may(Permission.REGISTER)
    page = await register_of(request).visits.find(wanted.wanted(), wanted.window(), names=names)
    if names:
        await shown(request, who, REGISTER_SEARCHED, "visits", keys=[each.id for each in page.visits])
    return json_answer(page)


@router.post(
    "/visits",
    summary="Let a visitor in",
    status_code=201,
    responses=answers(VisitView, 404, 409, 422, ok=201),
)
async def make_visit(request: Request, who: Guard, body: VisitBody) -> Response:
    """Make a pass; gates and doors know it at once.

    409 `plate-blocked`, `plate-registered`; 422 `unknown-room`, `too-long`, `too-far-ahead`, `bad-plate`.
    """
    names = who.may(Permission.REGISTER)
    made = await register_of(request).visits.add(body.visit(), actor(request, who), names=names)
    return json_answer(made, 201)


@router.get("/visits/rooms", summary="Rooms to visit", responses=answers(RoomList))
async def rooms(request: Request, _: Guard, q: Annotated[Fragment, Query()] = "") -> Response:
    """List the first rooms that fit a part of what they are called, without names."""
    return json_answer(await register_of(request).households.rooms(q))


@router.get("/visits/{visit}", summary="One pass", responses=answers(VisitView, 404))
async def visit_of(request: Request, visit: VisitId, who: Guard) -> Response:
    """Show a pass."""
    names = who.may(Permission.REGISTER)
    found = await register_of(request).visits.get(visit, names=names)
    if names:
        await shown(request, who, PERSON_VIEWED, visit)
    return json_answer(found)


@router.post("/visits/{visit}/revoke", summary="Revoke a pass", responses=answers(VisitView, 404))
async def revoke_visit(request: Request, visit: VisitId, who: Guard) -> Response:
    """Have a pass open nothing any more; again, or after its end, is no error."""
    names = who.may(Permission.REGISTER)
    return json_answer(await register_of(request).visits.revoke(visit, actor(request, who), names=names))


@router.get("/register/who", summary="Whom pseudonyms stand for", responses=answers(WhoList, 422))
async def who_are(
    request: Request,
    who: Guard,
    key: Annotated[list[Key], Query(), Field(min_length=1, max_length=MOST_KEYS)],
) -> Response:
    """Say for each key what it is and of which room; its name to those who may see the register."""
    names = who.may(Permission.REGISTER)
    found = await register_of(request).who.of(key, names=names)
    if names:
        await shown(request, who, REGISTER_SEARCHED, "who", keys=[each.key for each in found if each.known])
    return json_answer(WhoList(found))


@router.get("/register/who/{key}", summary="Whom a pseudonym stands for", responses=answers(Who, 404))
async def who_is(request: Request, key: Named, who: Guard) -> Response:
    """Say what a key is and of which room; its name to those who may see the register."""
    names = who.may(Permission.REGISTER)
    found = await register_of(request).who.one(key, names=names)
    if names:
        await shown(request, who, PERSON_VIEWED, key)
    return json_answer(found)


@router.get("/register/plates/{plate}", summary="Whose a plate is", responses=answers(WhoList, 422))
async def whose_plate(request: Request, plate: Annotated[Plate, Path()], who: Guard) -> Response:
    """Say what the register knows of a plate now: vehicles, blocks, visitors' passes; empty: nothing."""
    names = who.may(Permission.REGISTER)
    found = await register_of(request).who.of_plate(plate, names=names)
    if names and found:
        await shown(request, who, REGISTER_SEARCHED, "plate", keys=[each.key for each in found])
    return json_answer(WhoList(found))
