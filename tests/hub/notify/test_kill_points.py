"""`kill -9` between any two steps of raise, notify, escalate and acknowledge, each time with a new start.

Every write of the ledger and every message is a point at which the hub may die: just before it, or just
after. The whole story is played again after each start until it comes to its end.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, Engine

from contract.clock import ManualClock
from hub.alarms.alarm import Alarm, EntryKind
from hub.alarms.definition import Escalation, Priority
from hub.alarms.lifecycle import State
from hub.ledger.transactions import Transactions
from hub.notify.courier import Outcome
from hub.notify.letter import Letter
from hub.notify.news import NewsKind
from hub.notify.sender import AppriseSender
from tests.hub.alarms.made import raised
from tests.hub.notify.made import House, contact, house, told
from tests.hub.notify.receiver import Receiver
from tests.waiting import eventually

T = TypeVar("T")
POINTS = 100
"""More than the story has; the test says if it were not."""


class Killed(BaseException):
    """The process is gone."""


class Fate:
    """Kills a hub at its `at`th point."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.where = ""

    @property
    def dead(self) -> bool:
        return self.left <= 0

    def point(self, where: str) -> None:
        """Pass a point, or die there."""
        if not self.dead:
            self.left -= 1
            self.where = where
        if self.dead:
            raise Killed

    def ledger(self, engine: Engine, thread: Executor) -> Transactions:
        return MortalLedger(self, engine, thread)


class MortalLedger(Transactions):
    """Writes as always, as long as there is life."""

    def __init__(self, fate: Fate, engine: Engine, thread: Executor) -> None:
        super().__init__(engine, thread)
        self._fate = fate

    async def write(self, work: Callable[[Connection], T]) -> T:
        self._fate.point("before a commit")
        done = await super().write(work)
        self._fate.point("after a commit")
        return done


class MortalSender(AppriseSender):
    """Sends as always, as long as there is life; a dead hub takes no notice of the outcome."""

    def __init__(self, fate: Fate) -> None:
        self._fate = fate

    def send(self, address: str, letter: Letter) -> Outcome:
        try:
            self._fate.point("before a message")
            outcome = super().send(address, letter)
            self._fate.point("after a message")
        except Killed:
            return Outcome(ok=True)
        return outcome


DEFINITION = told("li", escalate=(Escalation(after_s=300, tell=("li", "boss"), raise_to=Priority.CRITICAL),))
CONTACTS = [contact("li"), contact("boss")]
NEWS = {
    ("li", "raised"),
    ("li", "escalated"),
    ("boss", "escalated"),
    ("li", "acknowledged"),
    ("boss", "acknowledged"),
}
TOO_LATE = ManualClock().now_ms() + 300_000


async def live(hub: House) -> Alarm:
    """Play the story from wherever the last life ended."""
    if await hub.desk.cursor() < 1:
        await hub.desk.take([raised(hub.definition, at_ms=0, event_seq=1)], upto=1)
    await hub.notifier.turn()
    hub.clock.advance((TOO_LATE - hub.clock.now_ms()) / 1000)
    await hub.escalator.turn()
    await hub.notifier.turn()
    alarm = next(iter(hub.desk.standing().values()))
    if alarm.state is State.UNACKNOWLEDGED:
        await hub.acknowledge(alarm)
    await hub.notifier.turn()
    return alarm


async def until_death(ledger: Engine, receiver: Receiver, fate: Fate, **given: Any) -> None:
    """Live once, as long as fate has it."""
    mortal = {"sender": MortalSender(fate), "ledger_of": fate.ledger}
    with suppress(Killed):
        async with house(ledger, receiver, DEFINITION, CONTACTS, **given, **mortal) as hub:
            try:
                await live(hub)
            except* Killed:
                raise Killed from None
            finally:  # no thread of a dead hub reaches into the next life
                courier = hub.notifier._means.courier
                await eventually(lambda: not courier._left.total())


async def test_nothing_is_lost_and_what_is_told_twice_says_so(ledger: Engine, receiver: Receiver) -> None:
    """A first life ends at each point in turn, and in every third case the second one is short, too.

    On PostgreSQL only these third cases: the points are those of our own code, and the same.
    """
    step = 1 if ledger.dialect.name == "sqlite" else 3
    for at in range(step, POINTS, step):
        receiver.posts.clear()
        given = {"tenant": f"killed-{at}", "clock": ManualClock(), "asked": [NewsKind.ACKNOWLEDGED]}
        lives = [Fate(at), Fate(1 + at // 3)] if at % 3 == 0 else [Fate(at)]
        for fate in lives:
            await until_death(ledger, receiver, fate, **given)
        async with house(ledger, receiver, DEFINITION, CONTACTS, **given) as hub:
            await verify(hub, await live(hub), receiver, [fate.where for fate in lives])
        if not lives[0].dead:
            assert at > 20
            return
    pytest.fail("the story has more points than were tried")


async def verify(hub: House, alarm: Alarm, receiver: Receiver, where: list[str]) -> None:
    """See that everything is there once, and that what came twice said so."""
    counts = receiver.counts()
    assert sorted(tuple(key.split(":")[1:3]) for key in counts) == sorted(NEWS), where
    first_times = [post.key for post in receiver.posts if "可能重复" not in post.text]
    assert len(first_times) == len(set(first_times)), where
    assert counts.total() - len(counts) <= len(CONTACTS) * len(where), where
    assert set(hub.states().values()) == {"sent"}, where
    told_of = [each.data for each in await hub.entries(alarm, EntryKind.TOLD)]
    assert sorted((each["contact"], each["news"].partition(":")[0]) for each in told_of) == sorted(NEWS), (
        where
    )
    for kind in (EntryKind.RAISED, EntryKind.ESCALATED, EntryKind.ACKNOWLEDGED):
        assert len(await hub.entries(alarm, kind)) == 1, (kind, where)
    now = await hub.desk.get(alarm.id)
    assert now is not None
    assert (now.priority, now.state, now.acknowledged_by) == (Priority.CRITICAL, State.ACKNOWLEDGED, "wang")
