"""The driver against Modbus slaves that we did not write, with the registers of an irrigation board.

npm modbus-serial and PyPI modbus-tk, over TCP and over a serial line; `tests/drivers/gate/third_party.py` has
how they are told what to show. The test moves what contacts and meter show.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from contract.messages import Availability, Event
from drivers.sprinkler import words
from tests.broker import Mosquitto
from tests.drivers.gate.third_party import Board, third_party_board
from tests.drivers.sprinkler.garden import LAWN, code, device
from tests.drivers.stage import SPEED, Ear, Hurried, host_settings, hosting, listening, succeeded
from tests.waiting import eventually

CHANNEL = 2
VALVE = CHANNEL - 1
DEVICE_FAILURE, GATEWAY_TARGET_SILENT = 4, 11
"""Modbus exceptions."""


@dataclass(kw_only=True)
class Garden:
    """What contacts and meter of the zone show; the test moves it."""

    open: bool = False
    near: bool = False
    rain: bool = False
    flow: float = 0.0
    litres: float = 0.0

    def discrete(self) -> list[bool]:
        shown = [False] * 18
        shown[VALVE], shown[8 + VALVE], shown[16] = self.open, self.near, self.rain
        return shown

    def inputs(self) -> list[int]:
        shown = [0] * 25
        counted = round(self.litres * 10)
        shown[VALVE], shown[8 + 2 * VALVE], shown[9 + 2 * VALVE] = (
            round(self.flow * 10),
            counted & 0xFFFF,
            counted >> 16,
        )
        return shown


@dataclass(kw_only=True)
class ValveBoard(Board):
    """A slave with the registers of an irrigation board."""

    iron: Any = field(default_factory=Garden)
    discretes: int = 18
    holding: list[int] = field(default_factory=lambda: [0] * 8)

    def _shown(self) -> dict[str, Any]:
        first = {} if self._listens else {"holding": self.holding}
        self._listens = True
        return {**super()._shown(), **first}

    async def holds(self, *words: int) -> None:
        """Show these words in the first holding registers."""
        self.holding = [*words, *self.holding[len(words) :]]
        await self._tell(holding=self.holding)

    _listens: bool = False

    async def kill(self) -> None:
        await super().kill()
        self._listens = False


@dataclass(kw_only=True)
class Lawn:
    """The board, and what is heard of its zone."""

    board: ValveBoard
    ear: Ear

    async def shows(self, **properties: Any) -> None:
        for name, value in properties.items():
            await self.ear.property(LAWN, name.replace("_", "-"), value)

    async def event(self, of_type: str, **data: Any) -> Event:
        return await self.ear.hear(
            Event, LAWN, lambda each: each.type == of_type and data.items() <= each.data.items(), 15
        )

    async def waters(self, minutes: float = 5) -> None:
        """Begin a watering, and have the water flow."""
        ident = await self.ear.tell(LAWN, "run", {"minutes": minutes})
        await self.board.is_told(VALVE)
        await self.board.shows(open=True, flow=38.5)
        assert succeeded(await self.ear.outcome(LAWN, ident))

    def closings(self) -> int:
        return self.board.written.count((VALVE, False))


NewLawn = Callable[..., AbstractAsyncContextManager[Lawn]]


@pytest.fixture(
    params=[(stack, line) for stack in ("modbus-serial", "modbus-tk") for line in ("tcp", "rtu")],
    ids=" ".join,
)
def lawn(request: pytest.FixtureRequest, mosquitto: Mosquitto, tmp_path: Path) -> NewLawn:
    """Make a zone with somebody else's board, on each stack and line."""
    stack, line = request.param

    @asynccontextmanager
    async def make(**options: Any) -> AsyncIterator[Lawn]:
        clock = Hurried(SPEED)
        async with AsyncExitStack() as things:
            peer = await things.enter_async_context(third_party_board(ValveBoard, tmp_path, stack, line))
            if "soil_profile" in options:
                options["soil"] = peer.wire
            ear = await things.enter_async_context(listening(mosquitto.broker(), clock))
            zone = device(f"{peer.wire}&channel={CHANNEL}", **options)
            await things.enter_async_context(
                hosting(host_settings(mosquitto.broker(), tmp_path, zone), clock)
            )
            await ear.status(LAWN, "ready")
            yield Lawn(board=peer, ear=ear)

    return make


