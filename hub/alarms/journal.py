"""Writes what happens to alarms, in the caller's transaction: the alarm, its entry, what others plan."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field
from sqlalchemy import Connection

from contract.clock import Clock
from contract.errors import InvalidMessage, Refused
from hub.alarms import moves
from hub.alarms.alarm import HUB, Actor, Alarm, Change, Entry, EntryKind
from hub.alarms.changes import Participant
from hub.alarms.moves import Move, Moved
from hub.alarms.shelving import Shelving
from hub.alarms.signals import Raise, Return, Signal
from hub.alarms.store import AlarmStore

MAX_TRIES: Final = 100
"""Somebody else changing the same alarm over and over would be a fault of ours."""


class Stale(Refused):
    """Somebody pressed on what they saw, and it is no longer so; `alarm` is how it is now."""

    default_code = "stale-version"

    def __init__(self, alarm: Alarm) -> None:
        super().__init__("the alarm has changed since you saw it; look again")
        self.alarm = alarm


class Deed(Struct, frozen=True, kw_only=True):
    """What somebody does to an alarm. `version`: what they saw of it; None: it does not matter.

    `request` names the press: told again, it is known and not done again. `also` is done in the same
    transaction, with the alarm after.
    """

    move: Move
    by: Actor = HUB
    version: int | None = None
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    request: str | None = None
    also: Callable[[Connection, Alarm], None] | None = None


class Journal:
    """Every change of one tenant's alarms. Blocking, in the ledger's thread."""

    def __init__(
        self, store: AlarmStore, shelving: Shelving, clock: Clock, participants: Sequence[Participant]
    ) -> None:
        self._store = store
        self._shelving = shelving
        self._clock = clock
        self._participants = participants
        self.cover: Callable[[Alarm], str | None] = lambda _: None
        self.test: Callable[[Raise], str | None] = lambda _: None

    def take(self, connection: Connection, signals: Sequence[Signal]) -> list[Change]:
        """Write what the rules say, in their order."""
        return [change for signal in signals for change in self._signal(connection, signal)]

    def act(self, connection: Connection, ident: str, deed: Deed) -> Change | Alarm:
        """Write what somebody does; Stale, Refused, or InvalidMessage if there is no such alarm.

        Returns the alarm as it is if that very request is done already.
        """
        known = self._store.hold(connection, ident)
        if known is None:
            raise InvalidMessage("there is no such alarm", code="unknown-alarm")
        if deed.request is not None and self._store.requested(connection, ident, deed.by.who, deed.request):
            return known
        if deed.version is not None and deed.version != known.version:
            raise Stale(known)
        if deed.version is not None and not known.open:
            raise Refused("the alarm is closed", code="closed")
        change = self._write(connection, known, deed)
        if deed.also is not None:
            deed.also(connection, change.after)
        return change

    def end_shelves(self, connection: Connection) -> list[Change]:
        """End every shelf whose time is over."""
        changes = []
        deed = Deed(move=moves.unshelved, data={"over": True})
        for shelf in self._shelving.over(connection):
            self._store.drop_shelf(connection, shelf.dedup)
            known = self._store.latest(connection, shelf.dedup)
            if known is not None and known.open:
                changes.append(self._write(connection, known, deed))
        return changes

    def fold(self, connection: Connection, parents: Mapping[str, str | None]) -> list[Change]:
        """Fold alarms under others and unfold them (None); a closed one stays as it is."""
        changes = []
        for ident, parent in parents.items():
            known = self._store.hold(connection, ident)
            if known is not None and known.open and known.parent != parent:
                changes.append(self._write(connection, known, _folding(parent)))
        return changes

    def _signal(self, connection: Connection, signal: Signal) -> Iterator[Change]:
        if isinstance(signal, Raise):
            change = self._raise(connection, signal)
        else:
            change = self._return(connection, signal)
        if change is not None:
            yield change

    def _return(self, connection: Connection, signal: Return) -> Change | None:
        known = self._store.latest(connection, signal.dedup)
        moved = moves.returned(known, signal) if known is not None and known.open else None
        if known is None or moved is None:
            return None
        return self._write(connection, known, Deed(move=lambda _: moved, data=signal.data))

    def _raise(self, connection: Connection, signal: Raise) -> Change | None:
        """Make an alarm or count in the open one; None if this very occurrence is in it."""
        seq = signal.event_seq
        if seq is not None and not self._store.occurs(connection, signal.dedup, seq):
            return None
        deed = Deed(
            move=lambda alarm: moves.tested(moves.again(alarm, signal), self.test(signal)),
            data={} if seq is None else {"event": seq},
        )
        for _ in range(MAX_TRIES):
            known = self._store.latest(connection, signal.dedup)
            if known is not None and known.open:
                if seq is None and known.active:
                    return None  # it still lasts
                change = self._try(connection, known, deed)
            else:
                change = self._try_first(connection, signal, deed)
            if change is not None:
                return change
        raise RuntimeError(f"alarm {signal.dedup} changes faster than it can be read")

    def _try_first(self, connection: Connection, signal: Raise, deed: Deed) -> Change | None:
        moved = moves.first(signal, secrets.token_hex(16), self._store.tenant, self._clock.now_ms())
        moved = moves.tested(moved, self.test(signal))
        alarm = moves.entered(self._shelving.hide(connection, moved.alarm), moved.kind)
        parent = self.cover(alarm)
        if parent is not None:
            alarm = moves.folded(alarm, parent).alarm
        if not self._store.insert(connection, alarm):
            return None
        return self._enter(connection, None, Moved(alarm, moved.kind), deed)

    def _try(self, connection: Connection, known: Alarm, deed: Deed) -> Change | None:
        alarm, kind = deed.move(known)
        after = moves.entered(alarm, kind)
        if not self._store.update(connection, known, after):
            return None
        return self._enter(connection, known, Moved(after, kind), deed)

    def _write(self, connection: Connection, known: Alarm, deed: Deed) -> Change:
        change = self._try(connection, known, deed)
        if change is None:  # `hold` and `latest` keep others out
            raise RuntimeError(f"alarm {known.id} was changed by somebody else")
        return change

    def _enter(self, connection: Connection, before: Alarm | None, moved: Moved, deed: Deed) -> Change:
        after, kind = moved
        entry = Entry(
            alarm=after.id,
            n=after.entries,
            ts_ms=self._clock.now_ms(),
            kind=kind,
            who=deed.by.who,
            post=deed.by.post,
            note=deed.note,
            data=_data(deed) | _was(before, kind),
        )
        self._store.add_entry(connection, entry)
        change = Change(before=before, after=after, entry=entry)
        for participant in self._participants:
            participant.within(connection, change)
        return change


def _data(deed: Deed) -> dict[str, Any]:
    request = {"request": deed.request} if deed.request else {}
    return deed.data | request | ({"from": deed.by.address} if deed.by.address else {})


def _was(before: Alarm | None, kind: EntryKind) -> dict[str, Any]:
    """Return what an alarm was that may have become graver: that cannot be told afterwards."""
    return {"was": before.priority.value} if before and kind is EntryKind.ESCALATED else {}


def _folding(parent: str | None) -> Deed:
    if parent is None:
        return Deed(move=moves.unfolded)
    return Deed(move=lambda alarm: moves.folded(alarm, parent), data={"parent": parent})
