"""Verifies a tenant's audit and what it has the hashes of, as they are at one moment. Blocking."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, RowMapping, Select, func, select

from hub.alarms.schema import entries as timeline
from hub.audit.chain import head
from hub.audit.checkpoints import Checkpoints
from hub.audit.findings import Fault, Report
from hub.audit.schema import audit
from hub.audit.timelines import Line, Timelines
from hub.audit.triggers import missing
from hub.audit.walk import Row, Walk
from hub.audit.ways import ScopeRow, StepRow, Ways
from hub.disclosure.schema import disclosure_steps, disclosures
from hub.evidence.check import check_pieces
from hub.evidence.schema import evidence
from hub.media import MediaStore

AT_ONCE: Final = 5_000
"""Rows fetched together."""

Advance = Callable[[str, int, int], None]
"""Told how far it is: which part, how many of it are done, of how many."""

T = TypeVar("T")


def verify(
    engine: Engine,
    tenant: str,
    media: MediaStore,
    checkpoints: Checkpoints,
    advance: Advance = lambda _part, _done, _of: None,
) -> Report:
    """Look at everything; the report says what is wrong. Nothing is written, and the hub may run."""
    kept = checkpoints.of(tenant)  # read first: the chain can only have grown since
    with _one_moment(engine) as connection:
        report = Report(tenant=tenant, head=head(connection, tenant), checkpoint=kept.last)
        for number in kept.unreadable:
            report.add("checkpoints", f"line {number}", Fault.UNREADABLE, "it is no checkpoint")
        for number in kept.contradicting:
            report.add("checkpoints", f"line {number}", Fault.CHANGED, "an earlier line says otherwise")
        for trigger in missing(connection):
            report.add(
                "database", trigger, Fault.REMOVED, "this trigger, which refuses changes, is not there"
            )
        timelines, ways = Timelines(report), Ways(report)
        walk = Walk(tenant, report, kept.hashes)
        rows = _counted(connection, _audit_rows(tenant), "audit", advance)
        for entry in walk.entries(map(Row._make, rows)):
            timelines.hear(entry)
            ways.hear(entry)
        walk.end(report.head)
        report.looked({"audit": walk.last.n, "checkpoints": len(kept.hashes)})
        of_timelines = _counted(connection, _timeline_rows(tenant), "timeline", advance)
        report.looked({"timeline": timelines.check(map(Line._make, of_timelines))})
        steps = _counted(connection, _step_rows(tenant), "disclosure", advance)
        report.looked({"disclosure": ways.check_steps(map(StepRow._make, steps))})
        ways.check_scopes(map(ScopeRow._make, connection.execute(_scope_rows(tenant))))
        pieces = _pieces(connection, tenant)
        watched = _watched(pieces, "evidence", len(pieces), advance, every=1)
        report.looked({"evidence": check_pieces(watched, timelines.evidence, media, report)})
    return report


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """Read the database as it is now, whatever is written meanwhile."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")  # the driver begins by itself only to write
            yield connection
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection


def _audit_rows(tenant: str) -> Select[Any]:
    columns = [audit.c[name] for name in Row._fields]
    return select(*columns).where(audit.c.tenant == tenant).order_by(audit.c.n)


def _timeline_rows(tenant: str) -> Select[Any]:
    columns = [timeline.c[name] for name in Line._fields]
    mine = timeline.c.tenant == tenant
    return select(*columns).where(mine).order_by(timeline.c.alarm, timeline.c.n)


def _step_rows(tenant: str) -> Select[Any]:
    columns = [disclosure_steps.c[name] for name in StepRow._fields]
    mine = disclosure_steps.c.tenant == tenant
    return select(*columns).where(mine).order_by(disclosure_steps.c.disclosure, disclosure_steps.c.n)


def _scope_rows(tenant: str) -> Select[Any]:
    columns = [disclosures.c[name] for name in ScopeRow._fields]
    return select(*columns).where(disclosures.c.tenant == tenant).order_by(disclosures.c.id)


def _pieces(connection: Connection, tenant: str) -> Sequence[RowMapping]:
    query = select(evidence).where(evidence.c.tenant == tenant, evidence.c.sha256.is_not(None))
    return connection.execute(query.order_by(evidence.c.id)).mappings().all()


def _counted(connection: Connection, query: Select[Any], part: str, advance: Advance) -> Iterator[Any]:
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar() or 0
    rows = connection.execution_options(yield_per=AT_ONCE).execute(query)
    yield from _watched(rows, part, total, advance, every=AT_ONCE)


def _watched(rows: Iterable[T], part: str, total: int, advance: Advance, *, every: int) -> Iterator[T]:
    done = 0
    for done, row in enumerate(rows, 1):
        yield row
        if done % every == 0:
            advance(part, done, total)
    advance(part, done, total)
