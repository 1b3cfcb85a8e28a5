"""The gate driver against Modbus slaves that others wrote: npm modbus-serial and PyPI modbus-tk, TCP and RTU.

Each is a process of its own. The RTU line is a pair of pseudo-terminals: it has neither a line's speed nor
its noise. The iron behind the board is the test, and nothing moves there by itself.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contract.messages import Availability, Result, State
from contract.topics import Address
from drivers.runtime.settings import DeviceSettings, HostSettings
from tests.broker import Mosquitto
from tests.drivers.gate.third_party import (
    CLOSE,
    HOLD,
    OPEN,
    STOP,
    UNIT,
    Board,
    Line,
    Stack,
    third_party_board,
)
from tests.drivers.stage import SITE, Ear, host_settings, hosting, listening, succeeded
from tests.waiting import eventually

GATE = Address(SITE, "gate", "east")
NOBODY = Address(SITE, "gate", "nobody")

ILLEGAL_ADDRESS, DEVICE_FAILURE, BUSY, GATEWAY_TARGET_SILENT = 2, 4, 6, 11
"""Modbus exceptions."""


@dataclass(kw_only=True)
class Lane:
    """A board, and what is heard of the gate whose driver talks to it."""

    board: Board
    ear: Ear
    settings: HostSettings
    running: AsyncExitStack

    async def restart(self) -> None:
        """End the driver host and start it again."""
        await self.running.aclose()
        await self.running.enter_async_context(hosting(self.settings))

    async def tell(self, action: str, given: Mapping[str, Any] | None = None) -> str:
        return await self.ear.tell(GATE, action, given)

    async def outcome(self, ident: str) -> Result:
        return await self.ear.outcome(GATE, ident)

    async def status(self, status: str) -> Availability:
        return await self.ear.status(GATE, status)

    async def shows(self, **properties: Any) -> None:
        for name, value in properties.items():
            await self.ear.property(GATE, name.replace("_", "-"), value)

    async def moves(self, state: str, **iron: Any) -> None:
        """Move the boom, and on by a step at a time until it has been published as `state`.

        A single step may fall between the driver's looks at the contacts and at the position; and a driver
        that looks late sees a boom that rests again.
        """
        before, step = len(self.ear.all(State, GATE)), 20 if state == "opening" else -20
        await self.board.shows(**iron)
        while not await self._was(state, before):
            await self.board.shows(position=self.board.iron.position + step)

    async def _was(self, state: str, before: int) -> bool:
        """Whether it is published within a second, after that many others."""

        def published() -> bool:
            states = self.ear.all(State, GATE)[before:]
            return any(each.properties["state"] == state for each in states)

        try:
            return await eventually(published, 1)
        except TimeoutError:
            return False

    def ended(self, ident: str) -> bool:
        """Whether an action has its outcome already."""
        return any(each.id == ident and each.status.final for each in self.ear.all(Result, GATE))


def device(board: Board, address: Address = GATE, **options: Any) -> DeviceSettings:
    """Describe the gate to the driver host; `unit` may be that of another board on the line."""
    wire = board.wire.replace(f"unit={UNIT}", f"unit={options.pop('unit', UNIT)}")
    options = {"wire": wire, "poll_s": 0.05, "poll_moving_s": 0.02, **options}
    return DeviceSettings(
        kind="gate", id=address.device, family="gate", title={"en": "Gate"}, options=options
    )


ALL = [(stack, line) for stack in ("modbus-serial", "modbus-tk") for line in ("tcp", "rtu")]


def only(stack: Stack, line: Line) -> pytest.MarkDecorator:
    """Mark a test that one board can decide."""
    return pytest.mark.parametrize("lane", [(stack, line)], ids=" ".join, indirect=True)


NewLane = Callable[..., AbstractAsyncContextManager[Lane]]


@pytest.fixture(params=ALL, ids=" ".join)
def lane(request: pytest.FixtureRequest, mosquitto: Mosquitto, tmp_path: Path) -> NewLane:
    """Make a lane with somebody else's board and a running driver, on each stack and line."""
    stack, line = request.param

    @asynccontextmanager
    async def make(
        *others: tuple[Address, Mapping[str, Any]], board: Mapping[str, Any] = {}, **options: Any
    ) -> AsyncIterator[Lane]:
        async with (
            third_party_board(Board, tmp_path, stack, line, **board) as peer,
            listening(mosquitto.broker()) as ear,
            AsyncExitStack() as running,
        ):
            devices = [device(peer, **options), *(device(peer, where, **what) for where, what in others)]
            settings = host_settings(mosquitto.broker(), tmp_path, *devices)
            await running.enter_async_context(hosting(settings))
            yield Lane(board=peer, ear=ear, settings=settings, running=running)

    return make


