"""The gate driver and a pretend lane: real Modbus, a real driver host, a real broker."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contract.messages import Availability, Event, Result, State
from contract.topics import Address
from drivers.gate import watch
from drivers.gate.profile import load_profile
from drivers.modbus.bus import Bus
from drivers.modbus.wire import parse_wire
from drivers.runtime.settings import DeviceSettings
from simulators.host import SimulatedDevice
from tests.broker import Mosquitto
from tests.drivers.stage import (
    HOST_ADDRESS,
    SITE,
    Ear,
    Pretend,
    host_settings,
    hosting,
    listening,
    pretending,
    succeeded,
)
from tests.serial_line import serial_line
from tests.waiting import eventually

EAST = Address(SITE, "gate", "east")
WEST = Address(SITE, "gate", "west")
TCP = "modbus-tcp://127.0.0.1:0?unit=1"


@dataclass(kw_only=True)
class Lane:
    """One gate, its pretend lane and its driver."""

    pretend: Pretend
    ear: Ear
    folder: Path
    broker: Mosquitto
    address: Address = EAST
    running: AsyncExitStack | None = None

    @property
    def name(self) -> str:
        return f"gate/{self.address.device}"

    def truth(self, name: str) -> Any:
        """Return what the pretend hardware knows about itself."""
        return self.pretend.inspect(self.name)[name]

    def breaks(self, fault: str) -> None:
        self.pretend.fault(self.name, fault)

    async def do(self, action: str, given: Mapping[str, Any] | None = None) -> Result:
        return await self.ear.do(self.address, action, given)

    async def shows(self, **properties: Any) -> None:
        """Wait until the gate's published properties are these."""
        for name, value in properties.items():
            await self.ear.property(self.address, name.replace("_", "-"), value)

    def event_types(self) -> list[str]:
        return [event.type for event in self.ear.all(Event, self.address)]

    async def event(self, of_type: str) -> Event:
        return await self.ear.hear(Event, self.address, lambda event: event.type == of_type)

    async def start(self) -> None:
        self.running = AsyncExitStack()
        before = len(self.ear.all(Availability, self.address))
        settings = host_settings(self.broker.broker(), self.folder, device(self.pretend, self.address))
        await self.running.enter_async_context(hosting(settings))
        await self.ear.status(self.address, "ready", after=before)
        await self.ear.status(HOST_ADDRESS, "ready")

    async def stop(self) -> None:
        if self.running is not None:
            await self.running.aclose()
            self.running = None
            await self.ear.status(HOST_ADDRESS, "lost")


def device(pretend: Pretend, address: Address) -> DeviceSettings:
    options = {"wire": pretend.wires[f"gate/{address.device}"], "poll_s": 0.05, "poll_moving_s": 0.02}
    return DeviceSettings(
        kind="gate", id=address.device, family="gate", title={"en": "Gate"}, options=options
    )


def simulated(address: Address = EAST, wire: str = TCP, **options: Any) -> SimulatedDevice:
    return SimulatedDevice(kind="gate", id=address.device, family="gate", options={"wire": wire, **options})


NewLane = Callable[..., Any]


@pytest.fixture
def lane(mosquitto: Mosquitto, tmp_path: Path) -> NewLane:
    """Make a lane with a running driver."""

    @asynccontextmanager
    async def make(**options: Any) -> AsyncIterator[Lane]:
        async with pretending(simulated(**options)) as pretend, listening(mosquitto.broker()) as ear:
            lane = Lane(pretend=pretend, ear=ear, folder=tmp_path, broker=mosquitto)
            await lane.start()
            try:
                yield lane
            finally:
                await lane.stop()

    return make


def code(result: Result) -> tuple[str, str | None]:
    return result.status.value, result.error.code if result.error else None


async def test_open_succeeds_when_the_up_limit_says_so_and_is_sent_once(lane: NewLane) -> None:
    async with lane() as east:
        assert succeeded(await east.do("open"))
        assert east.truth("up_limit")
        assert east.truth("open_pulses") == 1
        await east.event(watch.OPENED)
        shown = [state.properties["state"] for state in east.ear.all(State, EAST)]
        assert list(dict.fromkeys(shown)) == ["closed", "opening", "open"]
        positions = [state.properties["position"] for state in east.ear.all(State, EAST)]
        assert positions == sorted(positions)
        assert len(positions) <= 16, "a moving boom is no flood"
        assert succeeded(await east.do("close"))
        assert east.truth("down_limit")
        closed = await east.event(watch.CLOSED)
        assert closed.data == {"commanded": True}
        await east.shows(cycles=1, state="closed", position=0)


