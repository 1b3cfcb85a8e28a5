"""The sensor driver and pretend sensors: real Modbus, a real driver host, a real broker."""

import json
import sqlite3
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest

from contract.messages import Availability, Event, State
from drivers.runtime.settings import OutboxLimits
from tests.drivers.sensor.house import NewHouse, Spec
from tests.drivers.stage import HOST_ADDRESS, Hurried, succeeded
from tests.serial_line import serial_line
from tests.waiting import eventually

HURRY = 8.0

SMOKE = Spec(id="shed")


async def test_smoke_is_reported_silenced_and_reset(house: NewHouse) -> None:
    async with house(SMOKE) as shed:
        await shed.shows(alarm=False, smoke_density=0, battery=100)
        shed.happen("smoke")
        await shed.reports("smoke-detected")
        await shed.shows(alarm=True)
        assert succeeded(await shed.do("silence"))
        assert (shed.truth("sounding"), shed.truth("alarm")) == (False, True)
        await shed.shows(silenced=True, alarm=True)
        shed.happen("smoke-clears")
        await shed.aired()
        assert succeeded(await shed.do("reset"))
        await shed.reports("smoke-detected", "smoke-cleared")
        await shed.shows(alarm=False, silenced=False)
        assert [data for _, data in shed.events()] == [{"test": False}] * 2
        assert (shed.truth("silences"), shed.truth("resets")) == (1, 1)


async def test_a_reset_in_smoke_fails_and_the_alarm_goes_on(house: NewHouse) -> None:
    async with house(Spec(id="shed", options={"off_delay_s": 4.0}), clock=Hurried(HURRY)) as shed:
        shed.happen("smoke")
        await shed.reports("smoke-detected")
        await eventually(lambda: shed.truth("smoke_density") > 0.3)
        result = await shed.do("reset")
        assert (result.status, result.error and result.error.code) == ("failed", "timeout")
        assert shed.truth("resets") == 1
        await shed.reports("smoke-detected")


async def test_a_breath_of_smoke_between_two_looks_is_not_lost(house: NewHouse) -> None:
    async with house(Spec(id="shed", options={"poll_s": 3.0, "on_delay_s": 2.0})) as shed:
        await shed.shows(alarm=False)
        shed.happen("smoke-puff")
        await shed.aired()
        await shed.reports("smoke-detected")


async def test_a_self_test_runs_to_its_end_and_its_alarm_is_marked(house: NewHouse) -> None:
    async with house(SMOKE) as shed:
        assert succeeded(await shed.do("test"))
        assert not shed.truth("testing")
        await eventually(lambda: len(shed.events()) == 2)
        assert shed.events() == [("smoke-detected", {"test": True}), ("smoke-cleared", {"test": True})]
        shed.happen("test-button")
        await eventually(lambda: len(shed.events()) == 4)
        assert shed.events()[2:] == shed.events()[:2]


async def test_a_self_test_that_finds_a_fault_fails(house: NewHouse) -> None:
    async with house(SMOKE) as shed:
        shed.breaks("sensor-fault")
        await shed.reports("faulted")
        result = await shed.do("test")
        assert (result.status, result.error and result.error.code) == ("failed", "self-test-failed")


async def test_a_detector_that_does_not_obey_is_not_believed(house: NewHouse) -> None:
    async with house(SMOKE, clock=Hurried(HURRY)) as shed:
        shed.breaks("stuck")
        result = await shed.do("silence")
        assert (result.status, result.error and result.error.code) == ("failed", "timeout")
        assert shed.truth("silences") == 0


async def test_tamper_fault_and_battery_come_and_go(house: NewHouse) -> None:
    async with house(SMOKE) as shed:
        for fault in ("tamper", "sensor-fault", "low-battery"):
            shed.breaks(fault)
        await shed.shows(tamper=True, fault=True, low_battery=True, battery=8)
        shed.breaks("none")
        await shed.shows(tamper=False, fault=False, low_battery=False, battery=100)
        await eventually(lambda: len(shed.types()) == 6)
        assert set(shed.types()[:3]) == {"tampered", "faulted", "battery-low"}
        assert set(shed.types()[3:]) == {"tamper-cleared", "fault-cleared", "battery-restored"}


