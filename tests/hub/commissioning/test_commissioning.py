"""Tests of devices over the API of a real hub: announced, marked, proven, written down, taken away."""

import csv
import hashlib
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import replace
from sqlalchemy import select

from contract.messages import Availability, AvailabilityStatus, State
from contract.things import Location, Thing, ThingModel, read_description
from contract.topics import Address
from hub.access.roles import Role
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Definition, Kind, Priority, Scope, Test
from hub.audit.schema import audit
from hub.commissioning.trial import TrialState
from tests.broker import Mosquitto
from tests.hub.api.house import MODEL, NAMES, House, arrival, clock, frame_of, house
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("commissioning"), pytest.mark.asyncio(loop_scope="module")]

PATH = "/api/v1/commissioning"
BUTTON = Address("hemei", "sensor", "call-3")
CALC = Address("hemei", "sensor", "calc")
CAMERA = Address("hemei", "camera", "east")
WEST = Address("hemei", "camera", "west")
GONE = Address("hemei", "camera", "gone")
PRESSED = "hemei.sensor.panic-pressed"
PANIC = Definition(
    key="panic",
    title={"zh-CN": "求助按钮", "en": "Call button"},
    priority=Priority.CRITICAL,
    kind=Kind.INCIDENT,
    on=Scope(kinds=("sensor",)),
    raised_by=Test(event=PRESSED),
)
COVERED = Definition(
    key="camera-covered",
    title={"zh-CN": "摄像机被遮挡", "en": "Camera covered"},
    priority=Priority.MEDIUM,
    on=Scope(kinds=("camera",)),
    raised_by=Test(property="covered"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Give a hub with a gate, call buttons and cameras: each test has devices of its own."""
    folder = tmp_path_factory.mktemp("commissioning")
    async with (
        Mosquitto(folder / "mosquitto") as broker,
        house(folder, broker=broker.broker(), alarms=(PANIC, COVERED)) as running,
    ):
        await eventually(lambda: running.core.online)
        stand(running, BUTTON, NAMES)
        for number in range(4, 9):
            stand(running, button(number), NAMES)
        stand(running, CALC, {"zh-CN": "=1+1"}, location=Location(area="b3", x=0.5, y=0.5))
        for camera in (CAMERA, WEST, GONE):
            stand(running, camera, NAMES, product="DS-2CD")
        await running.room.commissioning.look()
        yield running


def button(number: int) -> Address:
    """Return the address of another call button."""
    return Address("hemei", "sensor", f"call-{number}")


def stand(hub: House, address: Address, title: dict[str, str], **more: Any) -> None:
    """Have a device describe itself."""
    model = MODEL if address.kind == "gate" else ThingModel(properties={}, actions={}, events={})
    thing = Thing(address=address, title=title, model=model, driver="gates", **more)
    hub.core.shadows.describe(hub.core.shadows.of(address), read_description(thing.description()))


def press(hub: House, number: int, address: Address = BUTTON, years_ago: int = 0) -> str:
    """Have a button report a press; return the SHA-256 of its message."""
    made = arrival(number, address=address, type=PRESSED)
    event = replace(made.event, time=made.event.time - timedelta(days=365 * years_ago))
    said = replace(made, event=event, payload=msgspec.json.encode(event), received_ms=clock.now_ms())
    hub.room.committed(hub.core.committer.writer.commit([said]).entries)
    return hashlib.sha256(said.payload).hexdigest()


async def begin(hub: House, address: Address = BUTTON) -> dict[str, Any]:
    """Begin to test a device."""
    answer = await hub.http.post(f"{PATH}/devices/{address}/tests", headers=hub.bearer(Role.ADMIN))
    assert answer.status_code == 201, answer.text
    begun: dict[str, Any] = answer.json()
    return begun


async def rows(hub: House) -> dict[str, Any]:
    """List the devices by address."""
    listed = (await hub.get(PATH, Role.ADMIN)).json()["devices"]
    return {each["device"]: each for each in listed}


async def shown(socket: Any, what: str) -> list[dict[str, Any]]:
    """Wait until the live stream tells of this."""
    while not (frame := await frame_of(socket, "changes")).get(what):
        pass
    told: list[dict[str, Any]] = frame[what]
    return told


async def painted(socket: Any, hub: House, device: Address = BUTTON, number: int = 0) -> dict[str, Any]:
    """Wait for the alarm of an event, or of a state, as a wall does; paint it, and see that written."""
    event = str(number) if number else None
    while True:
        alarms = await shown(socket, "alarms")
        ours = [each for each in alarms if each["device"] == device.device]
        fitting = [each for each in ours if each["data"].get("event", {}).get("id") == event]
        if fitting:
            break
    alarm = fitting[0]
    await socket.send(msgspec.json.encode({"type": "painted", "alarms": [alarm["id"]]}).decode())
    await eventually(lambda: hub.room.desk.standing()[alarm["id"]].trace.painted_ms)
    return alarm


async def test_a_test_is_announced_marked_and_proven_by_the_devices_own_alarm(hub: House) -> None:
    assert (await rows(hub))[str(BUTTON)]["standing"] == "never"
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall, "snapshot")
        test = await begin(hub)
        told = await shown(wall, "tests")
        assert [each["device"] for each in told] == [str(BUTTON)]
        digest = press(hub, 1)
        alarm = await painted(wall, hub, number=1)
    # Marked, and yet it alerts as it would in earnest.
    assert alarm["test"] == test["id"]
    assert (alarm["priority"], alarm["suppression"], alarm["state"]) == ("critical", "none", "unacknowledged")
    await hub.room.commissioning.look()
    done = (await hub.get(f"{PATH}/tests/{test['id']}", Role.ADMIN)).json()
    assert (done["state"], done["event"]["id"], done["alarm"]["id"]) == ("proven", "1", alarm["id"])
    proof = (await rows(hub))[str(BUTTON)]["proof"]
    assert (proof["event"], proof["sha256"], proof["test"]) == ("1", digest, test["id"])
    assert proof["trace"]["painted_by"] == "token:wall"
    hops = [proof["trace"][hop] for hop in ("device", "received", "committed", "raised", "pushed", "painted")]
    assert all(hops)
    case = (await hub.get(f"/api/v1/alarms/{alarm['id']}")).json()
    assert (case["test"], case["trace"]["painted_by"]) == (test["id"], "token:wall")
    with hub.core.engine.connect() as ledger:
        said = select(audit.c.what).where(audit.c.about == str(BUTTON)).order_by(audit.c.n)
        assert list(ledger.execute(said).scalars()) == ["commissioning.test-started", "commissioning.proven"]


async def test_a_test_hides_nothing_that_is_real(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall, "snapshot")
        tested, other = button(4), button(5)
        test = await begin(hub, tested)
        # What the driver host kept from long ago is no test, nor is what another device says.
        press(hub, 1, tested, years_ago=1)
        old = await painted(wall, hub, tested, number=1)
        press(hub, 1, other)
        elsewhere = await painted(wall, hub, other, number=1)
        press(hub, 2, tested)
        marked = await painted(wall, hub, tested, number=2)
        assert [each["test"] for each in (old, elsewhere, marked)] == [None, None, test["id"]]
        await hub.http.post(f"{PATH}/tests/{test['id']}/end", headers=hub.bearer(Role.ADMIN))
        press(hub, 3, tested)
        assert (await painted(wall, hub, tested, number=3))["test"] is None
    ours = [each for each in hub.room.desk.standing().values() if each.device in ("call-4", "call-5")]
    assert [each.suppression.value for each in ours] == ["none"] * 4


async def test_what_was_a_test_is_real_once_it_is_raised_again(hub: House) -> None:
    test = await begin(hub, CAMERA)
    cover(hub, 1, covered=True)
    [alarm] = await eventually(lambda: standing(hub, CAMERA))
    assert alarm.test == test["id"]
    await hub.http.post(f"{PATH}/tests/{test['id']}/end", headers=hub.bearer(Role.ADMIN))
    cover(hub, 2, covered=False)
    await eventually(lambda: not hub.room.desk.standing()[alarm.id].active)
    cover(hub, 3, covered=True)
    await eventually(lambda: hub.room.desk.standing()[alarm.id].active)
    assert hub.room.desk.standing()[alarm.id].test is None


def standing(hub: House, device: Address) -> list[Alarm]:
    """Return the open alarms of a device."""
    return [each for each in hub.room.desk.standing().values() if each.address == device]


def cover(hub: House, seq: int, address: Address = CAMERA, *, covered: bool) -> None:
    """Have the camera say whether it sees."""
    now_ms, now = clock.now_ms(), clock.monotonic()
    shadow = hub.core.shadows.of(address)
    state = State(ts=clock.now(), boot=1, seq=seq, properties={"covered": covered})
    shadow.apply_state(state, now_ms, retained=False, now=now, wall_ms=now_ms)
    ready = Availability(status=AvailabilityStatus.READY, ts=clock.now())
    hub.core.shadows.available(shadow, ready)
    hub.room.changed(address)


async def test_alarms_that_come_by_themselves_prove_too_also_by_a_state(hub: House) -> None:
    async with hub.viewer(hub.bearer(Role.WALL)) as wall:
        await frame_of(wall, "snapshot")
        cover(hub, 1, WEST, covered=True)
        await painted(wall, hub, WEST)
    await hub.room.commissioning.look()
    proof = (await rows(hub))[str(WEST)]["proof"]
    assert (proof["event"], proof["sha256"], proof["test"]) == (None, None, None)
    assert proof["values"]["covered"]["value"] is True


async def test_an_alarm_that_no_screen_has_painted_proves_nothing(hub: House) -> None:
    press(hub, 1, button(6))
    await eventually(lambda: standing(hub, button(6)))
    assert await hub.room.commissioning.look(), "it may still be painted"
    assert (await rows(hub))[str(button(6))]["standing"] == "never"


async def test_every_device_is_listed_with_what_is_known_of_it(hub: House) -> None:
    view = (await hub.get(PATH, Role.SUPERVISOR)).json()
    found = {each["device"]: each for each in view["devices"]}
    there = [each for each in found.values() if each["gone"] is None]
    assert (view["unplaced"], view["proof_days"]) == (len(there) - 1, 180)
    assert found["hemei/gate/east-in"]["standing"] == "unprovable"
    camera = found[str(GONE)]
    assert (found[str(CALC)]["placed"], camera["placed"]) == (True, False)
    assert (camera["product"], camera["driver"], camera["firmware"], camera["alarms"]) == (
        "DS-2CD",
        "gates",
        None,
        1,
    )
    one = (await hub.get(f"{PATH}/devices/{GONE}", Role.SUPERVISOR)).json()
    assert [each["key"] for each in one["definitions"]] == ["camera-covered"]
    hub.core.shadows.remove(GONE)
    hub.room.removed(GONE)
    await hub.room.commissioning.look()
    assert (await rows(hub))[str(GONE)]["standing"] == "gone"
    refused = await hub.http.post(f"{PATH}/devices/{GONE}/tests", headers=hub.bearer(Role.ADMIN))
    assert (refused.status_code, refused.json()["code"]) == (409, "device-gone")


async def test_the_record_is_taken_away_and_no_cell_is_a_formula(hub: House) -> None:
    answer = await hub.get(f"{PATH}/record.csv", Role.ADMIN)
    read = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    [calc] = [each for each in read if each["device"] == str(CALC)]
    assert (calc["title"], calc["standing"]) == ("'=1+1", "never")
    page = await hub.get(f"{PATH}/record.html", Role.ADMIN)
    assert "调试验收记录" in page.text
    assert "从未证明" in page.text
    assert (await hub.get(f"{PATH}/record.csv", Role.GUARD)).status_code == 403
    with hub.core.engine.connect() as ledger:
        taken = select(audit.c.what).where(audit.c.what == "commissioning.record-exported")
        assert len(ledger.execute(taken).all()) == 2


async def test_one_test_at_a_time_and_one_that_is_over_is_over(hub: House) -> None:
    test = await begin(hub, button(7))
    headers = hub.bearer(Role.ADMIN)
    again = await hub.http.post(f"{PATH}/devices/{button(7)}/tests", headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "test-runs")
    ended = await hub.http.post(f"{PATH}/tests/{test['id']}/end", headers=headers)
    assert ended.json()["state"] == TrialState.ENDED
    over = await hub.http.post(f"{PATH}/tests/{test['id']}/end", headers=headers)
    assert (over.status_code, over.json()["code"]) == (409, "test-over")
    nobody = await hub.http.post(f"{PATH}/devices/hemei/gate/none/tests", headers=headers)
    assert nobody.status_code == 404
