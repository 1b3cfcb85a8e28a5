"""Hand-overs of alarms to police grid officers (移交警格): made and followed by who handles alarms."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.api.answers import answers, json_answer
from hub.api.handing import base_of
from hub.api.permissions import services_of
from hub.api.routes import BASE
from hub.api.routes.alarms import By, Handler, Note, Reader, Reason, Seen
from hub.referrals.desk import Wanted
from hub.referrals.view import ReferralList, ReferralView, referral_list, referral_view

router: Final = APIRouter(prefix=f"{BASE}/alarms", tags=["alarms"])

ANSWERS: Final = (ReferralList, ReferralView)
"""What the OpenAPI document must describe."""

ReferralId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


class HandOver(BaseModel):
    """Hand the alarm that somebody saw at `version` to a unit; the note stays in the case."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1)
    grid: Annotated[str, Field(max_length=64)]
    note: Note = ""


class TakenBack(BaseModel):
    """Why a hand-over's link shall open nothing any more."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


@router.get(
    "/{alarm_id}/referrals",
    summary="An alarm's hand-overs to the police",
    responses=answers(ReferralList, 404),
)
async def referrals(request: Request, who: Reader, alarm: Seen) -> Response:
    """List an alarm's hand-overs, to which units it may go, and which one looks after its area."""
    room = services_of(request).room
    desk = room.referrals
    found = await desk.of_alarm(alarm.id)
    failing = room.notifier.failing_contacts
    view = referral_list(found, alarm, desk.settings.grid, failing, desk.clock.now_ms(), names=_names(who))
    return json_answer(view)


@router.post(
    "/{alarm_id}/referrals",
    summary="Hand an alarm to the police",
    status_code=201,
    responses=answers(ReferralView, 404, 409, 422, ok=201),
)
async def hand_over(request: Request, who: Handler, by: By, alarm: Seen, body: HandOver) -> Response:
    """Write to the unit's officer, with a link to confirm and answer.

    409 `stale-version`, `closed`, `already-handed`; 422 `unknown-grid`.
    """
    desk = services_of(request).room.referrals
    wanted = Wanted(version=body.version, grid=body.grid, note=body.note, address=base_of(request))
    made = await desk.hand(alarm, wanted, by)
    return json_answer(referral_view(made, alarm, desk.clock.now_ms(), names=_names(who)), 201)


@router.post(
    "/{alarm_id}/referrals/{referral}/revoke",
    summary="Take a hand-over back",
    responses=answers(ReferralView, 404, 409, 422),
)
async def take_back(
    request: Request, who: Handler, by: By, alarm: Seen, referral: ReferralId, body: TakenBack
) -> Response:
    """Have its link open nothing any more, at once. 404 `unknown-referral`; 409 `referral-closed`."""
    desk = services_of(request).room.referrals
    after = await desk.revoke(alarm.id, referral, by, body.reason)
    return json_answer(referral_view(after, alarm, desk.clock.now_ms(), names=_names(who)))


def _names(who: Principal) -> bool:
    """Whether somebody may see which officer it was: who handles alarms, and who deals with the police."""
    return who.may(Permission.HANDLE) or who.may(Permission.DISCLOSE)
