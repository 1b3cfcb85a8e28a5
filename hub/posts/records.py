"""What is on record of posts: shifts, hand-overs, presence checks. Times in ms since 1970."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from hub.alarms.alarm import Alarm
from hub.alarms.definition import Priority, Words
from hub.alarms.lifecycle import State, Suppression


class ShiftEnd(StrEnum):
    """How a shift ended."""

    HANDED_OVER = "handed-over"
    SIGNED_OFF = "signed-off"
    """A colleague stayed, and there was nothing to hand over."""
    BY_SUPERVISOR = "by-supervisor"
    """Without hand-over, for the reason that is on record."""
    POST_REMOVED = "post-removed"
    """The site file has no such post any more."""


class Shift(Struct, frozen=True, kw_only=True):
    """One person at one post, from sign-on to sign-off or hand-over. `who` is a principal's name."""

    id: str
    post: str
    who: str
    began_ms: int
    seen_ms: int
    ended_ms: int | None = None
    end: ShiftEnd | None = None
    ended_by: str | None = None
    reason: str | None = None


class Item(Struct, frozen=True, kw_only=True):
    """An alarm that is handed over, as it stood then. `children`: how many are folded under it."""

    alarm: str
    key: str
    title: Words
    device: str
    area: str | None
    priority: Priority
    state: State
    suppression: Suppression
    raised_ms: int
    acknowledged_by: str | None
    assigned_to: str | None
    shelved_until_ms: int | None
    children: int


class Handover(Struct, frozen=True, kw_only=True):
    """What whoever leaves (`who`) prepared, and what became of it."""

    id: str
    shift: str
    post: str
    who: str
    prepared_ms: int
    note: str
    items: tuple[Item, ...]
    accepted_ms: int | None = None
    accepted_by: str | None = None
    accepted_note: str | None = None
    accepted_items: tuple[Item, ...] = ()
    void_ms: int | None = None


class Check(Struct, frozen=True, kw_only=True):
    """A presence check: due, and by its deadline kept or missed. It ends once somebody shows."""

    id: str
    post: str
    due_ms: int
    deadline_ms: int
    missed_ms: int | None = None
    ended_ms: int | None = None
    ended_by: str | None = None


class OnDuty(Struct, frozen=True, kw_only=True):
    """Everything that is open: shifts by their begin, hand-overs and checks that wait."""

    shifts: tuple[Shift, ...] = ()
    handovers: tuple[Handover, ...] = ()
    checks: tuple[Check, ...] = ()


class DutyEntryKind(StrEnum):
    """What happened at a post."""

    SIGNED_ON = "signed-on"
    SIGNED_OFF = "signed-off"
    HANDOVER_PREPARED = "handover-prepared"
    HANDED_OVER = "handed-over"
    PRESENCE_MISSED = "presence-missed"
    PRESENT = "present"


class DutyEntry(Struct, frozen=True, kw_only=True):
    """Something that happened at a post, for the audit. `who` is a principal or `hub`."""

    ts_ms: int
    kind: DutyEntryKind
    who: str
    post: str
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def item_of(alarm: Alarm, children: int) -> Item:
    """Say of an alarm what whoever comes needs to know."""
    return Item(
        alarm=alarm.id,
        key=alarm.key,
        title=alarm.title,
        device=str(alarm.address),
        area=alarm.area,
        priority=alarm.priority,
        state=alarm.state,
        suppression=alarm.suppression,
        raised_ms=alarm.raised_ms,
        acknowledged_by=alarm.acknowledged_by,
        assigned_to=alarm.assigned_to,
        shelved_until_ms=alarm.shelved_until_ms,
        children=children,
    )
