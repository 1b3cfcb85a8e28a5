"""What the desk keeps: one alarm per condition, incidents apart, versions, shelves; on both databases."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import IntegrityError

from contract.clock import ManualClock
from contract.errors import InvalidMessage, Refused
from hub.alarms.alarm import Actor, Alarm, Change, EntryKind
from hub.alarms.changes import Participant
from hub.alarms.desk import Desk
from hub.alarms.journal import Journal, Stale
from hub.alarms.lifecycle import State, Suppression
from hub.alarms.schema import alarms
from hub.alarms.shelving import Shelving
from hub.alarms.signals import Raise
from hub.alarms.store import AlarmStore
from hub.ledger.schema import metadata
from tests.hub.alarms.made import definition, desk_on, incident, over, raised

LI = Actor(who="user:li.wei", post="centre")
WANG = Actor(who="user:wang.fang", post="centre")


def only(desk: Desk) -> Alarm:
    (alarm,) = desk.standing().values()
    return alarm


def at_once(ledger: Engine, signals: list[Raise]) -> None:
    """Raise everything at the same moment, each in a thread and over a connection of its own."""
    metadata.create_all(ledger)
    store, clock, ready = AlarmStore("default"), ManualClock(), Barrier(20)

    def go(some: list[Raise]) -> None:
        journal = Journal(store, Shelving(store, clock), clock, ())
        ready.wait()
        for signal in some:
            with ledger.begin() as connection:
                journal.take(connection, [signal])

    with ThreadPoolExecutor(20) as threads:
        for done in [threads.submit(go, signals[nth::20]) for nth in range(20)]:
            done.result()


def standing(ledger: Engine) -> list[Alarm]:
    with ledger.connect() as connection:
        return AlarmStore("default").standing(connection)


def test_a_hundred_raises_at_once_are_one_alarm_with_count_100(ledger: Engine) -> None:
    """docs/complaints.md, 1: others make twins; here the database allows one."""
    at_once(ledger, [raised(event_seq=seq) for seq in range(1, 101)])
    (alarm,) = standing(ledger)
    assert alarm.count == 100
    with ledger.connect() as connection:
        timeline = AlarmStore("default").timeline(connection, alarm.id)
    assert [entry.n for entry in timeline] == list(range(1, 101)), "none of them is missing on the timeline"


def test_one_event_told_a_hundred_times_counts_once(ledger: Engine) -> None:
    at_once(ledger, [raised(event_seq=7)] * 100)
    (alarm,) = standing(ledger)
    assert alarm.count == 1


def test_each_incident_is_its_own_case(ledger: Engine) -> None:
    """docs/complaints.md, 2: others fold the second falling object into the first."""
    events = [raised(incident(), event_seq=seq, occurrence=f"event-{seq}") for seq in range(1, 101)]
    at_once(ledger, events * 2)
    assert len(standing(ledger)) == 100
    assert {alarm.count for alarm in standing(ledger)} == {1}


def test_the_database_itself_allows_one_open_alarm(ledger: Engine) -> None:
    at_once(ledger, [raised(event_seq=1)] * 20)
    (alarm,) = standing(ledger)
    with ledger.connect() as connection:
        row = dict(connection.execute(select(alarms)).mappings().one())
        with pytest.raises(IntegrityError):
            connection.execute(alarms.insert().values(row | {"id": "twin"}))
    assert standing(ledger) == [alarm]


async def test_a_repeat_counts_and_a_later_one_alerts_anew(ledger: Engine) -> None:
    """docs/complaints.md, 2: what was acknowledged and occurs again must be seen again."""
    async with desk_on(ledger) as desk:
        await desk.take([raised(event_seq=1, at_ms=0)], 1)
        await desk.acknowledge(only(desk).id, only(desk).version, LI)
        await desk.take([raised(event_seq=2, at_ms=30_000)], 2)
        assert (only(desk).state, only(desk).count) == (State.ACKNOWLEDGED, 2)
        await desk.take([raised(event_seq=3, at_ms=95_000)], 3)
        assert (only(desk).state, only(desk).count) == (State.UNACKNOWLEDGED, 3)


async def test_repeats_do_not_make_a_press_stale(ledger: Engine) -> None:
    async with desk_on(ledger) as desk:
        await desk.take([raised(event_seq=1)], 1)
        seen = only(desk)
        await desk.take([raised(event_seq=2, at_ms=1_000)], 2)
        await desk.note(seen.id, EntryKind.TOLD, data={"contact": "manager"})
        assert (await desk.acknowledge(seen.id, seen.version, LI)).state is State.ACKNOWLEDGED


async def test_two_guards_press_at_once_and_one_wins(ledger: Engine) -> None:
    """docs/complaints.md, 9: the other sees who."""
    async with desk_on(ledger) as desk:
        await desk.take([raised(event_seq=1)], 1)
        seen = only(desk)
        pressed = [desk.acknowledge(seen.id, seen.version, who) for who in (LI, WANG)]
        won, lost = await asyncio.gather(*pressed, return_exceptions=True)
        assert isinstance(won, Alarm)
        assert isinstance(lost, Stale)
        assert lost.alarm == won
        assert won.acknowledged_by == LI.who
        timeline = await desk.timeline(seen.id)
        assert [(entry.kind, entry.who, entry.post) for entry in timeline] == [
            (EntryKind.RAISED, "hub", None),
            (EntryKind.ACKNOWLEDGED, LI.who, "centre"),
        ]


async def test_how_things_stood_is_read_back(ledger: Engine) -> None:
    async with desk_on(ledger) as desk:
        await desk.take([raised(event_seq=1, data={"fault": "jammed"})], 5)
        before = only(desk)
    async with desk_on(ledger) as desk:
        assert only(desk) == before
        assert await desk.cursor() == 5
        await desk.take([raised(event_seq=1)], 5)
        assert only(desk) == before, "nothing is raised twice"
        await desk.take([over(at_ms=9)], 6)
        assert only(desk).state is State.RETURNED_UNACKNOWLEDGED
        await desk.acknowledge(before.id, only(desk).version, LI)
        assert not desk.standing()
        closed = await desk.get(before.id)
        assert closed is not None
        assert not closed.open


async def test_a_closed_alarm_takes_no_press(ledger: Engine) -> None:
    async with desk_on(ledger) as desk:
        await desk.take([raised(incident(), event_seq=1, occurrence="e1")], 1)
        case = only(desk)
        with pytest.raises(Refused, match="acknowledge it first"):
            await desk.close(case.id, case.version, LI, "cat on a ledge")
        case = await desk.acknowledge(case.id, case.version, LI)
        case = await desk.close(case.id, case.version, LI, "cat on a ledge")
        assert not case.open
        with pytest.raises(Refused, match="closed"):
            await desk.comment(case.id, case.version, LI, "and another thing")


async def test_a_fault_that_nothing_ends_can_be_closed_by_force(ledger: Engine) -> None:
    """docs/complaints.md, 13: others have alarms that nobody can ever handle."""
    async with desk_on(ledger) as desk:
        await desk.take([raised(event_seq=1)], 1)
        case = await desk.acknowledge(only(desk).id, only(desk).version, LI)
        with pytest.raises(Refused, match="by force"):
            await desk.close(case.id, case.version, LI, "")
        case = await desk.close(case.id, case.version, WANG, "the board was taken away", forced=True)
        assert not case.open
        assert (await desk.timeline(case.id))[-1].data == {"forced": True}


async def test_a_second_person_reviews(ledger: Engine) -> None:
    async with desk_on(ledger) as desk:
        await desk.take([raised(incident(review=True), event_seq=1, occurrence="e1")], 1)
        case = await desk.acknowledge(only(desk).id, only(desk).version, LI)
        case = await desk.close(case.id, case.version, LI, "nobody was hurt")
        assert case.open, "until somebody else has looked"
        with pytest.raises(Refused, match="second person"):
            await desk.review(case.id, case.version, LI)
        assert not (await desk.review(case.id, case.version, WANG, "seen the clip")).open


async def test_a_latching_alarm_holds_until_it_is_reset(ledger: Engine) -> None:
    """GB 50394: it never resets by itself."""
    panic = definition("panic", latching=True)
    async with desk_on(ledger) as desk:
        await desk.take([raised(panic, event_seq=1)], 1)
        case = await desk.acknowledge(only(desk).id, only(desk).version, LI)
        with pytest.raises(Refused, match="not over"):
            await desk.reset(case.id, case.version, LI)
        await desk.take([over(panic, at_ms=5)], 2)
        assert only(desk).state is State.ACKNOWLEDGED
        assert not only(desk).active
        assert not (await desk.reset(case.id, only(desk).version, LI)).open


async def test_a_shelf_holds_for_the_next_alarm_and_ends(ledger: Engine) -> None:
    clock = ManualClock()
    async with desk_on(ledger, clock) as desk:
        now = clock.now_ms()
        await desk.take([raised(event_seq=1, at_ms=now)], 1)
        seen = only(desk)
        with pytest.raises(InvalidMessage, match="future"):
            await desk.shelve(seen.id, seen.version, LI, "mended tomorrow", now)
        await desk.shelve(seen.id, seen.version, LI, "mended tomorrow", now + 60_000)
        await desk.take([over(at_ms=now + 1)], 2)
        await desk.acknowledge(seen.id, only(desk).version, LI)
        await desk.take([raised(event_seq=3, at_ms=now + 2)], 3)
        assert only(desk).suppression is Suppression.SHELVED
    clock.advance(61)
    async with desk_on(ledger, clock) as desk:
        await desk.end_shelves()
        assert only(desk).suppression is Suppression.NONE
        assert (await desk.timeline(only(desk).id))[-1].kind is EntryKind.UNSHELVED


async def test_maintenance_lasts_until_somebody_ends_it(ledger: Engine) -> None:
    clock = ManualClock()
    async with desk_on(ledger, clock) as desk:
        await desk.take([raised(event_seq=1)], 1)
        case = await desk.take_out_of_service(only(desk).id, only(desk).version, LI, "new motor")
        clock.advance(30 * 86400)
        await desk.end_shelves()
        assert only(desk).suppression is Suppression.OUT_OF_SERVICE
        with pytest.raises(Refused, match="out of service"):
            await desk.shelve(case.id, case.version, LI, "why not", clock.now_ms() + 1000)
        case = await desk.return_to_service(case.id, case.version, LI)
        assert case.suppression is Suppression.NONE


async def test_a_folded_alarm_ends_unseen_and_a_shelved_one_is_folded_after_its_shelf(ledger: Engine) -> None:
    clock = ManualClock()
    async with desk_on(ledger, clock) as desk:
        await desk.take([raised(event_seq=1)], 1)
        seen = only(desk)
        await desk.shelve(seen.id, seen.version, LI, "noise", clock.now_ms() + 1_000)
        assert (await desk.suppress(seen.id, "cause")).suppression is Suppression.SHELVED
        clock.advance(2)
        await desk.end_shelves()
        assert only(desk).suppression is Suppression.SUPPRESSED_BY_DESIGN
        await desk.take([over(at_ms=5)], 2)
        assert not desk.standing()


class Refuses(Participant):
    """Cannot write what it plans."""

    def within(self, connection: Connection, change: Change) -> None:
        raise OSError("no space left on device")


async def test_a_change_stands_or_falls_with_what_is_planned_with_it(ledger: Engine) -> None:
    async with desk_on(ledger, None, Refuses()) as desk:
        with pytest.raises(OSError, match="no space"):
            await desk.take([raised(event_seq=1)], 1)
        assert not desk.standing()
    async with desk_on(ledger) as desk:
        assert await desk.cursor() == 0
        await desk.take([raised(event_seq=1)], 1)
        assert only(desk).count == 1
