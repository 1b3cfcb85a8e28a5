"""The pretend reader met by control panels of other people: libosdp's, and `osdp` by Ryan Hu."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from osdp import Command, Event

from simulators.host import Host
from tests.serial_line import serial_line
from tests.simulators.panels import (
    INPUTS,
    KEY,
    LOCAL,
    OUTPUTS,
    PULSE,
    LibosdpPanel,
    door,
    doors,
    key_file,
    libosdp_panel,
    other_panel,
)
from tests.waiting import eventually

CARDS = ["123,45678/2468"]
W26_OF_123_45678 = "bdd93740"


@pytest_asyncio.fixture(params=["tcp", "serial"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Host, LibosdpPanel]]:
    async with AsyncExitStack() as stack:
        wire, panel_wire = "osdp-tcp://127.0.0.1:0?address=1", ""
        if request.param == "serial":
            reader_end, panel_end = await stack.enter_async_context(serial_line(tmp_path))
            wire = f"osdp-serial://{reader_end}?address=1&baudrate=9600"
            panel_wire = f"osdp-serial://{panel_end}?address=1&baudrate=9600"
        described = door("east", wire, key_file=key_file(tmp_path), cards=CARDS)
        host, wires = await stack.enter_async_context(doors(described))
        panel = await stack.enter_async_context(libosdp_panel(panel_wire or wires["door/east"]))
        await eventually(panel.secure)
        yield host, panel


async def test_libosdp_lets_a_card_in(bench: tuple[Host, LibosdpPanel]) -> None:
    host, panel = bench
    host.happen("door/east", "card-then-pin")
    host.step(0.8)
    card = await panel.taken(lambda event: event["event"] == Event.CardRead)
    assert (card["length"], card["data"].hex()) == (26, W26_OF_123_45678)
    host.step(1.6)
    keys = [await panel.taken(lambda event: event["event"] == Event.KeyPress) for _ in "2468#"]
    assert b"".join(key["data"] for key in keys) == b"2468\r"
    panel.tell(Command.Output, **PULSE)
    await eventually(lambda: host.inspect("east")["strike_pulses"] == 1)
    host.step(1)
    assert host.inspect("east")["unlocked"]
    assert await panel.status(OUTPUTS) == [1]
    assert await panel.status(INPUTS) == [1, 0, 0]
    host.step(7)
    assert await panel.status(INPUTS) == [0, 0, 0]
    truth = host.inspect("east")
    assert (truth["passed"], truth["unlocked"], truth["leaf"]) == (1, False, "closed")


async def test_libosdp_is_told_what_changes_without_asking(bench: tuple[Host, LibosdpPanel]) -> None:
    host, panel = bench
    for name, kind, report in (
        ("tamper", LOCAL, b"\1\0"),
        ("mains-fault", LOCAL, b"\1\1"),
        ("none", LOCAL, b"\0\0"),
    ):
        host.fault("door/east", name)
        await panel.taken(
            lambda event, kind=kind, told=report: (event.get("type"), event.get("report")) == (kind, told)
        )
    host.happen("door/east", "fire")
    await panel.taken(lambda event: event.get("report") == b"\0\0\1")
    host.happen("door/east", "exit-request")
    host.step(0.8)
    await panel.taken(lambda event: event.get("report") == b"\0\1\1")


async def test_libosdp_lights_the_led_and_sounds_the_buzzer(bench: tuple[Host, LibosdpPanel]) -> None:
    host, panel = bench
    blink = {"on_count": 1, "off_count": 0, "on_color": 2, "off_color": 0}
    panel.tell(Command.LED, reader=0, led_number=0, control_code=2, timer_count=20, temporary=True, **blink)
    panel.tell(Command.Buzzer, reader=0, control_code=2, on_count=1, off_count=1, rep_count=3)
    await eventually(lambda: host.inspect("east")["led"] == "green" and host.inspect("east")["beeps"])
    host.step(2.1)
    assert (host.inspect("east")["led"], host.inspect("east")["beeps"]) == ("red", 3)


async def test_two_readers_share_one_serial_line(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    async with serial_line(tmp_path) as (reader_end, panel_end):
        line = f"osdp-serial://{reader_end}"
        described = [
            door(f"d{each}", f"{line}?address={each}", key_file=file, cards=CARDS) for each in (1, 2)
        ]
        async with (
            doors(*described) as (host, _),
            libosdp_panel(f"osdp-serial://{panel_end}?baudrate=9600", {1: KEY, 2: KEY, 3: KEY}) as panel,
        ):
            await eventually(lambda: panel.secure(1) and panel.secure(2))
            assert not panel.online(3)
            host.happen("door/d2", "card-known")
            host.step(0.8)
            await panel.taken(lambda event: event["event"] == Event.CardRead, 2)
            panel.tell(Command.Output, 2, **PULSE)
            await eventually(lambda: host.inspect("d2")["strike_pulses"] == 1)
            assert host.inspect("d1")["strike_pulses"] == 0
            assert all(event["event"] != Event.CardRead for event in panel.events[1])


async def test_libosdp_gives_a_new_reader_its_key_and_comes_back_with_it(tmp_path: Path) -> None:
    state = tmp_path / "keys" / "east.key"
    new = door("east", state_file=str(state))
    async with doors(new) as (host, wires), libosdp_panel(wires["door/east"], install=True) as panel:
        assert not host.inspect("east")["key_set"]
        await eventually(lambda: host.inspect("east")["key_set"])
        await eventually(lambda: panel.secure() and host.inspect("east")["secure"])
    assert state.read_text().strip() == KEY.hex()
    assert state.stat().st_mode & 0o077 == 0
    async with doors(new) as (host, wires), libosdp_panel(wires["door/east"]) as panel:
        assert host.inspect("east")["key_set"]
        await eventually(panel.secure)


@pytest.mark.parametrize("fault", ["wrong-key", "power-loss", "silent"])
async def test_a_reader_out_of_reach_is_that_until_it_is_repaired(tmp_path: Path, fault: str) -> None:
    file = key_file(tmp_path)
    async with doors(door("good", key_file=file)) as (_, wires):
        line = wires["door/good"].removesuffix("1")
    described = [door("good", f"{line}1", key_file=file), door("bad", f"{line}2", key_file=file)]
    async with doors(*described) as (host, wires):
        host.fault("door/bad", fault)
        async with libosdp_panel(wires["door/good"], {1: KEY, 2: KEY}) as panel:
            await eventually(lambda: panel.secure(1))
            enough = panel.channel.sent + 30
            await eventually(lambda: panel.channel.sent > enough)
            assert panel.secure(1)
            assert not panel.secure(2)
        host.fault("door/bad", "none")
        async with libosdp_panel(wires["door/bad"], {2: KEY}) as panel:
            await eventually(lambda: panel.secure(2))


async def test_garbage_on_the_line_does_no_lasting_harm(tmp_path: Path) -> None:
    async with doors(door("east", key_file=key_file(tmp_path))) as (host, wires):
        async with libosdp_panel(wires["door/east"]) as panel:
            await eventually(panel.secure)
            host.fault("door/east", "garbage")
            enough = panel.channel.sent + 2
            await eventually(lambda: host.step(0.2) or panel.channel.sent > enough)
        host.fault("door/east", "none")
        async with libosdp_panel(wires["door/east"]) as panel:
            await eventually(panel.secure)


async def test_the_other_panel_is_refused_in_clear_text_by_a_reader_with_a_key(tmp_path: Path) -> None:
    async with (
        doors(door("east", key_file=key_file(tmp_path), cards=CARDS)) as (host, wires),
        other_panel(wires["door/east"]) as panel,
    ):
        identity = await panel.ask("identity")
        assert identity["vendor"] == "a5a500"
        capabilities = await panel.ask("capabilities")
        assert capabilities["ContactStatusMonitoring"] == [1, 3]
        host.happen("door/east", "card-known")
        host.step(0.8)
        await panel.ask("identity")
        assert {"address": 1, "nak": 6} in panel.said, "security conditions not met"
        assert not any("card" in said for said in panel.said)
        assert await panel.ask("open") is False
        assert host.inspect("east")["strike_pulses"] == 0


@pytest.mark.parametrize("crc", [True, False], ids=["crc", "checksum"])
async def test_the_other_panel_gives_a_key_and_then_talks_in_secret(tmp_path: Path, crc: bool) -> None:
    state = tmp_path / "east.key"
    async with (
        doors(door("east", install=True, state_file=str(state), cards=CARDS)) as (host, wires),
        other_panel(wires["door/east"], master_key=KEY, crc=crc) as panel,
    ):
        key = await panel.heard("key")
        assert state.read_text().strip() == key
        assert host.inspect("east")["secure"]
        host.happen("door/east", "card-then-pin")
        host.step(0.8)
        card = {"address": 1, "card": W26_OF_123_45678, "bits": 26}
        await eventually(lambda: card in panel.said)
        assert await panel.ask("open") is True
        host.step(1.0)
        assert await panel.ask("outputs") == [True]
        assert await panel.ask("green") is True
        assert (host.inspect("east")["strike_pulses"], host.inspect("east")["led"]) == (1, "green")
        host.fault("door/east", "tamper")
        assert await panel.ask("local") == [True, False]
    async with (
        doors(door("east", key_file=str(state))) as (host, wires),
        other_panel(wires["door/east"], master_key=KEY, crc=crc) as panel,
    ):
        assert await panel.heard("key") == key, "derived from the master key and the reader's own number"
        assert await panel.ask("inputs") == [False, False, False]


async def test_the_other_panel_in_clear_text_on_a_serial_line(tmp_path: Path) -> None:
    async with serial_line(tmp_path) as (reader_end, panel_end):
        described = [door(f"d{each}", f"osdp-serial://{reader_end}?address={each}") for each in (1, 2)]
        async with (
            doors(*described) as (host, _),
            other_panel(f"osdp-serial://{panel_end}?baudrate=9600", addresses=(1, 2)) as panel,
        ):
            first, second = await panel.ask("identity", 1), await panel.ask("identity", 2)
            assert first["serial"] != second["serial"]
            assert await panel.ask("open", 2) is True
            assert [host.inspect(each)["strike_pulses"] for each in ("d1", "d2")] == [0, 1]
