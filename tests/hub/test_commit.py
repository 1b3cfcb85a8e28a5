"""The ledger takes each event exactly once, over SQLite and PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select

from contract.codec import encode
from contract.messages import Event
from contract.topics import Address
from hub.ledger.commit import Arrival, EventWriter
from hub.ledger.engine import open_ledger
from hub.ledger.queries import EventLog
from hub.ledger.schema import events

GATE = Address("hemei", "gate", "east-in")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Engine]:
    engine = open_ledger(ledger_url)
    yield engine
    engine.dispose()


def arrival(
    number: int,
    *,
    boot: int = 1,
    driver: str | None = "gates",
    ident: str | None = None,
    tenant: str = "default",
) -> Arrival:
    event = Event(
        specversion="1.0",
        id=ident or f"{boot}-{number}",
        source=str(GATE),
        type="hemei.gate.opened",
        time=datetime(2026, 11, 24, 1, 2, 3, 4000, UTC),
        boot=boot,
        sequence=number,
        driver=driver,
        outbox="box" if driver else None,
        outboxnumber=number if driver else None,
        data={"by": "operator", "media": ["ab" * 32]},
    )
    return Arrival(address=GATE, tenant=tenant, event=event, payload=encode(event), received_ms=5)


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(events)).scalar_one()


def test_repeats_are_left_out_within_a_group_and_across_groups(ledger: Engine) -> None:
    writer = EventWriter(ledger, "default")
    first = writer.commit([arrival(1), arrival(2), arrival(1)])
    second = writer.commit([arrival(2), arrival(3)])
    assert [entry.arrival.event.sequence for entry in first.entries] == [1, 2]
    assert (first.repeats, second.repeats) == (1, 1)
    assert [entry.arrival.event.sequence for entry in second.entries] == [3]
    assert count(ledger) == 3


def test_large_group_keeps_its_order(ledger: Engine) -> None:
    committed = EventWriter(ledger, "default").commit([arrival(number) for number in range(1, 1001)])
    assert [entry.arrival.event.sequence for entry in committed.entries] == list(range(1, 1001))
    assert [entry.seq for entry in committed.entries] == sorted(entry.seq for entry in committed.entries)


def test_outbox_goes_on_after_a_restart_of_the_hub(ledger: Engine) -> None:
    EventWriter(ledger, "default").commit([arrival(1), arrival(2), arrival(4)])
    writer = EventWriter(ledger, "default")
    assert writer.progress()["hemei", "gates"].upto == 2
    # The host sends again what is not confirmed; number 4 is a repeat and counts all the same.
    committed = writer.commit([arrival(3), arrival(4)])
    assert committed.outboxes["hemei", "gates"].upto == 4
    assert committed.repeats == 1


def test_event_whose_picture_is_missing_is_not_confirmed(ledger: Engine) -> None:
    writer = EventWriter(ledger, "default")
    assert writer.commit([arrival(1).missing_media()]).outboxes == {}
    assert writer.commit([arrival(1)]).outboxes["hemei", "gates"].upto == 1
    assert count(ledger) == 1


def test_missed_events_are_known_after_a_restart(ledger: Engine) -> None:
    EventWriter(ledger, "default").commit([arrival(1), arrival(4)])
    writer = EventWriter(ledger, "default")
    assert writer.missed() == {GATE: 2}
    committed = writer.commit([arrival(2, boot=2)])
    assert committed.positions[GATE].missed == 3


def test_what_a_dead_run_sent_late_was_not_missed(ledger: Engine) -> None:
    """A broker that lost its store brings the new run's events first; the hub may restart in between."""
    EventWriter(ledger, "default").commit([arrival(number) for number in range(1, 4)])
    EventWriter(ledger, "default").commit([arrival(number, boot=2) for number in (1, 2, 5)])
    writer = EventWriter(ledger, "default")
    assert writer.missed() == {GATE: 2}
    writer.commit([arrival(number) for number in range(4, 300)])
    assert writer.missed() == {GATE: 2}
    late = writer.commit([arrival(3, boot=2), arrival(4, boot=2), arrival(6, boot=2)])
    assert late.positions[GATE].missed == 0
    assert writer.missed() == {GATE: 0}


def test_two_tenants_may_use_the_same_names(ledger: Engine) -> None:
    EventWriter(ledger, "default").commit([arrival(1), arrival(4)])
    other = EventWriter(ledger, "other")
    assert (other.progress(), other.missed()) == ({}, {})
    committed = other.commit([arrival(1, tenant="other"), arrival(2, tenant="other")])
    assert (len(committed.entries), committed.positions[GATE].missed) == (2, 0)
    assert other.progress()["hemei", "gates"].upto == 2
    assert EventWriter(ledger, "default").progress()["hemei", "gates"].upto == 1


def test_failed_commit_remembers_nothing(ledger: Engine) -> None:
    writer = EventWriter(ledger, "default")
    poison = Arrival(address=GATE, tenant="default", event=arrival(2).event, payload=b"\xff", received_ms=5)
    with pytest.raises(UnicodeDecodeError):
        writer.commit([arrival(1), poison])
    assert count(ledger) == 0
    assert writer.commit([arrival(1)]).outboxes["hemei", "gates"].upto == 1


def test_events_are_read_page_by_page(ledger: Engine) -> None:
    EventWriter(ledger, "default").commit([arrival(number) for number in range(1, 6)])
    log = EventLog(ledger)
    page = log.find(tenant="default", equal={"device": "east-in"}, limit=2)
    rest = log.find(tenant="default", equal={"device": "east-in"}, after=page[-1].seq)
    assert [event.sequence for event in [*page, *rest]] == [1, 2, 3, 4, 5]
    newest = log.find(tenant="default", equal={}, limit=1, newest_first=True)[0]
    assert (newest.time, newest.data["by"], newest.media) == (
        "2026-11-24T01:02:03.004Z",
        "operator",
        ["ab" * 32],
    )
    assert log.find(tenant="another", equal={}) == []