def code(result: Result) -> tuple[str, str | None]:
    return result.status.value, result.error.code if result.error else None


async def test_open_and_close_end_at_the_limit_switches(lane: NewLane) -> None:
    async with lane() as east:
        await east.shows(state="closed", position=0, cycles=0)
        opening = await east.tell("open")
        await east.board.is_told(OPEN)
        await east.moves("opening", down=False, position=505)
        await eventually(lambda: 50 in [each.properties["position"] for each in east.ear.all(State, GATE)])
        assert not east.ended(opening)
        await east.board.shows(up=True, position=1000, cycles=70_001)
        assert succeeded(await east.outcome(opening))
        await east.shows(state="open", position=100, cycles=70_001)
        closing = await east.tell("close")
        await east.board.is_told(CLOSE)
        await east.moves("closing", up=False, position=505)
        assert not east.ended(closing)
        await east.board.shows(down=True, position=0)
        assert succeeded(await east.outcome(closing))
        assert east.board.written == [(OPEN, True), (CLOSE, True)]


async def test_hold_open_is_read_back(lane: NewLane) -> None:
    async with lane() as east:
        await east.status("ready")
        holding = await east.tell("hold-open", {"hold": True})
        await east.shows(held_open=True)
        await east.board.shows(down=False, up=True, position=1000)
        assert succeeded(await east.outcome(holding))
        assert code(await east.ear.do(GATE, "close")) == ("refused", "held-open")
        assert succeeded(await east.ear.do(GATE, "hold-open", {"hold": False}))
        await east.shows(held_open=False)
        assert east.board.written == [(HOLD, True), (HOLD, False)]


async def test_a_limit_that_never_comes_fails_with_its_reason(lane: NewLane) -> None:
    async with lane(move_timeout_s=1.5) as east:
        await east.status("ready")
        opening = await east.tell("open")
        await east.board.is_told(OPEN)
        await east.board.shows(down=False, position=400)
        assert code(await east.outcome(opening)) == ("failed", "timeout")
        opening = await east.tell("open")
        await east.board.is_told(OPEN, times=2)
        await east.board.shows(fault=2)
        assert code(await east.outcome(opening)) == ("failed", "limit-timeout")
        assert east.board.pulses(OPEN) == 2


async def test_a_command_that_the_board_refuses_fails_with_the_exception(lane: NewLane) -> None:
    async with lane() as east:
        await east.status("ready")
        await east.board.refuses(OPEN, DEVICE_FAILURE)
        result = await east.ear.do(GATE, "open")
        assert code(result) == ("failed", "device-fault")
        assert result.error
        assert "coil 0 with Modbus exception 4 (device failure)" in result.error.message
        assert east.board.written == [(OPEN, True)]
        await east.board.refuses(OPEN, 0)
        opening = await east.tell("open")
        await east.board.is_told(OPEN, times=2)
        await east.board.shows(down=False, up=True, position=1000)
        assert succeeded(await east.outcome(opening))
        assert {each.status for each in east.ear.all(Availability, GATE)} <= {"init", "ready"}


