"""A site with two posts on a real ledger, people, and alarms put there as the desk does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from contract.clock import ManualClock
from hub.access.roles import Principal, Role
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Kind, Priority
from hub.alarms.lifecycle import State, Suppression
from hub.alarms.store import AlarmStore
from hub.ledger.transactions import Transactions
from hub.posts.duty import Duty
from hub.posts.post import Post
from hub.posts.records import DutyEntry

TENANT: Final = "default"
EVENING: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""20:00 in Shanghai."""

CENTRE: Final = Post(id="centre", title={"en": "Command centre"}, people=("li", "wang", "chen"))
GATE: Final = Post(
    id="north-gate",
    title={"en": "North gate"},
    areas=("north", "shed"),
    presence_every_min=30,
    presence_within_min=5,
    shelves_per_shift=2,
    longest_shelf_min=60,
)


def person(name: str, role: Role = Role.GUARD) -> Principal:
    """Make somebody who has signed in."""
    return Principal(
        name=f"user:{name}", role=role, tenant=TENANT, digest="", by_cookie=True, expires_ms=None
    )


LI, WANG, CHEN, ZHAO = (person(name) for name in ("li", "wang", "chen", "zhao"))
BOSS: Final = person("boss", Role.SUPERVISOR)

SMOKE: Final = Alarm(
    id="smoke",
    tenant=TENANT,
    site="hemei",
    device_kind="sensor",
    device="shed-smoke",
    key="shed-smoke",
    dedup="shed-smoke|1",
    area="shed",
    title={"en": "Smoke in the shed"},
    priority=Priority.CRITICAL,
    kind=Kind.CONDITION,
    latching=False,
    review=False,
    state=State.UNACKNOWLEDGED,
    suppression=Suppression.NONE,
    active=True,
    count=1,
    version=1,
    entries=1,
    raised_ms=1000,
    last_ms=1000,
)


def alarm(ident: str, **fields: Any) -> Alarm:
    """Make an open alarm of its own device."""
    return replace(SMOKE, id=ident, device=ident, dedup=f"shed-smoke|{ident}", **fields)


class Gatehouse:
    """One run of the hub's duty. `told` is what went to the audit; `crash` may be set to fail there."""

    def __init__(
        self,
        engine: Engine,
        thread: ThreadPoolExecutor,
        clock: ManualClock,
        zone: str = "Asia/Shanghai",
        posts: tuple[Post, ...] = (CENTRE, GATE),
    ) -> None:
        self.clock = clock
        self.ledger = Transactions(engine, thread)
        self.alarms = AlarmStore(TENANT)
        self.told: list[DutyEntry] = []
        self.crash: Callable[[DutyEntry], bool] = lambda _entry: False
        self.changes = 0
        self.duty = Duty(
            posts, ZoneInfo(zone), self.ledger, self.alarms, clock, tenant=TENANT, record=self._record
        )
        self.duty.on_change = self._changed

    async def open(self, *alarms: Alarm) -> None:
        """Have alarms open."""

        def work(connection: Connection) -> None:
            for each in alarms:
                assert self.alarms.insert(connection, each)

        await self.ledger.write(work)

    async def change(self, before: Alarm, **fields: Any) -> None:
        """Have an alarm become different."""
        after = replace(before, **fields)
        await self.ledger.write(lambda connection: self.alarms.update(connection, before, after))

    def on_duty(self, post: str) -> list[str]:
        """Return who is at a post."""
        return [shift.who.removeprefix("user:") for shift in self.duty.roster.at(post)]

    async def pass_minutes(self, minutes: float, step_s: float = 60.0) -> None:
        """Let time pass, looking after presence as the hub does, though not each second."""
        for _ in range(round(minutes * 60 / step_s)):
            self.clock.advance(step_s)
            await self.duty.check()

    def _record(self, _connection: Connection, entry: DutyEntry) -> None:
        if self.crash(entry):
            raise RuntimeError("killed here")
        self.told.append(entry)

    def _changed(self) -> None:
        self.changes += 1


class Site:
    """A ledger on which hubs come and go, with a clock that goes on."""

    def __init__(self, engine: Engine, now: datetime = EVENING) -> None:
        self.engine = engine
        self.clock = ManualClock(now)
        self._threads: list[ThreadPoolExecutor] = []

    async def start(self, **settings: Any) -> Gatehouse:
        """Start a hub, as if every one before had been killed."""
        thread = ThreadPoolExecutor(1)
        self._threads.append(thread)
        house = Gatehouse(self.engine, thread, self.clock, **settings)
        await house.duty.resume()
        return house

    def close(self) -> None:
        """End every thread."""
        for thread in self._threads:
            thread.shutdown()


@contextmanager
def site(engine: Engine, now: datetime = EVENING) -> Iterator[Site]:
    """Give a site on a ledger."""
    made = Site(engine, now)
    try:
        yield made
    finally:
        made.close()
