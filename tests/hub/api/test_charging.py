"""Charging over real HTTP, from the code to the receipt, as residents and staff see it."""

import csv
import io
import logging
import uuid
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from hub.access.roles import Role
from hub.audit.schema import audit
from tests.hub.api.connectors import Garage, garage
from tests.hub.api.house import House
from tests.hub.api.residents import API, AREAS, PREPAID, code_of, order, staff, state_of, told

ENDED = ("charge.stop-asked", "charge.settled")


@pytest_asyncio.fixture
async def paid(tmp_path: Path) -> AsyncIterator[Garage]:
    async with garage(tmp_path, charging=PREPAID, areas=AREAS) as running:
        yield running


@pytest_asyncio.fixture
async def free(tmp_path: Path) -> AsyncIterator[Garage]:
    async with garage(tmp_path) as running:
        yield running


async def test_from_the_code_to_the_receipt(paid: Garage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "hub")
    hub = paid.hub
    code = await code_of(hub)
    scan = (await hub.http.get(f"{API}/codes/{code}")).json()
    assert scan["connector"] == {
        "title": {"zh-CN": "车库 1 号", "en": "Garage 1"},
        "area": AREAS["garage"],
        "vehicle": "car",
        "max_power": 7000,
    }
    assert (scan["status"], scan["payment"]) == ("plugged", {"provider": "prepaid", "hold_fen": 3000})
    (period,) = scan["tariff"]["periods"]
    assert (period["energy_fen"], period["service_fen"], scan["tariff"]["free"]) == (85, 30, False)

    assert told(await order(hub, code)) == (402, "account-needed")
    assert told(await order(hub, code, "0" * 32)) == (402, "account-unknown")
    opened = await staff(hub, "POST", "/accounts", {"note": "3-2-501"})
    account, purse = opened["account"]["id"], opened["key"]
    assert told(await order(hub, code, purse)) == (402, "balance-too-low")
    paid_in = {"fen": 5000, "note": "receipt 7", "request": "counter-1"}
    for _ in range(2):
        topped_up = await staff(hub, "POST", f"/accounts/{account}/top-up", paid_in)
    assert topped_up["balance_fen"] == 5000

    request = str(uuid.uuid4())
    placed = await order(hub, code, purse, request)
    assert placed.status_code == 201, placed.text
    again = await order(hub, code, purse, request)
    key = placed.json()["key"]
    assert (again.status_code, again.json()["key"]) == (200, key)
    assert told(await order(hub, code, purse)) == (409, "connector-busy")
    charging = await state_of(hub, key, "charging")
    assert (charging["hold_fen"], charging["provider"]) == (3000, "prepaid")
    stopped = await hub.http.post(f"{API}/orders/by-key/{key}/stop")
    assert stopped.status_code == 202, stopped.text
    receipt = await state_of(hub, key, "settled")
    assert (receipt["energy_wh"], receipt["amount_fen"], receipt["why"]) == (8000, 920, "stopped")
    assert sum(line["amount_fen"] for line in receipt["lines"]) == 920
    assert (await hub.http.post(f"{API}/orders/by-key/{key}/stop")).json()["state"] == "settled"
    mine = (await hub.http.get(f"{API}/accounts/by-key/{purse}")).json()
    assert (mine["balance_fen"], mine["held_fen"]) == (4080, 0)
    assert [each["number"] for each in mine["orders"]] == [receipt["number"]]
    await seen_by_staff(hub, receipt, account)

    rekeyed = (await staff(hub, "POST", f"/accounts/{account}/key"))["key"]
    assert told(await hub.http.get(f"{API}/accounts/by-key/{purse}")) == (404, "unknown-account")
    assert (await hub.http.get(f"{API}/accounts/by-key/{rekeyed}")).json()["balance_fen"] == 4080
    await closed(hub, account, rekeyed)
    with hub.core.engine.connect() as connection:
        written = "\n".join(connection.execute(select(audit.c.body)).scalars())
    for what in ("code.made", "money.topped-up", "charge."):
        assert f'"what":"{what}' in written
    for secret in (code, key, purse, rekeyed, request):
        assert secret not in written
        assert secret not in caplog.text


