"""`hemei demo`, end to end with real processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import connect

from contract.mqtt import Broker, Connection
from hemei.demo.wiring import LastPorts
from tests.broker import free_port
from tests.hemei.demos import START_WITHIN_S, STOP_WITHIN_S, RunningDemo, alive, running_demo
from tests.peers import require_program
from tests.waiting import PATIENCE_S, eventually

ROLES = {"wall", "guard", "supervisor", "liaison", "admin"}
GATES = {"east-in", "east-out", "west-in", "west-out", "garage-in"}
REGISTERED = {"people": 60, "vehicles": 41, "visits": 3}
ONLY_GATES = ("--kinds", "gate")


async def test_a_community_comes_up_and_lives(tmp_path: Path) -> None:
    require_program("mosquitto", "mosquitto")
    _remember_ports_that_no_other_demo_takes(tmp_path / "data")
    async with running_demo(tmp_path, *ONLY_GATES) as demo:
        await _has_what_the_ready_file_says(demo)
        assert await _registered(demo) == REGISTERED
        meanwhile = (_takes_a_fault, _refuses_a_wrong_fault, _refuses_a_second_one, _is_measured)
        await asyncio.gather(*(each(demo) for each in meanwhile))
        await _restarts_a_killed_hub(demo)
        pids = demo.ready["processes"].values()
        before = demo.ready
        assert await demo.end() == 0, demo.printed
        assert not any(map(alive, pids))
        assert not (tmp_path / "ready.json").exists()
        await _cannot_be_measured_once_it_ended(demo)
    async with running_demo(tmp_path, *ONLY_GATES) as demo:
        for kept in ("http", "tokens", "mqtt", "devices"):
            assert demo.ready[kept] == before[kept]
        async with demo.client("wall") as client:
            assert (await client.get("/api/v1/devices")).status_code == 200
        assert await _registered(demo) == REGISTERED, "nobody twice"
        assert await demo.end(signal.SIGTERM) == 0


async def _is_measured(demo: RunningDemo) -> None:
    done = await _run(*_rest(demo.folder / "data" / "site.toml"))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer["processes"]) == {"broker", "hub", "drivers-gates", "simulators"}
    hub = answer["processes"]["hub"]
    assert (answer["hub_cores"], answer["hub_peak_mib"]) == (hub["cpu_s"], hub["rss_peak_mib"])
    assert hub["pid"] == demo.ready["processes"]["hub"]
    assert hub["rss_peak_mib"] > answer["processes"]["broker"]["rss_peak_mib"] > 1


def _rest(site: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "hemei", "bench", "rest", "--site", str(site), "--seconds", "1", "--json")


async def _cannot_be_measured_once_it_ended(demo: RunningDemo) -> None:
    done = await _run(*_rest(demo.folder / "data" / "site.toml"))
    assert done.returncode == 2
    assert "no demo runs with it" in done.stderr


async def _registered(demo: RunningDemo) -> dict[str, int]:
    """Count who is in the register, the blocked plate among the vehicles."""
    async with demo.client("supervisor") as client:
        paths = {"people": "register/people", "vehicles": "register/vehicles", "visits": "visits"}
        return {name: (await client.get(f"/api/v1/{path}")).json()["total"] for name, path in paths.items()}


def _remember_ports_that_no_other_demo_takes(folder: Path) -> None:
    """Begin away from the ports that every demo tries first, so that this one finds its own again."""
    folder.mkdir()
    boards = {f"gate-{gate}": free_port() for gate in GATES - {"garage-in"}}
    ports = LastPorts(http=free_port(), mqtt=free_port(), devices={**boards, "plates": free_port()})
    (folder / "ports.json").write_bytes(msgspec.json.encode(ports))


async def _has_what_the_ready_file_says(demo: RunningDemo) -> None:
    ready = demo.ready
    assert set(ready) == {"http", "tokens", "mqtt", "devices", "processes"}
    assert set(ready["tokens"]) == ROLES
    assert set(ready["processes"]) == {"broker", "hub", "drivers-gates", "simulators"}
    assert all(map(alive, ready["processes"].values()))
    assert set(ready["devices"]) == {f"hemei/gate/{gate}" for gate in GATES}
    for name, device in ready["devices"].items():
        if name.endswith("/garage-in"):
            assert device["wire"].startswith("mqtt://plates-garage-in@")
            continue
        wire = urlsplit(device["wire"])
        assert (wire.scheme, wire.query) == ("modbus-tcp", "unit=1")
        _, writer = await asyncio.open_connection(wire.hostname, wire.port)
        writer.close()
        await writer.wait_closed()
    async with demo.client("wall") as client:
        devices = (await client.get("/api/v1/devices")).json()["devices"]
    assert {each["device"] for each in devices if each["kind"] == "gate"} == GATES
    assert {each["connectivity"] for each in devices if each["kind"] == "gate"} == {"online"}
    account = Broker(**ready["mqtt"])
    async with Connection(account, "test") as link:
        await link.subscribe(["hemei/hemei/gate/+/description"])
        seen: set[str] = set()
        async with asyncio.timeout(PATIENCE_S):
            async for batch in link.batches():
                seen |= {message.topic.split("/")[3] for message in batch}
                if seen == GATES:
                    break


async def _takes_a_fault(demo: RunningDemo) -> None:
    done = await _run(*_set_fault(demo), "gate/east-in=jam")
    assert (done.returncode, done.stdout) == (0, "Set in the running simulators: gate/east-in=jam\n")


async def _refuses_a_wrong_fault(demo: RunningDemo) -> None:
    done = await _run(*_set_fault(demo), "gate/east-in=nonsense")
    assert done.returncode == 2
    assert "--fault gate/east-in=nonsense: unknown fault 'nonsense'; allowed:" in done.stderr


def _set_fault(demo: RunningDemo) -> tuple[str, ...]:
    site = str(demo.folder / "data" / "site.toml")
    return (sys.executable, "-m", "hemei", "simulators", "--config", site, "--fault")


async def _restarts_a_killed_hub(demo: RunningDemo) -> None:
    killed = demo.ready["processes"]["hub"]
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: demo.ready["processes"].get("hub") not in (None, killed))
    assert "hub ended (killed by signal 9)" in demo.printed
    statuses = json.loads((demo.folder / "data" / "processes.json").read_text())
    [hub] = [each for each in statuses if each["name"] == "hub"]
    assert (hub["state"], hub["restarts"], hub["last_exit"]) == ("running", 1, "killed by signal 9")
    shown = await asyncio.wait_for(_shown_processes(demo), 60)
    assert {each["name"]: each["restarts"] for each in shown}["hub"] == 1


async def _shown_processes(demo: RunningDemo) -> list[dict[str, object]]:
    """Wait until the new hub answers, and return the processes that its live stream shows."""
    url = demo.ready["http"].replace("http", "ws", 1) + "/api/v1/live"
    headers = {"Authorization": f"Bearer {demo.ready['tokens']['wall']}"}
    async for stream in connect(url, additional_headers=headers):
        async for text in stream:
            frame = msgspec.json.decode(text)
            if frame.get("processes"):
                shown: list[dict[str, object]] = frame["processes"]
                return shown
    raise AssertionError("the live stream ended")


async def _refuses_a_second_one(demo: RunningDemo) -> None:
    command = (sys.executable, "-m", "hemei", "demo", "--data-dir", str(demo.folder / "data"))
    second = await _run(*command)
    assert second.returncode == 2
    assert f"a demo runs in it already (process {demo.process.pid})" in second.stderr


async def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    async with running_demo(tmp_path, *ONLY_GATES, "--gates", "1", "--broker", "amqtt") as demo:
        assert "MQTT 3.1.1" in demo.printed
        assert set(demo.ready["devices"]) == {"hemei/gate/east-in"}
        pids = demo.ready["processes"].values()
        await demo.end(signal.SIGKILL)
        await eventually(lambda: not any(map(alive, pids)))


async def test_nothing_is_left_when_the_terminal_goes_away(tmp_path: Path) -> None:
    require_program("mosquitto", "mosquitto")
    ready_file = tmp_path / "ready.json"
    arguments = ("--data-dir", str(tmp_path / "d"), "--port", "0", *ONLY_GATES, "--gates", "1")
    terminal, inner = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hemei", "demo", *arguments, "--ready-file", str(ready_file)),
        preexec_fn=lambda: os.login_tty(inner),
    )
    os.close(inner)
    loop = asyncio.get_running_loop()
    loop.add_reader(terminal, os.read, terminal, 65_536)
    try:
        await eventually(ready_file.exists, START_WITHIN_S)
        pids = json.loads(ready_file.read_text())["processes"].values()
    finally:
        loop.remove_reader(terminal)
        os.close(terminal)
    async with asyncio.timeout(STOP_WITHIN_S):
        assert await process.wait() == 0
    assert not any(map(alive, pids))
    assert not ready_file.exists()


async def test_a_wrong_fault_is_told_at_the_start(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "hemei", "demo", "--data-dir", str(tmp_path), "--port", "0")
    done = await _run(*command, "--fault", "gate/east-in")
    assert done.returncode == 2
    assert "--fault 'gate/east-in': allowed: DEVICE=FAULT" in done.stderr
    done = await _run(*command, "--scenario", "none")
    assert done.returncode == 2
    assert "--scenario 'none': allowed: bad-day, blocked-plate, day" in done.stderr


async def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, capture_output=True, text=True, check=False, env=_english())

    return await asyncio.to_thread(run)


def _english() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8"}
