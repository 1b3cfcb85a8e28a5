"""How far a test has come: the newest event and alarm of the device since it began. Blocking."""

import msgspec
from sqlalchemy import Connection, select

from contract.clock import rfc3339_ms
from contract.topics import address
from hub.alarms.alarm import Alarm, EntryKind
from hub.alarms.schema import alarms, entries
from hub.alarms.store import AlarmStore
from hub.alarms.view import trace_view
from hub.commissioning.listing import shown
from hub.commissioning.store import Found
from hub.commissioning.trial import Trial
from hub.commissioning.view import AlarmHeard, EventHeard, TestProgress
from hub.ledger.schema import events


def progress_of(connection: Connection, tenant: str, trial: Trial, found: Found | None) -> TestProgress:
    """Show a test and what was heard of its device."""
    view = shown(trial, found)
    return TestProgress(
        **msgspec.structs.asdict(view),
        event=_event(connection, tenant, trial),
        alarm=_alarm(connection, tenant, trial),
    )


def _event(connection: Connection, tenant: str, trial: Trial) -> EventHeard | None:
    place = address(trial.device)
    ours = [events.c.tenant == tenant, *(events.c[name] == value for name, value in place._asdict().items())]
    within = (events.c.seq > trial.after_seq, events.c.received_ms <= trial.until_ms)
    query = select(events).where(*ours, *within).order_by(events.c.seq.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return EventHeard(
        seq=row["seq"],
        id=row["id"],
        type=row["type"],
        time=rfc3339_ms(row["time_ms"]),
        received=rfc3339_ms(row["received_ms"]),
        late_s=round((row["received_ms"] - row["time_ms"]) / 1000, 3),
    )


def _alarm(connection: Connection, tenant: str, trial: Trial) -> AlarmHeard | None:
    """Find the newest alarm that was raised within the test, or but counted."""
    place = address(trial.device)
    ours = (alarms.c.tenant == tenant, alarms.c.site == place.site)
    device = (alarms.c.device_kind == place.kind, alarms.c.device == place.device)
    kinds = (EntryKind.RAISED.value, EntryKind.REPEATED.value)
    within = (entries.c.ts_ms >= trial.started_ms, entries.c.ts_ms <= trial.until_ms)
    query = (
        select(entries.c.alarm, entries.c.n)
        .join(alarms, (alarms.c.id == entries.c.alarm) & (alarms.c.tenant == entries.c.tenant))
        .where(*ours, *device, *within, entries.c.tenant == tenant, entries.c.kind.in_(kinds))
        .order_by((entries.c.n == 1).desc(), entries.c.ts_ms.desc())
    )
    row = connection.execute(query.limit(1)).first()
    alarm = AlarmStore(tenant).get(connection, row.alarm) if row is not None else None
    return None if row is None or alarm is None else _seen(alarm, counted=row.n != 1)


def _seen(alarm: Alarm, *, counted: bool) -> AlarmHeard:
    return AlarmHeard(
        id=alarm.id,
        title=alarm.title,
        priority=alarm.priority,
        counted=counted,
        trace=trace_view(alarm.trace),
    )
