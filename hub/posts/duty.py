"""Duty at the posts of a site: sign-on, hand-over, presence at night; who is there, and what they may."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import Clock
from hub.access.roles import Principal
from hub.alarms.alarm import HUB, Actor, Change
from hub.alarms.changes import Participant
from hub.ledger.transactions import Transactions
from hub.posts.handover import Handovers
from hub.posts.post import Post
from hub.posts.presence import Presence
from hub.posts.reach import Reach, reach
from hub.posts.records import DutyEntry
from hub.posts.roster import OpenAlarms, Record, Roster
from hub.posts.shelving import ShelfLimit
from hub.posts.shifts import Shifts
from hub.posts.store import PostStore
from hub.posts.view import PostView, duty_view

logger = logging.getLogger(__name__)

CHECK_INTERVAL_S: Final = 1.0


def _unrecorded(_connection: Connection, _entry: DutyEntry) -> None:
    """Leave it at the tables of posts, which are a record of their own."""


def _unheard() -> None:
    """Tell nobody."""


class Duty(Participant):
    """Everything about the posts of one site. Lives on the hub's event loop.

    A participant of every alarm's change: whoever does something to an alarm is awake. `record` writes the
    audit in the transaction of what it tells; `on_change` is called when `view()` or `missed` is different.
    """

    def __init__(
        self,
        posts: Sequence[Post],
        zone: ZoneInfo,
        transactions: Transactions,
        alarms: OpenAlarms,
        clock: Clock,
        *,
        tenant: str,
        record: Record = _unrecorded,
    ) -> None:
        store = PostStore(tenant)
        self.roster = Roster(
            posts, store, transactions, alarms, clock, record=record, changed=self._on_change
        )
        self.shifts = Shifts(self.roster)
        self.handovers = Handovers(self.roster)
        self.presence = Presence(self.roster, zone)
        self.shelves = ShelfLimit(self.roster)
        self.on_change: Callable[[], None] = _unheard
        self._shown: list[PostView] = self.view()
        self._seen_at_work = False

    async def resume(self) -> None:
        """Take up what the ledger says; before anybody is served."""
        await self.shifts.end_at_removed_posts()
        await self.presence.resume()

    async def run(self) -> None:
        """Look after presence until cancelled."""
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            try:
                await self.check()
            except SQLAlchemyError as wrong:
                logger.error("presence cannot be checked, the ledger says: %s", wrong)  # noqa: TRY400 - no bug of ours

    async def check(self) -> None:
        """Look once whether a presence check becomes due or was missed."""
        if self._seen_at_work:
            self._seen_at_work = False
            await self.roster.write(lambda _connection: None)
        await self.presence.check()

    def manned(self, post: str) -> bool:
        """Whether somebody is on duty at a post; of a post that there is not, nobody is."""
        return bool(self.roster.at(post))

    @property
    def missed(self) -> Mapping[str, int]:
        """The posts where nobody showed in time, and since when, in ms since 1970."""
        checks = self.roster.on_duty.checks
        return {check.post: check.missed_ms for check in checks if check.missed_ms is not None}

    def actor(self, principal: Principal) -> Actor:
        """Say who does something and at which post they are on duty."""
        post = self.roster.post_of(principal.name)
        return Actor(who=principal.name, post=None if post is None else post.id)

    def reach(self, principal: Principal) -> Reach:
        """Say what somebody may see of alarms and act on now."""
        return reach(principal, self.roster)

    def view(self) -> list[PostView]:
        """Show every post as it is now."""
        return duty_view(self.roster)

    async def present(self, principal: Principal, post_id: str) -> None:
        """Take that whoever is on duty there is awake; NotYourPost if they are not on duty there."""
        post = self.roster.post(post_id)
        now_ms = self.roster.clock.now_ms()

        def work(connection: Connection) -> None:
            shift = self.roster.shift_at(connection, principal.name, post)
            self.presence.keep(connection, shift, now_ms)

        await self.roster.write(work)

    async def seen(self, who: str) -> None:
        """Take that somebody is awake, wherever they are on duty, if at all."""
        if self.roster.shift_of(who) is not None:
            now_ms = self.roster.clock.now_ms()
            await self.roster.write(lambda connection: self._keep(connection, who, now_ms))

    def within(self, connection: Connection, change: Change) -> None:
        """Take that whoever changes an alarm is awake."""
        if change.entry.who != HUB.who:
            self._keep(connection, change.entry.who, change.entry.ts_ms)

    def committed(self, changes: Sequence[Change]) -> None:
        """Look at the ledger at the next check: somebody was seen at work."""
        self._seen_at_work |= any(change.entry.who != HUB.who for change in changes)

    def _keep(self, connection: Connection, who: str, now_ms: int) -> None:
        shift = self.roster.store.shift_of(connection, who)
        if shift is not None:
            self.presence.keep(connection, shift, now_ms)

    def _on_change(self) -> None:
        self.presence.follow()
        shown = self.view()
        if shown != self._shown:
            self._shown = shown
            self.on_change()
