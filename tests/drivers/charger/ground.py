"""Connectors with their drivers on real storage, and posts that stand in this process.

A pretend post is the physics of the simulators behind a `Link`, without a wire: what the protocols make of
theirs is tested with them, and the whole over sockets in `test_charger.py`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract import codec
from contract.clock import ManualClock
from contract.errors import DeviceError, DeviceUnreachable
from contract.messages import Event, State
from contract.things import Thing
from contract.topics import Address, Channel
from drivers.charger.connector import Connector
from drivers.charger.driver import ChargerDriver
from drivers.charger.link import Adjusts, Began, Ended, Limits, Reading, Status
from drivers.charger.options import ChargerOptions
from drivers.charger.words import ConnectorState, EndReason
from drivers.runtime.counting import Complaints, Counters
from drivers.runtime.interface import Closing
from drivers.runtime.lists import Lists
from drivers.runtime.outbox import Outbox
from drivers.runtime.outlet import Outlet
from drivers.runtime.port import DevicePort
from drivers.runtime.settings import OutboxLimits
from drivers.runtime.store import Store
from simulators.charger import connector as physics
from simulators.charger.vehicle import Vehicle
from tests.drivers.charger.yard import free_port
from tests.waiting import PATIENCE_S, eventually

ORDER = "2026072512345678"
OTHER = "2026072587654321"


class PretendPost:
    """One connector of a post that keeps its word, unless it is told to be otherwise."""

    def __init__(self, clock: ManualClock, adjusts: Adjusts, power: float) -> None:
        self.adjusts = adjusts
        self.physics = physics.Connector(max_power=power)
        self.asked: list[tuple[Any, ...]] = []
        self.order: str | None = None
        self.transaction: str | None = None
        self.refuses: str | None = None
        self.mute = False
        self.slow_to_begin = False
        self.forgets_ends = False
        self.disobeys = False
        self.ear: Connector | None = None
        self._clock = clock
        self._count = 0
        self._said: set[asyncio.Task[None]] = set()

    @property
    def heard_by(self) -> Connector:
        assert self.ear is not None
        return self.ear

    def plug(self, **vehicle: Any) -> None:
        self.physics.plug(Vehicle(capacity_wh=60_000, max_power=7000, least_power=1380, **vehicle))
        self.say(ConnectorState.PREPARING, plugged=True)

    def say(self, state: ConnectorState, **fields: Any) -> None:
        self.heard_by.status(Status(state=state, **fields))

    async def start(self, order: str, limits: Limits) -> None:
        self._ask("start", order, limits)
        if not self.slow_to_begin:
            self._later(self.begin(order, limits))

    async def stop(self, transaction: str, order: str | None) -> None:
        self._ask("stop", transaction, order)
        if not self.physics.stuck:
            self._later(self.end(EndReason.STOPPED))

    async def limit(self, transaction: str, power: int) -> None:
        self._ask("limit", transaction, power)
        if not self.disobeys:
            self.physics.limit = power

    async def set_available(self, *, available: bool) -> None:
        raise DeviceError("not in this post's protocol", code="not-supported")

    async def unlock(self) -> None:
        self._ask("unlock")

    async def reset(self) -> None:
        self._ask("reset")

    async def refresh(self) -> None:
        self._ask("refresh")
        self._later(self.read())

    async def begin(self, order: str, limits: Limits | None = None) -> None:
        self._count += 1
        self.order, self.transaction = order, f"t{self._count}-{id(self)}"
        self.physics.closed, self.physics.limit = True, limits.power if limits else None
        await self.heard_by.began(
            Began(transaction=self.transaction, order=order, at=self._clock.now(), meter=self.physics.meter)
        )

    async def end(self, why: EndReason) -> None:
        transaction, self.transaction, self.physics.closed = self.transaction, None, False
        self.physics.step(0)
        if transaction is None or self.forgets_ends:
            self.say(ConnectorState.FINISHING)
            return
        at, meter = self._clock.now(), self.physics.meter
        await self.heard_by.ended(Ended(transaction=transaction, order=None, at=at, why=why, meter=meter))

    async def read(self, **other: Any) -> None:
        measured = self.physics
        fields = {
            "transaction": self.transaction,
            "at": self._clock.now(),
            "power": measured.power,
            "current": measured.current,
            "temperature": measured.temperature,
            "meter": measured.meter,
            **other,
        }
        await self.heard_by.metered(Reading(**fields))

    def _ask(self, *question: Any) -> None:
        self.asked.append(question)
        if self.mute:
            raise DeviceError("the post does not answer", code="no-answer")
        if self.refuses:
            raise DeviceError(self.refuses, code="refused-by-post")
        if self.heard_by.seen.link is not self:
            raise DeviceUnreachable("the post is not connected")

    def _later(self, saying: Any) -> None:
        task = asyncio.create_task(saying)
        self._said.add(task)
        task.add_done_callback(self._said.discard)


@dataclass
class Place:
    """A connector with its driver, which runs, and its post."""

    ground: "Ground"
    driver: ChargerDriver
    port: DevicePort
    post: PretendPost
    life: asyncio.Task[None] | None = None

    @property
    def connector(self) -> Connector:
        assert self.driver._connector is not None
        return self.driver._connector

    async def live(self, *, linked: bool = True) -> None:
        """Begin a life of the driver, and of the line."""
        self.life = asyncio.create_task(self.driver.run(self.port))
        await eventually(lambda: self.driver._connector)
        self.post.ear = self.connector
        if linked:
            self.connector.linked(self.post, product="Acme Post 1.0")
            self.post.say(ConnectorState.AVAILABLE)
            await eventually(self.port.answering.is_set)

    async def die(self) -> None:
        """Lose the line; the driver's life ends with it."""
        self.connector.unlinked("the post has hung up")
        assert self.life is not None
        await asyncio.wait({self.life}, timeout=PATIENCE_S)
        assert isinstance(self.life.exception(), DeviceUnreachable)
        self.port.unready("lost")

    async def do(self, action: str, **given: Any) -> None:
        await self.driver.perform(action, given, self.port)

    async def start(self, order: str = ORDER, *, seconds: int = 0, energy: int = 0) -> None:
        await self.do("start", order=order, seconds=seconds, energy=energy)

    def shown(self) -> dict[str, Any]:
        said = self.ground.outlet._retained.get(self.port.thing.address.topic(Channel.STATE))
        return codec.decode(State, said).properties if said else {}

    async def shows(self, **wanted: Any) -> None:
        """Wait until the properties are as wanted; `_` stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in wanted.items()}
        await eventually(lambda: named.items() <= self.shown().items())

    async def events(self, kind: str) -> list[Event]:
        """Return what was reported, by the end of its type."""
        kept = [each.event for each in await self.ground.outbox.after(0, 10_000)]
        source = str(self.port.thing.address)
        return [each for each in kept if each.source == source and each.type.endswith(f".{kind}")]

    async def reported(self, kind: str, count: int = 1) -> list[Event]:
        """Wait until so many were reported."""
        async with asyncio.timeout(PATIENCE_S):
            while len(found := await self.events(kind)) < count:  # noqa: ASYNC110 - the outbox is a file
                await asyncio.sleep(0.005)
        assert len(found) == count
        return found


@dataclass
class Ground:
    """A driver host without broker; `clock` moves when the test says so."""

    folder: Path
    limits: OutboxLimits = field(default_factory=OutboxLimits)
    clock: ManualClock = field(default_factory=ManualClock)
    places: dict[str, Place] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)
    number: int = field(default_factory=free_port)
    store: Store = field(init=False)
    outbox: Outbox = field(init=False)
    lists: Lists = field(init=False)
    outlet: Outlet = field(init=False)

    async def open(self) -> None:
        self.store = await Store.open(self.folder / "store.sqlite", self.clock)
        self.outbox = await Outbox.open(
            self.folder / "outbox.sqlite",
            host="h",
            boot=self.store.boot,
            limits=self.limits,
            clock=self.clock,
        )
        self.lists = await Lists.open(self.folder / "lists.sqlite", self.clock)
        self.outlet = Outlet(Counters(), Complaints(self.clock))

    async def close(self) -> None:
        for place in self.places.values():
            if place.life is not None:
                place.life.cancel()
                await asyncio.wait({place.life})
        for shared in self.shared.values():
            if isinstance(shared, Closing):
                await shared.aclose()
        self.shared.clear()
        await self.lists.close()
        await self.outbox.close()
        await self.store.close()

    async def place(
        self, name: str = "garage-1", *, adjusts: Adjusts = Adjusts.YES, linked: bool = True, **options: Any
    ) -> Place:
        """Put up a connector and let its driver live; the same name again keeps its post."""
        wire = f"dny://127.0.0.1:{self.number}/04AB373B?connector={len(self.places) % 64 + 1}"
        given = ChargerOptions(wire=wire, **options)
        driver = ChargerDriver(given)
        port = DevicePort(
            Thing(address=Address("hemei", "charger", name), title={"en": name}, model=driver.model),
            outlet=self.outlet,
            outbox=self.outbox,
            store=self.store,
            lists=self.lists,
            clock=self.clock,
            shared=self.shared,
        )
        known = self.places.get(name)
        post = known.post if known else PretendPost(self.clock, adjusts, given.power)
        place = self.places[name] = Place(self, driver, port, post)
        await place.live(linked=linked)
        return place

    async def pass_time(self, seconds: float, step_s: float = 1.0, *, reading: bool = True) -> None:
        """Let time pass for posts and drivers; every post reads its meter at every step."""
        for _ in range(round(seconds / step_s)):
            self.clock.advance(step_s)
            for place in self.places.values():
                place.post.physics.step(step_s)
                if reading and place.connector.seen.link is place.post:
                    await place.post.read()
                place.connector.news.ring()
            await self.settle()

    async def settle(self) -> None:
        """Let everybody act on the news, and what they write be written."""
        for _ in range(3):
            for _ in range(10):
                await asyncio.sleep(0)
            await self.outbox.after(self.outbox.last, 1)
            await self.store.owed()


@asynccontextmanager
async def ground(folder: Path, limits: OutboxLimits | None = None) -> AsyncIterator[Ground]:
    """Open a ground for connectors."""
    async with AsyncExitStack() as stack:
        opened = Ground(folder, limits or OutboxLimits())
        await opened.open()
        stack.push_async_callback(opened.close)
        yield opened


async def reopened(before: Ground) -> Ground:
    """End the process, as far as there is one, and begin another on the same disk and at the same posts."""
    await before.close()
    after = Ground(before.folder, clock=before.clock)
    await after.open()
    return after
