"""The pretend valve board and probes met by a real Modbus master: mbpoll, over TCP and over a serial line."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from simulators.errors import BadOptions
from simulators.host import Host, SimulatedDevice
from tests.serial_line import serial_line
from tests.simulators.wiring import Mbpoll, Polled, hosting


def zone(device_id: str, wire: str = "modbus-tcp://127.0.0.1:0", **options: Any) -> SimulatedDevice:
    return SimulatedDevice(
        kind="sprinkler", id=device_id, family="sprinkler", options={"wire": wire, **options}
    )


class Master(Mbpoll):
    """mbpoll on a sprinkler's tables."""

    async def words(self, first: int, count: int, *, signed: bool = False) -> Polled:
        """Read holding registers (FC 3)."""
        kind = ["-t", "4:hex"] if not signed else ["-t", "4"]
        return await self._run(*kind, "-r", str(first), "-c", str(count), self._target)

    async def set_word(self, first: int, *values: int) -> Polled:
        """Write one holding register (FC 6) or several (FC 16)."""
        return await self._run("-t", "4", "-r", str(first), self._target, *map(str, values))


@pytest_asyncio.fixture(params=["tcp", "rtu"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Host, str]]:
    """Serve two zones on one board, with a probe each; give the host and the line as a master writes it."""
    async with AsyncExitStack() as stack:
        line, master = "modbus-tcp://127.0.0.1:0?unit={}", ""
        if request.param == "rtu":
            board_end, master_end = await stack.enter_async_context(serial_line(tmp_path))
            line = f"modbus-rtu://{board_end}?unit={{}}&baudrate=9600"
            master = f"modbus-rtu://{master_end}?unit={{}}&baudrate=9600"
        first = zone("lawn", line.format(3) + "&channel=1", soil=line.format(11))
        host, wires = await stack.enter_async_context(hosting(first))
        if not master:
            master = wires["sprinkler/lawn"].partition("?")[0] + "?unit={}"
        yield host, master


async def test_mbpoll_waters_the_lawn_and_reads_its_meter(bench: tuple[Host, str]) -> None:
    host, line = bench
    board = Master(line.format(3))
    assert (await board.set_word(0, 60)).code == 0
    assert (await board.write(0, 1)).code == 0
    host.step(20)
    assert (await board.coils(count=2)).values == {0: 1, 1: 0}
    assert (await board.inputs(count=18)).values == {0: 1, **dict.fromkeys(range(1, 18), 0)}
    meter = (await board.registers(count=25)).values
    assert (meter[0], meter[24]) == (400, 400)
    assert 110 < meter[8] < 140
    host.step(45)
    assert host.inspect("lawn")["timed_closings"] == 1
    assert (await board.coils(count=1)).values == {0: 0}
    assert "Illegal data address" in (await board.write(8, 1)).text
    assert "Illegal data address" in (await board.set_word(8, 1)).text


async def test_mbpoll_reads_a_soil_probe_and_misses_a_dead_one(bench: tuple[Host, str]) -> None:
    host, line = bench
    soil = Master(line.format(11))
    words = (await soil.words(0, 4, signed=True)).values
    assert abs(words[0] - 250) <= 5
    assert abs(words[1] - 160) <= 5
    host.fault("lawn", "soil-probe-mad")
    assert (await soil.words(0, 2, signed=True)).values == {0: 0x7FFF, 1: 0x7FFF}
    host.fault("lawn", "soil-probe-dead")
    assert "timed out" in (await soil.words(0, 2, signed=True)).text
    assert (await Master(line.format(3)).coils(count=1)).code == 0, "the board goes on"


async def test_zones_share_a_board_a_probe_and_the_sky() -> None:
    async with hosting(zone("a")) as (_, wires):
        line = wires["sprinkler/a"].partition("?")[0]
    zones = [zone(name, f"{line}?unit=1&channel={n}", air=f"{line}?unit=9") for n, name in enumerate("ab", 1)]
    async with hosting(*zones) as (host, _):
        board = Master(f"{line}?unit=1")
        assert (await board.write(0, 1, 1)).code == 0
        host.step(10)
        assert (await board.registers(count=25)).values[24] == 800
        host.happen("b", "rain-starts")
        assert host.inspect("a")["raining"]
        assert (await board.inputs(first=16, count=1)).values == {16: 1}
        host.fault("b", "power-loss")
        assert "timed out" in (await board.coils(count=1)).text
        host.fault("a", "none")
        assert (await board.coils(count=2)).values == {0: 0, 1: 0}


async def test_two_zones_at_one_valve_and_boards_that_disagree_are_refused() -> None:
    async with hosting(zone("a")) as (_, wires):
        wire = wires["sprinkler/a"]
    with pytest.raises(BadOptions, match="two zones have this valve"):
        async with hosting(zone("a", wire), zone("b", wire)):
            pass
    with pytest.raises(BadOptions, match="disagree"):
        async with hosting(zone("a", wire), zone("b", wire + "&channel=2", profile="relay-8")):
            pass
    with pytest.raises(BadOptions, match="8 valves"):
        async with hosting(zone("a", wire + "&channel=9")):
            pass


async def test_the_same_seed_gives_the_same_day() -> None:
    truths = []
    for _ in range(2):
        wire = "modbus-tcp://127.0.0.1:0?unit=1"
        async with hosting(zone("a", wire, soil="modbus-tcp://127.0.0.1:0?unit=11", seed=4)) as (host, wires):
            soil = Master(wires["sprinkler/a"].replace("unit=1", "unit=11"))
            host.step(600)
            truths.append((host.inspect("a"), (await soil.words(0, 2, signed=True)).values))
    assert truths[0] == truths[1]
