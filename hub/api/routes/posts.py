"""Posts: who is on duty, sign-on and sign-off, hand-over, presence."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from contract.clock import rfc3339_ms
from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.problems import MEDIA_TYPE, ProblemDetails
from hub.api.routes import BASE
from hub.posts.duty import Duty
from hub.posts.refusals import HandoverTaken, ItemsMissing
from hub.posts.view import (
    HandoverList,
    HandoverView,
    ItemView,
    PostList,
    ShiftView,
    handover_view,
    item_view,
    post_list,
    shift_view,
)

router: Final = APIRouter(prefix=f"{BASE}/posts", tags=["posts"])

MOST_TICKED: Final = 10_000

Id = Annotated[str, Path(pattern="^[a-z0-9-]{1,64}$")]
OnDuty = Annotated[Principal, needs(Permission.DUTY)]
Text = Annotated[str, Field(max_length=4000)]


class SignOff(BaseModel):
    """Who leaves (default: oneself; another: a supervisor alone), and why without hand-over."""

    model_config = ConfigDict(extra="forbid")

    who: str | None = Field(default=None, min_length=1, max_length=256)
    reason: Text = ""


class Preparation(BaseModel):
    """What whoever comes should know."""

    model_config = ConfigDict(extra="forbid")

    note: Text


class Acceptance(BaseModel):
    """Which hand-over, every item of it by the alarm's id, and what one says to it."""

    model_config = ConfigDict(extra="forbid")

    handover: str = Field(min_length=1, max_length=64)
    alarms: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(max_length=MOST_TICKED)
    note: Text = ""


class HandoverProblem(ProblemDetails, frozen=True, kw_only=True, omit_defaults=True):
    """Why a hand-over was not accepted: `missing` items, or `by` whom it was taken, and when (`at`)."""

    missing: Sequence[ItemView] = ()
    by: str | None = None
    at: str | None = None


class Present(Struct, frozen=True):
    """You were seen at that post."""

    post: str


@router.get("", summary="Posts, and who is on duty", responses=answers(PostList))
async def posts(request: Request, who: OnDuty) -> Response:
    """Show every post as it is now, and your own duty."""
    return json_answer(post_list(duty_of(request).roster, who))


@router.post("/{post}/sign-on", summary="Begin a shift", responses=answers(ShiftView, 404, 409))
async def sign_on(request: Request, post: Id, who: OnDuty) -> Response:
    """Be on duty at a post from now on; again: the shift goes on."""
    return json_answer(shift_view(await duty_of(request).shifts.sign_on(who, post)))


@router.post("/{post}/sign-off", summary="End a shift", responses=answers(ShiftView, 404, 409, 422))
async def sign_off(request: Request, post: Id, who: OnDuty, body: SignOff | None = None) -> Response:
    """End a shift without hand-over: if a colleague stays and nothing is open, or by a supervisor."""
    asked = body or SignOff()
    ended = await duty_of(request).shifts.sign_off(who, post, person=asked.who or "", reason=asked.reason)
    return json_answer(shift_view(ended))


@router.post("/{post}/handover", summary="Prepare to leave", responses=answers(HandoverView, 404, 422))
async def prepare_handover(request: Request, post: Id, who: OnDuty, body: Preparation) -> Response:
    """Write down how things are for whoever comes; your shift goes on until somebody accepts."""
    prepared = await duty_of(request).handovers.prepare(who, post, body.note)
    return json_answer(handover_view(prepared, prepared.items))


@router.get("/{post}/handover", summary="Hand-overs that wait", responses=answers(HandoverList, 404))
async def handovers(request: Request, post: Id, who: OnDuty) -> Response:
    """Show what must be accepted by name now, and what came and went since it was prepared."""
    waiting, items = await duty_of(request).handovers.waiting(who, post)
    return json_answer(HandoverList([handover_view(each, items) for each in waiting]))


@router.post(
    "/{post}/handover/accept",
    summary="Take over",
    responses=answers(ShiftView, 404, 422)
    | {
        409: {
            "description": HandoverProblem.__doc__,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/HandoverProblem"}}},
        }
    },
)
async def accept_handover(request: Request, post: Id, who: OnDuty, body: Acceptance) -> Response:
    """Accept every item by name: their shift ends and yours begins, both or neither."""
    try:
        shift = await duty_of(request).handovers.accept(
            who, post, body.handover, ticked=frozenset(body.alarms), note=body.note
        )
    except (ItemsMissing, HandoverTaken) as refused:
        return _problem(refused)
    return json_answer(shift_view(shift))


@router.post("/{post}/presence", summary="I am here", responses=answers(Present, 404))
async def show_presence(request: Request, post: Id, who: OnDuty) -> Response:
    """Show that you are awake."""
    await duty_of(request).present(who, post)
    return json_answer(Present(post))


def duty_of(request: Request) -> Duty:
    """Return the duty of the hub behind the API."""
    return services_of(request).room.duty


def _problem(refused: ItemsMissing | HandoverTaken) -> Response:
    taken = refused if isinstance(refused, HandoverTaken) else None
    items = refused.items if isinstance(refused, ItemsMissing) else ()
    new = refused.new if isinstance(refused, ItemsMissing) else ()
    body = HandoverProblem(
        title="Conflict",
        status=409,
        detail=str(refused),
        code=refused.code,
        missing=[item_view(item, new=item.alarm in new) for item in items],
        by=taken.by if taken else None,
        at=rfc3339_ms(taken.at_ms) if taken else None,
    )
    return json_answer(body, 409, {"Content-Type": MEDIA_TYPE})
