"""Charging over real HTTP, from the code to the receipt: what strangers may do, and what they are told."""

import csv
import io
import logging
import uuid
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import select

from contract.messages import AvailabilityStatus, Problem
from hub.access.roles import Role
from hub.alarms.definition import Definition
from hub.api import strangers
from hub.audit.schema import audit
from hub.charging.schema import charging_orders
from hub.charging.settings import ChargingSettings
from tests.hub.api.connectors import BIKE, CAR, Garage, clock, garage
from tests.hub.api.house import House
from tests.waiting import eventually

API = "/api/v1/charging"
PREPAID = msgspec.convert(
    {
        "payment": "prepaid",
        "hold_fen_car": 3000,
        "tariff": [
            {
                "id": "all",
                "title": {"zh-CN": "统一电价", "en": "One price"},
                "period": [
                    {"title": {"zh-CN": "全天", "en": "All day"}, "energy_fen": 85, "service_fen": 30}
                ],
            }
        ],
    },
    ChargingSettings,
)
AREAS = {"garage": {"zh-CN": "地下车库", "en": "Garage"}}


HOT = msgspec.convert(
    {
        "key": "shed-hot",
        "title": {"zh-CN": "车棚过热", "en": "Shed too hot"},
        "priority": "critical",
        "on": {"devices": ["charger/shed-1"]},
        "raise": {"property": "temperature", "above": 90},
        "link": [{"action": "cut-power", "to": {"kinds": ["charger"]}, "input": {"active": True}}],
    },
    Definition,
)


@pytest_asyncio.fixture
async def paid(tmp_path: Path) -> AsyncIterator[Garage]:
    async with garage(tmp_path, charging=PREPAID, areas=AREAS) as running:
        yield running


@pytest_asyncio.fixture
async def free(tmp_path: Path) -> AsyncIterator[Garage]:
    async with garage(tmp_path, alarms=(HOT,)) as running:
        yield running


async def staff(hub: House, method: str, path: str, body: object = None, role: Role = Role.SUPERVISOR) -> Any:
    """Ask as staff; gives the answer's JSON, and fails unless it was good."""
    answer = await hub.http.request(method, f"{API}{path}", json=body, headers=hub.bearer(role))
    assert answer.is_success, answer.text
    return answer.json()


async def code_of(hub: House, device: str = "charger/garage-1", **limits: object) -> str:
    made = await staff(hub, "POST", "/codes", {"device": device, **limits})
    return str(made["code"])


async def order(
    hub: House, code: str, account: str | None = None, request: str | None = None
) -> httpx.Response:
    body = {"request": request or str(uuid.uuid4()), "account": account}
    return await hub.http.post(f"{API}/codes/{code}/orders", json=body)


