"""Who is on duty, as the ledger says; read from memory by everybody, written by what is beside this."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from contract.clock import Clock
from contract.errors import InvalidMessage, Refused
from hub.access.roles import Principal
from hub.alarms.alarm import Alarm
from hub.alarms.desk import quiet
from hub.alarms.lifecycle import Suppression
from hub.ledger.transactions import Transactions
from hub.posts.post import Post
from hub.posts.reach import looks_after, may_sign_on
from hub.posts.records import DutyEntry, DutyEntryKind, Item, OnDuty, Shift, item_of
from hub.posts.refusals import NotYourPost
from hub.posts.store import PostStore

T = TypeVar("T")

Record = Callable[[Connection, DutyEntry], None]
"""Writes an entry of the audit in the transaction of what it tells."""


class OpenAlarms(Protocol):
    """The open alarms, as the caller's own transaction sees them: nothing comes in between."""

    def standing(self, connection: Connection) -> Sequence[Alarm]:
        """Every open alarm, shelved or not."""
        ...


class Roster:
    """The posts of a site and who is at them. `changed` is called whenever that is different."""

    def __init__(
        self,
        posts: Sequence[Post],
        store: PostStore,
        transactions: Transactions,
        alarms: OpenAlarms,
        clock: Clock,
        *,
        record: Record,
        changed: Callable[[], None],
    ) -> None:
        self.posts = {post.id: post for post in posts}
        self.store = store
        self.clock = clock
        self.record = record
        self.on_duty = OnDuty()
        self._transactions = transactions
        self._alarms = alarms
        self._changed = changed

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction, and know from then on who is on duty."""

        def all_of_it(connection: Connection) -> tuple[T, OnDuty]:
            return work(connection), self.store.on_duty(connection)

        result, on_duty = await self._transactions.write(all_of_it)
        self.take(on_duty)
        return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Look something up."""
        return await self._transactions.read(work)

    def take(self, on_duty: OnDuty) -> None:
        """Take who is on duty now."""
        if on_duty != self.on_duty:
            self.on_duty = on_duty
            self._changed()

    def all(self) -> tuple[Post, ...]:
        """Every post of the site, in the order of the site file."""
        return tuple(self.posts.values())

    def post(self, ident: str) -> Post:
        """Return a post; InvalidMessage if there is none of that id."""
        if ident not in self.posts:
            known = ", ".join(self.posts) or "none"
            raise InvalidMessage(f"there is no post {ident!r}; there are: {known}", code="unknown-post")
        return self.posts[ident]

    def at(self, post: str) -> tuple[Shift, ...]:
        """Return the shifts under way at a post."""
        return tuple(shift for shift in self.on_duty.shifts if shift.post == post)

    def shift_of(self, who: str) -> Shift | None:
        """Return the shift in which somebody is."""
        return next((shift for shift in self.on_duty.shifts if shift.who == who), None)

    def post_of(self, who: str) -> Post | None:
        """Return where somebody is on duty."""
        shift = self.shift_of(who)
        return None if shift is None else self.posts.get(shift.post)

    def begin(self, connection: Connection, who: Principal, post: Post, now_ms: int) -> Shift:
        """Begin a shift, or go on with it. NotYourPost, or Refused: on duty elsewhere."""
        if not may_sign_on(who, post):
            raise NotYourPost(f"{who.name} is not among the people of post {post.id}")
        begun = self.store.begin(connection, post.id, who.name, now_ms)
        shift = begun or self.store.shift_of(connection, who.name)
        if shift is None or shift.post != post.id:
            where = shift.post if shift else "another post"
            raise Refused(f"you are on duty at {where}; end that shift first", code="on-duty-elsewhere")
        self.store.see(connection, shift, now_ms)
        if begun is not None:
            self.tell(connection, DutyEntryKind.SIGNED_ON, shift, now_ms)
        return shift

    def shift_at(self, connection: Connection, who: str, post: Post) -> Shift:
        """Return the shift of somebody who is on duty at a post; NotYourPost if they are not."""
        shift = self.store.shift_of(connection, who)
        if shift is None or shift.post != post.id:
            raise NotYourPost(f"{who} is not on duty at {post.id}", code="not-on-duty")
        return shift

    def items(self, connection: Connection, post: Post) -> tuple[Item, ...]:
        """List what is open or shelved in the areas of a post, gravest first.

        What is folded under another alarm of the list is accepted with that one.
        """
        standing = self._alarms.standing(connection)
        ours = [alarm for alarm in standing if looks_after(post, alarm.area) and not quiet(alarm)]
        folded = {alarm.id: _folded_under(alarm) for alarm in ours}
        parents = list(folded.values())
        listed = [alarm for alarm in ours if folded[alarm.id] not in folded]
        listed.sort(key=lambda alarm: (alarm.priority.rank, alarm.raised_ms, alarm.id))
        return tuple(item_of(alarm, parents.count(alarm.id)) for alarm in listed)

    def tell(
        self,
        connection: Connection,
        kind: DutyEntryKind,
        shift: Shift,
        now_ms: int,
        *,
        who: str | None = None,
        note: str = "",
        **data: object,
    ) -> None:
        """Put on record what happened to a shift; `who` did it, by default whoever has the shift."""
        data = {"shift": shift.id, "person": shift.who} | data
        entry = DutyEntry(
            ts_ms=now_ms, kind=kind, who=who or shift.who, post=shift.post, note=note, data=data
        )
        self.record(connection, entry)


def _folded_under(alarm: Alarm) -> str | None:
    return alarm.parent if alarm.suppression is Suppression.SUPPRESSED_BY_DESIGN else None