@pytest.mark.parametrize(
    ("fault", "reason"), [("jam", "limit-timeout"), ("over-current", "motor-over-current")]
)
async def test_a_boom_that_does_not_move_fails_with_the_boards_reason(
    lane: NewLane, fault: str, reason: str
) -> None:
    async with lane(open_s=1, move_timeout_s=2) as east:
        east.breaks(fault)
        assert code(await east.do("open")) == ("failed", reason)
        faulted = await east.event(watch.FAULTED)
        assert faulted.data == {"fault": reason}
        assert code(await east.do("close")) == ("refused", "fault")
        assert east.truth("open_pulses") == 1, "no open is ever repeated"
        east.breaks("none")
        await east.event(watch.FAULT_CLEARED)
        assert succeeded(await east.do("open"))


async def test_hitting_something_fails_the_close_and_is_told(lane: NewLane) -> None:
    async with lane() as east:
        await east.do("open")
        east.breaks("hit")
        assert code(await east.do("close")) == ("failed", "obstruction")
        reopened = await east.event(watch.REOPENED)
        assert reopened.data == {"cause": "hit"}
        await east.shows(state="open", fault="obstruction")
        assert succeeded(await east.do("close"))
        await east.shows(fault="none")


async def test_nothing_is_lowered_on_a_car(lane: NewLane) -> None:
    async with lane() as east:
        await east.do("open")
        east.pretend.happen(east.name, "car-waits-under-boom")
        await east.shows(vehicle_under_boom=True)
        assert code(await east.do("close")) == ("refused", "vehicle-under-boom")
        assert east.truth("close_pulses") == 0
        east.pretend.happen(east.name, "car-leaves")
        await east.event(watch.VEHICLE_PASSED)
        assert succeeded(await east.do("close"))


async def test_a_car_that_comes_under_a_closing_boom_stops_it(lane: NewLane) -> None:
    async with lane(close_s=8) as east:
        await east.do("open")
        ident = await east.ear.tell(EAST, "close")
        await east.shows(state="closing")
        east.pretend._devices[east.name].lane.beam = True  # type: ignore[attr-defined]  # a hand in the beam
        assert code(await east.ear.outcome(EAST, ident)) == ("failed", "obstruction")
        await east.event(watch.REOPENED)
        await eventually(lambda: east.truth("up_limit"))


async def test_stop_cuts_in(lane: NewLane) -> None:
    async with lane(open_s=8) as east:
        ident = await east.ear.tell(EAST, "open")
        await east.shows(state="opening")
        assert succeeded(await east.do("stop"))
        assert code(await east.ear.outcome(EAST, ident)) == ("failed", "pre-empted")
        await east.shows(state="stopped")
        assert 0 < east.truth("position") < 1000


async def test_held_open_until_released(lane: NewLane) -> None:
    async with lane() as east:
        assert succeeded(await east.do("hold-open", {"hold": True}))
        await east.shows(held_open=True, state="open")
        assert code(await east.do("close")) == ("refused", "held-open")
        assert succeeded(await east.do("hold-open", {"hold": False}))
        assert succeeded(await east.do("close"))


async def test_fire_raises_and_holds_through_a_restart_of_driver_and_board(lane: NewLane) -> None:
    async with lane() as east:
        assert succeeded(await east.do("fire-release", {"active": True}))
        await east.shows(fire=True, held_open=True, state="open")
        for action in ("close", "stop"):
            assert code(await east.do(action)) == ("refused", "fire")
        assert code(await east.do("hold-open", {"hold": False})) == ("refused", "fire")
        await east.stop()
        east.breaks("power-loss")
        east.breaks("none")
        assert not east.truth("hold_open"), "the board has forgotten"
        await east.start()
        await eventually(lambda: east.truth("hold_open"))
        await east.shows(fire=True)
        assert succeeded(await east.do("fire-release", {"active": False}))
        assert not east.truth("hold_open")
        assert succeeded(await east.do("close"))


