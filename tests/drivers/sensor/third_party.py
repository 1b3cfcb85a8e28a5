"""Other people's Modbus slaves with a sensor's registers; tests/drivers/gate/third_party.py talks to them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.broker import free_port
from tests.drivers.gate.third_party import UNIT, Board, Line, Stack
from tests.serial_line import serial_line


@dataclass(kw_only=True)
class Slave(Board):
    """One slave whose tables the test fills."""

    tables: dict[str, list[Any]] = field(default_factory=dict)

    async def holds(self, **tables: list[Any]) -> None:
        """Let tables hold these values, from address 0."""
        self.tables |= tables
        await self._tell(**self._shown())

    def _shown(self) -> dict[str, Any]:
        return dict(self.tables)


@asynccontextmanager
async def third_party_sensor(
    folder: Path, stack: Stack, line: Line, **tables: list[Any]
) -> AsyncIterator[Slave]:
    """Run one slave on a port, or on a serial line, of its own."""
    async with AsyncExitStack() as things:
        if line == "tcp":
            where = str(free_port())
            wire = f"modbus-tcp://127.0.0.1:{where}?unit={UNIT}"
        else:
            ours, theirs = await things.enter_async_context(serial_line(folder))
            where, wire = str(ours), f"modbus-rtu://{theirs}?unit={UNIT}"
        slave = Slave(stack=stack, line=line, where=where, wire=wire, tables=tables)
        things.push_async_callback(slave.kill)
        await slave.start()
        yield slave
