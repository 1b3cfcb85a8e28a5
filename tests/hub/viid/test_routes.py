"""What the API shows of the feed, to whom; and that the hub's own properties follow it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hub.access.roles import Role
from simulators.viid.library import Library
from tests.hub.api.house import House, arrival, house
from tests.hub.viid.made import US, library_up, settings
from tests.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")
PLATE = "浙D00001"
POISON = "浙D00666"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def library() -> AsyncIterator[Library]:
    async with library_up(refused={POISON: 8}) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(library: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("viid")
    async with house(folder, viid=settings(library.url, folder)) as running:
        await eventually(lambda: running.room.police.feed.begun)
        for number, plate in enumerate((PLATE, POISON)):
            passed = {"plate": plate, "direction": "in", "means": "plate"}
            come = arrival(900 + number, type="hemei.gate.passed", data=passed)
            running.room.committed(running.core.committer.writer.commit([come]).entries)
        yield running


async def settled(hub: House) -> dict[str, object]:
    async with asyncio.timeout(60):
        while True:
            shown: dict[str, object] = (await hub.get("/api/v1/viid", Role.LIAISON)).json()
            if (shown["sent"], shown["set_aside"]) == (1, 1):
                return shown
            await asyncio.sleep(0.05)


async def test_its_health_is_shown(hub: House, library: Library) -> None:
    shown = await settled(hub)
    assert {name: shown[name] for name in ("state", "server", "device_id", "profile", "waiting")} == {
        "state": "online",
        "server": library.url,
        "device_id": US,
        "profile": "national",
        "waiting": 0,
    }
    hub.room.watch.look()
    assert hub.room.watch.shadow.readings["feed-set-aside"].value == 1
    assert hub.room.watch.shadow.readings["feed-failing"].value is False


async def test_what_was_set_aside_and_what_was_confirmed_hold_no_plate(hub: House) -> None:
    await settled(hub)
    aside = await hub.get("/api/v1/viid/set-aside", Role.LIAISON)
    receipts = await hub.get("/api/v1/viid/receipts?limit=1", Role.SUPERVISOR)
    (refused,) = aside.json()["set_aside"]
    (receipt,) = receipts.json()["receipts"]
    assert (refused["code"], refused["kind"]) == ("8", "motor-vehicles")
    assert len(receipt["object_id"]) == 48
    more = await hub.get(f"/api/v1/viid/receipts?before={receipts.json()['next']}", Role.ADMIN)
    assert more.json()["receipts"] == []
    assert "浙" not in aside.text + receipts.text
    again = await hub.http.post(
        f"/api/v1/viid/set-aside/{refused['id']}/retry", headers=hub.bearer(Role.LIAISON)
    )
    assert (again.status_code, again.json()["again"]) == (200, True)
    audit = await hub.get("/api/v1/audit?what=feed.retried", Role.SUPERVISOR)
    assert "token:liaison" in audit.text


@pytest.mark.parametrize("role", [Role.GUARD, Role.WALL])
async def test_who_has_no_business_with_it_sees_nothing(hub: House, role: Role) -> None:
    for path in ("", "/set-aside", "/receipts"):
        assert (await hub.get(f"/api/v1/viid{path}", role)).status_code == 403
    refused = await hub.http.post("/api/v1/viid/set-aside/1/retry", headers=hub.bearer(role))
    assert refused.status_code == 403


async def test_what_is_not_there_is_said_so(hub: House) -> None:
    unknown = await hub.http.post("/api/v1/viid/set-aside/99999/retry", headers=hub.bearer(Role.LIAISON))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    assert (await hub.get("/api/v1/viid/receipts?before=yesterday", Role.LIAISON)).status_code == 422
