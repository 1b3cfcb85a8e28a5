"""Other people's Modbus slaves with the registers of a relay board, each a process of its own.

`tests/peers/modbus-slave.mjs` (npm modbus-serial) and `tests/peers/modbus_tk_slave.py` (PyPI modbus-tk) are
called with `tcp PORT UNIT` or `rtu PATH UNIT`. A line on their standard input is a JSON object with any of:

| key | meaning |
|---|---|
| `coils`, `discrete`, `inputs`, `holding` | the values of a table from address 0; the first line has coils |
| `refuse` | coil address to Modbus exception: writing this coil is answered so |
| `exception` | everything is answered with this Modbus exception; 0 ends it |
| `late_s` | the next discrete input is answered later by this, once; only modbus-serial can be late |

They print `{"heard": true}` when a line has its effect, which for the first one is that they listen;
`{"coil": 0, "on": true, "taken": true}` for every coil that is written, taken or refused;
`{"register": 0, "value": 60}` for every holding register; `{"late": true}` with a late answer.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from tests.broker import free_port
from tests.freezing import freeze
from tests.peers import PEERS, node, require_npm_package
from tests.serial_line import serial_line
from tests.waiting import eventually

Stack = Literal["modbus-serial", "modbus-tk"]
Line = Literal["tcp", "rtu"]

UNIT = 1
OPEN, CLOSE, STOP, HOLD = range(4)
"""Coils."""


@dataclass(kw_only=True)
class Iron:
    """What the contacts and registers of the board show; the test moves it."""

    position: int = 0
    up: bool = False
    down: bool = True
    loop_a: bool = False
    fault: int = 0
    cycles: int = 0

    def discrete(self) -> list[bool]:
        return [self.up, self.down, self.loop_a, False, False, False, False, self.fault != 0]

    def inputs(self) -> list[int]:
        return [self.position, self.fault, self.cycles & 0xFFFF, self.cycles >> 16]


def command(stack: Stack) -> list[str]:
    """Return the program that is `stack`'s slave."""
    if stack == "modbus-serial":
        require_npm_package("modbus-serial")
        return [node(), str(PEERS / "modbus-slave.mjs")]
    return [sys.executable, str(PEERS / "modbus_tk_slave.py")]


@dataclass(kw_only=True)
class Board:
    """One slave, over all its lives; `wire` is how the driver reaches it."""

    stack: Stack
    line: Line
    where: str
    wire: str
    discretes: int = 8
    iron: Iron = field(default_factory=Iron)
    written: list[tuple[int, bool]] = field(default_factory=list)
    """Every coil that was written, and what, taken or refused; over all lives."""
    coils: dict[int, bool] = field(default_factory=dict)
    """What was taken."""
    registers: dict[int, int] = field(default_factory=dict)
    """Holding registers that were written."""
    late_answers: int = 0
    _process: asyncio.subprocess.Process | None = None
    _heard: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    _reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, with what the iron shows; return when it listens."""
        arguments = [*command(self.stack), self.line, self.where, str(UNIT)]
        self._process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # the environment's node is a script that runs the real one
        )
        self._reading = asyncio.create_task(self._read(self._process))
        await self._tell(coils=[False] * 4, **self._shown())

    async def kill(self) -> None:
        """End it at once."""
        if self._process is None or self._reading is None:
            return
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            self._signal(signal.SIGKILL)
        await self._process.wait()
        await self._reading
        self._process = self._reading = None

    def freeze(self) -> None:
        """Let it neither read nor answer."""
        assert self._process
        freeze(self._process.pid, children=True)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, what: signal.Signals) -> None:
        assert self._process
        os.killpg(self._process.pid, what)

    async def shows(self, **iron: Any) -> None:
        """Move the iron."""
        for name, value in iron.items():
            setattr(self.iron, name, value)
        await self._tell(**self._shown())

    async def refuses(self, coil: int, exception: int) -> None:
        """Answer writes to `coil` with an exception; 0 takes them again."""
        await self._tell(refuse={coil: exception} if exception else {})

    async def answers_with(self, exception: int) -> None:
        """Answer everything with an exception; 0 ends it."""
        await self._tell(exception=exception)

    async def is_late(self, seconds: float) -> None:
        """Answer the next look so much later; return when that is done."""
        before = self.late_answers
        await self._tell(late_s=seconds)
        await eventually(lambda: self.late_answers > before)

    def pulses(self, coil: int) -> int:
        """Count how often `coil` was written 1."""
        return self.written.count((coil, True))

    async def is_told(self, coil: int, times: int = 1) -> None:
        """Wait until `coil` was written 1 so often."""
        await eventually(lambda: self.pulses(coil) >= times)
        assert self.pulses(coil) == times

    def _shown(self) -> dict[str, Any]:
        return {"discrete": self.iron.discrete()[: self.discretes], "inputs": self.iron.inputs()}

    async def _tell(self, **told: Any) -> None:
        assert self._process
        assert self._process.stdin
        self._process.stdin.write(json.dumps(told).encode() + b"\n")
        await asyncio.wait_for(self._heard.get(), 60)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            told = json.loads(line)
            if "heard" in told:
                self._heard.put_nowait(None)
            elif "late" in told:
                self.late_answers += 1
            elif "register" in told:
                self.registers[told["register"]] = told["value"]
            else:
                self.written.append((told["coil"], told["on"]))
                if told["taken"]:
                    self.coils[told["coil"]] = told["on"]


BoardT = TypeVar("BoardT", bound=Board)


@asynccontextmanager
async def third_party_board(
    kind: type[BoardT], folder: Path, stack: Stack, line: Line, **fields: Any
) -> AsyncIterator[BoardT]:
    """Run one slave on a port, or on a serial line, of its own."""
    async with AsyncExitStack() as things:
        if line == "tcp":
            where = str(free_port())
            wire = f"modbus-tcp://127.0.0.1:{where}?unit={UNIT}"
        else:
            board_end, driver_end = await things.enter_async_context(serial_line(folder))
            where, wire = str(board_end), f"modbus-rtu://{driver_end}?unit={UNIT}"
        board = kind(stack=stack, line=line, where=where, wire=wire, **fields)
        things.push_async_callback(board.kill)
        await board.start()
        yield board
