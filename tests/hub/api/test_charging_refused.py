"""What strangers are told who may not charge: bad codes, connectors in use, guesses, nonsense."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from contract.messages import AvailabilityStatus, Problem
from hub.access.roles import Role
from hub.alarms.definition import Definition
from hub.api import strangers
from tests.hub.api.connectors import BIKE, CAR, Garage, clock, garage
from tests.hub.api.house import House
from tests.hub.api.residents import API, code_of, order, staff, state_of, told
from tests.waiting import eventually

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
async def free(tmp_path: Path) -> AsyncIterator[Garage]:
    async with garage(tmp_path, alarms=(HOT,)) as running:
        yield running


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
