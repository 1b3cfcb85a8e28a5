"""The pretend board met by a real Modbus master: mbpoll, over TCP and over a serial line."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from simulators.errors import BadOptions, WireUnavailable
from simulators.host import Host
from tests.serial_line import serial_line
from tests.simulators.wiring import Mbpoll, gate, hosting


@pytest_asyncio.fixture(params=["tcp", "rtu"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Host, Mbpoll]]:
    async with AsyncExitStack() as stack:
        wire, master = "modbus-tcp://127.0.0.1:0?unit=3", ""
        if request.param == "rtu":
            board_end, master_end = await stack.enter_async_context(serial_line(tmp_path))
            wire = f"modbus-rtu://{board_end}?unit=3&baudrate=9600"
            master = f"modbus-rtu://{master_end}?unit=3&baudrate=9600"
        host, wires = await stack.enter_async_context(hosting(gate("east-in", wire)))
        yield host, Mbpoll(master or wires["gate/east-in"])


async def test_mbpoll_opens_and_closes_the_boom(bench: tuple[Host, Mbpoll]) -> None:
    host, mbpoll = bench
    assert (await mbpoll.inputs()).values == {0: 0, 1: 1, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0}
    assert (await mbpoll.write(0, 1)).code == 0
    host.step(1.5)
    assert 400 < (await mbpoll.registers()).values[0] < 600
    assert (await mbpoll.inputs(count=2)).values == {0: 0, 1: 0}
    host.step(1.7)
    assert (await mbpoll.inputs(count=2)).values == {0: 1, 1: 0}
    assert (await mbpoll.registers()).values == {0: 1000, 1: 0, 2: 1, 3: 0}
    assert (await mbpoll.write(1, 1)).code == 0
    host.step(3.2)
    assert (await mbpoll.inputs(count=2)).values == {0: 0, 1: 1}


async def test_pulses_read_back_0_and_hold_reads_back_what_was_written(bench: tuple[Host, Mbpoll]) -> None:
    host, mbpoll = bench
    assert (await mbpoll.write(0, 1, 0, 0, 1)).code == 0
    assert (await mbpoll.coils()).values == {0: 0, 1: 0, 2: 0, 3: 1}
    assert (await mbpoll.write(3, 0)).code == 0
    assert (await mbpoll.coils()).values == {0: 0, 1: 0, 2: 0, 3: 0}
    assert host.inspect("gate/east-in")["open_pulses"] == 1


async def test_wrong_addresses_and_tables_are_refused(bench: tuple[Host, Mbpoll]) -> None:
    _, mbpoll = bench
    for answer in (
        await mbpoll.coils(count=5),
        await mbpoll.inputs(first=8, count=1),
        await mbpoll.registers(first=3, count=2),
        await mbpoll.write(4, 1),
    ):
        assert answer.code != 0
        assert "Illegal data address" in answer.text
    assert "Illegal function" in (await mbpoll.holding()).text


async def test_a_jammed_arm_is_seen_on_the_wire(bench: tuple[Host, Mbpoll]) -> None:
    host, mbpoll = bench
    host.fault("gate/east-in", "jam")
    await mbpoll.write(0, 1)
    host.step(7.2)
    assert (await mbpoll.registers()).values[1] == 2
    assert (await mbpoll.inputs(first=7, count=1)).values == {7: 1}


async def test_a_board_without_power_does_not_answer(bench: tuple[Host, Mbpoll]) -> None:
    host, mbpoll = bench
    host.fault("gate/east-in", "power-loss")
    answer = await mbpoll.inputs()
    assert answer.code != 0
    assert "timed out" in answer.text
    host.fault("gate/east-in", "none")
    assert (await mbpoll.inputs(count=2)).values == {0: 0, 1: 1}


async def test_units_share_a_port_and_an_absent_one_is_silent() -> None:
    async with hosting(gate("a", "modbus-tcp://127.0.0.1:0?unit=1")) as (_, first):
        port = first["gate/a"].split(":")[2].split("?")[0]
    same = f"modbus-tcp://127.0.0.1:{port}"
    async with hosting(gate("a", f"{same}?unit=1"), gate("b", f"{same}?unit=2")) as (host, wires):
        await Mbpoll(wires["gate/b"]).write(0, 1)
        host.step(3.2)
        assert (await Mbpoll(wires["gate/a"]).inputs(count=2)).values == {0: 0, 1: 1}
        assert (await Mbpoll(wires["gate/b"]).inputs(count=2)).values == {0: 1, 1: 0}
        assert "timed out" in (await Mbpoll(f"{same}?unit=9").inputs()).text


async def test_two_boards_share_one_serial_line(tmp_path: Path) -> None:
    async with serial_line(tmp_path) as (board_end, master_end):
        line, master = f"modbus-rtu://{board_end}", f"modbus-rtu://{master_end}"
        async with hosting(gate("a", f"{line}?unit=1"), gate("b", f"{line}?unit=2")) as (host, _):
            await Mbpoll(f"{master}?unit=2&baudrate=9600").write(0, 1)
            host.step(3.2)
            assert host.inspect("a")["state"] == "closed"
            assert host.inspect("b")["state"] == "open"
            assert "timed out" in (await Mbpoll(f"{master}?unit=7&baudrate=9600").inputs()).text


async def test_the_same_unit_twice_on_one_port_is_refused() -> None:
    async with hosting(gate("a")) as (_, wires):
        pass
    wire = wires["gate/a"]
    with pytest.raises(BadOptions, match="two devices have this unit"):
        async with hosting(gate("a", wire), gate("b", wire)):
            pass


async def test_a_port_that_is_taken_is_named() -> None:
    async with hosting(gate("a")) as (_, wires):
        with pytest.raises(WireUnavailable, match="cannot open modbus-tcp"):
            async with hosting(gate("b", wires["gate/a"])):
                pass


async def test_a_serial_line_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(WireUnavailable, match="nowhere"):
        async with hosting(gate("a", f"modbus-rtu://{tmp_path}/nowhere?unit=1")):
            pass


async def test_a_serial_line_that_was_pulled_is_opened_again(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        async with serial_line(tmp_path) as (board_end, master_end):
            wire = f"modbus-rtu://{board_end}?unit=1"
            host, _ = await stack.enter_async_context(hosting(gate("a", wire)))
        mbpoll = Mbpoll(f"modbus-rtu://{master_end}?unit=1&baudrate=9600")
        await host.tend()
        async with serial_line(tmp_path):
            await host.tend()
            assert (await mbpoll.inputs(count=2)).values == {0: 0, 1: 1}
