"""Hand-over: whoever leaves prepares it, whoever comes accepts every item by name.

Both shifts change in the transaction that also reads what is open, so that nothing can slip in between.
"""

from sqlalchemy import Connection

from contract.errors import InvalidMessage, Refused
from hub.access.roles import Principal
from hub.posts.post import Post
from hub.posts.reach import may_sign_on
from hub.posts.records import DutyEntryKind, Handover, Item, Shift, ShiftEnd
from hub.posts.refusals import HandoverTaken, ItemsMissing, NotYourPost
from hub.posts.roster import Roster


class Handovers:
    """Prepares hand-overs and has them accepted."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    async def prepare(self, who: Principal, post_id: str, note: str) -> Handover:
        """Prepare to leave, or do so anew; the shift goes on until somebody accepts. NotYourPost."""
        post = self._roster.post(post_id)
        if not note.strip():
            raise InvalidMessage("note: tell whoever comes how things are", code="note-needed")
        now_ms = self._roster.clock.now_ms()

        def work(connection: Connection) -> Handover:
            store = self._roster.store
            shift = self._roster.shift_at(connection, who.name, post)
            store.see(connection, shift, now_ms)
            items = self._roster.items(connection, post)
            handover = store.prepare(connection, shift, note.strip(), items, now_ms)
            self._roster.tell(
                connection,
                DutyEntryKind.HANDOVER_PREPARED,
                shift,
                now_ms,
                note=handover.note,
                handover=handover.id,
                items=[item.alarm for item in items],
            )
            return handover

        return await self._roster.write(work)

    async def waiting(self, who: Principal, post_id: str) -> tuple[tuple[Handover, ...], tuple[Item, ...]]:
        """Return the hand-overs of a post that wait, and what must be accepted by name now."""
        post = self._roster.post(post_id)
        if not may_sign_on(who, post):
            raise NotYourPost(f"{who.name} is not among the people of post {post.id}")
        items = await self._roster.read(lambda connection: self._roster.items(connection, post))
        return tuple(each for each in self._roster.on_duty.handovers if each.post == post.id), items

    async def accept(
        self, who: Principal, post_id: str, ident: str, *, ticked: frozenset[str], note: str
    ) -> Shift:
        """Take over; return the shift that begins (or goes on, of a colleague at the same post).

        ItemsMissing, HandoverTaken, NotYourPost; Refused: one's own, void, or on duty elsewhere.
        """
        post = self._roster.post(post_id)
        now_ms = self._roster.clock.now_ms()

        def work(connection: Connection) -> Shift:
            handover = self._to_accept(connection, who, post, ident)
            items = self._roster.items(connection, post)
            _check_ticked(handover, items, ticked, note)
            if not self._roster.store.accept(connection, handover, who.name, note.strip(), items, now_ms):
                raise self._too_late(connection, ident)
            leaving = self._roster.shift_at(connection, handover.who, post)
            shift = self._roster.begin(connection, who, post, now_ms)
            how = ShiftEnd.HANDED_OVER
            self._roster.store.end(connection, leaving, how, who.name, handover.note, now_ms)
            self._roster.tell(
                connection,
                DutyEntryKind.HANDED_OVER,
                leaving,
                now_ms,
                who=who.name,
                note=note.strip(),
                handover=handover.id,
                items=[item.alarm for item in items],
            )
            return shift

        return await self._roster.write(work)

    def _to_accept(self, connection: Connection, who: Principal, post: Post, ident: str) -> Handover:
        if not may_sign_on(who, post):
            raise NotYourPost(f"{who.name} is not among the people of post {post.id}")
        handover = self._roster.store.handover(connection, ident)
        if handover is None or handover.post != post.id:
            raise InvalidMessage(f"{post.id} has no such hand-over", code="unknown-handover")
        if handover.accepted_ms is not None or handover.void_ms is not None:
            raise self._too_late(connection, ident)
        if handover.who == who.name:
            raise Refused("somebody else must accept what you hand over", code="same-person")
        return handover

    def _too_late(self, connection: Connection, ident: str) -> Refused:
        handover = self._roster.store.handover(connection, ident)
        if handover is not None and handover.accepted_by is not None and handover.accepted_ms is not None:
            return HandoverTaken(handover.accepted_by, handover.accepted_ms)
        return Refused("the shift that it was about has ended in another way", code="handover-void")


def _check_ticked(handover: Handover, items: tuple[Item, ...], ticked: frozenset[str], note: str) -> None:
    missing = tuple(item for item in items if item.alarm not in ticked)
    if missing:
        raise ItemsMissing(handover, missing)
    if items and not note.strip():
        raise InvalidMessage("note: say in your own words what you take over", code="note-needed")
