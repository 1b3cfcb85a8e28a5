"""Whether somebody is awake at night: a check becomes due, and is kept or missed.

The pause between checks and the time to answer are measured by the monotonic clock, so that a jump of the
wall clock neither wakes nor spares anybody; the wall clock says when it is night. After a restart the rest of
both is reckoned from what is in the ledger. Whatever somebody on duty does to an alarm shows that they are
awake.
"""

from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hub.posts.night import night_began_ms
from hub.posts.post import Post
from hub.posts.records import Check, DutyEntryKind, OnDuty, Shift
from hub.posts.roster import Roster

GRACE_S: Final = 60.0
"""Least time to answer after a restart: nobody could while the hub was down."""


class Presence:
    """The presence checks of every post that has them. `check` is to be called every second or so."""

    def __init__(self, roster: Roster, zone: ZoneInfo) -> None:
        self._roster = roster
        self._zone = zone
        self._clock = roster.clock
        self._pause_from: dict[str, float] = {}
        self._deadlines: dict[str, float] = {}
        self._sights: frozenset[tuple[str, int]] = frozenset()

    async def resume(self) -> None:
        """Go on where the hub stopped; end the checks of posts that have none any more."""
        now_ms = self._clock.now_ms()

        def work(connection: Connection) -> None:
            for check in self._roster.store.on_duty(connection).checks:
                if check.post not in self._watched():
                    self._roster.store.end_check(connection, check.post, None, now_ms)

        await self._roster.write(work)
        self._sights = _sights(self._roster.on_duty)
        for post in self._watched().values():
            self._pause_from[post.id] = self._clock.monotonic() - self._paused_s(post, now_ms)
        for check in self._roster.on_duty.checks:
            rest_s = max((check.deadline_ms - now_ms) / 1000, GRACE_S)
            self._deadlines[check.id] = self._clock.monotonic() + min(rest_s, _within_s(check))

    async def check(self) -> None:
        """Look whether a check becomes due or was missed."""
        checks = {check.post: check for check in self._roster.on_duty.checks}
        now_ms = self._clock.now_ms()
        due = [
            post for post in self._watched().values() if post.id not in checks and self._is_due(post, now_ms)
        ]
        missed = [check for check in checks.values() if self._is_missed(check)]
        if due or missed:
            await self._roster.write(lambda connection: self._write(connection, due, missed, now_ms))

    def keep(self, connection: Connection, shift: Shift, now_ms: int) -> None:
        """Take, in the caller's transaction, that whoever has this shift is awake."""
        if shift.post in self._watched() and self._roster.store.see(connection, shift, now_ms):
            self._roster.tell(connection, DutyEntryKind.PRESENT, shift, now_ms)

    def _write(self, connection: Connection, due: list[Post], missed: list[Check], now_ms: int) -> None:
        for post in due:
            deadline_ms = now_ms + round(post.presence_within_min * 60_000)
            self._roster.store.add_check(connection, post.id, now_ms, deadline_ms)
        for check in missed:
            if self._roster.store.miss(connection, check, now_ms):
                for shift in self._roster.at(check.post):
                    kind = DutyEntryKind.PRESENCE_MISSED
                    self._roster.tell(connection, kind, shift, now_ms, who="hub", check=check.id)

    def follow(self) -> None:
        """Begin a pause where somebody has shown, and the time to answer of a check that is new."""
        now = self._clock.monotonic()
        sights = _sights(self._roster.on_duty)
        for shift in self._roster.on_duty.shifts:
            if (shift.id, shift.seen_ms) not in self._sights:
                self._pause_from[shift.post] = now
        self._sights = sights
        open_checks = {check.id: check for check in self._roster.on_duty.checks}
        self._deadlines = {ident: at for ident, at in self._deadlines.items() if ident in open_checks}
        for ident, check in open_checks.items():
            self._deadlines.setdefault(ident, now + _within_s(check))

    def _is_due(self, post: Post, now_ms: int) -> bool:
        if not self._roster.at(post.id) or night_began_ms(post, self._zone, now_ms) is None:
            self._pause_from.pop(post.id, None)
            return False
        now = self._clock.monotonic()
        return now - self._pause_from.setdefault(post.id, now) >= post.presence_every_min * 60

    def _is_missed(self, check: Check) -> bool:
        return check.missed_ms is None and self._clock.monotonic() >= self._deadlines[check.id]

    def _paused_s(self, post: Post, now_ms: int) -> float:
        """Reckon by the wall clock how long a pause has lasted; nothing if that was set back."""
        night_ms = night_began_ms(post, self._zone, now_ms)
        if night_ms is None:
            return 0.0
        since_ms = max([night_ms, *(shift.seen_ms for shift in self._roster.at(post.id))])
        return max((now_ms - since_ms) / 1000, 0.0)

    def _watched(self) -> dict[str, Post]:
        return {ident: post for ident, post in self._roster.posts.items() if post.presence_every_min > 0}


def _within_s(check: Check) -> float:
    return (check.deadline_ms - check.due_ms) / 1000


def _sights(on_duty: OnDuty) -> frozenset[tuple[str, int]]:
    return frozenset((shift.id, shift.seen_ms) for shift in on_duty.shifts)
