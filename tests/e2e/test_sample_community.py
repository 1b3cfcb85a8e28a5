"""The whole sample community: every family at once, and every process of it killed in turn.

Real mosquitto and real processes; the devices are our own simulators on their own protocols.
"""

import os
import signal
import sqlite3
from contextlib import closing
from typing import Any, Final

import httpx
import pytest

from hemei.demo import community
from tests.hemei.demos import RunningDemo
from tests.waiting import eventually, eventually_told

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

CHOSEN: Final = community.devices(community.Choice())
DEVICES: Final = {f"hemei/{device['kind']}/{device['id']}" for device in CHOSEN}
HOSTS: Final = community.driver_hosts(CHOSEN)
BACK_WITHIN_S: Final = 150.0
CHARGED: Final = {"garage-1", "garage-5", "garage-7", "bike-a-3"}
"""Where residents charge from the beginning, by each protocol: OCPP 1.6 and 2.0.1, 云快充, DNY."""


async def all_live(client: httpx.AsyncClient) -> None:
    """Wait until every device is online and nothing that it shows is stale."""

    async def missing() -> set[str]:
        answer = await client.get("/api/v1/devices")
        devices = answer.json()["devices"] if answer.is_success else []
        return DEVICES - {f"{each['site']}/{each['kind']}/{each['device']}" for each in devices if live(each)}

    await eventually_told(missing, is_empty, BACK_WITHIN_S)


def is_empty(missing: set[str]) -> bool:
    return not missing


def live(device: dict[str, Any]) -> bool:
    """Whether a device answers and every one of its properties is fresh."""
    if device["connectivity"] != "online" or not device["properties"]:
        return False
    return not any(each["stale"] for each in device["properties"].values())


async def charged(client: httpx.AsyncClient) -> None:
    """Wait until residents charge by each protocol, and are billed."""

    async def missing() -> set[str]:
        orders = (await client.get("/api/v1/charging/orders")).raise_for_status().json()["orders"]
        begun = [each for each in orders if each["state"] == "charging" and each["account"]]
        return CHARGED - {each["device"].partition("/")[2] for each in begun}

    await eventually_told(missing, is_empty, BACK_WITHIN_S)


async def killed(demo: RunningDemo, *names: str) -> None:
    """Kill processes as `kill -9` does and wait until the supervisor has started them anew."""
    before = {name: demo.ready["processes"][name] for name in names}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    for name, pid in before.items():
        await eventually(lambda: demo.ready["processes"].get(name) not in (None, pid), 30)  # noqa: B023 - awaited


def ledger(demo: RunningDemo, query: str) -> list[tuple[Any, ...]]:
    """Read the hub's ledger behind its back."""
    file = demo.folder / "data" / "data" / "hub" / "ledger.sqlite"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.timeout(600)
async def test_every_device_lives_and_comes_back_whatever_is_killed(whole_community: RunningDemo) -> None:
    demo = whole_community
    # Driver hosts know nothing of each other: that they die together proves no less, and is over sooner.
    drivers = tuple(f"drivers-{host}" for host in HOSTS)
    async with demo.client("wall") as client, demo.client("supervisor") as supervisor:
        assert set(demo.ready["devices"]) == DEVICES
        assert "/c/account/" in demo.printed
        await all_live(client)
        await charged(supervisor)
        for victims in (drivers, ("simulators", "residents"), ("broker",), ("hub",)):
            await killed(demo, *victims)
            await all_live(client)
    rows = ledger(demo, "SELECT kind, count(*), count(DISTINCT source || id) FROM events GROUP BY kind")
    assert {kind for kind, _, _ in rows} >= {"gate", "door", "charger"}, "the morning's cars and people"
    types = {type_ for (type_,) in ledger(demo, "SELECT DISTINCT type FROM events")}
    assert types >= {"hemei.gate.plate-recognised", "hemei.gate.passed"}, "gates open by plates"
    assert all(count == different for _, count, different in rows)
    assert ledger(demo, "SELECT * FROM sequences WHERE missed > 0") == []
