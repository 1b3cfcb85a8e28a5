"""The whole sample community: every family at once, and every process of it killed in turn.

Real mosquitto and real processes; the devices are our own simulators on their own protocols.
"""

import asyncio
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from hemei.demo import community
from tests.hemei.demos import RunningDemo, running_demo
from tests.peers import require_program
from tests.waiting import eventually

CHOSEN: Final = community.devices(community.Choice())
DEVICES: Final = {f"hemei/{device['kind']}/{device['id']}" for device in CHOSEN}
HOSTS: Final = community.driver_hosts(CHOSEN)
BACK_WITHIN_S: Final = 90.0


async def shown(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """Return every device as the hub shows it; none while there is no hub."""
    try:
        answer = await client.get("/api/v1/devices")
    except httpx.HTTPError:
        return {}
    if answer.status_code != 200:
        return {}
    devices = answer.json()["devices"]
    return {f"{each['site']}/{each['kind']}/{each['device']}": each for each in devices}


async def all_live(client: httpx.AsyncClient) -> None:
    """Wait until every device is online and nothing that it shows is stale."""
    missing = DEVICES
    async with asyncio.timeout(BACK_WITHIN_S):
        while missing:
            await asyncio.sleep(0.5)  # between two looks
            devices = await shown(client)
            missing = {name for name in DEVICES if not live(devices.get(name))}


def live(device: dict[str, Any] | None) -> bool:
    """Whether a device answers and every one of its properties is fresh."""
    if device is None or device["connectivity"] != "online" or not device["properties"]:
        return False
    return not any(each["stale"] for each in device["properties"].values())


async def killed(demo: RunningDemo, name: str) -> None:
    """Kill a process as `kill -9` does and wait until the supervisor has started it anew."""
    before = demo.ready["processes"][name]
    os.kill(before, signal.SIGKILL)
    await eventually(lambda: demo.ready["processes"].get(name) not in (None, before), 30)


def ledger(demo: RunningDemo, query: str) -> list[tuple[Any, ...]]:
    """Read the hub's ledger behind its back."""
    file = demo.folder / "data" / "data" / "hub" / "ledger.sqlite"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.timeout(600)
async def test_every_device_lives_and_comes_back_whatever_is_killed(tmp_path: Path) -> None:
    require_program("mosquitto", "mosquitto")
    async with running_demo(tmp_path) as demo, demo.client("wall") as client:
        assert set(demo.ready["devices"]) == DEVICES
        await all_live(client)
        for victim in (*(f"drivers-{host}" for host in HOSTS), "simulators", "broker", "hub"):
            await killed(demo, victim)
            await all_live(client)
        assert await demo.end() == 0, demo.printed
        rows = ledger(demo, "SELECT kind, count(*), count(DISTINCT source || id) FROM events GROUP BY kind")
        assert {kind for kind, _, _ in rows} >= {"gate", "door"}, "the morning's cars and people"
        assert all(count == different for _, count, different in rows)
        assert ledger(demo, "SELECT * FROM sequences WHERE missed > 0") == []