async def test_an_alarm_is_said_once_though_driver_and_detector_come_and_go(house: NewHouse) -> None:
    async with house(SMOKE, started=False) as shed:
        shed.happen("smoke")
        await eventually(lambda: shed.truth("alarm"))
        await shed.start()
        await shed.reports("smoke-detected")
        await shed.stop()
        await shed.start()
        await shed.looked()
        await shed.reports("smoke-detected")
        shed.happen("smoke-clears")
        await shed.aired()
        await shed.stop()
        shed.happen("reset-button")
        await shed.start()
        await shed.reports("smoke-detected", "smoke-cleared")


async def test_what_began_while_the_wire_was_dead_is_reported_when_it_is_back(house: NewHouse) -> None:
    async with house(Spec(id="cable", profile="water-leak")) as house_:
        house_.breaks("power-loss")
        await house_.ear.status(house_.first, "disconnected")
        await house_.shows(alarm=None, leak_position=None)
        house_.happen("water-leaks")
        await eventually(lambda: house_.truth("depth_mm") > 5)
        assert not house_.types()
        house_.breaks("none")
        await house_.ear.status(house_.first, "ready")
        await house_.reports("water-detected")
        await house_.shows(alarm=True, leak_position=house_.truth("at_m"))
        house_.breaks("power-loss")
        await house_.ear.status(house_.first, "disconnected")
        house_.breaks("none")
        await house_.ear.status(house_.first, "ready")
        await house_.shows(alarm=True)
        house_.happen("water-dries")
        await house_.reports("water-detected", "water-cleared")


async def test_a_manhole_cover_opens_and_closes(house: NewHouse) -> None:
    async with house(Spec(id="road", profile="manhole")) as road:
        await road.shows(cover="closed", tilt=0, level=0.35)
        road.happen("cover-opens")
        await road.shows(cover="open", alarm=True, tilt=75)
        road.happen("cover-closes")
        await road.shows(cover="closed", alarm=False)
        await road.reports("manhole-opened", "manhole-closed")


async def test_mad_values_are_unknown_and_counted_once(house: NewHouse) -> None:
    async with house(Spec(id="air", profile="temperature-humidity"), clock=Hurried(HURRY)) as air:
        await eventually(
            lambda: (state := air.ear.last(State, air.first)) and state.properties["temperature"]
        )
        air.breaks("mad-value")
        await air.shows(temperature=None, humidity=None)
        await air.ear.property(HOST_ADDRESS, "malformed", 2)
        await air.looked()
        await air.ear.property(HOST_ADDRESS, "malformed", 2)
        air.breaks("none")
        await eventually(lambda: (state := air.ear.last(State, air.first)) and state.properties["humidity"])
        assert not air.types()


async def test_a_contact_that_chatters_is_one_event(house: NewHouse) -> None:
    level = Spec(id="tank", profile="level", options={"on_delay_s": 0.5, "off_delay_s": 16.0})
    async with house(level, clock=Hurried(HURRY)) as tank:
        await tank.shows(level=1.2)
        tank.breaks("chatter")
        await tank.reports("alarm-raised")
        await tank.looked()
        tank.breaks("none")
        await tank.reports("alarm-raised", "alarm-cleared")


CHANNELS = tuple(
    Spec(
        id=f"{sensor_class}-{channel}",
        at=f"?unit=4&channel={channel}",
        profile="input-board",
        options={"class": sensor_class, "poll_s": 1.0, "normally_closed": channel == 8},
        simulated={"class": sensor_class, "normally_closed": channel == 8},
    )
    for channel, sensor_class in ((1, "smoke"), (3, "water-leak"), (5, "manhole"), (8, "presence"))
)


async def test_sensors_on_one_board_share_its_reads(house: NewHouse) -> None:
    async with house(*CHANNELS, clock=Hurried(HURRY)) as board:
        smoke, water, cover, presence = (spec.address for spec in CHANNELS)
        board.happen("water-leaks", water.device)
        board.happen("somebody-comes", presence.device)
        await board.reports("water-detected", address=water)
        await board.reports("presence-detected", address=presence)
        await board.shows(presence, presence=True)
        assert not board.types(smoke)
        assert not board.types(cover)
        before, began = board.truth("board_reads"), board.ear.clock.monotonic()
        await eventually(lambda: board.truth("board_reads") >= before + 5)
        assert board.ear.clock.monotonic() - began > 3.5, "one read a round, for four sensors"
        board.breaks("power-loss", cover.device)
        for spec in CHANNELS:
            await board.ear.status(spec.address, "disconnected")
        board.breaks("none", cover.device)
        for spec in CHANNELS:
            await board.ear.status(spec.address, "ready")
        assert [len(board.types(spec.address)) for spec in CHANNELS] == [0, 1, 0, 1]


