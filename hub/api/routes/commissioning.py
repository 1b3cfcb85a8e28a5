"""Devices that were found, tests of their way to the screens, and the record of what is proven."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import HTMLResponse, Response

from hub.access.roles import Permission, Principal
from hub.alarms.alarm import Actor
from hub.api.answers import answers, json_answer
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.routes.devices import At, of_tenant
from hub.api.routes.session import client_of
from hub.commissioning.desk import CommissioningDesk
from hub.commissioning.sheet import record_sheet
from hub.commissioning.view import CommissioningView, DeviceCommissioning, TestProgress, TestView

router: Final = APIRouter(prefix=f"{BASE}/commissioning", tags=["commissioning"])

ANSWERS: Final = (CommissioningView, DeviceCommissioning, TestProgress, TestView)
"""What the OpenAPI document must describe."""

HEADERS: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
PAGE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "HTML, to read and to print.", "content": {"text/html": {}}}
}
CSV: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "A table.", "content": {"text/csv": {}}}}

Installer = Annotated[Principal, needs(Permission.COMMISSION)]
TestId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


@router.get("", summary="Every device that was ever found", responses=answers(CommissioningView))
async def commissioning(request: Request, who: Installer) -> Response:
    """Show every device: found when, placed, described, reachable, and when its way was last proven."""
    return json_answer(await _desk(request, who).whole())


@router.get(
    "/devices/{site}/{kind}/{device}", summary="One device", responses=answers(DeviceCommissioning, 404)
)
async def commissioned(request: Request, at: At, who: Installer) -> Response:
    """Show one device, the alarm definitions that concern it, and its last tests."""
    return json_answer(_there(await _desk(request, who).device(str(at))))


@router.post(
    "/devices/{site}/{kind}/{device}/tests",
    summary="Test a device",
    status_code=201,
    responses=answers(TestView, 404, 409, ok=201),
)
async def begin_test(request: Request, at: At, who: Installer) -> Response:
    """Await the device's next alarm for five minutes, and mark it as a test; all screens say so.

    Nothing is held back: it is shown, heard, told and linked like any other. 409 `test-runs`, `device-gone`.
    """
    begun = await _desk(request, who).begin(str(at), _actor(request, who))
    return json_answer(_there(begun), 201)


@router.get("/tests/{test_id}", summary="How far a test has come", responses=answers(TestProgress, 404))
async def test_progress(request: Request, test_id: TestId, who: Installer) -> Response:
    """Show what was heard of the device since the test began: an event, an alarm, the screen, the proof."""
    return json_answer(_there(await _desk(request, who).progress(test_id)))


@router.post("/tests/{test_id}/end", summary="End a test", responses=answers(TestView, 404, 409))
async def end_test(request: Request, test_id: TestId, who: Installer) -> Response:
    """Await nothing more; alarms of the device are marked no longer. 409 `test-over`."""
    return json_answer(_there(await _desk(request, who).end(test_id, _actor(request, who))))


@router.get("/record.html", summary="The acceptance record, to print", responses=answers(None) | PAGE)
async def record_page(
    request: Request, who: Installer, language: Annotated[Literal["zh-CN", "en"], Query()] = "zh-CN"
) -> Response:
    """Show every device with its proof as one page to print and to sign (调试验收记录)."""
    view = await _desk(request, who).taken_away(_actor(request, who), "page")
    page = services_of(request).room.casework.commissioning(view, language, who.name)
    return HTMLResponse(page, headers=HEADERS)


@router.get("/record.csv", summary="The acceptance record as CSV", responses=answers(None) | CSV)
async def record_csv(request: Request, who: Installer) -> Response:
    """Return every device with its proof as a table."""
    view = await _desk(request, who).taken_away(_actor(request, who), "csv")
    headers = {"Content-Disposition": 'attachment; filename="commissioning.csv"'}
    return Response(record_sheet(view.devices), media_type="text/csv; charset=utf-8", headers=headers)


def _desk(request: Request, who: Principal) -> CommissioningDesk:
    services = services_of(request)
    of_tenant(services, who)
    return services.room.commissioning.desk


def _actor(request: Request, who: Principal) -> Actor:
    return services_of(request).room.actor(who, client_of(request))


def _there(found: Any) -> Any:
    if found is None:
        raise HTTPException(404, "nothing like it was ever found")
    return found
