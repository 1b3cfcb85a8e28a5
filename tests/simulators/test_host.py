"""All pretend hardware of a site together: running, broken and asked through the control socket."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from simulators.clock import RealClock, VirtualClock
from simulators.control import ask, ask_truth
from simulators.errors import BadOptions, SimulatorError, UnknownName, WireUnavailable
from simulators.families import create, family_names
from simulators.host import Host, SimulatedDevice, SimulatorSettings, run
from tests.simulators.wiring import Mbpoll, gate, hosting
from tests.waiting import eventually


@contextlib.asynccontextmanager
async def running(settings: SimulatorSettings, **options: Any) -> AsyncIterator[dict[str, str]]:
    """Run simulators in this loop until the block ends; gives their wire addresses."""
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run(settings, stop=stop, ready=ready.set_result, **options))
    await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
    try:
        if not ready.done():
            await task
        yield ready.result()
    finally:
        stop.set()
        await task


def settings_for(tmp_path: Path, *devices: SimulatedDevice, speed: float = 1.0) -> SimulatorSettings:
    return SimulatorSettings(devices=list(devices), control_socket=tmp_path / "control", speed=speed)


async def test_a_running_boom_opens_by_itself_when_told(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, gate("east-in"), speed=20)
    async with running(settings) as wires:
        await Mbpoll(wires["gate/east-in"]).write(0, 1)
        truth: dict[str, Any] = {}
        while truth.get("state") != "open":
            truth = await asyncio.wait_for(ask_truth(tmp_path / "control", "gate/east-in"), 60)
        assert (truth["position"], truth["open_pulses"]) == (1000, 1)


async def test_the_control_socket_breaks_repairs_and_tells(tmp_path: Path) -> None:
    path = tmp_path / "control"
    async with running(settings_for(tmp_path, gate("east-in"), gate("west-in"))) as wires:
        assert await ask(path, {"device": "gate/east-in", "fault": "jam"}) == {"ok": True}
        assert (await ask_truth(path, "gate/east-in"))["faults"] == ["jam"]
        assert await ask(path, {"device": "hemei/gate/east-in", "fault": "none"}) == {"ok": True}
        assert (await ask_truth(path, "east-in"))["faults"] == []
        assert await ask(path, {"device": "gate/west-in", "happening": "car-arrives"}) == {"ok": True}
        assert (await ask_truth(path, "west-in"))["cars_waiting"] == 1
        listed = (await ask(path, {"list": True}))["devices"]
        assert listed["gate/east-in"]["wire"] == wires["gate/east-in"]
        assert "car-leaves" in listed["gate/east-in"]["happenings"]
    assert not path.exists()


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (
            {"device": "gate/east-in", "fault": "x"},
            "unknown fault 'x'; allowed: broken-boom, emergency-stop,",
        ),
        (
            {"device": "gate/east-in", "happening": "rain"},
            "allowed: blocked-arrives, car-arrives",
        ),
        ({"device": "gate/nowhere", "fault": "jam"}, "unknown device 'gate/nowhere'; allowed: gate/east-in"),
        ({"device": "gate/east-in"}, "say what: fault, happening or inspect"),
        ({"fault": "jam"}, "say which device"),
        ({"device": 7}, "Expected `str | null`"),
        ({"colour": "red"}, "unknown field `colour`"),
    ],
)
async def test_the_control_socket_explains_what_is_wrong(
    tmp_path: Path, request_: dict[str, object], says: str
) -> None:
    async with running(settings_for(tmp_path, gate("east-in"))):
        reply = await ask(tmp_path / "control", request_)
        assert reply["ok"] is False
        assert says in reply["error"]
        with pytest.raises(SimulatorError, match="unknown device"):
            await ask_truth(tmp_path / "control", "gate/nowhere")


async def test_garbage_on_the_control_socket_gets_an_answer_and_too_much_of_it_none(tmp_path: Path) -> None:
    async with running(settings_for(tmp_path, gate("east-in"))):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "control")
        writer.write(b"\xff{nonsense\n")
        assert b'"ok":false' in await asyncio.wait_for(reader.readline(), 60)
        writer.write(b"x" * 200_000)
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 60) == b""
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        assert (await ask_truth(tmp_path / "control", "gate/east-in"))["state"] == "closed"


async def test_faults_named_at_the_start_are_there_from_the_start(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, gate("east-in"))
    async with running(settings, faults={"east-in": "manual"}):
        assert (await ask_truth(tmp_path / "control", "gate/east-in"))["faults"] == ["manual"]


async def test_unknown_names_are_refused_before_anything_opens(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, gate("east-in"))
    for options, says in (
        (
            {"scenario": "party"},
            "unknown scenario 'party'; allowed: bad-day, blocked-plate, day, everyday, jammed-arm",
        ),
        ({"faults": {"gate/east-in": "melted"}}, "unknown fault 'melted'; allowed: broken-boom"),
        ({"faults": {"gate/south": "jam"}}, "unknown device 'gate/south'; allowed: gate/east-in"),
    ):
        with pytest.raises(UnknownName, match=says):
            async with running(settings, **options):
                pass


def test_an_unknown_family_is_refused_with_the_known_ones() -> None:
    assert {"blueprint", "gate"} <= set(family_names())
    with pytest.raises(UnknownName, match=r"unknown family 'lift'; allowed: .*blueprint"):
        create("lift", "l", {}, VirtualClock())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "missing required field `wire`"),
        ({"wire": "modbus-tcp://h:1", "colour": "red"}, "unknown field `colour`.*; allowed: wire, profile"),
        ({"wire": "modbus-tcp://h:1", "open_s": 0}, "Expected `float` > 0"),
        ({"wire": "modbus-tcp://h:1", "profile": "x"}, "Invalid enum value 'x'"),
    ],
)
def test_wrong_options_are_explained(options: dict[str, object], says: str) -> None:
    with pytest.raises(BadOptions, match=says):
        create("gate", "g", options, VirtualClock())


def test_a_device_has_one_name_and_the_kind_of_its_family() -> None:
    twice = SimulatorSettings(devices=[gate("a"), gate("a")])
    with pytest.raises(BadOptions, match="two devices are called gate/a"):
        Host(twice, clock=VirtualClock())
    door = SimulatedDevice(kind="door", id="a", family="gate", options={"wire": "modbus-tcp://127.0.0.1:0"})
    with pytest.raises(BadOptions, match="family gate is a gate"):
        Host(SimulatorSettings(devices=[door]), clock=VirtualClock())


async def test_a_control_socket_path_that_is_too_long_is_explained(tmp_path: Path) -> None:
    settings = SimulatorSettings(devices=[], control_socket=tmp_path / ("x" * 120))
    with pytest.raises(WireUnavailable, match="longer than 100 bytes"):
        async with running(settings):
            pass


async def test_a_control_socket_left_by_a_killed_run_is_taken_over(tmp_path: Path) -> None:
    server = await asyncio.start_unix_server(lambda _reader, _writer: None, tmp_path / "control")
    server.close()
    await server.wait_closed()
    assert (tmp_path / "control").exists()
    async with running(settings_for(tmp_path, gate("east-in"))):
        assert (await ask(tmp_path / "control", {"list": True}))["ok"]


async def test_a_real_clock_runs_as_fast_as_it_is_told() -> None:
    slow, fast = RealClock(), RealClock(speed=1000)
    start_s, fast_start_s = slow.now_s(), fast.now_s()
    await eventually(lambda: fast.now_s() - fast_start_s > 10)
    assert slow.now_s() - start_s < 5


async def test_three_hundred_boards_cost_little() -> None:
    devices = [gate(f"g{number}") for number in range(300)]
    host = Host(SimulatorSettings(devices=devices), clock=VirtualClock())
    started = time.thread_time()
    for _ in range(100):
        host.step(0.05)
    assert time.thread_time() - started < 2.5, "of a core: 5 s of physics in less than half of that"


async def test_the_jammed_arm_story_jams_the_first_gate_and_repairs_it() -> None:
    async with hosting(gate("a"), gate("b"), scenario="jammed-arm") as (host, _):
        host.step(21)
        assert host.inspect("a")["faults"] == ["jam"]
        assert host.inspect("b")["faults"] == []
        host.step(120)
        assert host.inspect("a")["faults"] == []
        host.step(180)
        assert host.inspect("a")["faults"] == ["jam"]


@pytest.mark.parametrize("scenario", ["everyday", "rush-hour", "quiet-night", "bad-day"])
async def test_cars_pass_in_every_story(scenario: str) -> None:
    async with hosting(gate("a"), gate("b"), scenario=scenario) as (host, _):
        host.step(1800)
        assert all(int(str(host.inspect(name)["cars_passed"])) > 0 for name in ("a", "b"))
        assert host.inspect("b")["fault_code"] == 0