async def test_several_sensors_on_one_serial_line(house: NewHouse, tmp_path: Path) -> None:
    specs = (
        Spec(id="shed", at="?unit=1&baudrate=9600"),
        Spec(id="road", at="?unit=2&baudrate=9600", profile="manhole"),
        Spec(id="air", at="?unit=3&baudrate=9600", profile="temperature-humidity"),
    )
    async with AsyncExitStack() as line:
        ends = await line.enter_async_context(serial_line(tmp_path))
        ours, theirs = (f"modbus-rtu://{end}" for end in ends)
        async with house(*specs, line=(ours, theirs)) as site:
            shed, road, air = (spec.address for spec in specs)
            site.happen("cover-opens", "road")
            await site.reports("manhole-opened", address=road)
            site.breaks("power-loss", "air")
            await site.ear.status(air, "disconnected")
            site.happen("smoke", "shed")
            await site.reports("smoke-detected", address=shed)
            await line.aclose()  # the cable is pulled
            await site.ear.status(shed, "disconnected")
            await site.ear.status(road, "disconnected")
            site.happen("cover-closes", "road")
            site.breaks("none", "air")
            await line.enter_async_context(serial_line(tmp_path))
            await site.pretend.tend()
            for address in (shed, road, air):
                await eventually(lambda: site.ear.last(Availability, address).status == "ready")  # noqa: B023  # awaited in the loop
            await site.reports("manhole-opened", "manhole-closed", address=road)
            await site.reports("smoke-detected", address=shed)


async def test_an_event_that_the_outbox_cannot_keep_is_said_when_it_can(house: NewHouse) -> None:
    async with house(SMOKE, started=False) as shed:
        await shed.start(outbox=OutboxLimits(max_rows=1))
        shed.breaks("tamper")
        await shed.reports("tampered")
        shed.happen("smoke-puff")
        await shed.shows(alarm=True)
        await eventually(
            lambda: (state := shed.ear.last(State, HOST_ADDRESS)) and state.properties["events-refused"]
        )
        assert shed.types() == ["tampered"]
        kept = shed.ear.all(Event, shed.first)[0]
        await shed.ear.commit(str(kept.outbox), 1)
        await shed.reports("tampered", "smoke-detected")
        assert {each.sequence for each in shed.ear.all(Event, shed.first)} == {1, 2}, "no gap"


@pytest.mark.parametrize("kept", [True, False], ids=["after the outbox had it", "before the outbox had it"])
async def test_a_process_that_dies_while_it_reports_says_it_once(house: NewHouse, kept: bool) -> None:
    """A death between two writes is made by setting the memory back to what it was then."""
    async with house(SMOKE) as shed:
        shed.happen("smoke-puff")
        await shed.reports("smoke-detected")
        await shed.aired()
        await shed.stop()
        memory = sqlite3.connect(shed.folder / "host" / "store.sqlite")
        key = "thing = ? AND key = 'alarm'", (str(shed.first),)
        (said,) = memory.execute(f"SELECT value FROM facts WHERE {key[0]}", key[1]).fetchone()  # noqa: S608  # no input
        assert msgspec.json.decode(said) == "on"
        memory.execute(f"UPDATE facts SET value = ? WHERE {key[0]}", (json.dumps("off"), *key[1]))  # noqa: S608  # the same
        memory.commit()
        memory.close()
        if not kept:
            (shed.folder / "host" / "outbox.sqlite").unlink()
        shed.happen("reset-button")
        await shed.start()
        expected = ["smoke-detected", "smoke-cleared"]
        await eventually(lambda: "smoke-cleared" in shed.types())
        ids = [each.id for each in shed.ear.all(Event, shed.first)]
        assert len(set(ids)) == len(expected), "the same happening has the same id"
