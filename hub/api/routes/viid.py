"""The feed to the police's view library: how it does, what was set aside, what the library confirmed.

No plate and no person is shown. Who has something tried again, who asks about somebody, and who ends what the
library subscribed to, is in the audit.
"""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.passes_wanted import Key, Typed
from hub.api.permissions import needs, services_of
from hub.api.register_desk import Change, Reason
from hub.api.routes import BASE
from hub.api.routes.session import client_of
from hub.audit.requests import looked
from hub.viid.desk import FeedDesk
from hub.viid.store import After
from hub.viid.subscriptions.office import Decision
from hub.viid.view import AsidePage, AsideView, FeedView, ReceiptPage, SubscriptionView
from hub.viid.whose import Whose

router: Final = APIRouter(prefix=f"{BASE}/viid", tags=["police feed"])

RECEIPTS_VIEWED: Final = "feed.receipts-viewed"
ANSWERS: Final = (FeedView, AsidePage, AsideView, ReceiptPage, SubscriptionView)
"""What the OpenAPI document must describe."""

Reader = Annotated[Principal, needs(Permission.FEED)]
Limit = Annotated[int, Query(ge=1, le=1000)]
Before = Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before")]
ReceiptKey = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9]{1,15}-[0-9]{1,18}-[a-z-]{1,20}(/[0-9]{1,11})?$",
        description="`next` of the page before",
    ),
]
Person = Annotated[Key | None, Query(description="whose passes: a key of the register")]
Vehicle = Annotated[Key | None, Query(description="a key of the register")]
Plate = Annotated[Typed | None, Query(description="one whole plate")]
Decider = Annotated[Principal, needs(Permission.SUBSCRIPTIONS)]
SubscriptionNumber = Annotated[int, Path(ge=1, lt=2**63, description="`number` of a subscription")]
AsideId = Annotated[int, Path(ge=1, lt=2**63, description="`id` of what was set aside")]


class Decided(Change):
    """Why somebody decides about a subscription that they saw at `version`."""

    reason: Reason


@router.get("", summary="How the police feed does", responses=answers(FeedView))
async def feed(request: Request, _: Reader) -> Response:
    """Return its state, what waits, since when, and what is wrong; `off` where the site has none."""
    return json_answer(await feed_of(request).view())


@router.get("/set-aside", summary="What was set aside", responses=answers(AsidePage, 422))
async def set_aside(request: Request, _: Reader, before: Before = None, limit: Limit = 100) -> Response:
    """List objects that the library refused, each with its reason, the newest first."""
    return json_answer(await feed_of(request).set_aside(before, limit))


@router.post("/set-aside/{aside_id}/retry", summary="Try again", responses=answers(AsideView, 404, 409))
async def retry(request: Request, aside_id: AsideId, who: Reader) -> Response:
    """Have one object tried again, at once if there is a session. In the audit. 409 `kind-off`."""
    actor = services_of(request).room.actor(who, client_of(request))
    view = await feed_of(request).retry(aside_id, actor)
    if view is None:
        raise HTTPException(404, "nothing of that number is set aside")
    return json_answer(view)


@router.get("/receipts", summary="What the library confirmed", responses=answers(ReceiptPage, 422))
async def receipts(
    request: Request,
    who: Reader,
    *,
    before: ReceiptKey = None,
    limit: Limit = 100,
    person: Person = None,
    vehicle: Vehicle = None,
    plate: Plate = None,
) -> Response:
    """List receipts, the newest first: which pass left as which object, when, to whom, under which paper.

    Those of one person, with their vehicles, of a vehicle or a plate, as long as the record has the passes:
    a look on record.
    """
    whose = Whose(person=person, vehicle=vehicle, plate=plate)
    if whose.words:
        await looked(request, who, RECEIPTS_VIEWED, whose.words)
    asked = whose if whose.words else None
    return json_answer(await feed_of(request).receipts(_place(before), limit, asked))


@router.post(
    "/subscriptions/{subscription}/end",
    summary="End a subscription",
    responses=answers(SubscriptionView, 404, 409, 422),
)
async def end(request: Request, subscription: SubscriptionNumber, wanted: Decided, who: Decider) -> Response:
    """End what the library subscribed to. Nothing more leaves for it, and the same id is refused from now on.

    The library is told `reason` when it tries. In the audit. 409 `stale-version` with what it is `now`, or
    `subscription-over`.
    """
    view = await feed_of(request).stop(_decision(request, subscription, wanted, who))
    return _answer_of(view)


@router.post(
    "/subscriptions/{subscription}/lift",
    summary="Let the id of an ended subscription in again",
    responses=answers(SubscriptionView, 404, 409, 422),
)
async def lift(request: Request, subscription: SubscriptionNumber, wanted: Decided, who: Decider) -> Response:
    """Let the library subscribe again under an id that the site refuses; nothing begins by itself.

    In the audit. 409 `stale-version` with what it is `now`, or `not-barred`.
    """
    view = await feed_of(request).lift(_decision(request, subscription, wanted, who))
    return _answer_of(view)


def _decision(request: Request, number: int, wanted: Decided, who: Principal) -> Decision:
    by = services_of(request).room.actor(who, client_of(request))
    return Decision(number=number, version=wanted.version, reason=wanted.reason, by=by)


def _answer_of(view: SubscriptionView | None) -> Response:
    if view is None:
        raise HTTPException(404, "there is no subscription of that number")
    return json_answer(view)


def _place(before: str | None) -> After | None:
    if before is None:
        return None
    when, seq, stream = before.split("-", 2)
    return After(int(when), int(seq), stream)


def feed_of(request: Request) -> FeedDesk:
    """Return the feed."""
    return services_of(request).room.police.feed_desk
