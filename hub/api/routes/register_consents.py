"""Consents to face recognition, and the proof that a withdrawn face is gone from every terminal."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse, Response

from hub.api.answers import answers, json_answer
from hub.api.register_desk import NewConsent, Waiver, WithdrawalPageWanted, actor, register_of, shown
from hub.api.routes import BASE
from hub.api.routes.register import Key, Reader, Writer, changed
from hub.audit.requests import PERSON_VIEWED, REGISTER_SEARCHED
from hub.register.consent_view import Proof, WithdrawalPage
from hub.register.view import PersonDetail

router: Final = APIRouter(prefix=f"{BASE}/register", tags=["register"])

ANSWERS: Final = (Proof, WithdrawalPage)
"""What the OpenAPI document must describe."""

Number = Annotated[int, Path(ge=1, lt=2**63, description="a withdrawal's number")]
Language = Literal["zh-CN", "en"]
HEADERS: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
PAGE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "HTML, to read and to print.", "content": {"text/html": {}}}
}


@router.post("/people/{key}/consent", summary="Record a consent", responses=changed(PersonDetail))
async def record_consent(request: Request, key: Key, who: Writer, body: NewConsent) -> Response:
    """Record that somebody consents to face recognition, or withdraws it: then every terminal deletes.

    409 `guardian-needed`, `removal-open` (a terminal still owes the proof of the withdrawal before);
    422 `text-version-needed`, `in-the-future`.
    """
    said, by = body.said(), actor(request, who)
    return json_answer(await register_of(request).consents.record(key, said, body.version, by))


@router.get("/withdrawals", summary="Withdrawn consents", responses=answers(WithdrawalPage))
async def withdrawals(
    request: Request, who: Reader, wanted: Annotated[WithdrawalPageWanted, Query()]
) -> Response:
    """List withdrawals, the newest first; `open` ones still wait for a terminal."""
    consents = register_of(request).consents
    page = await consents.withdrawals(wanted.window(), open_=wanted.open, person=wanted.person)
    keys = [each.person for each in page.withdrawals]
    await shown(request, who, REGISTER_SEARCHED, "withdrawals", keys=keys)
    return json_answer(page)


@router.get("/withdrawals/{number}", summary="One withdrawal", responses=answers(Proof, 404))
async def withdrawal(request: Request, number: Number, who: Reader) -> Response:
    """Show what each terminal did about a withdrawal."""
    found = await register_of(request).consents.proof(number)
    await shown(request, who, PERSON_VIEWED, found.withdrawal.person, withdrawal=number)
    return json_answer(found)


@router.get(
    "/withdrawals/{number}/proof.html", summary="The proof, to print", responses=answers(None, 404) | PAGE
)
async def proof_page(
    request: Request, number: Number, who: Reader, language: Annotated[Language, Query()] = "zh-CN"
) -> Response:
    """Show the proof as one page that needs nothing else: to print, to hand over."""
    person, page = await register_of(request).consents.page(number, language, who.name)
    await shown(request, who, PERSON_VIEWED, person, withdrawal=number)
    return HTMLResponse(page, headers=HEADERS)


@router.post("/withdrawals/{number}/waive", summary="Wait for a terminal no more", responses=changed(Proof))
async def waive(request: Request, number: Number, who: Writer, body: Waiver) -> Response:
    """Write why a terminal need not answer; the proof shows it. 409 `not-open`."""
    by = actor(request, who)
    return json_answer(await register_of(request).consents.waive(number, body.device, by, body.reason))