def told(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def state_of(hub: House, key: str, wanted: str) -> Mapping[str, Any]:
    """Wait until an order is as it should be; return it as its owner sees it."""
    mine = f"{API}/orders/by-key/{key}"
    number = (await hub.http.get(mine)).json()["number"]
    state = select(charging_orders.c.state).where(charging_orders.c.number == number)

    def look() -> bool:
        with hub.core.engine.connect() as connection:
            return bool(connection.execute(state).scalar_one() == wanted)

    await eventually(look)
    seen: dict[str, Any] = (await hub.http.get(mine)).json()
    return seen


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
    with hub.core.engine.connect() as connection:
        written = "\n".join(connection.execute(select(audit.c.body)).scalars())
    for what in ("code.made", "money.topped-up", "charge."):
        assert f'"what":"{what}' in written
    for secret in (code, key, purse, rekeyed, request):
        assert secret not in written
        assert secret not in caplog.text


async def seen_by_staff(hub: House, receipt: Mapping[str, Any], account: str) -> None:
    number = receipt["number"]
    one = await staff(hub, "GET", f"/orders/{number}", role=Role.GUARD)
    assert (one["device"], one["account"], one["amount_fen"]) == ("charger/garage-1", account, 920)
    for query in ("", "?state=settled", "?device=charger/garage-1", f"?account={account}&limit=1"):
        page = await staff(hub, "GET", f"/orders{query}", role=Role.GUARD)
        assert [each["number"] for each in page["orders"]] == [number], query
    for query in ("?state=open", "?device=charger/shed-1", "?before=1"):
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
    stopped = await hub.http.post(f"{API}/orders/{number}/stop", headers=hub.bearer(Role.GUARD))
    assert stopped.json()["stopped_by"] == "token:guard"
    receipt = await state_of(hub, key, "settled")
    assert (receipt["amount_fen"], receipt["free"]) == (0, True)


async def test_a_code_that_is_good_for_nothing_says_why(free: Garage) -> None:
    hub = free.hub
    once = await code_of(hub, once=True)
    placed = await order(hub, once)
    key = placed.json()["key"]
    await state_of(hub, key, "charging")
    await hub.http.post(f"{API}/orders/by-key/{key}/stop")
    await state_of(hub, key, "settled")
    revoked = await code_of(hub)
    gone = await staff(hub, "DELETE", f"/codes/{revoked}")
    assert (gone["good"], gone["revoked_by"]) == (False, "token:supervisor")
    short = await code_of(hub, minutes=0.0001)
    made_ms = clock.now_ms()
    await eventually(lambda: clock.now_ms() > made_ms + 6)
    for code, problem in (
        (once, (410, "code-used")),
        (revoked, (410, "code-expired")),
        (short, (410, "code-expired")),
        ("0" * 20, (404, "code-unknown")),
        ("%00", (404, "code-unknown")),
        ("ü" * 200, (404, "code-unknown")),
    ):
        assert told(await hub.http.get(f"{API}/codes/{code}")) == problem
        assert told(await order(hub, code)) == problem
        strangers_of(hub)._guesses._failures.clear()
    listed = await staff(hub, "GET", "/codes?device=charger/garage-1")
    assert {each["code"] for each in listed["codes"]} == {once, revoked, short}
    unknown = await hub.http.post(
        f"{API}/codes", json={"device": "charger/none"}, headers=hub.bearer(Role.SUPERVISOR)
    )
    assert told(unknown)[0] in (404, 422)


def strangers_of(hub: House) -> strangers.Strangers:
    found = vars(hub.server._app)["state"].strangers
    assert isinstance(found, strangers.Strangers)
    return found


async def test_a_connector_that_cannot_be_used_says_why(free: Garage) -> None:
    hub, car = free.hub, free.car
    code = await code_of(hub)
    usual = dict(car.shown)
    for shown, status, problem in (
        ({"state": "faulted", "fault": "ground-failure", "lockout": "fault"}, "faulted", "connector-faulted"),
        ({"power-cut": True, "lockout": "power-cut"}, "power-cut", "power-cut"),
        ({"state": "unavailable", "lockout": "out-of-service"}, "out-of-service", "out-of-service"),
        ({"lockout": "supply"}, "no-supply", "no-supply"),
        ({"state": "charging", "order": "card"}, "busy", "connector-busy"),
    ):
        await car.show(**usual | shown)
        await eventually(partial(seen, hub, car.seq))
        assert (await hub.http.get(f"{API}/codes/{code}")).json()["status"] == status
        assert told(await order(hub, code)) == (409, problem)
    await car.show(**usual)
    await car.available(AvailabilityStatus.DISCONNECTED)
    await eventually(lambda: hub.core.shadows.of(CAR).connectivity == "device-offline")
    assert (await hub.http.get(f"{API}/codes/{code}")).json()["status"] == "offline"
    assert told(await order(hub, code)) == (409, "connector-offline")
    await car.available(AvailabilityStatus.READY)
    await eventually(lambda: hub.core.shadows.of(CAR).connectivity == "online")
    car.problem = Problem(code="refused-by-post", message="the post says no")
    placed = await order(hub, code)
    failed = await state_of(hub, placed.json()["key"], "cancelled")
    assert failed["problem"]["code"] == "refused-by-post"
    await free.bike.show(temperature=95.0)
    await eventually(hub.room.desk.standing)
    assert (await hub.http.get(f"{API}/codes/{code}")).json()["status"] == "power-cut"
    assert told(await order(hub, code)) == (409, "alarm")


def seen(hub: House, seq: int) -> bool:
    return hub.core.shadows.of(CAR).seen["state"][1] == seq


async def test_wrong_codes_wait_longer_each_time_and_right_ones_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strangers, "ORDERS_AT_ONCE", 8)
    monkeypatch.setattr(strangers, "LOOKS_AT_ONCE", 30)
    async with garage(tmp_path, [BIKE]) as running:
        hub = running.hub
        right = await code_of(hub, "charger/shed-1")
        answers = [await hub.http.get(f"{API}/codes/{'0' * 20}") for _ in range(strangers.FREE_GUESSES + 1)]
        assert [each.status_code for each in answers] == [404] * strangers.FREE_GUESSES + [429]
        assert told(answers[-1]) == (429, "throttled")
        assert int(answers[-1].headers["retry-after"]) >= 1
        for path in (f"orders/by-key/{'0' * 32}", f"accounts/by-key/{'0' * 32}"):
            assert told(await hub.http.get(f"{API}/{path}")) == (429, "throttled")
        assert (await hub.http.get(f"{API}/codes/{right}")).status_code == 200
        ordered = [(await order(hub, right)).status_code for _ in range(10)]
        assert ordered == [201, *[409] * 7, 429, 429]
        while (looked := await hub.http.get(f"{API}/codes/{right}")).status_code == 200:
            pass
        assert told(looked) == (429, "throttled")
        assert "retry-after" in looked.headers


