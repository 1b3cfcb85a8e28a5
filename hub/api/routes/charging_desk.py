"""Charging for staff: orders and figures, codes for posts, prepaid accounts."""

import asyncio
import io
from datetime import tzinfo
from typing import Annotated, Any, Final

import segno
from fastapi import APIRouter, Path, Query, Request
from msgspec import Struct
from starlette.responses import Response

from hub.access.roles import Permission, Principal
from hub.alarms.alarm import Actor
from hub.api.answers import answers, json_answer
from hub.api.charging_desk import (
    Account,
    ChargingOrdersWanted,
    ChargingPageWanted,
    CloseAccount,
    Connector,
    DaysWanted,
    EndCharge,
    NewAccount,
    NewCode,
    TopUp,
)
from hub.api.permissions import needs, services_of
from hub.api.routes import BASE
from hub.api.routes.charging import charging_of, checked_code
from hub.api.routes.session import client_of
from hub.charging.sheet import charging_sheet
from hub.charging.view import (
    ChargingFigures,
    ChargingOrderDetail,
    ChargingOrderPage,
    CodeView,
    OpenedAccount,
    StaffAccount,
    StaffChargingOrder,
)

router: Final = APIRouter(prefix=f"{BASE}/charging", tags=["charging"])

MAX_ROWS: Final = 20_000
"""Of one sheet."""


class CodeList(Struct, frozen=True):
    """Codes, the newest first."""

    codes: list[CodeView]


class AccountList(Struct, frozen=True):
    """Prepaid accounts, the newest first."""

    accounts: list[StaffAccount]


ANSWERS: Final = (
    AccountList,
    ChargingFigures,
    ChargingOrderDetail,
    ChargingOrderPage,
    CodeList,
    CodeView,
    OpenedAccount,
    StaffAccount,
    StaffChargingOrder,
)
"""What the OpenAPI document must describe."""

Desk = Annotated[Principal, needs(Permission.CHARGING)]
Manager = Annotated[Principal, needs(Permission.MANAGE)]
Looker = Annotated[Principal, needs(Permission.CHARGING_FIGURES)]
Number = Annotated[str, Path(pattern="^[0-9]{16}$", description="an order's number")]
AccountId = Annotated[Account, Path(description="an account's id")]
CORRECTION: Final = "m"
"""So much of a QR code may be unreadable: 15 %."""

PICTURE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "SVG.", "content": {"image/svg+xml": {}}}
}
SHEET: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "CSV, for a spreadsheet.", "content": {"text/csv": {}}}
}


@router.get("/orders", summary="Charging orders", responses=answers(ChargingOrderPage))
async def charging_orders(
    request: Request, _: Desk, wanted: Annotated[ChargingPageWanted, Query()]
) -> Response:
    """List orders, the newest first; also charges that began at the post by themselves."""
    return json_answer(
        await charging_of(request).orders(wanted.wanted(zone_of(request), wanted.limit, wanted.before))
    )


@router.get("/orders.csv", summary="Charging orders as a sheet", responses=SHEET)
async def charging_orders_sheet(
    request: Request, _: Desk, wanted: Annotated[ChargingOrdersWanted, Query()]
) -> Response:
    """List orders for a spreadsheet, the newest first."""
    page = await charging_of(request).orders(wanted.wanted(zone_of(request), MAX_ROWS))
    text = await asyncio.to_thread(charging_sheet, page.orders)
    headers = {"Content-Disposition": 'attachment; filename="charging-orders.csv"'}
    return Response(text.encode(), headers=headers, media_type="text/csv; charset=utf-8")


@router.get("/orders/{number}", summary="One charging order", responses=answers(ChargingOrderDetail, 404))
async def charging_order(request: Request, number: Number, _: Desk) -> Response:
    """Show an order, with all that the post reported of it and all that was done about it."""
    return json_answer(await charging_of(request).order(number))


@router.post(
    "/orders/{number}/stop",
    summary="End a charge",
    status_code=202,
    responses=answers(StaffChargingOrder, 404, ok=202),
)
async def stop_charging_order(
    request: Request, number: Number, who: Desk, body: EndCharge | None = None
) -> Response:
    """Have a charge ended; again, or after its end, is no error."""
    reason = "" if body is None else body.reason
    return json_answer(await charging_of(request).stop(number, actor(request, who), reason), 202)