async def test_a_board_without_these_registers_is_told(lane: NewLane) -> None:
    async with lane(board={"discretes": 7}) as east:
        told = await east.status("disconnected")
        assert told.reason
        assert "discrete 0 to 7 with Modbus exception 2 (illegal data address)" in told.reason


async def test_an_absent_unit_is_disconnected_and_disturbs_no_other(lane: NewLane) -> None:
    async with lane((NOBODY, {"unit": 9})) as east:
        told = await east.ear.status(NOBODY, "disconnected")
        assert told.reason
        assert "no answer" in told.reason
        await east.status("ready")
        opening = await east.tell("open")
        await east.board.is_told(OPEN)
        await east.board.shows(down=False, up=True, position=1000)
        assert succeeded(await east.outcome(opening))


async def test_a_board_that_dies_and_comes_back_is_told_nothing_again(lane: NewLane) -> None:
    async with lane() as east:
        await east.status("ready")
        opening = await east.tell("open")
        await east.board.is_told(OPEN)
        await east.moves("opening", down=False, position=400)
        await east.board.kill()
        assert code(await east.outcome(opening)) == ("failed", "outcome-unknown")
        await east.status("disconnected")
        await east.shows(state="unknown")
        await east.board.start()
        await east.status("ready")
        await east.shows(position=round(east.board.iron.position / 10))
        assert east.board.written == [(OPEN, True)]


async def test_a_board_that_hangs_is_told_once_at_most(lane: NewLane) -> None:
    async with lane(move_timeout_s=2) as east:
        await east.status("ready")
        east.board.freeze()
        opening = await east.tell("open")
        assert code(await east.outcome(opening)) == ("failed", "outcome-unknown")
        await east.status("disconnected")
        east.board.thaw()
        await east.status("ready")
        assert east.board.pulses(OPEN) <= 1, "over TCP the one request lies in its buffer until it wakes"


async def test_behind_a_gateway_that_hears_nothing_the_board_is_disconnected(lane: NewLane) -> None:
    async with lane() as east:
        await east.shows(state="closed")
        await east.board.answers_with(GATEWAY_TARGET_SILENT)
        told = await east.status("disconnected")
        assert told.reason
        assert told.reason.startswith("no answer for discrete 0 to 7: the gateway hears nothing")
        await east.shows(state="unknown", position=None)
        await east.board.answers_with(0)
        await east.status("ready")
        await east.shows(state="closed", position=0)


async def test_a_command_that_a_gateway_lost_sight_of_is_judged_by_the_limits(lane: NewLane) -> None:
    async with lane() as east:
        await east.status("ready")
        await east.board.refuses(OPEN, GATEWAY_TARGET_SILENT)
        opening = await east.tell("open")
        await east.board.is_told(OPEN)
        await east.moves("opening", down=False, position=505)
        await east.board.shows(up=True, position=1000)
        assert succeeded(await east.outcome(opening))
        assert east.board.written == [(OPEN, True)]


async def test_a_board_that_only_answers_exceptions_is_not_known(lane: NewLane) -> None:
    async with lane() as east:
        await east.shows(state="closed")
        await east.board.answers_with(DEVICE_FAILURE)
        told = await east.status("disconnected")
        assert told.reason
        assert "exception 4 (device failure)" in told.reason
        await east.shows(state="unknown", position=None)


@only("modbus-tk", "tcp")
async def test_fire_raises_a_boom_that_the_board_does_not_hold(
    lane: NewLane, caplog: pytest.LogCaptureFixture
) -> None:
    async with lane() as east:
        await east.status("ready")
        await east.board.refuses(HOLD, DEVICE_FAILURE)
        releasing = await east.tell("fire-release", {"active": True})
        await east.board.is_told(OPEN)
        await east.board.shows(down=False, up=True, position=1000)
        assert code(await east.outcome(releasing)) == ("failed", "device-fault")
        await east.shows(fire=True, state="open")
        await eventually(lambda: east.board.pulses(HOLD) > 1)
        await east.board.shows(up=False, position=800)
        await eventually(lambda: east.board.pulses(OPEN) > 1)
        await east.board.shows(up=True, position=1000)
        await east.shows(state="open")
        assert caplog.text.count("the boom is not kept safe") == 1, "refused twice, for the same reason"
        assert {each.status for each in east.ear.all(Availability, GATE)} <= {"init", "ready"}
        await east.restart()
        told = east.board.pulses(HOLD)
        await eventually(lambda: east.board.pulses(HOLD) > told)
        await east.shows(fire=True)


