"""A hub's alarm desk with linked actions, that can be killed at any step; a driver that lives on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from contract.clock import SystemClock
from contract.codec import decode
from contract.messages import Action, ActionStatus, Availability, AvailabilityStatus, Problem, Result, State
from contract.things import ActionSeen, Description, InputSeen, Location, SchemaSeen
from contract.topics import Address, parse
from hub.actions.records import ActionRecord, ActionTable
from hub.actions.service import Actions
from hub.alarms.alarm import Alarm, Entry, EntryKind
from hub.alarms.definition import Definition, Kind, Link, Priority, Scope, Test
from hub.alarms.desk import Desk
from hub.alarms.links.failed import KEY as FAILED_KEY
from hub.alarms.links.linker import Linker
from hub.alarms.signals import Raise, Return
from hub.counters import Counters
from hub.ledger.schema import metadata
from hub.ledger.transactions import Transactions
from hub.shadows.registry import Shadows
from tests.waiting import PATIENCE_S

T = TypeVar("T")
clock = SystemClock()

SHED = Address("hemei", "sensor", "shed-smoke")
DOORS = tuple(Address("hemei", "door", f"door-{number}") for number in range(2))
SPRINKLER = Address("hemei", "sprinkler", "shed")
RUN = ActionSeen(timeout_s=1.0)
HOLD = ActionSeen(
    timeout_s=1.0, input=InputSeen(properties={"active": SchemaSeen(type="boolean")}, required=("active",))
)
TITLE = {"zh-CN": "车棚烟雾", "en": "Smoke in the shed"}


def definition(key: str = "shed-smoke", *links: Link, **fields: Any) -> Definition:
    return Definition(
        key=key,
        title=TITLE,
        **({"priority": Priority.CRITICAL} | fields),
        raised_by=Test(property="smoke", equals=True),
        link=links,
        repeat_within_s=0,
    )


RELEASE = Link(action="fire-release", to=Scope(kinds=("door",)), input={"active": True}, within_s=60)
FIRE = definition(
    "shed-smoke", RELEASE, Link(action="run", to=Scope(devices=("sprinkler/shed",)), within_s=60)
)
FAILED = definition(FAILED_KEY, RELEASE, kind=Kind.INCIDENT, priority=Priority.HIGH)


class Died(Exception):
    """The hub was killed here."""


class Life:
    """A hub's life, in steps; at step `ends_at` it dies, and nothing of it does anything any more."""

    def __init__(self, ends_at: int | None = None) -> None:
        self.ends_at = ends_at
        self.steps = 0
        self.dead = False

    def step(self) -> None:
        if not self.dead:
            self.steps += 1
            self.dead = self.steps == self.ends_at
        if self.dead:
            raise Died


class Mortal(Transactions):
    """Dies before or after a commit."""

    def __init__(self, engine: Engine, thread: ThreadPoolExecutor, life: Life) -> None:
        super().__init__(engine, thread)
        self._life = life

    async def write(self, work: Callable[[Connection], T]) -> T:
        self._life.step()
        result = await super().write(work)
        self._life.step()
        return result


class MortalActions(ActionTable):
    """The same for the table of actions."""

    life: Life

    def add(self, record: ActionRecord) -> None:
        self.life.step()
        super().add(record)
        self.life.step()

    def change(self, record: ActionRecord) -> None:
        if not self.life.dead:
            super().change(record)


class Drivers:
    """Every driver host and the broker: what they did, and results that the hub has not heard yet."""

    def __init__(self) -> None:
        self.done: list[tuple[Address, str]] = []
        self.asked = 0
        self.answers: dict[Address, ActionStatus | None] = {}
        self.waiting: list[tuple[Address, Result]] = []
        self.hub: Actions | None = None
        self.dead: Callable[[], bool] = lambda: False
        self._delivering: set[asyncio.Task[None]] = set()

    def act(self, topic: str, payload: bytes) -> None:
        self.asked += 1
        address, action = parse(topic).address, decode(Action, payload)
        status = self.answers.get(address, ActionStatus.SUCCEEDED)
        if status is None:
            return  # nobody there
        if status in (ActionStatus.SUCCEEDED, ActionStatus.FAILED):
            self.done.append((address, action.action))
        error = None if status is ActionStatus.SUCCEEDED else Problem(code="jammed", message="it is stuck")
        self.waiting.append((address, Result(id=action.id, status=status, ts=clock.now(), error=error)))

    def deliver(self) -> None:
        """Hand on what waits; the broker keeps it until the hub acknowledges it."""
        if self.hub is not None:
            for address, result in self.waiting:
                self.hub.on_result(address, result)
            task = asyncio.create_task(self._await_acknowledgement(self.hub, list(self.waiting)))
            self._delivering.add(task)
            task.add_done_callback(self._delivering.discard)

    async def _await_acknowledgement(self, hub: Actions, sent: list[tuple[Address, Result]]) -> None:
        await hub.kept()
        if self.hub is hub and not self.dead():
            self.waiting = [each for each in self.waiting if each not in sent]


