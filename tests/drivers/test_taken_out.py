"""A device that is taken out of the site file leaves nothing at the broker; one that moves stays."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from contract.clock import SystemClock
from contract.messages import Availability
from contract.things import Description, read_description
from contract.topics import LEFT, Address, Channel, parse
from drivers.runtime.host import run
from drivers.runtime.settings import DeviceSettings, HostSettings
from tests.broker import Mosquitto
from tests.drivers import odd
from tests.drivers.stage import HOST, SITE, Ear, host_settings, hosting, listening
from tests.waiting import eventually, eventually_told

EAST, WEST = Address(SITE, "sensor", "east"), Address(SITE, "sensor", "west")
OTHER = "others"

Kept = dict[tuple[Address, Channel], bytes]


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the odd driver to every test."""
    odd.install(tmp_path / "site-packages", monkeypatch)


def host(broker: Mosquitto, folder: Path, *devices: Address, name: str = HOST) -> HostSettings:
    """Make the settings of a host that drives `devices`."""
    settings = [
        DeviceSettings(kind="sensor", id=each.device, family="odd", title=odd.TITLE) for each in devices
    ]
    return host_settings(broker.broker(), folder / name, *settings, host_id=name)


def kept(ear: Ear) -> Kept:
    """Return what the broker has now, by thing and channel."""
    latest: Kept = {}
    for each in ear.heard:
        topic = parse(each.topic)
        if topic.channel in LEFT:
            latest[topic.address, topic.channel] = each.payload
    return {where: payload for where, payload in latest.items() if payload}


def left_of(ear: Ear, device: Address) -> set[Channel]:
    return {channel for address, channel in kept(ear) if address == device}


def described(ear: Ear, device: Address) -> Description | None:
    payload = kept(ear).get((device, Channel.DESCRIPTION))
    return read_description(payload) if payload else None


async def whole(ear: Ear, *devices: Address, driver: str = HOST) -> None:
    """Wait until everything is said of `devices`, by `driver`."""

    def said() -> bool:
        descriptions = [described(ear, each) for each in devices]
        drivers = {each.driver if each else None for each in descriptions}
        return drivers == {driver} and all(left_of(ear, each) == set(LEFT) for each in devices)

    await eventually(said)


async def ran(broker: Mosquitto, settings: HostSettings) -> None:
    """Let a host say everything of its devices, and end."""
    async with listening(broker.broker()) as ear, hosting(settings):
        devices = [settings.address_of(each) for each in settings.devices]
        await whole(ear, *devices, driver=settings.host_id)


async def seen_by_a_newcomer(broker: Mosquitto, device: Address) -> set[Channel]:
    """Return what the broker gives of `device` to who comes now."""
    async with listening(broker.broker()) as ear:
        after_all = device.topic(Channel.TELEMETRY)
        await ear.publish(after_all, b"{}")
        await eventually(lambda: any(each.topic == after_all for each in ear.heard))
        return left_of(ear, device)


async def test_a_device_that_is_taken_out_leaves_nothing(mosquitto: Mosquitto, tmp_path: Path) -> None:
    await ran(mosquitto, host(mosquitto, tmp_path, EAST, WEST))
    assert await seen_by_a_newcomer(mosquitto, WEST) == set(LEFT)
    async with taking_out(mosquitto, tmp_path):
        assert await seen_by_a_newcomer(mosquitto, WEST) == set()
        assert await seen_by_a_newcomer(mosquitto, EAST) == set(LEFT)
    await ran(mosquitto, host(mosquitto, tmp_path, EAST, WEST))  # put in again, it is there again


@asynccontextmanager
async def taking_out(broker: Mosquitto, folder: Path) -> AsyncIterator[None]:
    """Run the host without WEST; enter when nothing is left of that."""
    async with listening(broker.broker()) as ear:
        await eventually(lambda: Channel.DESCRIPTION in left_of(ear, WEST))
        async with hosting(host(broker, folder, EAST)):
            await eventually(lambda: left_of(ear, WEST) == set())
            yield


@pytest.mark.parametrize("done", range(len(LEFT)))
async def test_a_host_that_is_killed_over_it_begins_again(
    mosquitto: Mosquitto, tmp_path: Path, done: int
) -> None:
    await ran(mosquitto, host(mosquitto, tmp_path, EAST, WEST))
    async with listening(mosquitto.broker()) as ear:
        for channel in LEFT[:done]:  # so far it had come
            await ear.publish(WEST.topic(channel), b"", retain=True)
    async with taking_out(mosquitto, tmp_path):
        assert await seen_by_a_newcomer(mosquitto, WEST) == set()


async def test_wherever_it_is_killed_the_next_start_leaves_nothing(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    await ran(mosquitto, host(mosquitto, tmp_path, EAST, WEST))
    settings = host(mosquitto, tmp_path, EAST)
    async with listening(mosquitto.broker()) as ear:
        running = asyncio.create_task(run(settings, SystemClock(), asyncio.Event()))
        await eventually(lambda: any(not each.payload for each in ear.heard))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    async with hosting(settings):
        await until_nothing_is_left(mosquitto)


async def until_nothing_is_left(broker: Mosquitto) -> None:
    async def left() -> set[Channel]:
        return await seen_by_a_newcomer(broker, WEST)

    await eventually_told(left, lambda channels: not channels)


async def test_a_broker_that_comes_back_with_it_is_tidied_again(mosquitto: Mosquitto, tmp_path: Path) -> None:
    await ran(mosquitto, host(mosquitto, tmp_path, EAST, WEST))
    async with listening(mosquitto.broker()) as ear:
        await eventually(lambda: left_of(ear, WEST) == set(LEFT))
        old = kept(ear)
        async with taking_out(mosquitto, tmp_path):
            pass
        for channel in LEFT:  # as mosquitto does that had written its store before
            await ear.publish(WEST.topic(channel), old[WEST, channel], retain=True)
    async with taking_out(mosquitto, tmp_path):
        assert await seen_by_a_newcomer(mosquitto, WEST) == set()


async def test_a_device_that_has_moved_is_its_new_hosts(mosquitto: Mosquitto, tmp_path: Path) -> None:
    await ran(mosquitto, host(mosquitto, tmp_path, EAST, WEST))
    await ran(mosquitto, host(mosquitto, tmp_path, WEST, name=OTHER))
    async with listening(mosquitto.broker()) as ear, hosting(host(mosquitto, tmp_path, EAST)):
        await ear.hear(Availability, EAST, lambda each: each.status == "ready")
        async with hosting(host(mosquitto, tmp_path, WEST, name=OTHER)):
            await whole(ear, WEST, driver=OTHER)
    assert not [each for each in ear.heard if not each.payload], "nothing was taken back"


async def test_what_is_taken_back_from_its_new_host_is_said_anew(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with listening(mosquitto.broker()) as ear, hosting(host(mosquitto, tmp_path, WEST, name=OTHER)):
        await whole(ear, WEST, driver=OTHER)
        for channel in LEFT:  # the old host, which had looked before
            await ear.publish(WEST.topic(channel), b"", retain=True)
        await whole(ear, WEST, driver=OTHER)
    async with listening(mosquitto.broker()) as ear:
        await whole(ear, WEST, driver=OTHER)