@only("modbus-tk", "tcp")
async def test_a_hold_that_the_board_refused_is_not_made_up_for_after_a_fire(lane: NewLane) -> None:
    async with lane() as east:
        await east.board.shows(down=False, up=True, position=1000)
        await east.shows(state="open")
        await east.board.refuses(HOLD, DEVICE_FAILURE)
        assert code(await east.ear.do(GATE, "hold-open", {"hold": True})) == ("failed", "device-fault")
        await east.board.refuses(HOLD, 0)
        assert succeeded(await east.ear.do(GATE, "fire-release", {"active": True}))
        assert succeeded(await east.ear.do(GATE, "fire-release", {"active": False}))
        await east.shows(held_open=False)
        assert east.board.written[-1] == (HOLD, False)


@only("modbus-tk", "tcp")
async def test_a_boom_that_closes_on_a_car_is_raised_though_the_board_does_not_stop(lane: NewLane) -> None:
    async with lane() as east:
        await east.board.shows(down=False, up=True, position=1000)
        await east.shows(state="open")
        await east.board.refuses(STOP, ILLEGAL_ADDRESS)
        closing = await east.tell("close")
        await east.board.is_told(CLOSE)
        await east.moves("closing", up=False, position=700)
        await east.board.shows(loop_a=True, position=600)
        await east.shows(vehicle_under_boom=True)
        await east.board.shows(position=500)
        await east.board.is_told(OPEN)
        assert code(await east.outcome(closing)) == ("failed", "obstruction")
        assert {each.status for each in east.ear.all(Availability, GATE)} <= {"init", "ready"}


@only("modbus-serial", "rtu")
async def test_a_late_answer_is_not_taken_for_that_of_the_next_request(lane: NewLane) -> None:
    async with lane() as east:
        await east.board.shows(down=False, up=True, position=1000)
        await east.shows(state="open", position=100)
        for late_ms in (450, 620, 650, 680):
            await east.board.is_late(late_ms / 1000)
            await east.board.shows(cycles=late_ms)
            await east.shows(cycles=late_ms)
        assert not any(each.properties["held-open"] for each in east.ear.all(State, GATE))
        assert {each.status for each in east.ear.all(Availability, GATE)} <= {"init", "ready"}


PULSED = """
title = "A board whose coils stay as written"
bits.up-limit = {table = "discrete", address = 0}
bits.down-limit = {table = "discrete", address = 1}
bits.loop-a = {table = "discrete", address = 2}
bits.beam = {table = "discrete", address = 4}
commands.open = {table = "coil", address = 0, pulse-s = 0.3}
commands.close = {table = "coil", address = 1, pulse-s = 0.3}
commands.stop = {table = "coil", address = 2, pulse-s = 0.3}
"""


@only("modbus-tk", "tcp")
async def test_a_pulse_is_ended_though_the_board_is_busy(lane: NewLane, tmp_path: Path) -> None:
    profile = tmp_path / "pulsed.toml"
    profile.write_text(PULSED)
    async with lane(profile=str(profile)) as east:
        await east.status("ready")
        opening = await east.tell("open")
        await east.board.is_told(OPEN)
        await east.board.refuses(OPEN, BUSY)
        await eventually(lambda: (OPEN, False) in east.board.written)
        await east.board.refuses(OPEN, 0)
        await eventually(lambda: east.board.coils[OPEN] is False)
        await east.board.shows(down=False, up=True)
        assert succeeded(await east.outcome(opening))
        assert east.board.pulses(OPEN) == 1
