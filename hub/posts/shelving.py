"""How much may be shelved: so often in a shift, and none for longer than the post allows."""

from collections.abc import Callable

from sqlalchemy import Connection

from contract.errors import Refused
from hub.posts.roster import Roster


class ShelfLimit:
    """Asked in the transaction that shelves. Blocking.

    Whoever has no shift has no post whose limit would hold: a supervisor on the round, a site without posts.
    """

    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    def rule(self, who: str, alarm: str, until_ms: int) -> Callable[[Connection], None]:
        """Return what the transaction that shelves an alarm does besides: `check` and `count`."""
        now_ms = self._roster.clock.now_ms()

        def work(connection: Connection) -> None:
            self.check(connection, who, until_ms, now_ms)
            self.count(connection, who, alarm, now_ms)

        return work

    def check(self, connection: Connection, who: str, until_ms: int, now_ms: int) -> None:
        """Let pass what may be shelved until then; Refused with code `shelf-too-long` or `shelve-limit`."""
        shift = self._roster.store.shift_of(connection, who)
        post = None if shift is None else self._roster.posts.get(shift.post)
        if shift is None or post is None:
            return
        if until_ms - now_ms > post.longest_shelf_min * 60_000:
            raise Refused(
                f"at {post.id} nothing may be shelved for more than {post.longest_shelf_min:g} minutes",
                code="shelf-too-long",
            )
        count = self._roster.store.shelved_in(connection, shift)
        if count >= post.shelves_per_shift:
            raise Refused(
                f"{count} alarms were shelved in this shift, {post.id} allows {post.shelves_per_shift}; "
                "ask a supervisor",
                code="shelve-limit",
            )

    def count(self, connection: Connection, who: str, alarm: str, now_ms: int) -> None:
        """Count it; unshelving gives nothing back."""
        shift = self._roster.store.shift_of(connection, who)
        if shift is not None:
            self._roster.store.count_shelf(connection, shift, alarm, now_ms)
