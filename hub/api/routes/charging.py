"""Scan to charge (扫码充电): what a phone asks for that has scanned a code. Nobody signs in.

The code on a post says which connector is meant; the key that an order or an account comes with is a secret,
and all that its owner needs. Neither is ever written into a log.
"""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Request
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection
from starlette.responses import Response

from hub.api.answers import answers, json_answer
from hub.api.permissions import PUBLIC, check_origin
from hub.api.routes import BASE
from hub.api.strangers import strangers_of
from hub.api.work_orders import NO_NUL
from hub.charging.keys import LONGEST_REQUEST, SHORTEST_REQUEST
from hub.charging.refusals import AccountMissing, ChargingRefused, CodeUnknown, OrderUnknown
from hub.charging.service import Charging
from hub.charging.view import AccountView, ChargingOrder, Scan

router: Final = APIRouter(prefix=f"{BASE}/charging", tags=["charging"], dependencies=[PUBLIC])

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")


class PlacedOrder(Struct, frozen=True, kw_only=True):
    """An order, and the `key` by which whoever placed it gets at it."""

    key: str
    order: ChargingOrder


ANSWERS: Final = (AccountView, ChargingOrder, PlacedOrder, Scan)
"""What the OpenAPI document must describe."""


class NewChargingOrder(BaseModel):
    """`request` is a secret that the phone makes, such as a UUID; the same again is the same order.

    `account` is the key of a prepaid account.
    """

    model_config = ConfigDict(extra="forbid")

    request: Annotated[str, Field(pattern=f"^[A-Za-z0-9_-]{{{SHORTEST_REQUEST},{LONGEST_REQUEST}}}$")]
    account: Annotated[str, Field(max_length=128, pattern=NO_NUL)] | None = None


@router.get("/codes/{code}", summary="What a code is for", responses=answers(Scan, 404, 410, 429))
async def scan_code(request: Request, code: str) -> Response:
    """Show the connector, how it is, what it costs and how it is paid.

    404 `code-unknown`; 410 `code-expired`, `code-used`.
    """
    strangers, address = strangers_of(request)
    with strangers.look(address):
        return json_answer(await charging_of(request).scan(checked_code(code)))


@router.post(
    "/codes/{code}/orders",
    summary="Order a charge",
    status_code=201,
    responses=answers(PlacedOrder, 402, 403, 404, 409, 410, 422, 429, ok=201) | answers(PlacedOrder),
)
async def place_order(request: Request, code: str, body: NewChargingOrder) -> Response:
    """Have the connector of a code charge. 201 for a new order, 200 for one that `request` has placed before.

    402 `account-needed`, `account-unknown`, `account-closed`, `balance-too-low`; 404 `code-unknown`; 409
    `connector-busy`, `connector-faulted`, `connector-offline`, `power-cut`, `alarm`, `out-of-service`,
    `no-supply`; 410 `code-expired`, `code-used`.
    """
    check_origin(request, required=False)
    strangers, address = strangers_of(request)
    with strangers.order(address):
        placed = await charging_of(request).place(checked_code(code), body.request, body.account, address)
    return json_answer(PlacedOrder(key=placed.key, order=placed.order), 201 if placed.new else 200)


@router.get("/orders/by-key/{key}", summary="My order", responses=answers(ChargingOrder, 404, 429))
async def my_order(request: Request, key: str) -> Response:
    """Show how the charge goes; once it is settled, the receipt."""
    strangers, address = strangers_of(request)
    with strangers.look(address):
        return json_answer(await charging_of(request).by_key(_key(key)))


@router.post(
    "/orders/by-key/{key}/stop",
    summary="End my charge",
    status_code=202,
    responses=answers(ChargingOrder, 403, 404, 429, ok=202),
)
async def stop_my_order(request: Request, key: str) -> Response:
    """Have the charge ended; again, or after its end, is no error."""
    check_origin(request, required=False)
    strangers, address = strangers_of(request)
    with strangers.look(address):
        return json_answer(await charging_of(request).stop_by_key(_key(key), address), 202)


@router.get("/accounts/by-key/{key}", summary="My account", responses=answers(AccountView, 404, 429))
async def my_account(request: Request, key: str) -> Response:
    """Show what is left in a prepaid account, and its newest orders."""
    strangers, address = strangers_of(request)
    with strangers.look(address):
        key = _well_formed(key, AccountMissing("there is no such account"))
        return json_answer(await charging_of(request).account_by_key(key))


def charging_of(connection: HTTPConnection) -> Charging:
    """Return the charging behind the API."""
    charging: Charging = connection.app.state.services.room.charging
    return charging


def checked_code(given: str) -> str:
    """Return what can be a code; CodeUnknown."""
    return _well_formed(given, CodeUnknown("there is no such code"))


def _key(given: str) -> str:
    return _well_formed(given, OrderUnknown("there is no such order"))


def _well_formed(given: str, unknown: ChargingRefused) -> str:
    """Return what can be a code or a key; anything else need not be looked up."""
    if not _SECRET.fullmatch(given):
        raise unknown
    return given
