"""Makes the order of an alarm in the alarm's own transaction: both are there, or neither."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from contract.errors import ConfigurationError
from hub.alarms.alarm import HUB, Alarm, Change, EntryKind
from hub.alarms.changes import Participant
from hub.alarms.definition import Definition, by_key
from hub.alarms.lifecycle import Suppression
from hub.orders.book import Book, draft_of
from hub.orders.kinds import OrderKind
from hub.orders.schema import orders


class OrderPlanner(Participant):
    """Makes an order when an alarm is raised whose definition asks for one, unless it is hidden.

    A hidden alarm gets its order as soon as it is shown, if it still lasts. Its time counts from the raise
    all the same. `made` is called when orders may have been made.
    """

    def __init__(
        self,
        book: Book,
        definitions: tuple[Definition, ...],
        kinds: Mapping[str, OrderKind],
        made: Callable[[], None] = lambda: None,
    ) -> None:
        check_kinds(definitions, kinds)
        self._book = book
        self._definitions = by_key(definitions)
        self._kinds = kinds
        self._made = made

    def within(self, connection: Connection, change: Change) -> None:
        """Make the order that the change asks for."""
        kind = self._wanted(change)
        if kind is None:
            return
        alarm = change.after
        has_one = self._has_one(connection, alarm, kind)
        if has_one and change.entry.kind is not EntryKind.RAISED:
            return
        start_ms = alarm.last_ms if has_one else alarm.raised_ms
        self._book.make(connection, draft_of(alarm, kind, start_ms), HUB)

    def committed(self, changes: Sequence[Change]) -> None:
        """Have new orders looked for."""
        if any(self._wanted(change) is not None for change in changes):
            self._made()

    def _wanted(self, change: Change) -> OrderKind | None:
        before, after = change.before, change.after
        definition = self._definitions.get(after.key)
        if definition is None or definition.order is None or after.suppression is not Suppression.NONE:
            return None
        shown = before is not None and before.suppression is not Suppression.NONE and after.active
        if change.entry.kind is EntryKind.RAISED or (shown and after.open):
            return self._kinds[definition.order]
        return None

    def _has_one(self, connection: Connection, alarm: Alarm, kind: OrderKind) -> bool:
        same = (orders.c.alarm == alarm.id, orders.c.kind == kind.key)
        return bool(self._book.store.find(connection, *same, limit=1))


def check_kinds(definitions: tuple[Definition, ...], kinds: Mapping[str, OrderKind]) -> None:
    """Refuse definitions that ask for a kind of order that the site does not know; ConfigurationError."""
    allowed = ", ".join(sorted(kinds)) or "none; add [[order_kind]]"
    for definition in definitions:
        if definition.order is not None and definition.order not in kinds:
            raise ConfigurationError(
                f"alarm {definition.key}: order: there is no kind {definition.order!r}; allowed: {allowed}"
            )
