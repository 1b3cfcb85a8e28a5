"""The sensor driver against Modbus slaves of others: npm modbus-serial and PyPI modbus-tk, TCP and RTU.

Each is a process of its own. What a sensor shows there is the test's doing, and nothing happens by itself.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contract.messages import Event
from contract.topics import Address
from drivers.runtime.settings import DeviceSettings
from tests.broker import Mosquitto
from tests.drivers.gate.third_party import third_party_board
from tests.drivers.sensor.third_party import Slave
from tests.drivers.stage import HOST_ADDRESS, SITE, Ear, host_settings, hosting, listening, succeeded
from tests.waiting import eventually

SILENCE, TEST, RESET = range(3)
DEVICE_FAILURE = 4
ALL = [(stack, line) for stack in ("modbus-serial", "modbus-tk") for line in ("tcp", "rtu")]
QUIET = {"discrete": [False] * 6, "inputs": [0, 220, 95]}


def contacts(*on: int) -> list[bool]:
    """Return a smoke detector's contacts: alarm, tamper, fault, low battery, silenced, testing."""
    return [number in on for number in range(6)]


@dataclass(kw_only=True)
class Room:
    """A slave, and what is heard of the sensor whose driver reads it."""

    slave: Slave
    ear: Ear
    address: Address

    async def shows(self, **properties: Any) -> None:
        for name, value in properties.items():
            await self.ear.property(self.address, name.replace("_", "-"), value)

    async def reports(self, *types: str) -> None:
        """Wait until these were reported, and nothing else."""

        def reported() -> list[str]:
            once = {each.id: each.type for each in self.ear.all(Event, self.address)}
            return [each.removeprefix("hemei.sensor.") for each in once.values()]

        await eventually(lambda: len(reported()) >= len(types))
        assert reported() == list(types)


NewRoom = Callable[..., AbstractAsyncContextManager[Room]]


@pytest.fixture(params=ALL, ids=" ".join)
def room(request: pytest.FixtureRequest, mosquitto: Mosquitto, tmp_path: Path) -> NewRoom:
    """Make a room with somebody else's slave and a running driver, on each stack and line."""
    stack, line = request.param

    @asynccontextmanager
    async def make(profile: str, channel: str = "", **options: Any) -> AsyncIterator[Room]:
        tables = {name: options.pop(name) for name in ("discrete", "inputs", "holding") if name in options}
        async with (
            third_party_board(Slave, tmp_path, stack, line, tables=tables) as slave,
            listening(mosquitto.broker()) as ear,
        ):
            options = {
                "wire": slave.wire + channel,
                "profile": profile,
                "poll_s": 0.05,
                "on_delay_s": 0.1,
                "off_delay_s": 0.1,
                **options,
            }
            device = DeviceSettings(
                kind="sensor", id="one", family="sensor", title={"en": "One"}, options=options
            )
            async with hosting(host_settings(mosquitto.broker(), tmp_path, device)):
                address = Address(SITE, "sensor", "one")
                await ear.status(address, "ready")
                yield Room(slave=slave, ear=ear, address=address)

    return make


def only(stack: str, line: str) -> pytest.MarkDecorator:
    """Mark a test that one slave can decide."""
    return pytest.mark.parametrize("room", [(stack, line)], ids=" ".join, indirect=True)


async def test_a_smoke_detector_is_read_silenced_and_reset(room: NewRoom) -> None:
    async with room("smoke", **QUIET) as shed:
        await shed.shows(alarm=False, temperature=22, battery=95)
        await shed.slave.holds(discrete=contacts(0), inputs=[312, 0xFFF6, 94])
        await shed.reports("smoke-detected")
        await shed.shows(alarm=True, smoke_density=0.312, temperature=-1, battery=94)
        silencing = await shed.ear.tell(shed.address, "silence")
        await shed.slave.is_told(SILENCE)
        await shed.slave.holds(discrete=contacts(0, 4))
        assert succeeded(await shed.ear.outcome(shed.address, silencing))
        resetting = await shed.ear.tell(shed.address, "reset")
        await shed.slave.is_told(RESET)
        await shed.slave.holds(discrete=contacts())
        assert succeeded(await shed.ear.outcome(shed.address, resetting))
        await shed.reports("smoke-detected", "smoke-cleared")
        assert shed.slave.written == [(SILENCE, True), (RESET, True)]


async def test_a_water_cable_in_holding_registers(room: NewRoom) -> None:
    async with room("water-leak", holding=[0, 0, 0]) as cable:
        await cable.shows(alarm=False, leak_position=0)
        await cable.slave.holds(holding=[1, 0, 457])
        await cable.reports("water-detected")
        await cable.shows(leak_position=45.7)
        await cable.slave.holds(holding=[1, 1, 0xFFFF])
        await cable.shows(fault=True, leak_position=None)
        await cable.ear.property(HOST_ADDRESS, "malformed", 1)
        await cable.reports("water-detected", "faulted")


async def test_a_channel_of_an_input_board(room: NewRoom) -> None:
    only_third = [False, False, True, False, False, False, False, False]
    async with room("input-board", "&channel=4", discrete=only_third, **{"class": "manhole"}) as cover:
        await cover.shows(alarm=False, cover="closed")
        await cover.slave.holds(discrete=[*only_third[:3], True, *only_third[4:]])
        await cover.reports("manhole-opened")


async def test_a_slave_that_died_is_missed_and_what_it_shows_then_is_reported(room: NewRoom) -> None:
    async with room("smoke", **QUIET) as shed:
        await shed.slave.kill()
        await shed.ear.status(shed.address, "disconnected")
        await shed.shows(alarm=None, battery=None)
        shed.slave.tables |= {"discrete": contacts(0)}
        await shed.slave.start()
        await shed.ear.status(shed.address, "ready")
        await shed.reports("smoke-detected")


@only("modbus-tk", "tcp")
async def test_an_order_that_is_refused_fails_and_is_not_repeated(room: NewRoom) -> None:
    async with room("smoke", **QUIET) as shed:
        await shed.slave.refuses(TEST, DEVICE_FAILURE)
        result = await shed.ear.do(shed.address, "test")
        assert (result.status, result.error and result.error.code) == ("failed", "device-fault")
        assert shed.slave.written == [(TEST, True)]


@only("modbus-serial", "tcp")
async def test_a_sensor_lost_during_its_test_has_no_outcome(room: NewRoom) -> None:
    async with room("smoke", **QUIET) as shed:
        testing = await shed.ear.tell(shed.address, "test")
        await shed.slave.is_told(TEST)
        await shed.slave.holds(discrete=contacts(5))
        await shed.shows(testing=True)
        await shed.slave.kill()
        result = await shed.ear.outcome(shed.address, testing)
        assert (result.status, result.error and result.error.code) == ("failed", "outcome-unknown")


async def test_a_slave_without_the_registers_of_its_profile_is_told_with_the_exception(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with (
        third_party_board(Slave, tmp_path, "modbus-tk", "tcp", tables={"discrete": [False] * 4}) as slave,
        listening(mosquitto.broker()) as ear,
    ):
        options = {"wire": slave.wire, "profile": "smoke"}
        device = DeviceSettings(
            kind="sensor", id="one", family="sensor", title={"en": "One"}, options=options
        )
        async with hosting(host_settings(mosquitto.broker(), tmp_path, device)):
            lost = await ear.status(Address(SITE, "sensor", "one"), "disconnected")
            assert "exception 2" in (lost.reason or "")
