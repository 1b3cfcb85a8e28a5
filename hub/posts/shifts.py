"""Sign-on and sign-off.

Whoever leaves hands over. Without that a shift ends only where a colleague stays and nothing is open or
shelved, or by a supervisor, whose reason is on record.
"""

from msgspec.structs import replace
from sqlalchemy import Connection

from contract.errors import InvalidMessage, Refused
from hub.access.roles import Principal, Role
from hub.posts.post import Post
from hub.posts.records import DutyEntryKind, Shift, ShiftEnd
from hub.posts.refusals import NotYourPost
from hub.posts.roster import Roster


class Shifts:
    """Begins and ends shifts."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    async def sign_on(self, who: Principal, post_id: str) -> Shift:
        """Begin a shift; again: it goes on. NotYourPost, or Refused: on duty elsewhere."""
        post = self._roster.post(post_id)
        now_ms = self._roster.clock.now_ms()
        return await self._roster.write(lambda connection: self._roster.begin(connection, who, post, now_ms))

    async def sign_off(self, who: Principal, post_id: str, *, person: str = "", reason: str = "") -> Shift:
        """End a shift (of `person`, by default one's own) without hand-over, and return it.

        NotYourPost: not on duty there, or somebody else's shift. Refused: it must be handed over.
        """
        post = self._roster.post(post_id)
        person = person or who.name
        supervises = who.role is Role.SUPERVISOR
        if person != who.name and not supervises:
            raise NotYourPost("only a supervisor signs others off", code="supervisor-only")
        if person != who.name and not reason.strip():
            raise InvalidMessage("reason: say why you sign somebody else off", code="reason-needed")
        now_ms = self._roster.clock.now_ms()

        def work(connection: Connection) -> Shift:
            shift = self._roster.shift_at(connection, person, post)
            how = ShiftEnd.BY_SUPERVISOR
            if not supervises or not reason.strip():
                self._check_may_leave(connection, shift, post)
                how = ShiftEnd.SIGNED_OFF
            self._end(connection, shift, how, who.name, reason.strip(), now_ms)
            return replace(shift, ended_ms=now_ms, end=how, ended_by=who.name, reason=reason.strip())

        return await self._roster.write(work)

    async def end_at_removed_posts(self) -> None:
        """End the shifts of posts that the site file no longer has, so that their people can sign on."""
        now_ms = self._roster.clock.now_ms()

        def work(connection: Connection) -> None:
            for shift in self._roster.store.on_duty(connection).shifts:
                if shift.post not in self._roster.posts:
                    self._end(connection, shift, ShiftEnd.POST_REMOVED, "hub", "", now_ms)

        await self._roster.write(work)

    def _check_may_leave(self, connection: Connection, shift: Shift, post: Post) -> None:
        colleagues = self._roster.store.colleagues(connection, shift)
        items = self._roster.items(connection, post)
        if not colleagues:
            reason = f"nobody else is at {post.id}"
        elif items:
            reason = f"{len(items)} alarms of {post.id} are open or shelved"
        else:
            return
        raise Refused(
            f"{reason}: hand over; only a supervisor may end a shift without it, with a reason",
            code="handover-needed",
        )

    def _end(
        self, connection: Connection, shift: Shift, how: ShiftEnd, by: str, reason: str, now_ms: int
    ) -> None:
        if not self._roster.store.end(connection, shift, how, by, reason, now_ms):
            raise Refused("that shift has ended in this very moment", code="not-on-duty")
        alone = not self._roster.store.colleagues(connection, shift)
        self._roster.tell(
            connection,
            DutyEntryKind.SIGNED_OFF,
            shift,
            now_ms,
            who=by,
            note=reason,
            end=how.value,
            unmanned=alone,
        )
