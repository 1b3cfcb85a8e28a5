"""One gate for `hemei bench plates`: a pretend board here, its driver host in another process, no broker.

The host is told of a broker at a port where nobody listens: hub and broker are out of order.
"""

import asyncio
import logging
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from contract.clock import SystemClock
from contract.lists import Level, ListName, Portion, Vehicle
from drivers.runtime.lists import Lists
from hemei.child import Child
from hemei.demo.ports import Ports as FreePorts
from hemei.private_files import new_secret, write_private
from hemei.toml_text import toml_table
from simulators.gate.board import Board, Coil
from simulators.gate.family import Gate, Options
from simulators.ports import Ports

HOST: Final = "gates"
LEVEL: Final = Level(key="always", places=("gate/*",))
TICK_S: Final = 0.02
STOP_WITHIN_S: Final = 10.0
PORTION: Final = 500

# A host that ends between a request and its answer is what pymodbus calls an error.
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)


class TimedBoard(Board):
    """A board that knows when it was told to open: `opened`, by `time.perf_counter`."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(gate.boom, gate.lane, gate.controller)
        self.opened: list[float] = []
        self.stirred = asyncio.Event()

    def write_coil(self, address: int, on: bool) -> None:
        """Take one written coil."""
        if address == Coil.OPEN_PULSE and on:
            self.opened.append(time.perf_counter())
            self.stirred.set()
        super().write_coil(address, on)


class BenchGate:
    """The gate as the camera and the measuring see it."""

    def __init__(self, board: TimedBoard, url: str, host: Child) -> None:
        self.board = board
        self.url = url
        self.host = host


@asynccontextmanager
async def private_gate(vehicles: Iterable[Vehicle]) -> AsyncIterator[BenchGate]:
    """Run board and driver host until the end of `async with`; the host knows `vehicles`."""
    with tempfile.TemporaryDirectory(prefix="hemei-bench-") as name, FreePorts() as free:
        folder, listen = Path(name), free.take()
        await _seed(folder / "data", vehicles)
        gate = Gate("bench", Options(wire="modbus-tcp://127.0.0.1:0?unit=1"))
        gate.board = board = TimedBoard(gate)
        ports = Ports()
        wire = await gate.serve(ports)
        living = asyncio.create_task(_live(gate))
        secret = _write_site(folder, wire, listen, nobody=free.take())
        host = Child(_command(folder), folder / "host.log", {})
        try:
            yield BenchGate(board, f"http://127.0.0.1:{listen}/{secret}", host)
        finally:
            await host.stop(STOP_WITHIN_S)
            living.cancel()
            await ports.close()


def _command(folder: Path) -> list[str]:
    site = str(folder / "site.toml")
    return [sys.executable, "-m", "hemei", "drivers", "--config", site, "--host", HOST]


async def _live(gate: Gate) -> None:
    """Let the pretend boom move."""
    while True:
        await asyncio.sleep(TICK_S)
        gate.step(TICK_S)


async def _seed(folder: Path, vehicles: Iterable[Vehicle]) -> None:
    """Give the host its lists, as the hub once did."""
    entries = tuple(vehicles)
    lists = await Lists.open(folder / "lists.sqlite", SystemClock())
    try:
        await lists.take(_portion(ListName.LEVELS, 0, 1, 1, levels=(LEVEL,)))
        for first in range(0, len(entries), PORTION):
            some = entries[first : first + PORTION]
            upto = first + len(some)
            await lists.take(_portion(ListName.VEHICLES, first, upto, len(entries), vehicles=some))
    finally:
        await lists.close()


def _portion(
    name: ListName,
    after: int,
    upto: int,
    head: int,
    *,
    levels: tuple[Level, ...] = (),
    vehicles: tuple[Vehicle, ...] = (),
) -> Portion:
    return Portion(
        list=name, edition="bench", after=after, upto=upto, head=head, levels=levels, vehicles=vehicles
    )


def _write_site(folder: Path, wire: str, listen: int, *, nobody: int) -> str:
    """Write site file and secrets; the camera's secret."""
    secret = secrets.token_urlsafe(24)
    write_private(folder / "camera.secret", secret + "\n")
    write_private(folder / "host.mqtt", new_secret() + "\n")
    plates = {
        "wire": "zhenshi-http",
        "listen": f"127.0.0.1:{listen}",
        "secret_file": str(folder / "camera.secret"),
        "direction": "in",
    }
    host = {"id": HOST, "mqtt_password_file": "host.mqtt", "data_dir": "data"}
    device = {
        "kind": "gate",
        "id": "bench",
        "driver_host": HOST,
        "title": {"en": "Bench"},
        "options": {"wire": wire, "plates": plates},
    }
    tables = [
        toml_table("[site]", {"id": "bench", "title": {"zh-CN": "性能测试", "en": "Benchmark"}}),
        toml_table("[mqtt]", {"port": nobody}),
        toml_table("[[driver_host]]", host),
        toml_table("[[device]]", device),
    ]
    write_private(folder / "site.toml", "\n".join(tables))
    return secret
