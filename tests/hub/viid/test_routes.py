"""What the API shows of the feed, to whom; and that the hub's own properties follow it."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from hub.access.roles import Role
from hub.viid.ids import LOCAL
from hub.viid.settings import SubscriptionSettings
from simulators.viid.library import Library
from simulators.viid.subscriber import Account, Subscriber, wish
from simulators.viid.subscribing import Subscribing, Wishes
from tests.hub.api.house import House, arrival, house
from tests.hub.viid.made import LAWFUL, THEM, US, library_up, settings
from tests.peers import require_program
from tests.waiting import eventually, eventually_told

pytestmark = pytest.mark.asyncio(loop_scope="module")
PLATE = "浙D00001"
POISON = "浙D00666"
WORD = "another word of the test"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def library() -> AsyncIterator[Library]:
    async with library_up(refused={POISON: 8}) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(library: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("viid")
    secret = folder / "subscriptions.password"
    secret.write_text(f"{WORD}\n")
    paper = SubscriptionSettings(enabled=True, document="…", username=THEM, password_file=str(secret))
    async with house(folder, viid=settings(library.url, folder, subscriptions=paper)) as running:
        await eventually(lambda: running.room.police.feed.begun)
        for number, plate in enumerate((PLATE, POISON)):
            passed = {"plate": plate, "direction": "in", "means": "plate"}
            come = arrival(900 + number, type="hemei.gate.passed", data=passed)
            running.room.committed(running.core.committer.writer.commit([come]).entries)
        yield running


async def settled(hub: House) -> dict[str, object]:
    """Wait until both are judged, and until that is counted: what waits is counted now and then."""

    async def shown() -> dict[str, object]:
        told: dict[str, object] = (await hub.get("/api/v1/viid", Role.LIAISON)).json()
        return told

    return await eventually_told(
        shown, lambda told: (told["sent"], told["set_aside"], told["waiting"]) == (1, 1, 0)
    )


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


async def test_what_left_of_one_vehicle_is_found_and_the_look_is_on_record(hub: House) -> None:
    await settled(hub)
    found = await hub.get("/api/v1/viid/receipts", Role.LIAISON, params={"plate": PLATE})
    (receipt,) = found.json()["receipts"]
    assert (receipt["document"], receipt["kind"]) == (LAWFUL.document, "motor-vehicles")
    assert receipt["receiver"].startswith("http://127.0.0.1:")
    nothing = await hub.get("/api/v1/viid/receipts", Role.LIAISON, params={"person": "p-1"})
    assert nothing.json()["receipts"] == []
    looks = await hub.get("/api/v1/audit?what=feed.receipts-viewed", Role.SUPERVISOR)
    assert [each["about"] for each in looks.json()["entries"]] == ["person p-1", f"plate {PLATE}"]


async def curl(hub: House, *words: str) -> tuple[int, str]:
    """Ask as curl does; return status and body."""
    process = await asyncio.create_subprocess_exec(
        require_program("curl", "curl"),
        *("-sS", "--noproxy", "*", "-w", "\n%{http_code}", *words),
        stdout=asyncio.subprocess.PIPE,
    )
    text, _, status = (await process.communicate())[0].decode().rpartition("\n")
    return int(status), text


@pytest.mark.parametrize("login", [(), ("-u", f"{THEM}:{WORD}"), ("--digest", "-u", f"{THEM}:wrong")])
async def test_who_is_not_the_library_cannot_subscribe(hub: House, login: tuple[str, ...]) -> None:
    status, body = await curl(hub, *login, f"{hub.server.address}/VIID/Subscribes")
    assert (status, json.loads(body)["ResponseStatusObject"]["StatusCode"]) == (401, "4")


async def test_the_library_subscribes_and_ends_it(hub: House, library: Library) -> None:
    """Two authors' clients: aiohttp and curl."""
    login = ("--digest", "-u", f"{THEM}:{WORD}", "-H", "Content-Type: application/VIID+JSON")
    site = Subscriber(hub.server.address, THEM, Account(THEM, WORD))
    soon = (datetime.now(LOCAL) + timedelta(days=2)).strftime("%Y%m%d%H%M%S")
    wanted = wish("7" * 33, US, f"{library.url}/VIID/SubscribeNotifications", soon)
    status, said = await site.subscribe(wanted, {"SubscribeID": "8", "SubscribeDetail": "12"})
    codes = [each["StatusCode"] for each in said["ResponseStatusListObject"]["ResponseStatusObject"]]
    assert (status, codes) == (200, ["0", "4"])
    status, body = await curl(hub, *login, f"{hub.server.address}/VIID/Subscribes")
    (listed,) = json.loads(body)["SubscribeListObject"]["SubscribeObject"]
    assert (status, listed["SubscribeID"], listed["EndTime"]) == (200, "7" * 33, soon)
    shown = (await hub.get("/api/v1/viid", Role.LIAISON)).json()
    assert [each["subscribe_id"] for each in shown["subscriptions"]] == ["7" * 33]
    no_such = [wish("9", US, wanted["ReceiveAddr"], soon)]
    status, said = await site.subscribe(*no_such, method="PUT")
    assert said["ResponseStatusListObject"]["ResponseStatusObject"][0]["StatusCode"] == "4"
    status, body = await curl(hub, *login, "-d", "nonsense", f"{hub.server.address}/VIID/Subscribes")
    assert (status, json.loads(body)["ResponseStatusObject"]["StatusCode"]) == (200, "7")
    (seen,) = shown["subscriptions"]
    ending = f"/api/v1/viid/subscriptions/{seen['number']}"
    wrong = {"version": seen["version"] + 1, "reason": "too late"}
    stale = await hub.http.post(f"{ending}/end", json=wrong, headers=hub.bearer(Role.SUPERVISOR))
    assert (stale.status_code, stale.json()["now"]["version"]) == (409, seen["version"])
    refused = await hub.http.post(f"{ending}/end", json=wrong, headers=hub.bearer(Role.LIAISON))
    assert refused.status_code == 403
    unsaid = await hub.http.post(f"{ending}/end", json={"version": 1}, headers=hub.bearer(Role.SUPERVISOR))
    assert unsaid.status_code == 422
    said_why = {"version": seen["version"], "reason": "试用结束"}
    ended = await hub.http.post(f"{ending}/end", json=said_why, headers=hub.bearer(Role.SUPERVISOR))
    assert (ended.status_code, ended.json()["ended"]) == (200, "stopped")
    _, again = await site.subscribe(wanted)
    (status_of,) = again["ResponseStatusListObject"]["ResponseStatusObject"]
    assert (status_of["StatusCode"], "试用结束" in status_of["StatusString"]) == ("4", True)
    lifting = {"version": ended.json()["version"], "reason": "继续试用"}
    lifted = await hub.http.post(f"{ending}/lift", json=lifting, headers=hub.bearer(Role.ADMIN))
    assert (lifted.status_code, lifted.json()["barred"]) == (200, False)
    nowhere = await hub.http.post(
        "/api/v1/viid/subscriptions/99999/lift", json=lifting, headers=hub.bearer(Role.ADMIN)
    )
    assert nowhere.status_code == 404
    looks = await hub.get("/api/v1/audit?what=feed.subscription-ended", Role.SUPERVISOR)
    assert [each["reason"] for each in looks.json()["entries"]] == ["试用结束"]
    await site.subscribe(wanted)
    status, said = await site.cancel("7" * 33, "8")
    codes = [each["StatusCode"] for each in said["ResponseStatusListObject"]["ResponseStatusObject"]]
    assert codes == ["0", "4"]
    assert (await site.cancel())[1]["ResponseStatusObject"]["StatusCode"] == "7"
    assert (await site.listed())[1]["SubscribeListObject"]["SubscribeObject"] == []


async def test_a_pretend_library_subscribes_by_itself(hub: House, library: Library) -> None:
    said = Wishes(site=hub.server.address, site_id=US, account=THEM, password=WORD, reason="演示")
    asking = Subscribing(said, THEM, library.url)
    asking.tend()
    await eventually(lambda: asking.answered)
    await asking.close()
    office = hub.room.police.feed.office
    lasting = await office.lasting()
    assert [(each["Title"], each["Reason"]) for each in lasting] == [("小区车辆", "演示")]
    await office.cancel([each["SubscribeID"] for each in lasting], "192.0.2.9")