async def test_run_and_stop_are_judged_by_contact_and_meter(lawn: NewLawn) -> None:
    async with lawn() as zone:
        ident = await zone.ear.tell(LAWN, "run", {"minutes": 5})
        await zone.board.is_told(VALVE)
        assert 300 <= zone.board.registers[VALVE] <= 315, "the board's own timer was set before"
        await zone.shows(state="opening")
        await zone.board.shows(open=True)
        await zone.shows(valve_open=True, state="opening")
        await zone.board.shows(flow=38.5, litres=7000.0)
        assert succeeded(await zone.ear.outcome(LAWN, ident))
        await zone.shows(state="watering", flow=38.0)
        stopping = await zone.ear.tell(LAWN, "stop")
        await eventually(lambda: zone.closings() == 1)
        await zone.board.shows(open=False, flow=0.0)
        assert succeeded(await zone.ear.outcome(LAWN, stopping))
        await zone.event(words.WATERING_ENDED, why="stopped")
        assert zone.board.written == [(VALVE, True), (VALVE, False)]


async def test_a_valve_that_the_board_refuses_fails_with_the_exception(lawn: NewLawn) -> None:
    async with lawn() as zone:
        await zone.board.refuses(VALVE, DEVICE_FAILURE)
        result = await zone.ear.do(LAWN, "run", {"minutes": 5})
        assert code(result) == ("failed", "device-fault")
        assert result.error
        assert "exception 4 (device failure)" in result.error.message
        assert zone.board.pulses(VALVE) == 1, "it is tried once"
        await zone.board.refuses(VALVE, 0)
        await eventually(lambda: zone.closings() >= 1)
        assert zone.board.pulses(VALVE) == 1
        assert {each.status for each in zone.ear.all(Availability, LAWN)} <= {"init", "ready"}


@pytest.mark.parametrize("lawn", [("modbus-tk", "tcp")], ids=" ".join, indirect=True)
async def test_a_board_that_refuses_to_close_is_told_again_and_logged_once(
    lawn: NewLawn, caplog: pytest.LogCaptureFixture
) -> None:
    async with lawn() as zone:
        await zone.waters()
        await zone.board.refuses(VALVE, DEVICE_FAILURE)
        assert code(await zone.ear.do(LAWN, "stop")) == ("failed", "valve-stuck-open")
        await eventually(lambda: zone.closings() >= 3)
        assert caplog.text.count("the valve is not told to close") == 1
        await zone.board.refuses(VALVE, 0)
        await zone.board.shows(open=False, flow=0.0)
        await zone.event(words.FAULT_CLEARED, fault="valve-stuck-open")


async def test_leak_and_dry_pipe_are_seen_in_its_registers(lawn: NewLawn) -> None:
    async with lawn() as zone:
        await zone.board.shows(flow=6.0)
        await zone.event(words.LEAK_DETECTED, rate=6.0)
        assert code(await zone.ear.do(LAWN, "run", {"minutes": 5})) == ("refused", "leak")
        await zone.board.shows(flow=0.0)
        await zone.event(words.LEAK_ENDED)
        ident = await zone.ear.tell(LAWN, "run", {"minutes": 5})
        await zone.board.is_told(VALVE)
        await zone.board.shows(open=True)
        await zone.event(words.DRY_PIPE)
        await eventually(lambda: zone.closings() >= 1)
        await zone.board.shows(open=False)
        assert code(await zone.ear.outcome(LAWN, ident)) == ("failed", "dry-pipe")


async def test_a_board_that_dies_and_comes_back_is_not_opened_again(lawn: NewLawn) -> None:
    async with lawn() as zone:
        await zone.waters()
        await zone.board.kill()
        await zone.ear.status(LAWN, "disconnected")
        await zone.shows(state="unknown", valve_open=None)
        zone.board.iron.open, zone.board.iron.flow = False, 0.0
        await zone.board.start()
        await zone.ear.status(LAWN, "ready")
        await zone.event(words.WATERING_ENDED, why="closed-by-board")
        await zone.shows(state="closed")
        assert zone.board.pulses(VALVE) == 1


async def test_behind_a_gateway_that_hears_nothing_it_goes_on_when_it_is_back(lawn: NewLawn) -> None:
    async with lawn() as zone:
        await zone.waters()
        await zone.board.answers_with(GATEWAY_TARGET_SILENT)
        await zone.ear.status(LAWN, "disconnected")
        await zone.board.answers_with(0)
        await zone.ear.status(LAWN, "ready")
        await zone.shows(state="watering", cause="manual")
        assert zone.board.written == [(VALVE, True)]


async def test_a_probe_in_the_same_unit_is_read_too(lawn: NewLawn) -> None:
    async with lawn(soil_profile="soil-4in1") as zone:
        await zone.shows(soil_moisture=0.0, soil_temperature=0.0, lockout="frost")
        await zone.board.holds(253, 0xFFCE)
        await zone.shows(soil_moisture=25.5, soil_temperature=-5.0)
        await zone.board.holds(0xFFFF, 0x7FFF)
        await zone.shows(soil_moisture=None, soil_temperature=None, lockout="frost")
