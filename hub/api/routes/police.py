"""A grid officer confirms and answers a hand-over by its link. Nobody signs in; the link's key is enough.

The page's address carries the key behind a `#`, which no browser sends; here it is never written into a log.
"""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from hub.alarms.alarm import Alarm
from hub.api.answers import answers, json_answer
from hub.api.permissions import PUBLIC, check_origin, services_of
from hub.api.routes import BASE
from hub.api.strangers import strangers_of
from hub.referrals.desk import Referrals
from hub.referrals.referral import Officer, Referral
from hub.referrals.refusals import ReferralUnknown
from hub.referrals.states import PoliceAnswer
from hub.referrals.view import OfficerPage, officer_page

router: Final = APIRouter(prefix=f"{BASE}/police", tags=["alarms"], dependencies=[PUBLIC])

ANSWERS: Final = (OfficerPage,)
"""What the OpenAPI document must describe."""

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")


class ReceiptBody(BaseModel):
    """Who confirms: name and police number (警号)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=1, max_length=64)]
    number: Annotated[str, Field(pattern="^[0-9A-Za-z-]{4,20}$")]


class AnswerBody(BaseModel):
    """What an officer answers, and their words."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    answer: PoliceAnswer
    words: Annotated[str, Field(max_length=500)] = ""


@router.get("/by-key/{key}", summary="A hand-over to me", responses=answers(OfficerPage, 404, 410, 429))
async def handed_to_me(request: Request, key: str) -> Response:
    """Show what was handed over. 404 `link-unknown`; 410 `link-over`."""
    strangers, address = strangers_of(request)
    with strangers.look(address):
        return _shown(request, *await _desk(request).by_key(_key(key)))


@router.post(
    "/by-key/{key}/receipt",
    summary="Confirm that I have it",
    responses=answers(OfficerPage, 403, 404, 409, 410, 422, 429),
)
async def confirm_receipt(request: Request, key: str, body: ReceiptBody) -> Response:
    """Confirm receipt, by name and number. 409 `already-received`."""
    check_origin(request, required=False)
    strangers, address = strangers_of(request)
    with strangers.answer(address):
        officer = Officer(name=body.name, number=body.number)
        return _shown(request, *await _desk(request).receive(_key(key), officer, address))


@router.post(
    "/by-key/{key}/answers",
    summary="Answer a hand-over to me",
    responses=answers(OfficerPage, 403, 404, 409, 410, 422, 429),
)
async def answer_hand_over(request: Request, key: str, body: AnswerBody) -> Response:
    """Say what becomes of it; the last two answers end the link. 409 `not-received`, `too-many-answers`."""
    check_origin(request, required=False)
    strangers, address = strangers_of(request)
    with strangers.answer(address):
        return _shown(request, *await _desk(request).answer(_key(key), body.answer, body.words, address))


def _desk(request: Request) -> Referrals:
    return services_of(request).room.referrals


def _shown(request: Request, referral: Referral, alarm: Alarm) -> Response:
    room = services_of(request).room
    place = room.referrals.telling.place(alarm)
    return json_answer(officer_page(referral, alarm, room.core.settings.title, place))


def _key(given: str) -> str:
    """Return what can be a key; anything else need not be looked up."""
    if not _SECRET.fullmatch(given):
        raise ReferralUnknown("there is no such link; open it as it stands in the message")
    return given
