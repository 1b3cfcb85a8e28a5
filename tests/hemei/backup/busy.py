"""A real hub process with a broker, on a site whose driver host is the test: it reports without end."""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from contract.clock import SystemClock
from contract.codec import encode
from contract.messages import Event, Telemetry
from contract.mqtt import Connection
from contract.things import EventSpec, Property, Thing, ThingModel
from contract.topics import Address, Channel
from hemei.people import access_of
from hemei.settings import broker, hub_settings
from hemei.site import Site, read_site
from hub.access.roles import Role
from hub.app import Hub
from tests.broker import free_port
from tests.e2e.community import SmallCommunity
from tests.ledgers import new_ledger
from tests.plain_http import plain_client
from tests.waiting import PATIENCE_S, eventually

DEVICES = """
[[device]]
kind = "sensor"
id = "attic"
driver_host = "gates"
title = {zh-CN = "阁楼烟感", en = "Attic"}
"""
ATTIC = Address("hemei", "sensor", "attic")
NAMES = {"zh-CN": "阁楼烟感", "en": "Attic"}
MODEL = ThingModel(
    properties={"temperature": Property(type="number", title=NAMES, unit="°C")},
    actions={},
    events={"smoke-detected": EventSpec(title=NAMES), "pulse": EventSpec(title=NAMES)},
)
OUTBOX = "of-the-test"
PICTURE_EVERY = 10
PAUSE_S = 0.01
"""Between two events: a busy night of a large site, many times over."""


class BusyCommunity(SmallCommunity):
    """Broker and hub."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, DEVICES)
        self._commands = {name: self._commands[name] for name in ("broker", "hub")}
        self.site = read_site(self.folder / "site.toml")
        new_ledger(self.folder / "data" / "hub" / "ledger.sqlite")

    def count(self) -> int:
        """Count the events in the ledger."""
        rows = self.ledger("SELECT coalesce(max(seq), 0) FROM events")
        return int(str(rows[0][0])) if rows else 0


class Driver:
    """The driver host: every tenth event brings a picture; now and then there is smoke, in the attic."""

    def __init__(self, site: Site) -> None:
        host = site.driver_host("gates")
        self._broker = broker(site, host.username, host.mqtt_password_file)
        self.sent = 0

    async def report(self) -> None:
        """Report until cancelled."""
        async with Connection(self._broker, "gates") as link:
            thing = Thing(address=ATTIC, title=NAMES, model=MODEL, driver="gates")
            await link.publish(ATTIC.topic(Channel.DESCRIPTION), thing.description(), retain=True)
            while True:
                self.sent += 1
                await self._report(link, self.sent)
                await asyncio.sleep(PAUSE_S)

    async def _report(self, link: Connection, number: int) -> None:
        now, data = SystemClock().now(), dict[str, Any](number=number)
        if number % PICTURE_EVERY == 0:
            picture = f"picture {number}".encode() * 500
            sha256 = hashlib.sha256(picture).hexdigest()
            await link.publish(ATTIC.topic(Channel.MEDIA, sha256), picture)
            data["media"] = [sha256]
        smoke = number % 50 == 1
        event = Event(
            specversion="1.0",
            id=str(number),
            source=str(ATTIC),
            type="hemei.sensor.smoke-detected" if smoke else "hemei.sensor.pulse",
            time=now,
            boot=1,
            sequence=number,
            driver="gates",
            outbox=OUTBOX,
            outboxnumber=number,
            data=data | ({"test": False} if smoke else {}),
        )
        telemetry = Telemetry(ts=now, boot=1, seq=number, values={"temperature": float(number)})
        await link.publish(ATTIC.topic(Channel.TELEMETRY), encode(telemetry), qos=0)
        await link.publish(ATTIC.topic(Channel.EVENT), encode(event))


class Seen:
    """What the API of a hub shows."""

    def __init__(self, http: httpx.AsyncClient, tokens: dict[Role, str]) -> None:
        self._http = http
        self._tokens = tokens

    async def get(self, path: str, role: Role = Role.SUPERVISOR, **wanted: Any) -> Any:
        """Ask for something."""
        answer = await self._http.get(f"/api/v1{path}", params=wanted, headers=self._bearer(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, role: Role = Role.SUPERVISOR) -> Any:
        """Make something."""
        answer = await self._http.post(f"/api/v1{path}", json=body, headers=self._bearer(role))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def bytes(self, sha256: str) -> bytes:
        """Fetch a picture."""
        answer = await self._http.get(f"/api/v1/media/{sha256}", headers=self._bearer(Role.SUPERVISOR))
        assert answer.status_code == 200, answer.text
        return answer.content

    async def events(self, upto: int) -> list[dict[str, Any]]:
        """Fetch all events up to a number."""
        found: list[dict[str, Any]] = []
        while True:
            after = {"after": found[-1]["seq"]} if found else {}
            page = await self.get("/events", limit=1000, before=upto + 1, **after)
            if not page["events"]:
                return found
            found += page["events"]

    def _bearer(self, role: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[role]}"}


async def tokens_of(site: Site) -> dict[Role, str]:
    """Let somebody in, and a machine for each role that the test asks as."""
    async with access_of(site) as access:
        await access.create_user("li-wei", Role.GUARD, None)
        return {
            role: await access.create_token(f"test-{role}", role) for role in (Role.SUPERVISOR, Role.ADMIN)
        }


@asynccontextmanager
async def asking(port: int, tokens: dict[Role, str]) -> AsyncIterator[Seen]:
    """Ask a hub that comes up."""
    async with plain_client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as http:
        await eventually(lambda: _listens(port))
        yield Seen(http, tokens)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def second_hub(folder: Path) -> AsyncIterator[int]:
    """Run a hub on a restored site, on a port of its own and with no broker there."""
    restored = read_site(folder / "site.toml").tables
    site, port = folder / "site.toml", free_port()
    text = site.read_text().replace(f"http_port = {restored.hub.http_port}", f"http_port = {port}")
    site.write_text(text.replace(f"port = {restored.mqtt.port}", f"port = {free_port()}"))
    stop = asyncio.Event()
    running = asyncio.create_task(Hub(hub_settings(read_site(site))).run(stop))
    try:
        yield port
    finally:
        stop.set()
        await running