async def test_fire_does_not_forget_who_held_the_boom_before(lane: NewLane) -> None:
    async with lane() as east:
        await east.do("hold-open", {"hold": True})
        await east.do("fire-release", {"active": True})
        assert succeeded(await east.do("fire-release", {"active": False}))
        assert east.truth("hold_open")


async def test_a_boom_lowered_by_another_hand_under_fire_is_raised_again(lane: NewLane) -> None:
    async with lane() as east:
        await east.do("fire-release", {"active": True})
        wire = parse_wire(east.pretend.wires[east.name])
        bus, commands = Bus(wire.endpoint), load_profile("relay-board").commands
        assert commands.hold_open
        async with bus.joined():
            await bus.write(wire.unit, commands.hold_open, 0)
            await bus.write(wire.unit, commands.close, 1)
        await eventually(lambda: not east.truth("up_limit"))
        await eventually(lambda: east.truth("up_limit") and east.truth("hold_open"))


async def test_another_hand_is_noticed(lane: NewLane) -> None:
    async with lane() as east:
        wire = parse_wire(east.pretend.wires[east.name])
        bus = Bus(wire.endpoint)
        async with bus.joined():
            await bus.write(wire.unit, load_profile("relay-board").commands.open, 1)
        by_hand = await east.event(watch.OPERATED_MANUALLY)
        assert by_hand.data == {"how": "locally"}


async def test_the_hand_crank_is_noticed_and_respected(lane: NewLane) -> None:
    async with lane() as east:
        east.breaks("manual")
        by_hand = await east.event(watch.OPERATED_MANUALLY)
        assert by_hand.data == {"how": "hand-crank"}
        assert code(await east.do("open")) == ("refused", "manual")
        east.breaks("emergency-stop")
        await east.shows(emergency_stop=True)
        assert code(await east.do("open")) == ("refused", "emergency-stop")
        assert east.truth("open_pulses") == 0


async def test_cars_pass_an_autonomous_lane_and_nobody_is_surprised(lane: NewLane) -> None:
    async with lane(autonomous=True) as east:
        east.pretend.happen(east.name, "car-arrives")
        await east.event(watch.CLOSED)
        assert east.event_types() == [watch.OPENED, watch.VEHICLE_PASSED, watch.CLOSED]
        assert all(not event.data.get("commanded") for event in east.ear.all(Event, EAST))


async def test_a_wire_that_dies_after_the_command_leaves_the_outcome_unknown(lane: NewLane) -> None:
    async with lane(open_s=20) as east:
        ident = await east.ear.tell(EAST, "open")
        await eventually(lambda: east.truth("open_pulses") == 1)
        east.breaks("power-loss")
        assert code(await east.ear.outcome(EAST, ident)) == ("failed", "outcome-unknown")
        await east.shows(state="unknown", position=None)
        east.breaks("none")
        await east.ear.status(EAST, "ready")
        assert east.truth("open_pulses") == 1, "no open is ever repeated"


async def test_gates_share_a_serial_line(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with serial_line(tmp_path) as (board_end, driver_end):
        devices = [
            simulated(address, f"modbus-rtu://{board_end}?unit={unit}")
            for unit, address in enumerate((EAST, WEST), 1)
        ]
        async with pretending(*devices) as pretend, listening(mosquitto.broker()) as ear:
            for name, wire in pretend.wires.items():
                pretend.wires[name] = wire.replace(str(board_end), str(driver_end))
            settings = host_settings(
                mosquitto.broker(), tmp_path, device(pretend, EAST), device(pretend, WEST)
            )
            async with hosting(settings):
                await ear.status(EAST, "ready")
                await ear.status(WEST, "ready")
                both = [await ear.tell(EAST, "open"), await ear.tell(WEST, "open")]
                assert succeeded(await ear.outcome(EAST, both[0]))
                assert succeeded(await ear.outcome(WEST, both[1]))
                pretend.fault("gate/east", "power-loss")
                await ear.status(EAST, "disconnected")
                assert succeeded(await ear.do(WEST, "close")), "the other board goes on"
