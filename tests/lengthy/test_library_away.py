"""The police's library is away for ten minutes while 50 vehicles a second go through a gate.

A real hub, a real mosquitto and Apache's mod_auth_digest before the library; vehicles with pictures come over
MQTT as a driver's do. The library's objects: golden vectors and own simulator.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import httpx
import psutil
import pytest

from contract.clock import SystemClock, from_epoch_ms
from contract.codec import encode
from contract.messages import Event
from contract.mqtt import Connection
from contract.passes import GATE_PASSED
from contract.topics import Address, Channel
from hemei.bench.ingest import describe
from hemei.bench.target import SITE_ID, Target, private_target
from hemei.people import access_of
from hemei.toml_text import toml_table
from hub.access.roles import Role
from hub.viid.ids import local14
from simulators.viid.library import Library
from tests.drivers.isapi.apache import US as ACCOUNT
from tests.drivers.isapi.apache import Apache
from tests.hub.viid.made import EAST, US, vehicles
from tests.hub.viid.test_apache import behind_apache
from tests.peers import require_program
from tests.pictures import jpeg, with_comment
from tests.plain_http import plain_client
from tests.waiting import eventually, eventually_told

PER_S: Final = 50
BEFORE_S: Final = 30.0
NOBODY_LISTENS_S: Final = 300.0
NO_LIBRARY_BEHIND_S: Final = 300.0
AFTER_S: Final = 60.0
REFUSED_EVERY: Final = 1000
FORGETTING: Final = 400
"""Requests after the outage until the library has forgotten who is registered."""
BATCH: Final = 20
GATE: Final = Address(SITE_ID, "gate", "east-in")
ALARM: Final = "hub-feed-failing"
clock: Final = SystemClock()


class Driven(NamedTuple):
    """A vehicle that went in: its plate and when."""

    plate: str
    at_ms: int


class Traffic:
    """Vehicles that go in, one after another, during `async with`."""

    def __init__(self, target: Target) -> None:
        self.driven: list[Driven] = []
        self._target = target
        self._picture = jpeg()
        self._ends = False

    async def __aenter__(self) -> Self:
        """Let them come."""
        self._driving = asyncio.create_task(self.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Wait for the last one."""
        self._ends = True
        await self._driving

    async def run(self) -> None:
        """Publish a vehicle and its picture, `PER_S` times a second."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with Connection(self._target.account, "traffic") as link:
            await describe(link, GATE)
            while not self._ends:
                await self._drive(link)
                await asyncio.sleep(started + len(self.driven) / PER_S - loop.time())

    async def _drive(self, link: Connection) -> None:
        plate = f"浙B{len(self.driven):05}"
        picture = with_comment(self._picture, plate)
        name = sha256(picture).hexdigest()
        now_ms = clock.now_ms()
        event = Event(
            specversion="1.0",
            id=f"pass-{plate}",
            source=str(GATE),
            type=GATE_PASSED,
            time=from_epoch_ms(now_ms),
            data={"plate": plate, "direction": "in", "means": "plate", "media": [name]},
        )
        await link.publish(f"{GATE.topic(Channel.MEDIA)}/{name}", picture)
        await link.publish(GATE.topic(Channel.EVENT), encode(event))
        self.driven.append(Driven(plate, now_ms))


class Office:
    """What the office sees of the feed."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def feed(self) -> dict[str, Any]:
        """Return how the feed does."""
        return await self._asked("/api/v1/viid")

    async def alarm(self) -> list[str]:
        """Return the states of the alarm of a feed that fails."""
        found = await self._asked("/api/v1/alarms", state="all", key=ALARM)
        return [each["state"] for each in found["alarms"] if each["key"] == ALARM]

    async def _asked(self, path: str, **query: str) -> dict[str, Any]:
        answer: dict[str, Any] = (await self._http.get(path, params=query)).raise_for_status().json()
        return answer


@asynccontextmanager
async def office_of(target: Target) -> AsyncIterator[Office]:
    """Ask a hub as its office."""
    async with access_of(target.site) as access:
        token = await access.create_token("office", Role.SUPERVISOR)
    headers = {"Authorization": f"Bearer {token}"}
    async with plain_client(base_url=target.url, headers=headers) as http:
        yield Office(http)


