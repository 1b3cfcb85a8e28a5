"""What the wire tests need: a host without a tick of its own, and mbpoll."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from simulators.clock import VirtualClock
from simulators.host import Host, SimulatedDevice, SimulatorSettings
from tests.peers import require_program

MBPOLL_TIMEOUT_S = 0.5


def gate(device_id: str, wire: str = "modbus-tcp://127.0.0.1:0", **options: Any) -> SimulatedDevice:
    """Describe one gate."""
    return SimulatedDevice(kind="gate", id=device_id, family="gate", options={"wire": wire, **options})


@contextlib.asynccontextmanager
async def hosting(
    *devices: SimulatedDevice, clock: VirtualClock | None = None, scenario: str | None = None
) -> AsyncIterator[tuple[Host, dict[str, str]]]:
    """Serve devices whose time the test moves with `host.step`."""
    settings = SimulatorSettings(devices=list(devices))
    host = Host(settings, clock=clock or VirtualClock(), scenario=scenario)
    try:
        yield host, await host.start()
    finally:
        await host.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What mbpoll answered."""

    code: int
    text: str
    values: dict[int, int]


class Mbpoll:
    """Debian's mbpoll, aimed at one unit."""

    def __init__(self, wire: str) -> None:
        program = require_program("mbpoll", "mbpoll")
        parts, query = urlsplit(wire), parse_qs(urlsplit(wire).query)
        self._command = [program, "-0", "-1", "-a", query["unit"][0], "-o", str(MBPOLL_TIMEOUT_S)]
        if parts.scheme == "modbus-tcp":
            self._command += ["-m", "tcp", "-p", str(parts.port)]
            self._target = parts.hostname or ""
        else:
            self._command += ["-m", "rtu", "-b", query["baudrate"][0], "-P", "none"]
            self._target = parts.path

    async def coils(self, count: int = 4, first: int = 0) -> Polled:
        """Read coils (FC 1)."""
        return await self._run("-t", "0", "-r", str(first), "-c", str(count), self._target)

    async def inputs(self, count: int = 8, first: int = 0) -> Polled:
        """Read discrete inputs (FC 2)."""
        return await self._run("-t", "1", "-r", str(first), "-c", str(count), self._target)

    async def registers(self, count: int = 4, first: int = 0) -> Polled:
        """Read input registers (FC 4)."""
        return await self._run("-t", "3", "-r", str(first), "-c", str(count), self._target)

    async def holding(self) -> Polled:
        """Read a holding register (FC 3)."""
        return await self._run("-t", "4", "-r", "0", "-c", "1", self._target)

    async def write(self, first: int, *values: int) -> Polled:
        """Write one coil (FC 5) or several (FC 15)."""
        return await self._run("-t", "0", "-r", str(first), self._target, *map(str, values))

    async def _run(self, *arguments: str) -> Polled:
        process = await asyncio.create_subprocess_exec(
            *self._command, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        output, _ = await asyncio.wait_for(process.communicate(), 60)
        text = output.decode()
        values = {
            int(line[1 : line.index("]")]): int(line.split(":")[1].split("(")[0])
            for line in text.splitlines()
            if line.startswith("[")
        }
        return Polled(code=process.returncode or 0, text=text, values=values)
