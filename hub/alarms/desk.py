"""The alarm desk: the one owner of every alarm.

Rules raise and return (`take`), people acknowledge and the like, workers add what they did (`note`). Each
change goes through all participants in its own transaction, so that after a crash either the change and what
was planned with it are there, or neither.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection

from contract.clock import Clock
from contract.errors import InvalidMessage
from hub.alarms import moves
from hub.alarms.alarm import AT_ONCE, Actor, Alarm, Change, Entry, EntryKind, Press, Trace
from hub.alarms.changes import Participant
from hub.alarms.definition import Priority
from hub.alarms.journal import Deed, Journal
from hub.alarms.lifecycle import Suppression
from hub.alarms.moves import Moved
from hub.alarms.shelving import Shelving
from hub.alarms.signals import Raise, Signal
from hub.alarms.store import AlarmStore
from hub.ledger.transactions import Transactions

Also = Callable[[Connection], None] | None


class Desk:
    """All alarms of one tenant. Lives on the hub's event loop; writes in the ledger's thread."""

    def __init__(
        self,
        ledger: Transactions,
        clock: Clock,
        tenant: str,
        participants: Sequence[Participant] = (),
        on_change: Callable[[Sequence[Change]], None] = lambda _: None,
    ) -> None:
        self.store = AlarmStore(tenant)
        self._ledger = ledger
        self._clock = clock
        self._participants = list(participants)
        self._on_change = on_change
        self._standing: dict[str, Alarm] = {}
        self._shelving = Shelving(self.store, clock)
        self._journal = Journal(self.store, self._shelving, clock, self._participants)
        self._shelf_moved = asyncio.Event()

    def join(self, participant: Participant) -> None:
        """Let somebody take part in every change from now on."""
        self._participants.append(participant)

    async def open(self) -> None:
        """Read back how things stood when the hub stopped."""
        found = await self._ledger.read(self.store.standing)
        self._standing = {alarm.id: alarm for alarm in found}

    def standing(self) -> Mapping[str, Alarm]:
        """Return the open alarms by id, oldest raise first."""
        return MappingProxyType(self._standing)

    async def cursor(self) -> int:
        """Up to which event of the ledger the rules have looked."""
        return await self._ledger.read(self.store.cursor.seq)

    async def get(self, ident: str) -> Alarm | None:
        """Return an alarm, open or not."""
        known = self._standing.get(ident)
        return known or await self._ledger.read(lambda connection: self.store.get(connection, ident))

    async def timeline(self, ident: str) -> list[Entry]:
        """Return an alarm's timeline, from its first entry."""
        return await self._ledger.read(lambda connection: self.store.timeline(connection, ident))

    async def find(
        self,
        *where: ColumnElement[bool],
        before_ms: int | None = None,
        limit: int = 100,
    ) -> list[Alarm]:
        """Return alarms, open or not, newest raise first."""
        return await self._ledger.read(
            lambda connection: self.store.find(connection, *where, before_ms=before_ms, limit=limit)
        )

    async def raised_since(self, since_ms: int) -> dict[str, int]:
        """Count the alarms of each key that were raised since then, in ms since 1970."""
        return await self._ledger.read(lambda connection: self.store.raised_since(connection, since_ms))

    async def take(self, signals: Sequence[Signal], upto: int | None) -> None:
        """Commit what the rules say, in their order, and how far they have looked, all at once."""

        def work(connection: Connection) -> list[Change]:
            changes = self._journal.take(connection, signals)
            if upto is not None:
                self.store.cursor.move(connection, upto)
            return changes

        self._publish(await self._ledger.write(work))

    async def acknowledge(
        self, ident: str, version: int, by: Actor, note: str = "", press: Press = AT_ONCE
    ) -> Alarm:
        """Say that somebody knows; Stale, Refused."""
        now_ms = self._clock.now_ms()
        move = lambda alarm: moves.acknowledged(alarm, by.who, now_ms)  # noqa: E731 - read in one line
        deed = Deed(move=move, by=by, version=version, note=note, data=press.data(), request=press.request)
        return await self._act(ident, deed)

    async def assign(self, ident: str, version: int, by: Actor, to: str) -> Alarm:
        """Say who deals with it; Stale, Refused."""
        move = lambda alarm: moves.assigned(alarm, to)  # noqa: E731 - read in one line
        return await self._act(ident, Deed(move=move, by=by, version=version, data={"to": to}))

    async def comment(self, ident: str, version: int, by: Actor, text: str, press: Press = AT_ONCE) -> Alarm:
        """Add what somebody has to say; Stale."""
        move = _as_it_is(EntryKind.COMMENTED)
        deed = Deed(move=move, by=by, version=version, note=text, data=press.data(), request=press.request)
        return await self._act(ident, deed)

    async def reset(self, ident: str, version: int, by: Actor, note: str = "") -> Alarm:
        """Let a latching alarm go; Stale, Refused."""
        now_ms = self._clock.now_ms()
        move = lambda alarm: moves.reset(alarm, by.who, now_ms)  # noqa: E731 - read in one line
        return await self._act(ident, Deed(move=move, by=by, version=version, note=note))

    async def close(self, ident: str, version: int, by: Actor, note: str, *, forced: bool = False) -> Alarm:
        """End an incident, or by force a condition that seems to last; Stale, Refused."""
        now_ms = self._clock.now_ms()
        move = lambda alarm: moves.closed(alarm, by.who, now_ms, forced=forced)  # noqa: E731 - the same
        data = {"forced": True} if forced else {}
        return await self._act(ident, Deed(move=move, by=by, version=version, note=note, data=data))

    async def review(self, ident: str, version: int, by: Actor, note: str = "") -> Alarm:
        """Agree, as a second person, that it is dealt with; Stale, Refused."""
        now_ms = self._clock.now_ms()
        move = lambda alarm: moves.reviewed(alarm, by.who, now_ms)  # noqa: E731 - read in one line
        return await self._act(ident, Deed(move=move, by=by, version=version, note=note))

    async def shelve(
        self, ident: str, version: int, by: Actor, reason: str, until_ms: int, also: Also = None
    ) -> Alarm:
        """Hide it, and the next of its kind there, until then; Stale, Refused, InvalidMessage."""
        if until_ms <= self._clock.now_ms():
            raise InvalidMessage("a shelf must end in the future", code="bad-end")

        def keep(connection: Connection, alarm: Alarm) -> None:
            self._shelving.put(connection, alarm, by, reason, until_ms)
            if also is not None:
                also(connection)

        move = lambda alarm: moves.shelved(alarm, until_ms)  # noqa: E731 - read in one line
        data = {"until_ms": until_ms}
        deed = Deed(move=move, by=by, version=version, note=reason, data=data, also=keep)
        after = await self._act(ident, deed)
        self._shelf_moved.set()
        return after

    async def unshelve(self, ident: str, version: int, by: Actor, note: str = "") -> Alarm:
        """Hide it no longer; Stale, Refused."""
        deed = Deed(move=moves.unshelved, by=by, version=version, note=note, also=self._shelving.drop)
        return await self._act(ident, deed)

    async def take_out_of_service(self, ident: str, version: int, by: Actor, reason: str) -> Alarm:
        """Hide it, and the next of its kind there, while the device is being mended; Stale."""

        def keep(connection: Connection, alarm: Alarm) -> None:
            self._shelving.put(connection, alarm, by, reason, None)

        deed = Deed(move=moves.taken_out, by=by, version=version, note=reason, also=keep)
        return await self._act(ident, deed)

    async def return_to_service(self, ident: str, version: int, by: Actor, note: str = "") -> Alarm:
        """Hide it no longer: the device is mended; Stale, Refused."""
        deed = Deed(move=moves.put_back, by=by, version=version, note=note, also=self._shelving.drop)
        return await self._act(ident, deed)

    async def note(
        self,
        ident: str,
        kind: EntryKind,
        *,
        who: str | Actor = "hub",
        version: int | None = None,
        note: str = "",
        data: dict[str, Any] | None = None,
        also: Also = None,
    ) -> Alarm:
        """Add to the timeline what was done, and do `also` with it or not at all; Stale, Refused."""
        by = who if isinstance(who, Actor) else Actor(who=who)
        move, done_too = _as_it_is(kind), _with_alarm(also)
        deed = Deed(move=move, by=by, version=version, note=note, data=data or {}, also=done_too)
        return await self._act(ident, deed)

    async def escalate(
        self, ident: str, priority: Priority | None, data: dict[str, Any], also: Also = None
    ) -> Alarm:
        """Say that nobody acknowledged in time, and make it graver if `priority` is."""
        move = lambda alarm: moves.graver(alarm, priority or alarm.priority)  # noqa: E731 - one line
        return await self._act(ident, Deed(move=move, data=data, also=_with_alarm(also)))

    async def suppress(self, ident: str, parent: str) -> Alarm:
        """Fold it under the alarm of its cause."""
        move = lambda alarm: moves.folded(alarm, parent)  # noqa: E731 - read in one line
        return await self._act(ident, Deed(move=move, data={"parent": parent}))

    async def unsuppress(self, ident: str) -> Alarm:
        """Unfold it: its cause is over and it is not."""
        return await self._act(ident, Deed(move=moves.unfolded))

    async def fold(self, parents: Mapping[str, str | None]) -> None:
        """Fold alarms under others and unfold them (None), all at once; a closed one stays as it is."""
        self._publish(await self._ledger.write(lambda connection: self._journal.fold(connection, parents)))

    def cover_by(self, cover: Callable[[Alarm], str | None]) -> None:
        """Have a new alarm made folded if `cover` names its cause's alarm; asked in the ledger's thread."""
        self._journal.cover = cover

    def mark_by(self, test: Callable[[Raise], str | None]) -> None:
        """Have an alarm marked with the test that `test` names; asked in the ledger's thread."""
        self._journal.test = test

    async def reached(self, traces: Mapping[str, Trace]) -> None:
        """Write when alarms reached the screens; that is no entry of their timelines."""

        def work(connection: Connection) -> list[Alarm]:
            for ident, trace in traces.items():
                self.store.trace(connection, ident, trace)
            return [found for ident in traces if (found := self.store.get(connection, ident))]

        for alarm in await self._ledger.write(work):
            if alarm.id in self._standing:
                self._standing[alarm.id] = alarm

    async def run(self) -> None:
        """End shelves when their time is over, until cancelled."""
        while True:
            self._shelf_moved.clear()
            due_ms = await self._ledger.read(self._shelving.next_end)
            pause_s = None if due_ms is None else max(0.0, (due_ms - self._clock.now_ms()) / 1000)
            try:
                async with asyncio.timeout(pause_s):
                    await self._shelf_moved.wait()
            except TimeoutError:
                await self.end_shelves()

    async def end_shelves(self) -> None:
        """End every shelf whose time is over."""
        self._publish(await self._ledger.write(self._journal.end_shelves))

    async def _act(self, ident: str, deed: Deed) -> Alarm:
        done = await self._ledger.write(lambda connection: self._journal.act(connection, ident, deed))
        if isinstance(done, Alarm):
            return done
        self._publish([done])
        return done.after

    def _publish(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.after.open:
                self._standing[change.after.id] = change.after
            else:
                self._standing.pop(change.after.id, None)
        if changes:
            self._on_change(changes)
            for participant in self._participants:
                participant.committed(changes)


def annunciated(alarm: Alarm) -> bool:
    """Whether people are alerted of it."""
    return alarm.suppression is Suppression.NONE


def quiet(alarm: Alarm) -> bool:
    """Whether it is for no person at all, neither now nor later: the canary."""
    return alarm.suppression is Suppression.SUPPRESSED_BY_DESIGN and alarm.parent is None


def _as_it_is(kind: EntryKind) -> Callable[[Alarm], Moved]:
    return lambda alarm: Moved(alarm, kind)


def _with_alarm(also: Also) -> Callable[[Connection, Alarm], None] | None:
    return None if also is None else lambda connection, _: also(connection)