async def closed(hub: House, account: str, purse: str) -> None:
    """Have an account closed: by whoever may, with a reason, once."""
    path, body = f"{API}/accounts/{account}/close", {"fen": 4080, "reason": "moves out"}
    guard = await hub.http.post(path, json=body, headers=hub.bearer(Role.GUARD))
    assert told(guard) == (403, "forbidden")
    supervisor = hub.bearer(Role.SUPERVISOR)
    for wrong, problem in (
        ({"fen": 4080}, (422, "invalid-request")),
        (body | {"reason": "x"}, (422, "invalid-request")),
        (body | {"fen": 5000}, (409, "balance-changed")),
    ):
        assert told(await hub.http.post(path, json=wrong, headers=supervisor)) == problem
    for _ in range(2):
        gone = await staff(hub, "POST", f"/accounts/{account}/close", body)
        assert (gone["balance_fen"], gone["paid_out_fen"], gone["closed_by"]) == (0, 4080, "token:supervisor")
    assert (await staff(hub, "GET", "/accounts"))["accounts"] == [gone]
    assert told(await order(hub, await code_of(hub), purse)) == (402, "account-closed")
    assert (await hub.http.get(f"{API}/accounts/by-key/{purse}")).json()["closed"] is True
    found = (await hub.get("/api/v1/audit", Role.SUPERVISOR, params={"what": "account.closed"})).json()[
        "entries"
    ]
    assert [(each["who"], each["about"], each["reason"]) for each in found] == [
        ("token:supervisor", account, "moves out")
    ]


async def seen_by_staff(hub: House, receipt: Mapping[str, Any], account: str) -> None:
    number = receipt["number"]
    one = await staff(hub, "GET", f"/orders/{number}", role=Role.GUARD)
    assert (one["device"], one["account"], one["amount_fen"]) == ("charger/garage-1", account, 920)
    assert [each["what"] for each in one["timeline"]] == ["charge.placed", "charge.began", *ENDED]
    assert one["timeline"][0]["who"] == "resident"
    assert one["readings"] == []
    found = ("", "?state=settled", "?device=charger/garage-1", f"?account={account}&limit=1")
    for query in (*found, f"?number={number[-4:]}", "?from=2020-01-01&to=2100-01-01"):
        page = await staff(hub, "GET", f"/orders{query}", role=Role.GUARD)
        assert [each["number"] for each in page["orders"]] == [number], query
    empty = ("?state=open", "?device=charger/shed-1", "?before=1", "?from=2100-01-01", "?to=2020-01-01")
    for query in (*empty, "?number=0000000000000000"):
        assert (await staff(hub, "GET", f"/orders{query}", role=Role.GUARD))["orders"] == [], query
    answer = await hub.get(f"{API}/orders.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="charging-orders.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["number"].replace(" ", ""), row["amount_yuan"]) == (number, "9.20")
    assert row["connector"] == "车库 1 号 / Garage 1"
    figures = await staff(hub, "GET", "/figures", role=Role.WALL)
    assert (figures["energy_wh"], figures["income_fen"]) == (8000, 920)
    assert sum(figures["connectors"].values()) == 2
    stopped = await hub.http.post(f"{API}/orders/{number}/stop", headers=hub.bearer(Role.GUARD))
    assert (stopped.status_code, stopped.json()["state"]) == (202, "settled")


async def test_a_guard_ends_a_charge(free: Garage) -> None:
    hub = free.hub
    placed = await order(hub, await code_of(hub, "charger/shed-1"))
    assert placed.status_code == 201, placed.text
    key, number = placed.json()["key"], placed.json()["order"]["number"]
    await state_of(hub, key, "charging")
    why = {"reason": "the cable is in the way"}
    stopped = await staff(hub, "POST", f"/orders/{number}/stop", why, role=Role.GUARD)
    assert stopped["stopped_by"] == "token:guard"
    receipt = await state_of(hub, key, "settled")
    done = (await staff(hub, "GET", f"/orders/{number}", role=Role.GUARD))["timeline"]
    (asked,) = [each for each in done if each["what"] == "charge.stop-asked"]
    assert (asked["who"], asked["reason"]) == ("token:guard", why["reason"])
    assert (receipt["amount_fen"], receipt["free"]) == (0, True)


async def test_the_page_opens_for_codes_orders_and_accounts(hub: House, tmp_path: Path) -> None:
    assert (await hub.http.get("/c/0123")).status_code == 503
    (tmp_path / "pages" / "charge.html").write_text("<!doctype html><title>charge</title>")
    for path in ("/c/0123", "/c/order/0123", "/c/account/0123"):
        page = await hub.http.get(path)
        assert (page.status_code, page.text) == (200, "<!doctype html><title>charge</title>")
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "script-src 'self'" in page.headers["content-security-policy"]
    for path in ("/c", "/c/", "/c/order/a/b"):
        assert (await hub.http.get(path)).status_code == 404
