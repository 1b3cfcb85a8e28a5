"""What reads events by their numbers does as little in a large ledger as in a small one.

Counted in the steps of SQLite's own machine, so that no clock decides.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.event import listens_for

from hub.disclosure.bases import shipped_bases
from hub.disclosure.reading.bounds import Cut, Surroundings, newest_at
from hub.disclosure.reading.events import EventTable
from hub.disclosure.reading.shown import Asked
from hub.disclosure.scope import DataKind, Scope
from hub.ledger.commit import EventWriter
from hub.ledger.engine import open_ledger
from hub.ledger.queries import EventLog
from hub.webhooks.settings import Webhook
from hub.webhooks.store import HookStore, Position
from tests.hub.test_commit import arrival

FEW, MANY = 5_000, 40_000
FILL: Final = text(
    """INSERT INTO events (tenant, site, kind, device, source, id, type, time_ms, received_ms, payload)
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
    SELECT 'default', 'hemei', 'gate', 'g-' || n % 50, 'hemei/gate/g-' || n % 50, 'e-' || n,
        'hemei.gate.opened', n, n, '{"data": {"n": ' || n || '}}' FROM numbers"""
)
HOOK: Final = Webhook(id="other", url="https://example.org", secret_file="x", events=("hemei.gate.opened",))

Work = Callable[[Engine, int], object]


def steps(engine: Engine, work: Callable[[], object]) -> int:
    """Count what SQLite does meanwhile, in hundreds of its instructions."""
    done = 0

    def count() -> int:
        nonlocal done
        done += 1
        return 0

    @listens_for(engine, "checkout")
    def watch(dbapi: Any, *_: object) -> None:
        dbapi.set_progress_handler(count, 100)

    work()
    return done


def ledger(folder: Path, count: int) -> Engine:
    """Make a ledger of so many events."""
    engine = open_ledger(f"sqlite:///{folder / str(count)}.sqlite")
    with engine.begin() as connection:
        connection.execute(FILL, {"count": count})
    return engine


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Engine]]:
    folder = tmp_path_factory.mktemp("ledgers")
    made = {count: ledger(folder, count) for count in (FEW, MANY)}
    yield made
    for engine in made.values():
        engine.dispose()


def told(engine: Engine, count: int) -> None:
    with engine.connect() as connection:
        HookStore("default").due(connection, HOOK, Position(event_seq=count - 3, change_seq=0))


def newest(engine: Engine, count: int) -> None:
    with engine.connect() as connection:
        assert newest_at(connection, "default", count - 1) == count - 1


def committed_again(engine: Engine, _count: int) -> None:
    writer = EventWriter(engine, "default")
    writer.commit([arrival(1), arrival(2)])
    assert writer.commit([arrival(2), arrival(3)]).repeats == 1


@pytest.mark.parametrize(
    "work",
    [
        lambda engine, _: EventLog(engine).find(tenant="default", equal={}, newest_first=True),
        lambda engine, count: EventLog(engine).find(tenant="default", equal={}, before=count - 5),
        lambda engine, count: EventLog(engine).find(tenant="default", equal={}, after=count - 5),
        lambda engine, _: EventLog(engine).find(tenant="default", equal={"kind": "gate"}, newest_first=True),
        lambda engine, _: EventLog(engine).find(
            tenant="default", equal={"type": "hemei.gate.opened"}, newest_first=True
        ),
        told,
        newest,
        committed_again,
    ],
)
def test_a_handful_costs_a_handful(ledgers: dict[int, Engine], work: Work) -> None:
    few, many = (steps(engine, lambda: work(engine, count)) for count, engine in ledgers.items())  # noqa: B023 - called at once
    assert many <= 2 * few + 10


def test_all_events_are_gone_through_once(ledgers: dict[int, Engine]) -> None:
    (basis,) = (each for each in shipped_bases() if each.key == "criminal")

    def through(engine: Engine, count: int) -> int:
        asked = Asked(
            engine=engine,
            tenant="default",
            scope=Scope(from_ms=0, to_ms=count + 1, kinds=(DataKind.EVENTS,)),
            basis=basis,
            cut=Cut(at_ms=count, first=0, events=count, passes=0),
            around=Surroundings(),
        )
        return EventTable(asked).count()

    few, many = (steps(engine, lambda: through(engine, count)) for count, engine in ledgers.items())  # noqa: B023 - called at once
    assert few > 10
    assert many <= 2 * few * MANY / FEW
