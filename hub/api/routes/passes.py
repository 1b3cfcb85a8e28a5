"""Who passed where, and which vehicles are inside: search, figures, corrections.

A look at the passes of one plate, vehicle or person is in the audit, and so is every look of a role that
takes no sheets away, and every sheet that is.
"""

import hashlib
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.alarms.alarm import Actor
from hub.api.answers import answers, json_answer
from hub.api.passes_wanted import DayWanted, Left, PassesWanted, PassPageWanted, VehiclesWanted
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.routes.session import client_of
from hub.audit.requests import looked
from hub.passes.service import Passes
from hub.passes.view import InsideList, InsideView, PassFigures, PassPage

router: Final = APIRouter(prefix=BASE, tags=["passes"])

MAX_ROWS: Final = 20_000
"""Of one sheet."""

PASSES_VIEWED: Final = "passes.viewed"
EVERYBODY: Final = "all"
ANSWERS: Final = (InsideList, InsideView, PassFigures, PassPage)
"""What the OpenAPI document must describe."""

Reader = Annotated[Principal, needs(Permission.PASSES)]
Taker = Annotated[Principal, needs(Permission.PASS_SHEETS)]
Corrector = Annotated[Principal, needs(Permission.PASS_COUNT)]
Looker = Annotated[Principal, needs(Permission.PASS_FIGURES)]
InsideId = Annotated[int, Path(ge=1, lt=2**63, description="`id` of a vehicle inside")]
SHEET: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "CSV, for a spreadsheet.", "content": {"text/csv": {}}}
}

_encode: Final = msgspec.json.Encoder().encode


@router.get("/passes", summary="Passes", responses=answers(PassPage, 422))
async def passes(request: Request, who: Reader, wanted: Annotated[PassPageWanted, Query()]) -> Response:
    """Search passes and refused attempts, the newest first.

    Looks at those of a plate, vehicle or person are on record; of who may take no sheets, all looks are.
    """
    asked = wanted.wanted(wanted.limit, wanted.before)
    whose = wanted.whose()
    if whose or not who.may(Permission.PASS_SHEETS):
        await looked(request, who, PASSES_VIEWED, whose or EVERYBODY)
    return json_answer(await passes_of(request).find(asked))


@router.get("/passes.csv", summary="Passes as a sheet", responses=SHEET)
async def passes_sheet(request: Request, who: Taker, wanted: Annotated[PassesWanted, Query()]) -> Response:
    """Search passes for a spreadsheet, the newest 20,000."""
    asked = wanted.wanted(MAX_ROWS)
    filters = wanted.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = await passes_of(request).sheet(asked, actor(request, who), wanted.whose(), filters)
    headers = {"Content-Disposition": 'attachment; filename="passes.csv"'}
    return Response(text.encode(), headers=headers, media_type="text/csv; charset=utf-8")


@router.get(
    "/passes/figures",
    summary="Figures of passes",
    responses=answers(PassFigures, 422) | {304: {"description": "Nothing has changed (`If-None-Match`)."}},
)
async def pass_figures(request: Request, _: Looker, wanted: Annotated[DayWanted, Query()]) -> Response:
    """Count what is inside and what passed on one day. With `ETag`, to be asked again and again."""
    body = _encode(await passes_of(request).figures(wanted.day))
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(None, 304, headers)
    return Response(body, 200, headers, "application/json")


@router.get("/passes/inside", summary="Vehicles inside", responses=answers(InsideList, 422))
async def inside(request: Request, who: Reader, wanted: Annotated[VehiclesWanted, Query()]) -> Response:
    """List vehicles that went in and did not come out, the longest first."""
    asked = wanted.wanted()
    if asked.plate is not None or not who.may(Permission.PASS_SHEETS):
        whose = f"plate {asked.plate.text}" if asked.plate is not None else EVERYBODY
        await looked(request, who, PASSES_VIEWED, whose)
    return json_answer(await passes_of(request).inside(asked))


@router.post(
    "/passes/inside/{inside_id}/left",
    summary="A vehicle has left",
    responses=answers(InsideView, 404, 409, 422),
)
async def has_left(request: Request, inside_id: InsideId, who: Corrector, body: Left) -> Response:
    """Put the count right: it is not inside any more, whatever was missed. In the audit, with the reason.

    409 `stale-version`: it has passed meanwhile; 409 `not-inside`: it is out already.
    """
    view = await passes_of(request).has_left(inside_id, body.version, actor(request, who), body.reason)
    if view is None:
        raise HTTPException(404, "there is no such vehicle")
    return json_answer(view)


def passes_of(request: Request) -> Passes:
    """Return the record of passes."""
    return services_of(request).room.passes


def actor(request: Request, who: Principal) -> Actor:
    """Say who does something, from where."""
    return services_of(request).room.actor(who, client_of(request))