class Wire:
    """The hub's link to the broker."""

    def __init__(self, drivers: Drivers, life: Life) -> None:
        self._drivers = drivers
        self._life = life

    async def publish(self, topic: str, payload: bytes, **_: Any) -> None:
        self._life.step()
        self._drivers.act(topic, payload)
        self._life.step()
        self._drivers.deliver()


class House:
    """One run of the hub."""

    def __init__(
        self, engine: Engine, drivers: Drivers, life: Life, definitions: Sequence[Definition] = (FIRE, FAILED)
    ) -> None:
        metadata.create_all(engine)
        self.thread = ThreadPoolExecutor(1)
        self.ledger = Mortal(engine, self.thread, life)
        self.shadows = Shadows(clock, "default", self._changed)
        table = MortalActions(engine, "default")
        table.life = life
        self.actions = Actions(table, self.thread, self.shadows, clock, Counters())
        self.desk = Desk(self.ledger, clock, "default")
        self.linker = Linker(
            self.ledger, clock, "default", tuple(definitions), self.desk, self.actions, self.shadows
        )
        self.linker.worker.look_again_s = 0.01
        self.linker.worker.settle_s = 0.05
        self.desk.join(self.linker)
        self._drivers = drivers
        self._life = life

    def _changed(self, address: Address) -> None:
        self.linker.directory.changed(address)

    def describe(self, address: Address, name: str, action: ActionSeen, area: str = "shed") -> None:
        described = Description(title=name, actions={name: action}, location=Location(area=area))
        self.shadows.describe(self.shadows.of(address), described)

    def describe_all(self) -> None:
        for door in DOORS:
            self.describe(door, "fire-release", HOLD)
        self.describe(SPRINKLER, "run", RUN)
        self.linker.directory._replace()

    def says(self, address: Address, **properties: Any) -> None:
        now_ms, shadow = clock.now_ms(), self.shadows.of(address)
        self.shadows.available(shadow, Availability(status=AvailabilityStatus.READY, ts=clock.now()))
        state = State(ts=clock.now(), boot=1, seq=len(shadow.seen) + now_ms, properties=properties)
        shadow.apply_state(state, now_ms, retained=False, now=clock.monotonic(), wall_ms=now_ms)
        self.shadows.set_link(online=True)

    def online(self) -> None:
        self.actions.set_link(Wire(self._drivers, self._life))  # type: ignore[arg-type]  # what is used of it
        self.linker.set_link(online=True)
        self._drivers.hub = self.actions
        self._drivers.dead = lambda: self._life.dead
        self._drivers.deliver()

    async def raise_fire(self, fire: Definition = FIRE, address: Address = SHED) -> None:
        raised = Raise(definition=fire, address=address, area="shed", at_ms=clock.now_ms())
        await self.desk.take([raised], None)

    async def returns(self, fire: Definition = FIRE) -> None:
        await self.desk.take([Return(definition=fire, address=SHED, at_ms=clock.now_ms())], None)

    @property
    def alarm(self) -> Alarm:
        return next(alarm for alarm in self.desk.standing().values() if alarm.key != FAILED_KEY)

    async def linked(self) -> list[Entry]:
        timeline = await self.ledger.read(lambda c: self.desk.store.timeline(c, self.alarm.id))
        return [entry for entry in timeline if entry.kind is EntryKind.LINKED]

    async def until(self, enough: Callable[[list[Entry]], bool]) -> list[Entry]:
        """Wait until the alarm's timeline tells enough of its links."""
        async with asyncio.timeout(PATIENCE_S):
            while not enough(entries := await self.linked()):
                tick = asyncio.get_running_loop().create_future()
                asyncio.get_running_loop().call_later(0.005, tick.set_result, None)
                await tick
        return entries

    async def outcomes(self, count: int) -> list[tuple[str, str]]:
        """Wait for so many outcomes on the alarm's timeline; device and outcome of each, sorted."""
        entries = await self.until(lambda entries: len(entries) >= count)
        return sorted((entry.data["device"], entry.data["outcome"]) for entry in entries)


@asynccontextmanager
async def house(
    engine: Engine, drivers: Drivers | None = None, life: Life | None = None, **more: Any
) -> AsyncIterator[House]:
    """Run a hub until the end of `async with`, or its life."""
    drivers, life = drivers or Drivers(), life or Life()
    running = House(engine, drivers, life, **more)
    await running.desk.open()
    await running.actions.resume()
    task = asyncio.create_task(running.linker.run())
    try:
        yield running
    finally:
        drivers.hub = None
        life.dead = True
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        for ident in list(running.actions._deadlines):
            running.actions._cancel_deadline(ident)
        await asyncio.gather(*running.actions._writes, return_exceptions=True)
        running.thread.shutdown()
