"""A real hub with its API on a real port, and what tests do with it; no broker unless they bring one."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from contract.broker import Broker
from contract.clock import SystemClock, epoch_ms
from contract.messages import Event, State
from contract.things import ActionSpec, Property, Thing, ThingModel, read_description
from contract.topics import Address
from hub.access.access import Access
from hub.access.roles import Role
from hub.api.app import create_app
from hub.api.server import ApiServer
from hub.api.services import Services
from hub.core import Core, Listener
from hub.ledger.commit import Arrival, Entry
from hub.ledger.queries import entry_view
from hub.live.frames import SiteView
from hub.live.stream import LiveStream
from hub.metrics.sources import registry_of
from hub.room import ControlRoom
from hub.settings import HubSettings
from tests.ledgers import new_ledger
from tests.plain_http import plain_client
from tests.waiting import PATIENCE_S, eventually

GATE = Address("hemei", "gate", "east-in")
NAMES = {"zh-CN": "东门入口", "en": "East gate, in"}
MODEL = ThingModel(
    properties={
        "state": Property(type="string", title=NAMES, enum=("open", "closed")),
        "position": Property(type="integer", title=NAMES, unit="%", minimum=0, maximum=100),
    },
    actions={
        "open": ActionSpec(title=NAMES, timeout_s=1.0),
        "hold-open": ActionSpec(title=NAMES, input={"hold": Property(type="boolean", title=NAMES)}),
    },
    events={},
)
NOBODY = Broker(host="127.0.0.1", port=9)
PASSWORD = "correct horse battery"


class Watcher(Listener):
    """Shows what the core hears on the live stream."""

    live: LiveStream
    room: ControlRoom

    def changed(self, address: Address) -> None:
        """Take that a device has news."""
        self.live.touch(address)
        self.room.changed(address)

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""
        self.live.removed(address)

    def committed(self, entries: list[Entry]) -> None:
        """Take that events are in the ledger."""
        self.room.committed(entries)
        for entry in entries:
            self.live.announce(msgspec.json.encode(entry_view(entry)))

    def linked(self, online: bool) -> None:
        """Take that the link to the broker came or went."""
        self.live.boards.set_link(online=online)


@dataclass
class Readiness:
    """What a test says works."""

    checks: dict[str, bool] = field(default_factory=lambda: {"broker": True})

    def ready(self) -> Mapping[str, bool]:
        """Each thing that must work, and whether it does."""
        return self.checks


@dataclass
class House:
    """One hub; `http` talks to it as nobody in particular."""

    core: Core
    room: ControlRoom
    live: LiveStream
    access: Access
    server: ApiServer
    http: httpx.AsyncClient
    health: Readiness
    tokens: dict[Role, str]

    def bearer(self, role: Role) -> dict[str, str]:
        """Return the header of a machine with `role`."""
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    async def get(self, path: str, role: Role = Role.GUARD, **arguments: Any) -> httpx.Response:
        """Ask as a machine with `role`."""
        return await self.http.get(path, headers=self.bearer(role), **arguments)

    async def cookie(self, role: Role) -> dict[str, str]:
        """Sign in by link; return the headers of that browser, on a page of the hub."""
        signed_in = await self.access.redeem(await self.access.create_link(role), "192.0.2.1")
        return {"Cookie": f"hemei-session={signed_in.cookie}", "Origin": self.server.address}

    def viewer(self, headers: Mapping[str, str], query: str = "", **arguments: Any) -> connect:
        """Open the live stream."""
        address = f"ws://127.0.0.1:{self.server.port}/api/v1/live{query}"
        return connect(address, additional_headers=headers, compression=None, **arguments)

    def add(self, address: Address = GATE) -> None:
        """Have a device describe itself."""
        thing = Thing(address=address, title=NAMES, model=MODEL, driver="gates")
        shadow = self.core.shadows.of(address)
        self.core.shadows.describe(shadow, read_description(thing.description()))

    def move(self, position: int, address: Address = GATE) -> None:
        """Have a gate report where its boom is."""
        now = clock.now()
        shadow = self.core.shadows.of(address)
        state = State(ts=now, boot=1, seq=epoch_ms(now) * 1000 + position, properties={"position": position})
        shadow.apply_state(state, epoch_ms(now), retained=False, now=clock.monotonic(), wall_ms=epoch_ms(now))
        self.live.touch(address)

    def announce(self, *arrivals: Arrival) -> None:
        """Put events into the ledger and have them shown."""
        for entry in self.core.committer.writer.commit(arrivals).entries:
            self.live.announce(msgspec.json.encode(entry_view(entry)))

    def commit(self, *numbers: int, **fields: Any) -> None:
        """Put events into the ledger."""
        self.core.committer.writer.commit([arrival(number, **fields) for number in numbers])


clock = SystemClock()


def arrival(number: int, tenant: str = "default", address: Address = GATE, **fields: Any) -> Arrival:
    """Make an event as it comes in."""
    event = Event(
        specversion="1.0",
        id=str(number),
        source=str(address),
        time=clock.now(),
        boot=1,
        sequence=number,
        **({"type": "hemei.gate.opened"} | fields),
    )
    payload = msgspec.json.encode(event)
    return Arrival(address=address, tenant=tenant, event=event, payload=payload, received_ms=0)


@asynccontextmanager
async def house(
    folder: Path, *, broker: Broker = NOBODY, built: Path | None = None, gate: bool = True, **settings: Any
) -> AsyncIterator[House]:
    """Run a hub; it has one gate. `built` are the dashboards, by default a few pages that say nothing."""
    watcher = Watcher()
    settings.setdefault("ledger_url", new_ledger(folder / "hub" / "ledger.sqlite"))
    core = Core(
        HubSettings(
            site_id="hemei",
            title=settings.pop("title", NAMES),
            broker=broker,
            data_dir=folder / "hub",
            insecure=True,
            **settings,
        ),
        clock,
        watcher,
    )
    live = watcher.live = LiveStream(
        SiteView(
            "hemei",
            core.settings.title,
            core.settings.areas,
            core.settings.timezone,
            core.settings.wall,
        ),
        core.shadows.encode,
        lambda: [shadow.address for shadow in core.shadows],
        clock,
    )
    access = Access(core.engine, clock)
    health = Readiness()
    room = watcher.room = ControlRoom(core, live, clock)
    services = Services(
        tenant="default",
        clock=clock,
        access=access,
        live=live,
        devices=core.shadows,
        events=core.events,
        history=core.history,
        actions=core.actions,
        media=core.media,
        previews=core.previews,
        room=room,
        health=health,
        metrics=registry_of(room),
    )
    threads = ThreadPoolExecutor(thread_name_prefix="house")
    asyncio.get_running_loop().set_default_executor(threads)
    of_core = asyncio.create_task(core.run())
    tasks = [asyncio.create_task(work) for work in (room.run(), live.run(), access.run())]
    try:
        tokens = {role: await access.create_token(role.value, role) for role in Role}
        app = create_app(services, pages=built or pages(folder), timezone=core.settings.timezone)
        async with (
            ApiServer(app, "127.0.0.1", 0) as server,
            plain_client(base_url=server.address, timeout=60) as http,
        ):
            running = House(core, room, live, access, server, http, health, tokens)
            if gate:
                running.add()
            await eventually(lambda: live.boards.shown["passes"])  # the room has begun: only a test moves it
            yield running
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        threads.shutdown()  # what still reads the ledger gives its connection back before that is closed
        of_core.cancel()
        await asyncio.gather(of_core, return_exceptions=True)


def pages(folder: Path) -> Path:
    """Write pages like those that the dashboards are built into."""
    built = folder / "pages"
    (built / "assets").mkdir(parents=True)
    (built / "wall.html").write_text("<!doctype html><title>wall</title>")
    (built / "signin.html").write_text("<!doctype html><title>sign in</title>")
    (built / "assets" / "wall-1a2b.js").write_text("export {};")
    return built


async def frame_of(socket: ClientConnection, kind: str | None = None) -> dict[str, Any]:
    """Return the next frame, heartbeats left out unless they are what is wanted."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            text = await socket.recv()
            assert isinstance(text, str)
            frame: dict[str, Any] = msgspec.json.decode(text)
            if kind is None or frame["type"] == kind:
                return frame
            assert frame["type"] == "heartbeat", frame


async def closed(socket: ClientConnection, within_s: float = 30.0) -> int | None:
    """Wait until the hub closes a live stream; return the code."""
    async with asyncio.timeout(within_s):
        await socket.wait_closed()
    return socket.close_code
