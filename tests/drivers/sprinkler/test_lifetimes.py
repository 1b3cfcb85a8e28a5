"""A driver that is stopped, killed or started anew never leaves water running."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import msgspec

from drivers.runtime.settings import HostSettings
from drivers.sprinkler import words
from tests.broker import Mosquitto
from tests.drivers.sprinkler.garden import LAWN, TCP, planted
from tests.drivers.stage import succeeded
from tests.waiting import eventually

HOST = """
import asyncio, pathlib, sys
import msgspec
from contract.clock import SystemClock
from drivers.runtime.host import run
from drivers.runtime.settings import HostSettings
told = msgspec.json.decode(sys.stdin.read(), type=HostSettings, dec_hook=lambda kind, said: kind(said))
asyncio.run(run(told, SystemClock(), asyncio.Event()))
"""


def as_json(settings: HostSettings) -> bytes:
    return msgspec.json.encode(settings, enc_hook=str)


async def test_its_own_watering_goes_on_after_a_restart(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with planted(mosquitto, tmp_path) as planting:
        lawn = planting.zone()
        await planting.start()
        assert succeeded(await lawn.do("run", {"minutes": 5}))
        await lawn.event(words.WATERING_STARTED)
        await planting.stop()
        assert lawn.truth("valve_open"), "the board's own timer keeps watch"
        await planting.start()
        await lawn.shows(state="watering", cause="manual")
        assert 200 < lawn.shown("remaining") <= 300
        assert succeeded(await lawn.do("stop"))
        await lawn.event(words.WATERING_ENDED, cause="manual", why="stopped")
        assert len(lawn.events(words.WATERING_STARTED)) == 1
        assert lawn.truth("openings") == 1


async def test_a_valve_found_open_is_closed(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with planted(mosquitto, tmp_path) as planting:
        lawn = planting.zone()
        lawn.happens("opened-locally")
        await lawn.becomes("valve_open", True)
        await planting.start()
        await lawn.event(words.FOUND_OPEN)
        await lawn.becomes("valve_open", False)
        await lawn.shows(state="closed")
        assert lawn.events(words.WATERING_STARTED) == []


async def test_a_watering_that_ended_while_nobody_looked_is_told(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with planted(mosquitto, tmp_path) as planting:
        lawn = planting.zone()
        await planting.start()
        await lawn.do("run", {"minutes": 5})
        await lawn.event(words.WATERING_STARTED)
        await planting.stop()
        lawn.breaks("power-loss")
        await lawn.becomes("valve_open", False)
        lawn.breaks("none")
        await planting.start()
        await lawn.event(words.WATERING_ENDED, why="closed-by-board")
        assert lawn.truth("openings") == 1, "and not taken up again"


async def test_a_killed_driver_floods_nobody(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with planted(mosquitto, tmp_path) as planting:
        lawn = planting.zone()
        host = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HOST, stdin=asyncio.subprocess.PIPE, cwd=Path.cwd()
        )
        try:
            assert host.stdin
            host.stdin.write(as_json(planting.settings))
            host.stdin.close()
            await lawn.ear.status(LAWN, "ready")
            assert succeeded(await lawn.do("run", {"minutes": 0.1}))
        finally:
            os.kill(host.pid, signal.SIGKILL)
            await host.wait()
        assert lawn.truth("valve_open")
        await eventually(lambda: not lawn.truth("valve_open"))
        assert lawn.truth("timed_closings") == 1


TIMERLESS = """
title = "Relays without a timer"
channels = 8
valve.output = {table = "coil", address = 0, step = 1}
valve.open = {table = "coil", address = 0, step = 1}
"""


async def test_a_valve_without_a_timer_is_closed_before_the_driver_leaves(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    profile = tmp_path / "timerless.toml"
    profile.write_text(TIMERLESS)
    sim = {"wire": TCP + "&channel=3", "profile": "relay-8"}
    async with planted(mosquitto, tmp_path, sim, profile=str(profile)) as planting:
        lawn = planting.zone()
        await planting.start()
        assert succeeded(await lawn.do("run", {"minutes": 5}))
        await planting.stop()
        assert not lawn.truth("current")


async def test_what_was_set_is_kept(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with planted(mosquitto, tmp_path) as planting:
        lawn = planting.zone()
        await planting.start()
        await lawn.do("hold-off", {"hours": 2})
        await lawn.do("set-mode", {"mode": "manual"})
        await planting.stop()
        await planting.start()
        await lawn.shows(mode="manual", lockout="hold-off")


async def test_a_fire_watering_outlives_the_driver(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with planted(mosquitto, tmp_path) as planting:
        lawn = planting.zone()
        await planting.start()
        assert succeeded(await lawn.do("fire-release", {"active": True}))
        await planting.stop()
        await planting.start()
        await lawn.shows(fire=True, state="watering")
        assert lawn.shown("remaining") > 3600
        assert succeeded(await lawn.do("fire-release", {"active": False}))
        assert succeeded(await lawn.do("run", {"minutes": 5}))
        assert succeeded(await lawn.do("fire-release", {"active": False}))
        assert lawn.truth("valve_open"), "the end of a fire ends no other watering"


async def test_a_leak_that_ended_while_nobody_looked_is_told(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with planted(mosquitto, tmp_path) as planting:
        lawn = planting.zone()
        await planting.start()
        lawn.breaks("leak")
        await lawn.event(words.LEAK_DETECTED)
        await planting.stop()  # at once: what was reported is known all the same
        lawn.breaks("none")
        await planting.start()
        await lawn.event(words.LEAK_ENDED)
        assert len(lawn.events(words.LEAK_DETECTED)) == 1
