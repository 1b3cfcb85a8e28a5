"""The police desk (警务协查): what leaves on request, released by a second person, and the register of it.

Whoever acts quotes the `version` of what they saw. If it is no longer so, the answer is 409 with the
disclosure as it is now (`now`), and nothing has happened. What a rule forbids is refused with its reason and
on record.
"""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import FileResponse, Response

from hub.access.roles import Permission, Principal
from hub.alarms.alarm import Actor
from hub.api.answers import answers, json_answer
from hub.api.exports_wanted import (
    BasisKey,
    ExportPageWanted,
    ExportsWanted,
    HandedBody,
    PressBody,
    PreviewBody,
    ReasonedBody,
    RequestBody,
)
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.routes.session import client_of
from hub.audit.requests import looked
from hub.disclosure.service import Disclosures
from hub.disclosure.states import Step
from hub.disclosure.view import BasisList, ExportDetail, ExportPage, ExportView, KeyView, PreviewView

router: Final = APIRouter(prefix=BASE, tags=["police desk"])

MAX_ROWS: Final = 20_000
"""Of one sheet."""

VIEWED: Final = "disclosure.viewed"
EVERYBODY: Final = "all"
RECORD_VIEWED: Final = "disclosure.record-viewed"
PICTURE_PREVIEWED: Final = "disclosure.picture-previewed"
ANSWERS: Final = (BasisList, ExportDetail, ExportPage, ExportView, KeyView, PreviewView)
"""What the OpenAPI document must describe."""

ExportId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
Reader = Annotated[Principal, needs(Permission.DISCLOSURES)]
Liaison = Annotated[Principal, needs(Permission.DISCLOSE)]
Releaser = Annotated[Principal, needs(Permission.RELEASE)]
CHANGED: Final = answers(ExportView, 404, 409, 422)
SHEET: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "CSV, for a spreadsheet.", "content": {"text/csv": {}}}
}
FILE: Final[dict[int | str, dict[str, Any]]] = {
    **answers(None, 404, ok=206),
    200: {"description": "The bytes.", "content": {"application/octet-stream": {}}},
}
RECORD: Final[dict[int | str, dict[str, Any]]] = {
    **answers(None, 404),
    200: {"description": "One page of A4, to print and to sign.", "content": {"application/pdf": {}}},
}
PRIVATE: Final = {"Cache-Control": "private, no-store"}
SHOWN_AS_PDF: Final = PRIVATE | {
    "Content-Security-Policy": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
    "; frame-ancestors 'none'"
}
"""Older Chromium shows a PDF in a page of its own making, for which the PDF's policy holds (crbug 271452)."""


@router.get("/exports/bases", summary="Legal bases", responses=answers(BasisList))
async def export_bases(request: Request, _: Reader) -> Response:
    """List the legal bases on which data may leave here, and what each allows."""
    return json_answer(disclosures_of(request).bases())


@router.get("/exports/key", summary="The key that bundles are signed with", responses=answers(KeyView, 503))
async def export_key(request: Request, _: Reader) -> Response:
    """Show the public key, so that whoever got a bundle can compare it."""
    signer = disclosures_of(request).signer
    if signer is None:
        raise HTTPException(503, "this hub signs no bundles")
    return json_answer(await asyncio.to_thread(signer.public_key))


@router.post("/exports/preview", summary="What would leave", responses=answers(PreviewView, 404, 409, 422))
async def preview_export(request: Request, who: Liaison, body: PreviewBody) -> Response:
    """Show what would leave for a scope on a legal basis, exactly as it would: on record as a look.

    409 `too-wide`: it is more than the basis allows.
    """
    desk = disclosures_of(request)
    return json_answer(await desk.preview(body.basis, body.scope.scope(), actor(request, who)))


