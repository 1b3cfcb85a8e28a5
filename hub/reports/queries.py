"""What reports need of the ledger. Blocking, in the caller's transaction; one tenant's rows alone."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from hub.alarms.alarm import Trace
from hub.alarms.definition import Priority
from hub.alarms.lifecycle import Suppression
from hub.alarms.schema import alarms, entries
from hub.ledger.schema import actions, events
from hub.reports.load import Case, Occurrence
from hub.reports.measures import most_at_once
from hub.reports.tender import DAY_MS, Evidence
from hub.selfwatch.canary import KEY as CANARY

MOST: Final = 20_000
"""Newest cases from which a percentile is taken: enough for any, and bounded."""

_UNTOLD: Final = (Suppression.SUPPRESSED_BY_DESIGN.value, Suppression.OUT_OF_SERVICE.value)
_read_words: Final = msgspec.json.Decoder(dict[str, str]).decode
_read_trace: Final = msgspec.json.Decoder(Trace).decode


class ReportQueries:
    """One tenant's figures. `delayed`: keys of alarms that wait on purpose before they are raised."""

    def __init__(self, tenant: str, delayed: frozenset[str] = frozenset()) -> None:
        self._tenant = tenant
        self._delayed = delayed

    def cases(
        self, connection: Connection, start_ms: int, end_ms: int, areas: frozenset[str] | None
    ) -> list[Case]:
        """Read the alarms of a stretch of which people were alerted; `areas` None: everywhere."""
        over = case((alarms.c.active, alarms.c.closed_ms), else_=alarms.c.returned_ms)
        query = select(
            alarms.c.id,
            alarms.c.key,
            alarms.c.device_kind + "/" + alarms.c.device,
            alarms.c.title,
            alarms.c.priority,
            alarms.c.raised_ms,
            over,
        ).where(*self._told(areas), alarms.c.raised_ms < end_ms)
        lasted = or_(alarms.c.closed_ms.is_(None), alarms.c.closed_ms >= start_ms)
        return [
            Case(
                id=ident,
                key=key,
                device=device,
                title=_read_words(title),
                priority=Priority(priority),
                raised_ms=raised_ms,
                over_ms=over_ms,
            )
            for ident, key, device, title, priority, raised_ms, over_ms in connection.execute(
                query.where(lasted)
            )
        ]

    def occurrences(self, connection: Connection, start_ms: int, end_ms: int) -> list[Occurrence]:
        """Read what happened in a stretch, by time."""
        query = (
            select(entries.c.alarm, entries.c.ts_ms, entries.c.kind)
            .where(
                entries.c.tenant == self._tenant,
                entries.c.ts_ms >= start_ms,
                entries.c.ts_ms < end_ms,
                entries.c.kind.in_(("raised", "repeated", "acknowledged")),
            )
            .order_by(entries.c.ts_ms, entries.c.n)
        )
        return [
            Occurrence(alarm=alarm, ts_ms=ts_ms, kind=kind)
            for alarm, ts_ms, kind in connection.execute(query)
        ]

    def evidence(
        self, connection: Connection, start_ms: int, end_ms: int, clock: tuple[float, str] | None
    ) -> Evidence:
        """Read what there is for the figures that tenders ask for."""
        oldest = {
            name: connection.execute(select(func.min(column)).where(mine)).scalar()
            for name, column, mine in (
                ("event", events.c.received_ms, events.c.tenant == self._tenant),
                ("entry", entries.c.ts_ms, entries.c.tenant == self._tenant),
            )
        }
        days = {name: None if ms is None else (end_ms - ms) / DAY_MS for name, ms in oldest.items()}
        return Evidence(
            alarm_s=self._alarm_s(connection, start_ms, end_ms),
            command_s=self._command_s(connection, start_ms, end_ms),
            event_s=self._event_s(connection, start_ms, end_ms),
            clock_s=clock[0] if clock else None,
            clock_source=clock[1] if clock else None,
            oldest_event_days=days["event"],
            oldest_entry_days=days["entry"],
            most_alarms=self._most_alarms(connection, start_ms, end_ms),
        )

    def _alarm_s(self, connection: Connection, start_ms: int, end_ms: int) -> list[float]:
        """Measure alarms that an event raised: a property's time is not that of the fault."""
        at_once = (alarms.c.event_seq.is_not(None), alarms.c.key.not_in(self._delayed))
        query = select(alarms.c.trace).where(*self._told(None), *at_once)
        rows = self._newest(connection, query, alarms.c.raised_ms, start_ms, end_ms)
        traces = [_read_trace(trace) for (trace,) in rows]
        return [
            max(0, shown_ms - trace.device_ms) / 1000
            for trace in traces
            if trace.device_ms is not None and (shown_ms := trace.pushed_ms or trace.raised_ms) is not None
        ]

    def _command_s(self, connection: Connection, start_ms: int, end_ms: int) -> list[float]:
        query = select(actions.c.requested_ms, actions.c.ended_ms).where(
            actions.c.tenant == self._tenant,
            actions.c.kind == "door",
            actions.c.status == "succeeded",
            actions.c.ended_ms.is_not(None),
        )
        rows = self._newest(connection, query, actions.c.requested_ms, start_ms, end_ms)
        return [(ended_ms - requested_ms) / 1000 for requested_ms, ended_ms in rows]

    def _event_s(self, connection: Connection, start_ms: int, end_ms: int) -> list[float]:
        query = select(events.c.time_ms, events.c.received_ms).where(events.c.tenant == self._tenant)
        rows = self._newest(connection, query, events.c.received_ms, start_ms, end_ms)
        return [max(0, received_ms - time_ms) / 1000 for time_ms, received_ms in rows]

    def _most_alarms(self, connection: Connection, start_ms: int, end_ms: int) -> int | None:
        lasted = or_(alarms.c.closed_ms.is_(None), alarms.c.closed_ms >= start_ms)
        mine = (alarms.c.tenant == self._tenant, alarms.c.key != CANARY, lasted, alarms.c.raised_ms < end_ms)
        rows = connection.execute(select(alarms.c.raised_ms, alarms.c.closed_ms).where(*mine)).all()
        return most_at_once((begin, end) for begin, end in rows) if rows else None

    def _told(self, areas: frozenset[str] | None) -> Sequence[ColumnElement[bool]]:
        told = [
            alarms.c.tenant == self._tenant,
            alarms.c.key != CANARY,
            alarms.c.suppression.not_in(_UNTOLD),
            alarms.c.parent.is_(None),
        ]
        if areas is not None:
            told.append(or_(alarms.c.area.is_(None), alarms.c.area.in_(areas)))
        return told

    @staticmethod
    def _newest(
        connection: Connection, query: Select[Any], time: ColumnElement[int], start_ms: int, end_ms: int
    ) -> Sequence[Any]:
        inside = query.where(time >= start_ms, time < end_ms)
        return connection.execute(inside.order_by(time.desc()).limit(MOST)).all()
