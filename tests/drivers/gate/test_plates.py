"""A gate that opens for plates, hub or no hub.

No plate camera of another author runs on a test machine: `curl` pushes what we composed from the vendor's
document, to a real driver host, whose board is our own simulator.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from contract import passes
from contract.messages import Event
from drivers.gate.board import Readings
from drivers.gate.faults import Fault
from drivers.gate.scene import scene
from drivers.gate.state import GateState
from drivers.plates.passing import Scene
from tests.broker import Mosquitto
from tests.drivers.gate.entrance import BLOCKED, GATE, LISTED, UNKNOWN, Entrance
from tests.drivers.gate.readings import BOTTOM, TOP, between
from tests.drivers.plates import pushes
from tests.drivers.stage import succeeded
from tests.waiting import eventually


class Open:
    """Opens entrances for a test."""

    def __init__(self, broker: Mosquitto, folder: Path) -> None:
        self._broker, self._folder = broker, folder

    @asynccontextmanager
    async def __call__(self, **plates: Any) -> AsyncIterator[Entrance]:
        async with Entrance.opened(self._broker, self._folder, **plates) as entrance:
            yield entrance


@pytest.fixture
def opened(mosquitto: Mosquitto, tmp_path: Path) -> Open:
    return Open(mosquitto, tmp_path)


async def test_a_listed_plate_opens_its_gate_and_passes_once(opened: Open) -> None:
    async with opened() as east:
        east.drives()
        assert await east.lets_in(LISTED)
        await east.shows(plate_camera="ready", waiting=False)
        (passed,) = await east.passes()
        (recognised,) = await east.events(passes.PLATE_RECOGNISED)
        await east.opened_times(1)
    assert recognised.data["media"] == [sha256(each).hexdigest() for each in (pushes.JPEG, pushes.SMALL)]
    said = {name: recognised.data[name] for name in ("plate", "decision", "reason", "vehicle", "person")}
    assert said == {
        "plate": LISTED,
        "decision": "admitted",
        "reason": "listed",
        "vehicle": "v1",
        "person": "p1",
    }
    assert passed | {"dwell-s": 0} == {
        "plate": LISTED,
        "vehicle": "v1",
        "person": "p1",
        "category": "resident",
        "direction": "in",
        "means": "plate",
        "recognised": recognised.id,
        "confirmed": True,
        "replay": False,
        "passback": False,
        "dwell-s": 0,
    }
    assert passed["dwell-s"] > 0


async def test_nobody_else_is_let_in_and_the_guard_decides(opened: Open) -> None:
    async with opened() as east:
        assert not await east.lets_in(UNKNOWN)
        await east.shows(waiting=True)
        assert east.truth("open_pulses") == 0
        east.drives()
        assert succeeded(await east.ear.do(GATE, "open"))
        (passed,) = await east.passes()
        assert (passed["plate"], passed["means"], passed["vehicle"]) == (UNKNOWN, "command", "")
        await east.shows(waiting=False)


async def test_a_blocked_plate_is_refused_and_told(opened: Open) -> None:
    async with opened() as east:
        assert not await east.lets_in(BLOCKED)
        (event,) = await east.events(passes.BLOCKED_PLATE)
        assert (event.data["plate"], event.data["vehicle"], event.data["reason"]) == (
            BLOCKED,
            "b1",
            "blocked",
        )
        assert len(event.data["media"]) == 2
        assert east.truth("open_pulses") == 0


async def test_it_opens_without_hub_and_broker_and_tells_them_later(opened: Open) -> None:
    async with opened() as east:
        await east.broker.kill()
        east.drives()
        assert await east.lets_in(LISTED)
        await eventually(lambda: east.truth("cars_passed") == 1)
        await east.opened_times(1)
        await east.broker.start()
        # The ear was at the broker that died: what the outbox keeps is read where it lies.
        await eventually(lambda: passes.GATE_PASSED in kept_types(east))
        await east.stop()
        kept = kept_types(east)
    assert kept.count(passes.GATE_PASSED) == kept.count(passes.PLATE_RECOGNISED) == 1


async def test_what_the_camera_says_again_opens_nothing_and_is_told_once(opened: Open) -> None:
    async with opened() as east:
        body = pushes.push(license=LISTED, plateid=7, timeStamp=now_stamp())
        first = await east.camera.push(body)
        again = await east.camera.push(body)
        assert (first.said["info"], again.said["info"]) == ("ok", "no")
        await east.opened_times(1)
        await east.stop()
        await east.start()
        after = await east.camera.push(body)
        assert after.said["info"] == "no"
        assert not await east.lets_in(UNKNOWN)
        assert len(await east.events(passes.PLATE_RECOGNISED, 2)) == 2
        assert east.truth("open_pulses") == 1


async def test_a_replay_is_recorded_once_and_opens_nothing(opened: Open) -> None:
    async with opened() as east:
        for _ in range(2):
            said = await east.records(LISTED, plateid=7, age_s=3600.25, isoffline=1, timeStamp=old_stamp())
            assert said.said["info"] == "no"
        (passed,) = await east.passes()
        assert (passed["plate"], passed["replay"], passed["confirmed"]) == (LISTED, True, False)
        (event,) = await east.events(passes.GATE_PASSED)
        assert abs(event.time - OLD) < timedelta(seconds=2)
        (recognised,) = await east.events(passes.PLATE_RECOGNISED)
        assert (recognised.data["decision"], recognised.data["reason"]) == ("recorded", "replay")
        old = await east.records(LISTED, plateid=8, age_s=1800)
        assert old.said["info"] == "no", "nobody said that it is old, but it is"
        assert east.truth("open_pulses") == 0


async def test_an_interlock_is_stronger_than_a_list(opened: Open) -> None:
    async with opened() as east:
        east.pretend.fault("gate/east", "emergency-stop")
        await east.shows(emergency_stop=True)
        assert not await east.lets_in(LISTED)
        assert east.truth("open_pulses") == 0


async def test_an_interlock_is_stronger_than_fire(opened: Open) -> None:
    async with opened() as east:
        assert succeeded(await east.ear.do(GATE, "fire-release", {"active": True}))
        assert await east.lets_in(UNKNOWN), "fire lets everybody pass"
        east.pretend.fault("gate/east", "emergency-stop")
        await east.shows(emergency_stop=True)
        assert not await east.lets_in("京D00001")


async def test_camera_and_board_are_lost_one_without_the_other(opened: Open) -> None:
    async with opened(silence_s=1) as east:
        await east.shows(plate_camera="silent")
        await east.ear.status(GATE, "ready")
        assert succeeded(await east.ear.do(GATE, "open"))
        assert await east.lets_in(LISTED)
        await east.shows(plate_camera="ready")
        east.pretend.fault("gate/east", "power-loss")
        await east.ear.status(GATE, "disconnected")
        assert not await east.lets_in("粤A54321"), "the board does not answer"
        assert len(await east.events(passes.PLATE_RECOGNISED, 2)) == 2
        passed = [each for each in east.ear.all(Event, GATE) if each.type == passes.GATE_PASSED]
        assert all(each.data["plate"] != "粤A54321" for each in passed), "it was not opened for"
        east.pretend.fault("gate/east", "none")
        await east.ear.status(GATE, "ready")
        pulses = east.truth("open_pulses")
        assert await east.lets_in(LISTED)
        await east.opened_times(pulses + 1)


async def test_who_follows_without_leave_is_told(opened: Open) -> None:
    async with opened() as east:
        for _ in range(2):
            east.drives()
        assert await east.lets_in(LISTED)
        one, two = await east.passes(2)
        (tailgated,) = await east.events(passes.TAILGATED)
        assert [one["means"], two["means"]] == ["plate", "tailgating"]
        assert tailgated.data == {"plate": "", "recognised": "", "before": LISTED}
        assert two["confirmed"]


async def test_who_follows_by_right_is_not(opened: Open) -> None:
    async with opened() as east:
        for _ in range(2):
            east.drives()
        assert await east.lets_in(LISTED)
        assert await east.lets_in("粤A54321")
        both = await east.passes(2)
        assert [(each["plate"], each["means"]) for each in both] == [(LISTED, "plate"), ("粤A54321", "plate")]


async def test_who_is_inside_is_known_after_a_restart(opened: Open) -> None:
    async with opened(passback="refuse") as east:
        east.drives()
        assert await east.lets_in(LISTED)
        await east.passes()
        await east.stop()
        await east.start()
        assert not await east.lets_in(LISTED)
        refused = (await east.events(passes.PLATE_RECOGNISED, 2))[1]
        assert (refused.data["decision"], refused.data["reason"]) == ("refused", "passback")


async def test_who_was_let_in_passes_though_the_host_was_away(opened: Open) -> None:
    async with opened() as east:
        east.drives()
        assert await east.lets_in(LISTED)
        await east.stop()
        await east.start()
        (passed,) = await east.passes()
        assert (passed["plate"], passed["means"], passed["vehicle"]) == (LISTED, "plate", "v1")


async def test_a_gate_that_was_never_given_a_list_lets_nobody_in(opened: Open) -> None:
    async with opened(lists=False) as east:
        await east.shows(list="none", vehicles_listed=0)
        assert not await east.lets_in(LISTED)
        (event,) = await east.events(passes.PLATE_RECOGNISED)
        assert event.data["reason"] == "no-list"
        await east.give_lists()
        assert await east.lets_in(LISTED)


async def test_a_list_counts_once_its_levels_are_there_too(opened: Open) -> None:
    async with opened(lists=False, without_list="admit") as east:
        await east.give_vehicles()
        await east.shows(vehicles_listed=3, list="none")
        assert await east.lets_in(LISTED), "nobody knows yet what its level allows"
        assert not await east.lets_in(BLOCKED)
        await east.give_lists()
        assert not await east.lets_in(UNKNOWN)


async def test_many_at_once_are_all_told(opened: Open) -> None:
    async with opened() as east:
        plates = [f"京D{number:05}" for number in range(6)]
        answers = await asyncio.gather(*(in_patience(east, each) for each in plates))
        assert not any(answers)
        told = await east.events(passes.PLATE_RECOGNISED, len(plates))
        assert sorted(each.data["plate"] for each in told) == plates


async def in_patience(east: Entrance, plate: str) -> bool:
    """Push until the listener is not busy: it deals with a few pushes of a camera at a time."""
    while (answered := await east.sees(plate)).status == 503:
        continue
    return bool(answered.said["info"] == "ok")


OLD = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def stamp(moment: datetime) -> dict[str, Any]:
    return {"Timeval": {"sec": int(moment.timestamp()), "usec": moment.microsecond}}


def now_stamp() -> dict[str, Any]:
    return stamp(datetime.now(UTC))


def old_stamp() -> dict[str, Any]:
    return stamp(OLD)


def kept_types(east: Entrance) -> list[str]:
    """Return the types of the events that the outbox keeps."""
    import sqlite3
    from contextlib import closing

    from contract import codec

    with closing(sqlite3.connect(east.folder / "host" / "outbox.sqlite")) as connection:
        rows = connection.execute("SELECT event FROM events").fetchall()
    return [codec.decode(Event, event).type for (event,) in rows]


# --- what a lane is told of its barrier


def at(readings: Readings, state: GateState, **fields: bool) -> Scene:
    return scene(readings, state, **({"fire": False, "held": False, "by_hand": False} | fields))


def test_a_lane_is_told_what_the_board_shows() -> None:
    assert at(BOTTOM, GateState.CLOSED) == Scene(down=True, loop=False, approach=False)
    assert at(TOP, GateState.OPEN) == Scene(down=False, loop=False, approach=False)
    assert at(between(30), GateState.UNKNOWN).down is None
    loop_fault = between(30, fault=Fault.LOOP_FAULT, loop_a=True)
    assert at(loop_fault, GateState.OPENING).loop is None


def test_a_lane_is_told_by_what_the_gate_stands_open() -> None:
    means = passes.Means
    assert at(TOP, GateState.OPEN, fire=True, held=True).to_all is means.FIRE
    assert at(TOP, GateState.OPEN, held=True, by_hand=True).to_all is means.HELD_OPEN
    assert at(TOP, GateState.OPEN, by_hand=True).to_all is means.BY_HAND
    assert at(between(30, manual=True), GateState.OPENING).to_all is means.BY_HAND
    assert at(between(30, fault=Fault.BOOM_BROKEN), GateState.FAULT).to_all is means.UNKNOWN
    assert at(BOTTOM, GateState.CLOSED, fire=True).to_all is None