@router.get(
    "/exports/preview/pictures/{sha256}",
    summary="A picture as it would leave",
    responses={200: {"description": "The bytes.", "content": {"image/jpeg": {}}}, **answers(None, 404)},
)
async def export_picture(
    request: Request, who: Liaison, sha256: Sha256, basis: Annotated[BasisKey, Query()]
) -> Response:
    """Show a picture of the store masked as the legal basis asks: on record as a look."""
    picture = await disclosures_of(request).picture(basis, sha256)
    if picture is None:
        raise HTTPException(404, "there is no such picture")
    await looked(request, who, PICTURE_PREVIEWED, sha256, basis=basis)
    headers = PRIVATE | {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(picture, headers=headers, media_type="image/jpeg")


@router.post(
    "/exports",
    summary="Ask for data to leave",
    status_code=201,
    responses=answers(ExportView, 404, 409, 422, ok=201),
)
async def request_export(request: Request, who: Liaison, body: RequestBody) -> Response:
    """Ask for a disclosure; somebody else releases it. 409 `too-wide`: it is more than the basis allows."""
    desk = disclosures_of(request)
    made = await desk.desk.request(body.draft(), actor(request, who))
    return json_answer(desk.view(made), 201, {"Location": f"{BASE}/exports/{made.id}"})


@router.get("/exports", summary="The register of disclosures", responses=answers(ExportPage, 422))
async def exports(request: Request, who: Reader, wanted: Annotated[ExportPageWanted, Query()]) -> Response:
    """List what was asked for and what left, the newest first; that of one person too. A look on record."""
    await looked(request, who, VIEWED, wanted.whose() or EVERYBODY)
    return json_answer(await disclosures_of(request).page(wanted.wanted(wanted.limit, wanted.before)))


@router.get("/exports.csv", summary="The register as a sheet", responses=SHEET)
async def exports_sheet(request: Request, who: Reader, wanted: Annotated[ExportsWanted, Query()]) -> Response:
    """List what was asked for and what left for a spreadsheet, the newest 20,000; that is in the audit."""
    filters = wanted.model_dump(mode="json", exclude_defaults=True)
    desk = disclosures_of(request)
    text = await desk.sheet(wanted.wanted(MAX_ROWS), actor(request, who), wanted.whose(), filters)
    headers = PRIVATE | {"Content-Disposition": 'attachment; filename="disclosures.csv"'}
    return Response(text.encode(), headers=headers, media_type="text/csv; charset=utf-8")


@router.get("/exports/{export_id}", summary="One disclosure", responses=answers(ExportDetail, 404))
async def disclosure(request: Request, who: Reader, export_id: ExportId) -> Response:
    """Show a disclosure with its way."""
    detail = await disclosures_of(request).detail(export_id)
    await looked(request, who, VIEWED, export_id)
    return json_answer(detail)


@router.post("/exports/{export_id}/approve", summary="Release a disclosure", responses=CHANGED)
async def approve_export(request: Request, who: Releaser, export_id: ExportId, body: PressBody) -> Response:
    """Release what somebody else asked for (双人审批), as a person by name: no token, no shared link.

    409 `own-request`, `unnamed`, `expired`, `too-wide`, `basis-changed`.
    """
    return await _press(request, who, export_id, body, Step.APPROVE)


@router.post("/exports/{export_id}/reject", summary="Reject a disclosure", responses=CHANGED)
async def reject_export(request: Request, who: Releaser, export_id: ExportId, body: ReasonedBody) -> Response:
    """Say that it must not leave, and why."""
    return await _press(request, who, export_id, body, Step.REJECT)


@router.post("/exports/{export_id}/withdraw", summary="Withdraw a disclosure", responses=CHANGED)
async def withdraw_export(
    request: Request, who: Liaison, export_id: ExportId, body: ReasonedBody
) -> Response:
    """Say that it is not wanted any more: one's own, or any for who may release. What was made is deleted."""
    return await _press(request, who, export_id, body, Step.WITHDRAW)


@router.post("/exports/{export_id}/cancel", summary="Stop making a bundle", responses=CHANGED)
async def cancel_export(request: Request, who: Liaison, export_id: ExportId, body: PressBody) -> Response:
    """Stop making; it can go on later."""
    return await _press(request, who, export_id, body, Step.CANCEL)


@router.post("/exports/{export_id}/resume", summary="Go on making a bundle", responses=CHANGED)
async def resume_export(request: Request, who: Liaison, export_id: ExportId, body: PressBody) -> Response:
    """Go on with what was cancelled or has failed, as long as its release holds."""
    return await _press(request, who, export_id, body, Step.RESUME)


@router.post("/exports/{export_id}/handed", summary="Say who got the bundle", responses=CHANGED)
async def hand_export(request: Request, who: Liaison, export_id: ExportId, body: HandedBody) -> Response:
    """Say to whom the bundle was handed over (移交); its files are deleted some days later."""
    return await _press(request, who, export_id, body, Step.HAND)


@router.get("/exports/{export_id}/bundle", summary="The bundle", responses=FILE)
async def export_bundle(request: Request, who: Liaison, export_id: ExportId) -> Response:
    """Fetch the bundle, whole or in ranges: on its way and in the audit."""
    return await _file(request, who, export_id, "")


@router.get("/exports/{export_id}/bundle.sha256", summary="The bundle's SHA-256", responses=FILE)
async def export_digest(request: Request, who: Liaison, export_id: ExportId) -> Response:
    """Fetch what `sha256sum -c` reads."""
    return await _file(request, who, export_id, ".sha256")


@router.get("/exports/{export_id}/bundle.sha256.sig", summary="Its signature", responses=FILE)
async def export_signature(request: Request, who: Liaison, export_id: ExportId) -> Response:
    """Fetch the signature (Ed25519) of the file with the SHA-256."""
    return await _file(request, who, export_id, ".sha256.sig")


@router.get("/exports/{export_id}/record", summary="The hand-over record", responses=RECORD)
async def export_record(request: Request, who: Liaison, export_id: ExportId) -> Response:
    """Write the paper that both sides sign (移交记录), with the bundle's SHA-256: on record as a look.

    404 `no-bundle`: the bundle is not made yet, or will not be handed over any more.
    """
    number, paper = await disclosures_of(request).record(export_id)
    await looked(request, who, RECORD_VIEWED, export_id)
    headers = SHOWN_AS_PDF | {"Content-Disposition": f'inline; filename="{number}-record.pdf"'}
    return Response(paper, headers=headers, media_type="application/pdf")


def disclosures_of(request: Request) -> Disclosures:
    """Return the police desk."""
    return services_of(request).room.police.disclosures


def actor(request: Request, who: Principal) -> Actor:
    """Say who does something, from where."""
    return services_of(request).room.actor(who, client_of(request))


async def _press(request: Request, who: Principal, export_id: str, body: PressBody, step: Step) -> Response:
    desk = disclosures_of(request)
    by = actor(request, who)
    releases = who.may(Permission.RELEASE)
    after = await desk.desk.press(export_id, body.version, body.press(step), by, releases=releases)
    return json_answer(desk.view(after))


async def _file(request: Request, who: Principal, export_id: str, suffix: str) -> Response:
    path = await disclosures_of(request).file(export_id, suffix, actor(request, who))
    return FileResponse(path, headers=PRIVATE, filename=path.name, media_type="application/octet-stream")
