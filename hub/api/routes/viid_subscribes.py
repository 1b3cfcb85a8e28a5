"""`/VIID/Subscribes` (GA/T 1400.4): the police's view library subscribes here. Its wire, not our API's.

Whoever asks proves by Digest to be the library. Each object has its own status; what is refused says why.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import msgspec
from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from contract.errors import InvalidMessage
from hub.api.permissions import PUBLIC, services_of
from hub.api.routes.session import client_of
from hub.viid.ids import local14
from hub.viid.service import Feed
from hub.viid.subscriptions.asked import MOST_AT_ONCE, items_of
from hub.viid.subscriptions.digest import Admission
from hub.viid.subscriptions.office import Outcome

PATH: Final = "/VIID/Subscribes"
TYPE: Final = "application/VIID+JSON;charset=utf-8"
INVALID_OPERATION, JSON_FORMAT = "4", "7"
OFF: Final = "subscriptions are not served here"

router: Final = APIRouter(prefix=PATH, include_in_schema=False, dependencies=[PUBLIC])

Doing = Callable[[Feed], Awaitable[Response]]


@router.post("")
async def subscribe(request: Request) -> Response:
    """Take subscriptions; OperateType 1 cancels."""
    return await _let_in(request, lambda feed: _taken(request, feed, known=False))


@router.put("")
async def change(request: Request) -> Response:
    """Change subscriptions that there are; OperateType 1 cancels."""
    return await _let_in(request, lambda feed: _taken(request, feed, known=True))


@router.get("")
async def subscribed(request: Request) -> Response:
    """List the subscriptions that last."""

    async def listed(feed: Feed) -> Response:
        return _answer({"SubscribeListObject": {"SubscribeObject": await feed.office.lasting()}})

    return await _let_in(request, listed)


@router.delete("")
async def cancel(request: Request) -> Response:
    """End the subscriptions of `IDList`, ids with commas between them."""

    async def ended(feed: Feed) -> Response:
        wanted = [each for each in request.query_params.get("IDList", "")[:1024].split(",") if each]
        if not wanted:
            return _whole(request, feed, JSON_FORMAT, "IDList: missing")
        return _statuses(request, feed, await feed.office.cancel(wanted[:MOST_AT_ONCE], client_of(request)))

    return await _let_in(request, ended)


async def _taken(request: Request, feed: Feed, *, known: bool) -> Response:
    try:
        items = items_of(await request.body())
    except InvalidMessage as wrong:
        return _whole(request, feed, JSON_FORMAT, str(wrong))
    return _statuses(request, feed, await feed.office.take(items, client_of(request), known=known))


async def _let_in(request: Request, do: Doing) -> Response:
    """Do what the library asks; 401 asks who it is, 403: nobody may subscribe here."""
    feed = services_of(request).room.police.feed
    door = feed.door
    if not door.enabled:
        return _whole(request, feed, INVALID_OPERATION, OFF, 403)
    header = request.headers.get("Authorization")
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    try:
        admission = (
            None if header is None else await door.judge(request.method, target, header, client_of(request))
        )
    except OSError as wrong:
        raise HTTPException(503, "the password of the library cannot be read") from wrong
    if admission is Admission.ADMITTED:
        return await do(feed)
    response = _whole(request, feed, INVALID_OPERATION, "who is it?", 401)
    for each in door.challenges(stale=admission is Admission.STALE):
        response.headers.append("WWW-Authenticate", each)
    return response


def _statuses(request: Request, feed: Feed, outcomes: Sequence[Outcome]) -> Response:
    said = [_status(request, feed, each) for each in outcomes]
    return _answer({"ResponseStatusListObject": {"ResponseStatusObject": said}})


def _whole(request: Request, feed: Feed, code: str, text: str, http: int = 200) -> Response:
    outcome = Outcome(ident="", code=code, text=text)
    return _answer({"ResponseStatusObject": _status(request, feed, outcome)}, http)


def _status(request: Request, feed: Feed, outcome: Outcome) -> dict[str, str]:
    return {
        "RequestURL": request.url.path,
        "StatusCode": outcome.code,
        "StatusString": outcome.text,
        "Id": outcome.ident,
        "LocalTime": local14(feed.now_ms()),
    }


def _answer(document: Any, http: int = 200) -> Response:
    return Response(msgspec.json.encode(document), http, media_type=TYPE)
