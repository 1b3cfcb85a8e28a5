"""What becomes of an alarm: from the alarm before, and what happens, to the alarm after. Pure.

Each function returns the alarm after and the kind of entry that tells it, or raises Refused.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from msgspec.structs import replace

from contract.errors import Refused
from hub.alarms.alarm import Alarm, EntryKind
from hub.alarms.definition import Kind, Priority
from hub.alarms.lifecycle import LIFECYCLE, SUPPRESSION, Hiding, State, Suppression, Trigger
from hub.alarms.signals import Raise, Return

UNSEEN: Final = frozenset({EntryKind.REPEATED})
"""Entries after which what a person saw is as good as before."""

UNCOUNTED: Final = frozenset(
    {
        EntryKind.TOLD,
        EntryKind.LINKED,
        EntryKind.EVIDENCE,
        EntryKind.ORDERED,
        EntryKind.SHOWN,
        EntryKind.REFERRAL_RECEIVED,
        *UNSEEN,
    }
)
"""Entries that do not move the version: nobody's press becomes stale because somebody else was told."""


class Moved(NamedTuple):
    """The alarm after, and what its timeline says of that."""

    alarm: Alarm
    kind: EntryKind


Move = Callable[[Alarm], Moved]


def first(signal: Raise, ident: str, tenant: str, now_ms: int) -> Moved:
    """Make the alarm of a first raise."""
    definition, address = signal.definition, signal.address
    alarm = Alarm(
        id=ident,
        tenant=tenant,
        site=address.site,
        device_kind=address.kind,
        device=address.device,
        key=definition.key,
        dedup=signal.dedup,
        area=signal.area,
        title=definition.title,
        priority=definition.priority,
        kind=definition.kind,
        latching=definition.latching,
        review=definition.review,
        state=LIFECYCLE[State.NORMAL][Trigger.RAISE],
        suppression=Suppression.SUPPRESSED_BY_DESIGN if definition.quiet else Suppression.NONE,
        active=True,
        count=1,
        version=0,
        entries=0,
        raised_ms=signal.at_ms,
        last_ms=signal.at_ms,
        event_seq=signal.event_seq,
        data=signal.data,
        trace=replace(signal.trace, raised_ms=now_ms),
    )
    return Moved(alarm, EntryKind.RAISED)


def again(alarm: Alarm, signal: Raise) -> Moved:
    """Count an occurrence. Soon after the last it is a repeat; later, or after a return, it alerts anew."""
    soon = signal.at_ms - alarm.last_ms <= signal.definition.repeat_within_s * 1000
    trigger = Trigger.REPEAT if soon and alarm.active else Trigger.RAISE
    state = LIFECYCLE[alarm.state][trigger]
    after = replace(
        alarm,
        state=state,
        active=True,
        count=alarm.count + 1,
        last_ms=max(alarm.last_ms, signal.at_ms),
        returned_ms=None,
        closed_by=None,
        event_seq=signal.event_seq or alarm.event_seq,
        data=signal.data or alarm.data,
    )
    return Moved(after, EntryKind.REPEATED if trigger is Trigger.REPEAT else EntryKind.RAISED)


def tested(moved: Moved, test: str | None) -> Moved:
    """Mark an alarm with the test within which it is raised.

    What was real before stays so, and what is raised again after its test is real.
    """
    known = moved.alarm.test if moved.alarm.count > 1 else test
    return Moved(replace(moved.alarm, test=test if known == test else None), moved.kind)


def returned(alarm: Alarm, signal: Return) -> Moved | None:
    """Take that what raised it is over; a latching alarm holds. None if that is known."""
    if not alarm.active or alarm.kind is Kind.INCIDENT:
        return None
    after = replace(alarm, active=False, returned_ms=signal.at_ms)
    if not alarm.latching:
        after = replace(after, state=LIFECYCLE[alarm.state][Trigger.RETURN])
        if alarm.suppression is Suppression.SUPPRESSED_BY_DESIGN:
            # Nobody was alerted, so nobody need acknowledge.
            after = replace(after, state=LIFECYCLE[after.state][Trigger.ACKNOWLEDGE])
    return Moved(_settled(after, signal.at_ms), EntryKind.RETURNED)


def acknowledged(alarm: Alarm, who: str, now_ms: int) -> Moved:
    """Take that somebody knows of it."""
    if alarm.state in (State.NORMAL, State.ACKNOWLEDGED):
        by = alarm.acknowledged_by or "nobody"
        raise Refused(f"it is {alarm.state.value} already (acknowledged by {by})", code="not-unacknowledged")
    after = replace(
        alarm,
        state=LIFECYCLE[alarm.state][Trigger.ACKNOWLEDGE],
        acknowledged_ms=now_ms,
        acknowledged_by=who,
        trace=replace(alarm.trace, acknowledged_ms=alarm.trace.acknowledged_ms or now_ms),
    )
    return Moved(_settled(after, now_ms), EntryKind.ACKNOWLEDGED)


def reset(alarm: Alarm, who: str, now_ms: int) -> Moved:
    """Let a latching alarm go, by hand, once what raised it is over (GB 50394)."""
    if not alarm.latching:
        raise Refused("it does not latch; it returns to normal by itself", code="not-latching")
    if alarm.active:
        raise Refused("what raised it is not over; look at the device first", code="still-active")
    _acknowledged_first(alarm)
    return Moved(_by_hand(alarm, who, now_ms), EntryKind.RESET)