@router.get("/figures", summary="Figures of charging", responses=answers(ChargingFigures, 422))
async def charging_figures(request: Request, _: Looker, wanted: Annotated[DaysWanted, Query()]) -> Response:
    """Show how the connectors are now, and energy and income by day."""
    services = services_of(request)
    span = wanted.span(services.clock.now(), zone_of(request))
    return json_answer(await charging_of(request).figures(*span))


@router.get("/codes", summary="Codes of connectors", responses=answers(CodeList))
async def codes(
    request: Request, _: Manager, device: Annotated[Connector | None, Query()] = None
) -> Response:
    """List codes, the newest first, of all connectors or of one."""
    return json_answer(CodeList(list(await charging_of(request).codes(device))))


@router.post("/codes", summary="Make a code", status_code=201, responses=answers(CodeView, 404, 422, ok=201))
async def make_code(request: Request, who: Manager, body: NewCode) -> Response:
    """Make a code for a connector; the page that it opens is at `/c/{code}`."""
    made = await charging_of(request).make_code(
        body.device, once=body.once, minutes=body.minutes, who=actor(request, who)
    )
    return json_answer(made, 201)


@router.get("/codes/{code}/qr.svg", summary="A code to scan", responses=PICTURE)
async def code_picture(request: Request, code: str, _: Manager) -> Response:
    """Draw the QR code of a code's page, under the address by which the hub was asked for this picture."""
    link = f"{request.base_url}c/{checked_code(code)}"
    drawn = io.BytesIO()
    segno.make_qr(link, error=CORRECTION).save(drawn, kind="svg", border=4, light="#fff", scale=8)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.delete("/codes/{code}", summary="Revoke a code", responses=answers(CodeView, 404))
async def revoke_code(request: Request, code: str, who: Manager) -> Response:
    """Have a code be good for nothing; charges that it began go on. Again is no error."""
    return json_answer(await charging_of(request).revoke_code(checked_code(code), actor(request, who)))


@router.get("/accounts", summary="Prepaid accounts", responses=answers(AccountList))
async def accounts(request: Request, _: Manager) -> Response:
    """List prepaid accounts, the newest first."""
    return json_answer(AccountList(list(await charging_of(request).accounts())))


@router.post(
    "/accounts",
    summary="Open a prepaid account",
    status_code=201,
    responses=answers(OpenedAccount, 422, ok=201),
)
async def open_account(request: Request, who: Manager, body: NewAccount) -> Response:
    """Open an account; its key is shown this once. The page `/c/account/{key}` binds it to a phone."""
    return json_answer(await charging_of(request).open_account(body.note, actor(request, who)), 201)


@router.post(
    "/accounts/{account}/top-up", summary="Top an account up", responses=answers(StaffAccount, 404, 409, 422)
)
async def top_up(request: Request, account: AccountId, who: Manager, body: TopUp) -> Response:
    """Write that somebody has paid in, or take a mistake back."""
    by = actor(request, who)
    return json_answer(await charging_of(request).top_up(account, body.fen, by, body.note, body.request))


@router.post(
    "/accounts/{account}/key",
    summary="Give an account a new key",
    responses=answers(OpenedAccount, 404, 409),
)
async def new_key(request: Request, account: AccountId, who: Manager) -> Response:
    """Give an account another key, shown this once; the one before opens nothing any more."""
    return json_answer(await charging_of(request).new_key(account, actor(request, who)))


@router.post(
    "/accounts/{account}/close", summary="Close an account", responses=answers(StaffAccount, 404, 409, 422)
)
async def close_account(request: Request, account: AccountId, who: Manager, body: CloseAccount) -> Response:
    """Have an account pay for nothing any more; what is left in it is to be paid back. Again is no error.

    409 `account-charging`, `account-owes`; `balance-changed`: `fen` is not what is left in it now.
    """
    by = actor(request, who)
    return json_answer(await charging_of(request).close_account(account, body.fen, by, body.reason))


def zone_of(request: Request) -> tzinfo:
    """Return the site's time zone."""
    return services_of(request).room.orders.calendar.zone


def actor(request: Request, who: Principal) -> Actor:
    """Say who does something, from where."""
    return services_of(request).room.actor(who, client_of(request))
