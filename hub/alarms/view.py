"""An alarm as the API and the live stream show it, with what its definition says to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from contract.clock import rfc3339_ms
from hub.alarms.alarm import Alarm, Entry, EntryKind, Trace
from hub.alarms.definition import Definition, Kind, Priority, Words
from hub.alarms.lifecycle import State, Suppression


class AlarmView(Struct, frozen=True, kw_only=True):
    """An alarm; times are RFC 3339. `version`: quote it with whatever you do to the alarm.

    `children`: how many alarms are folded under it. `closed` is null as long as there is something to do.
    `test`: the commissioning test within which it was last raised, null: it is no test.
    """

    id: str
    site: str
    kind: str
    device: str
    area: str | None
    key: str
    title: Words
    priority: Priority
    alarm_kind: Kind
    latching: bool
    review: bool
    state: State
    suppression: Suppression
    active: bool
    count: int
    version: int
    raised: str
    last: str
    returned: str | None
    acknowledged: str | None
    acknowledged_by: str | None
    assigned_to: str | None
    closed: str | None
    parent: str | None
    children: int
    shelved_until: str | None
    data: dict[str, Any]
    rationale: Words
    steps: Sequence[Words]
    test: str | None


class EntryView(Struct, frozen=True, kw_only=True):
    """One entry of a timeline."""

    n: int
    ts: str
    kind: EntryKind
    who: str
    post: str | None
    note: str
    data: dict[str, Any]


class TraceView(Struct, frozen=True, kw_only=True):
    """When it was where: one time per hop, null where it has not been. `painted_by`: on whose screen."""

    device: str | None
    received: str | None
    committed: str | None
    raised: str | None
    pushed: str | None
    painted: str | None
    acknowledged: str | None
    painted_by: str | None


class CaseView(AlarmView, frozen=True, kw_only=True):
    """An alarm and everything about it: what happened, when it was where, what was seen, who must do what."""

    timeline: Sequence[EntryView]
    trace: TraceView
    evidence: Sequence[Any]
    orders: Sequence[Any]


def alarm_view(alarm: Alarm, definitions: Mapping[str, Definition], children: int = 0) -> AlarmView:
    """Show an alarm."""
    definition = definitions.get(alarm.key)
    return AlarmView(
        id=alarm.id,
        site=alarm.site,
        kind=alarm.device_kind,
        device=alarm.device,
        area=alarm.area,
        key=alarm.key,
        title=alarm.title,
        priority=alarm.priority,
        alarm_kind=alarm.kind,
        latching=alarm.latching,
        review=alarm.review,
        state=alarm.state,
        suppression=alarm.suppression,
        active=alarm.active,
        count=alarm.count,
        version=alarm.version,
        raised=rfc3339_ms(alarm.raised_ms),
        last=rfc3339_ms(alarm.last_ms),
        returned=_text(alarm.returned_ms),
        acknowledged=_text(alarm.acknowledged_ms),
        acknowledged_by=alarm.acknowledged_by,
        assigned_to=alarm.assigned_to,
        closed=_text(alarm.closed_ms),
        parent=alarm.parent,
        children=children,
        shelved_until=_text(alarm.shelved_until_ms),
        data=alarm.data,
        rationale=definition.rationale if definition else {},
        steps=definition.steps if definition else (),
        test=alarm.test,
    )


def entry_view(entry: Entry) -> EntryView:
    """Show an entry."""
    return EntryView(
        n=entry.n,
        ts=rfc3339_ms(entry.ts_ms),
        kind=entry.kind,
        who=entry.who,
        post=entry.post,
        note=entry.note,
        data=entry.data,
    )


def trace_view(trace: Trace) -> TraceView:
    """Show a trace."""
    return TraceView(
        device=_text(trace.device_ms),
        received=_text(trace.received_ms),
        committed=_text(trace.committed_ms),
        raised=_text(trace.raised_ms),
        pushed=_text(trace.pushed_ms),
        painted=_text(trace.painted_ms),
        acknowledged=_text(trace.acknowledged_ms),
        painted_by=trace.painted_by,
    )


def _text(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339_ms(at_ms)