def site_file(url: str, folder: Path) -> str:
    """Write the tables of a site that feeds the passes of one gate."""
    secret = folder / "viid.password"
    secret.write_text(f"{ACCOUNT.password}\n")
    own = {"enabled": True, "url": url, "id": US, "username": ACCOUNT.user, "password_file": str(secret)}
    paper = {"enabled": True, "basis": "《…条例》第…条", "document": "甬公通 2026-17", "pictures": 1}
    gate = {"kind": GATE.kind, "id": GATE.device, "driver_host": "gates", "title": {"zh-CN": "东门"}}
    return "\n".join(
        [
            toml_table("[[driver_host]]", {"id": "gates", "mqtt_password_file": "secrets/gates.mqtt"}),
            toml_table("[[device]]", gate | {"options": {"wire": "modbus-tcp://127.0.0.1:9?unit=1"}}),
            toml_table("[viid]", own | {"batch": BATCH}),
            toml_table("[viid.motor_vehicles]", paper),
            toml_table("[[viid.device]]", {"device": "gate/east-in", "id": EAST}),
        ]
    )


async def away(library: Library, apache: Apache, office: Office) -> None:
    """Take the library away: first nobody listens at its address, then what stands before it says 503."""
    await apache.stop()
    await library.down()
    before = len(vehicles(library))
    await asyncio.sleep(NOBODY_LISTENS_S)
    assert await office.alarm() == ["unacknowledged"], "people were told"
    await apache.start()
    await asyncio.sleep(NO_LIBRARY_BEHIND_S)
    assert await office.alarm() == ["unacknowledged"]
    assert len(vehicles(library)) == before


def caught_up(driven: list[Driven]) -> Callable[[dict[str, Any]], bool]:
    """Whether a feed has dealt with all that was driven."""
    return lambda feed: feed["waiting"] == 0 and feed["sent"] + feed["set_aside"] == len(driven)


@pytest.mark.timeout(1800)
async def test_every_vehicle_is_delivered_once_or_set_aside(tmp_path: Path) -> None:
    require_program("mosquitto", "mosquitto")
    async with (
        behind_apache() as (library, apache),
        private_target(site_file(apache.url, tmp_path)) as target,
        office_of(target) as office,
    ):
        library.faults.refused = {f"浙B{n:05}": 4 for n in range(0, 100_000, REFUSED_EVERY)}
        async with Traffic(target) as traffic:
            await asyncio.sleep(BEFORE_S)
            await eventually(lambda: vehicles(library))
            await away(library, apache, office)
            waited = (await office.feed())["waiting"]
            assert waited >= PER_S * (NOBODY_LISTENS_S + NO_LIBRARY_BEHIND_S) * 0.9
            library.faults.forgetting = FORGETTING
            await library.up()
            up_at = asyncio.get_running_loop().time()
            await asyncio.sleep(AFTER_S)
        feed = await eventually_told(office.feed, caught_up(traffic.driven), 600)
        took_s = asyncio.get_running_loop().time() - up_at
        assert await eventually_told(office.alarm, lambda states: states == ["returned-unacknowledged"])
        hub = psutil.Process(target.processes["hub"])
        print(waited, "waited;", feed, f"{took_s:.0f} s", hub.memory_info(), hub.cpu_times())  # noqa: T201 - the same
    check_delivered(library, traffic.driven)


def check_delivered(library: Library, driven: list[Driven]) -> None:
    """Check that the library has each vehicle but those that it refused, once, with the time of its pass."""
    expected = {each.plate: local14(each.at_ms) for n, each in enumerate(driven) if n % REFUSED_EVERY}
    found = vehicles(library)
    assert {each["PlateNo"]: each["PassTime"] for each in found} == expected
    assert len(found) == len(expected), "none comes as another"
    again = [each for each in found if library.shelves.times[each["MotorVehicleID"]] > 1]
    assert len(again) <= 2 * BATCH, "but for what was on its way when the library went, and when it forgot us"
    assert all(each["SubImageList"]["SubImageInfoObject"] for each in found)