def closed(alarm: Alarm, who: str, now_ms: int, *, forced: bool) -> Moved:
    """End an incident; `forced`: also a condition of which nothing says that it is over."""
    _acknowledged_first(alarm)
    if alarm.kind is Kind.CONDITION and alarm.active and not forced:
        raise Refused(
            "what raised it is not over; a supervisor may close it by force, with a reason",
            code="still-active",
        )
    return Moved(_by_hand(alarm, who, now_ms), EntryKind.CLOSED)


def reviewed(alarm: Alarm, who: str, now_ms: int) -> Moved:
    """Let a second person agree that it is dealt with (复核)."""
    if not alarm.review:
        raise Refused("its definition asks for no review", code="no-review")
    if alarm.state is not State.NORMAL:
        raise Refused("it is not over yet; only then it can be reviewed", code="not-over")
    if who in (alarm.acknowledged_by, alarm.closed_by):
        raise Refused("a second person must review it, not who dealt with it", code="same-person")
    return Moved(replace(alarm, closed_ms=now_ms), EntryKind.REVIEWED)


def assigned(alarm: Alarm, to: str) -> Moved:
    """Say who deals with it."""
    return Moved(replace(alarm, assigned_to=to), EntryKind.ASSIGNED)


def shelved(alarm: Alarm, until_ms: int) -> Moved:
    """Hide it until then, because a person says so; Refused while the device is out of service."""
    if alarm.suppression is Suppression.OUT_OF_SERVICE:
        raise Refused("it is out of service; that needs no shelf", code="out-of-service")
    suppression = SUPPRESSION[alarm.suppression][Hiding.SHELVE]
    return Moved(replace(alarm, suppression=suppression, shelved_until_ms=until_ms), EntryKind.SHELVED)


def unshelved(alarm: Alarm) -> Moved:
    """Hide it no longer, as far as a shelf did."""
    if alarm.suppression is not Suppression.SHELVED:
        raise Refused("it is not shelved", code="not-shelved")
    return Moved(_uncovered(alarm, Hiding.UNSHELVE), EntryKind.UNSHELVED)


def taken_out(alarm: Alarm) -> Moved:
    """Hide it while its device is being mended."""
    suppression = SUPPRESSION[alarm.suppression][Hiding.TAKE_OUT_OF_SERVICE]
    after = replace(alarm, suppression=suppression, shelved_until_ms=None)
    return Moved(after, EntryKind.OUT_OF_SERVICE)


def put_back(alarm: Alarm) -> Moved:
    """Hide it no longer: its device is mended."""
    if alarm.suppression is not Suppression.OUT_OF_SERVICE:
        raise Refused("it is not out of service", code="not-out-of-service")
    return Moved(_uncovered(alarm, Hiding.RETURN_TO_SERVICE), EntryKind.IN_SERVICE)


def folded(alarm: Alarm, parent: str) -> Moved:
    """Hide it under the alarm of its cause; what a person hid stays so, and is folded after that."""
    suppression = SUPPRESSION[alarm.suppression][Hiding.SUPPRESS]
    return Moved(replace(alarm, suppression=suppression, parent=parent), EntryKind.SUPPRESSED)


def unfolded(alarm: Alarm) -> Moved:
    """Hide it no longer, as far as its cause did."""
    suppression = SUPPRESSION[alarm.suppression][Hiding.UNSUPPRESS]
    return Moved(replace(alarm, suppression=suppression, parent=None), EntryKind.UNSUPPRESSED)


def _uncovered(alarm: Alarm, hiding: Hiding) -> Alarm:
    """Take a person's hiding away; a cause that is still there goes on hiding it."""
    suppression = SUPPRESSION[alarm.suppression][hiding]
    if alarm.parent is not None:
        suppression = SUPPRESSION[suppression][Hiding.SUPPRESS]
    return replace(alarm, suppression=suppression, shelved_until_ms=None)


def graver(alarm: Alarm, priority: Priority) -> Moved:
    """Make it graver; it stays as it is if it is as grave already."""
    if priority.rank >= alarm.priority.rank:
        return Moved(alarm, EntryKind.ESCALATED)
    return Moved(replace(alarm, priority=priority), EntryKind.ESCALATED)


def entered(alarm: Alarm, kind: EntryKind) -> Alarm:
    """Count the entry that is about to be written."""
    return replace(alarm, entries=alarm.entries + 1, version=alarm.version + (0 if kind in UNCOUNTED else 1))


def _by_hand(alarm: Alarm, who: str, now_ms: int) -> Alarm:
    after = replace(
        alarm,
        state=LIFECYCLE[alarm.state][Trigger.RETURN],
        closed_by=who,
        returned_ms=alarm.returned_ms or now_ms,
    )
    return _settled(after, now_ms)


def _acknowledged_first(alarm: Alarm) -> None:
    if alarm.state in (State.UNACKNOWLEDGED, State.RETURNED_UNACKNOWLEDGED):
        raise Refused("acknowledge it first", code="not-acknowledged")
    if alarm.state is State.NORMAL:
        raise Refused("it is over already", code="over")


def _settled(alarm: Alarm, now_ms: int) -> Alarm:
    """Close what is over, unless a second person must look at it."""
    if alarm.state is State.NORMAL and not alarm.review:
        return replace(alarm, closed_ms=now_ms)
    return alarm
