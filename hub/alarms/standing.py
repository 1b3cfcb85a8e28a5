"""How an alarm stood after the first entries of its timeline, whatever was done to it since. Pure.

Its row has how it stands now. The timeline tells each move of its state; whether a return found it hidden,
and so settled it without anybody's press, only what came next tells.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hub.alarms.alarm import Alarm, Entry, EntryKind
from hub.alarms.definition import Priority
from hub.alarms.lifecycle import LIFECYCLE, State, Trigger

MOVING: Final[Mapping[EntryKind, Trigger]] = MappingProxyType(
    {
        EntryKind.RAISED: Trigger.RAISE,
        EntryKind.REPEATED: Trigger.REPEAT,
        EntryKind.RETURNED: Trigger.RETURN,
        EntryKind.ACKNOWLEDGED: Trigger.ACKNOWLEDGE,
        EntryKind.RESET: Trigger.RETURN,
        EntryKind.CLOSED: Trigger.RETURN,
    }
)
TELLING: Final = frozenset({*MOVING, EntryKind.REVIEWED, EntryKind.ESCALATED})
"""Entries that tell how it stands; all others may be missing from a timeline that is read for that."""

_OCCURS: Final = (EntryKind.RAISED, EntryKind.REPEATED)
_BY_HAND: Final = (EntryKind.RESET, EntryKind.CLOSED)


class Standing(Struct, frozen=True, kw_only=True):
    """Times in ms since 1970, by when the entries were written; None: the timeline does not hold it.

    `event_seq`: the newest event of the ledger that had raised it.
    """

    state: State | None = State.NORMAL
    priority: Priority | None = None
    count: int = 0
    returned_ms: int | None = None
    acknowledged_ms: int | None = None
    acknowledged_by: str | None = None
    closed_ms: int | None = None
    closed_by: str | None = None
    event_seq: int | None = None


def standing(alarm: Alarm, timeline: Sequence[Entry], upto: int) -> Standing:
    """Return how an alarm stood after the first `upto` entries of its timeline, which is given whole."""
    stood = Standing(priority=_priority(alarm, timeline[upto:]))
    for n, entry in enumerate(timeline[:upto], 1):
        behind = (timeline[later] for later in range(n, len(timeline)))
        stood = _told(alarm, _moved(alarm, stood, entry, behind), entry)
    return stood


def _moved(alarm: Alarm, stood: Standing, entry: Entry, behind: Iterable[Entry]) -> Standing:
    """Move its state as an entry tells; of those behind it, what a return was depends on the next."""
    trigger = MOVING.get(entry.kind)
    holds = alarm.latching and entry.kind is EntryKind.RETURNED
    if trigger is None or holds:
        return stood
    # Of the two states that it may be in if that is not known, each trigger but a return makes the same.
    state = LIFECYCLE[stood.state or State.RETURNED_UNACKNOWLEDGED][trigger]
    if state is State.RETURNED_UNACKNOWLEDGED:
        return replace(stood, state=_returned(alarm, behind))
    return replace(stood, state=state)


def _told(alarm: Alarm, stood: Standing, entry: Entry) -> Standing:
    """Take when, by whom and how often; close what is over, unless a second person must look at it."""
    if entry.kind in _OCCURS:
        seq = entry.data.get("event", stood.event_seq)
        stood = replace(stood, count=stood.count + 1, returned_ms=None, closed_by=None, event_seq=seq)
    if entry.kind is EntryKind.ACKNOWLEDGED:
        stood = replace(stood, acknowledged_ms=entry.ts_ms, acknowledged_by=entry.who)
    if entry.kind is EntryKind.RETURNED:
        stood = replace(stood, returned_ms=entry.ts_ms)
    if entry.kind in _BY_HAND:
        stood = replace(stood, closed_by=entry.who, returned_ms=stood.returned_ms or entry.ts_ms)
    settled = entry.kind in MOVING and stood.state is State.NORMAL and not alarm.review
    if settled or entry.kind is EntryKind.REVIEWED:
        stood = replace(stood, closed_ms=entry.ts_ms)
    return stood


def _returned(alarm: Alarm, behind: Iterable[Entry]) -> State | None:
    """Return what became of one that nobody had acknowledged: if it was hidden, nobody need to."""
    follows = next((each.kind for each in behind if each.kind in (*MOVING, EntryKind.REVIEWED)), None)
    if follows is None:
        return alarm.state
    if follows is EntryKind.REVIEWED:
        return State.NORMAL
    if follows is EntryKind.ACKNOWLEDGED or not alarm.review:
        return State.RETURNED_UNACKNOWLEDGED  # else it would have been closed, and nothing follows that
    return None


def _priority(alarm: Alarm, behind: Sequence[Entry]) -> Priority | None:
    """Return its priority before the entries behind made it graver."""
    escalated = next((each for each in behind if each.kind is EntryKind.ESCALATED), None)
    if escalated is None:
        return alarm.priority
    was = escalated.data.get("was")
    return Priority(was) if was is not None else None