RIGHT = b'{"request": "00000000-0000-0000-0000-000000000000"}'
GARBAGE: list[tuple[bytes, dict[str, str], int]] = [
    (b"", {}, 422),
    (b"{", {}, 422),
    (b"\xff\xfe", {}, 422),
    (b"[]", {}, 422),
    (b'{"request": 5}', {}, 422),
    (b'{"request": "short"}', {}, 422),
    (RIGHT.replace(b'0"', b'\\u0000"'), {}, 422),
    (RIGHT.replace(b"}", b', "fen": 1}'), {}, 422),
    (RIGHT.replace(b"}", b', "account": ["a"]}'), {}, 422),
    (RIGHT, {"Content-Type": "text/plain"}, 422),
    (RIGHT, {"Content-Type": "application/x-www-form-urlencoded"}, 422),
    (RIGHT, {"Origin": "https://evil.example"}, 403),
    (RIGHT, {"Origin": "null"}, 403),
    (b" " * (1024 * 1024 + 1), {}, 413),
    (RIGHT, {}, 404),
]


async def test_what_makes_no_sense_is_refused_and_nothing_happens(hub: House) -> None:
    path = f"{API}/codes/{'0' * 20}/orders"
    for body, more, status in GARBAGE:
        headers = {"Content-Type": "application/json"} | more
        answer = await hub.http.post(path, content=body, headers=headers)
        assert answer.status_code == status, (body[:80], more, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
    evil = {"Origin": "https://evil.example"}
    assert (await hub.http.post(f"{API}/orders/by-key/{'0' * 32}/stop", headers=evil)).status_code == 403
    supervisor = hub.bearer(Role.SUPERVISOR)
    for path, wrong in (
        ("/codes", {"device": "gate/east-in"}),
        ("/codes", {"device": "charger/a", "minutes": -1}),
        ("/codes", {"device": "charger/a", "minutes": "nan"}),
        ("/accounts", {"note": "x" * 201}),
        ("/accounts", {"note": "\0"}),
        ("/accounts/a-00000000/top-up", {"fen": 1.5}),
        ("/accounts/a-00000000/top-up", {"fen": 10**12}),
        ("/accounts/a-00000000/top-up", {}),
    ):
        answer = await hub.http.post(f"{API}{path}", json=wrong, headers=supervisor)
        assert told(answer) == (422, "invalid-request"), (path, wrong)
    for query in ("orders?limit=0", "orders?state=x", "orders?device=x", "figures?from=x", "codes?device=x"):
        answer = await hub.http.get(f"{API}/{query}", headers=supervisor)
        assert told(answer) == (422, "invalid-request"), query
    for query in ("from=2026-11-02&to=2026-11-01", "from=2020-01-01&to=2026-01-01", "to=9999-12-31"):
        answer = await hub.http.get(f"{API}/figures?{query}", headers=supervisor)
        assert told(answer) == (422, "bad-range"), query
    for method, path, code in (
        ("GET", f"orders/{'0' * 16}", "unknown-charging-order"),
        ("POST", f"orders/{'0' * 16}/stop", "unknown-charging-order"),
        ("DELETE", f"codes/{'0' * 20}", "code-unknown"),
        ("DELETE", "codes/%00", "code-unknown"),
        ("POST", "accounts/a-00000000/key", "unknown-account"),
    ):
        answer = await hub.http.request(method, f"{API}/{path}", headers=supervisor)
        assert told(answer) == (404, code), path
    assert (await staff(hub, "GET", "/orders"))["orders"] == []


async def test_no_secret_is_in_what_is_logged_or_audited(
    hub: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "0123456789abcdefghjk"

    async def broken(_: str) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(hub.room.charging, "scan", broken)
    assert told(await hub.http.get(f"{API}/codes/{secret}")) == (500, "internal-error")
    assert "GET /api/v1/charging/codes/… failed" in caplog.text
    refused = await hub.http.delete(f"{API}/codes/{secret}", headers=hub.bearer(Role.GUARD))
    assert refused.status_code == 403
    with hub.core.engine.connect() as connection:
        (body,) = connection.execute(select(audit.c.body).where(audit.c.what == "access.refused")).scalars()
    assert '"about":"DELETE /api/v1/charging/codes/…"' in body
    assert secret not in caplog.text


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
