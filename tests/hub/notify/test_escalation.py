"""Steps that are taken while nobody acknowledges: by time, by post, and exactly once."""

import asyncio
from typing import Any

from sqlalchemy import Engine

from hub.alarms.alarm import Alarm, EntryKind
from hub.alarms.definition import Escalation, Priority
from hub.alarms.lifecycle import State
from tests.hub.alarms.made import over
from tests.hub.notify.made import WANG, House, Shifts, contact, house, told
from tests.hub.notify.receiver import Receiver
from tests.waiting import eventually

STEPS = (
    Escalation(after_s=120, tell=("chief",)),
    Escalation(after_s=300, tell=("chief", "boss"), raise_to=Priority.CRITICAL),
)
PEOPLE = [contact("li"), contact("chief"), contact("boss")]
DEFINITION = told("li", escalate=STEPS)


async def steps(hub: House, alarm: Alarm) -> list[dict[str, Any]]:
    return [each.data for each in await hub.entries(alarm, EntryKind.ESCALATED)]


async def test_each_step_is_taken_when_it_is_due(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, DEFINITION, PEOPLE) as hub:
        alarm = await hub.raise_(1)
        await hub.later(119)
        assert hub.states() == {"li raised": "sent"}
        await hub.later(1)
        assert hub.states() == {"li raised": "sent", "chief step": "sent"}
        assert "逾时无人确认" in receiver.posts[-1].text
        await hub.later(180)
        assert hub.states() == {
            "li raised": "sent",
            "chief step": "sent",
            "li escalated": "sent",
            "chief escalated": "sent",
            "boss escalated": "sent",
        }
        await hub.later(3600)
        assert await steps(hub, alarm) == [
            {"step": 1, "after_s": 120, "tell": ["chief"], "was": "high"},
            {"step": 2, "after_s": 300, "tell": ["chief", "boss"], "was": "high"},
        ]
        now = await hub.desk.get(alarm.id)
        assert now is not None
        assert (now.priority, len(receiver.posts)) == (Priority.CRITICAL, 5)


async def test_acknowledging_stops_it(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, DEFINITION, PEOPLE) as hub:
        alarm = await hub.raise_(1)
        await hub.later(120)
        await hub.acknowledge(alarm)
        await hub.later(3600)
        assert len(await steps(hub, alarm)) == 1
        assert await hub.escalator.turn() is None


async def test_one_who_acknowledges_while_a_step_is_taken_wins(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, DEFINITION, PEOPLE) as hub:
        alarm = await hub.raise_(1)
        hub.clock.advance(120)
        deadline = await hub.escalator._ledger.read(hub.escalator._deadlines.next)
        assert deadline is not None
        await hub.acknowledge(alarm)
        await hub.escalator._take(deadline)  # it was read before, and is taken after
        assert await steps(hub, alarm) == []
        now = await hub.desk.get(alarm.id)
        assert now is not None
        assert now.state is State.ACKNOWLEDGED


async def test_return_alone_does_not_stop_it(ledger: Engine, receiver: Receiver) -> None:
    """It is over, but nobody knows that it ever was."""
    async with house(ledger, receiver, DEFINITION, PEOPLE) as hub:
        alarm = await hub.raise_(1)
        await hub.desk.take([over(hub.definition, at_ms=hub.clock.now_ms())], None)
        await hub.later(120)
        assert len(await steps(hub, alarm)) == 1


async def test_raise_after_acknowledgement_starts_anew(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, DEFINITION, PEOPLE) as hub:
        alarm = await hub.raise_(1)
        await hub.acknowledge(alarm)
        await hub.later(1000)
        await hub.raise_(2)
        await hub.later(119)
        assert await steps(hub, alarm) == []
        await hub.later(1)
        assert len(await steps(hub, alarm)) == 1


async def test_alarm_that_comes_and_goes_cannot_put_it_off(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, DEFINITION, PEOPLE) as hub:
        alarm = await hub.raise_(1)
        for seq in range(2, 62, 2):
            await hub.desk.take([over(hub.definition, at_ms=hub.clock.now_ms(), event_seq=seq)], seq)
            await hub.later(10)
            await hub.raise_(seq + 1)
        assert [each["step"] for each in await steps(hub, alarm)] == [1, 2]


async def test_overdue_steps_are_taken_at_the_start_and_once(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, DEFINITION, PEOPLE) as hub:
        alarm = await hub.raise_(1)
    hub.clock.advance(86_400)
    for _ in range(3):
        async with house(ledger, receiver, DEFINITION, PEOPLE, clock=hub.clock, tenant=hub.tenant) as started:
            await started.later(0)
            assert [each["step"] for each in await steps(started, alarm)] == [1, 2]
    assert set(receiver.counts().values()) == {1}


async def test_clock_stands_still_while_the_alarm_is_hidden(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, DEFINITION, PEOPLE) as hub:
        alarm = await hub.raise_(1)
        await hub.desk.shelve(alarm.id, alarm.version, WANG, "painting", hub.clock.now_ms() + 600_000)
        await hub.later(599)
        assert await steps(hub, alarm) == []
        hub.clock.advance(1)
        await hub.desk.end_shelves()
        await hub.later(119)
        assert await steps(hub, alarm) == []
        await hub.later(1)
        assert [each["step"] for each in await steps(hub, alarm)] == [1]


async def test_empty_post_is_passed_over_at_once(ledger: Engine, receiver: Receiver) -> None:
    """Nobody is at the east gate, nor at the control room: the chief is told within the same second."""
    passing = (
        Escalation(after_s=120, tell=("post:control",)),
        Escalation(after_s=300, tell=("chief",)),
        Escalation(after_s=600, tell=("boss",)),
    )
    of = told("post:east", escalate=passing)
    people = [*PEOPLE, contact("east-phone", post="east"), contact("control-phone", post="control")]
    async with house(ledger, receiver, of, people, duty=Shifts()) as hub:
        alarm = await hub.raise_(1)
        await hub.later(0)
        assert hub.states() == {"chief step": "sent"}
        said = await steps(hub, alarm)
        assert [each["step"] for each in said] == [1, 2]
        assert said[0]["unmanned"] == ["control"]
        await hub.later(300)
        assert hub.states() == {"chief step": "sent"}
        await hub.later(300)
        assert hub.states() == {"chief step": "sent", "boss step": "sent"}


async def test_step_that_left_the_site_file_is_passed_over(ledger: Engine, receiver: Receiver) -> None:
    async with house(ledger, receiver, DEFINITION, PEOPLE) as hub:
        alarm = await hub.raise_(1)
    shorter = told("li", escalate=STEPS[:1])
    async with house(ledger, receiver, shorter, PEOPLE, clock=hub.clock, tenant=hub.tenant) as started:
        await started.later(3600)
        assert [each["step"] for each in await steps(started, alarm)] == [1]
        assert await started.escalator.turn() is None


async def test_workers_run_by_themselves(ledger: Engine, receiver: Receiver) -> None:
    """Nobody calls `turn`: a change wakes the lanes, and a step due wakes the contacts that it tells."""
    soon = told("li", escalate=(Escalation(after_s=0.05, tell=("boss",)),))
    async with house(ledger, receiver, soon, PEOPLE) as hub:
        workers = [asyncio.create_task(part.run()) for part in (hub.notifier, hub.escalator)]
        await hub.raise_(1)
        hub.clock.advance(1)  # the escalator sleeps 50 ms of real time at most
        await eventually(lambda: hub.states() == {"li raised": "sent", "boss step": "sent"})
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
