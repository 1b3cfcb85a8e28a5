"""A board with many users is read once for all of them, alive or dead."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contract.clock import ManualClock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.modbus.bus import Bus
from drivers.modbus.shared import SharedUnit, Snapshot
from drivers.modbus.wire import parse_wire
from simulators.host import Host, SimulatedDevice
from tests.simulators.wiring import hosting


@asynccontextmanager
async def board() -> AsyncIterator[tuple[Host, SharedUnit, ManualClock]]:
    zone = SimulatedDevice(
        kind="sprinkler", id="lawn", family="sprinkler", options={"wire": "modbus-tcp://127.0.0.1:0?unit=3"}
    )
    async with hosting(zone) as (pretend, wires):
        wire = parse_wire(wires["sprinkler/lawn"])
        bus, clock = Bus(wire.endpoint), ManualClock()
        async with bus.joined():
            yield pretend, SharedUnit(bus, wire.unit, clock), clock


async def test_five_users_read_once() -> None:
    async with board() as (pretend, unit, clock):
        unit.want([("coil", 0), ("discrete", 16)])
        looks = await asyncio.gather(*(unit.look(since=0.0) for _ in range(5)))
        assert unit.reads == 1
        assert all(each is looks[0] for each in looks)
        assert pretend.inspect("lawn")["board_reads"] == 2, "one request for each table"
        clock.advance(1)
        assert (await unit.look(since=0.5)).at == 1
        assert unit.reads == 2


async def test_what_a_new_user_wants_is_read_too() -> None:
    async with board() as (_, unit, _):
        unit.want([("coil", 0)])
        await unit.look(since=0.0)
        unit.want([("input", 24)])
        assert set((await unit.look(since=0.0)).registers) == {("coil", 0), ("input", 24)}


async def test_a_dead_board_costs_one_timeout_and_not_five() -> None:
    async with board() as (pretend, unit, clock):
        unit.want([("coil", 0)])
        pretend.fault("lawn", "power-loss")
        looks = await asyncio.gather(*(unit.look(since=0.0) for _ in range(5)), return_exceptions=True)
        assert unit.reads == 1
        assert all(isinstance(each, DeviceUnreachable) for each in looks)
        pretend.fault("lawn", "none")
        clock.advance(1)
        assert isinstance(await unit.look(since=1.0), Snapshot)


async def test_what_the_board_refuses_is_refused_to_all() -> None:
    async with board() as (_, unit, _):
        unit.want([("coil", 99)])
        for _ in range(2):
            with pytest.raises(DeviceError, match="illegal data address"):
                await unit.look(since=0.0)
        assert unit.reads == 1
