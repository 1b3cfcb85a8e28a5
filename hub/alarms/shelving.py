"""Shelves: alarms that a person hides, with a reason, and with an end unless the device is being mended."""

from sqlalchemy import Connection

from contract.clock import Clock
from hub.alarms import moves
from hub.alarms.alarm import Actor, Alarm
from hub.alarms.lifecycle import Suppression
from hub.alarms.store import AlarmStore, Shelf


class Shelving:
    """What is hidden, by dedup key: the alarm that was shelved, and the next one that it would raise."""

    def __init__(self, store: AlarmStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def put(
        self, connection: Connection, alarm: Alarm, by: Actor, reason: str, until_ms: int | None
    ) -> Shelf:
        """Hide `alarm` and the next of its dedup key; without an end until it is returned to service."""
        shelf = Shelf(
            dedup=alarm.dedup,
            suppression=Suppression.OUT_OF_SERVICE if until_ms is None else Suppression.SHELVED,
            until_ms=until_ms,
            reason=reason,
            who=by.who,
            post=by.post,
            since_ms=self._clock.now_ms(),
        )
        self._store.put_shelf(connection, shelf)
        return shelf

    def drop(self, connection: Connection, alarm: Alarm) -> None:
        """Hide them no longer."""
        self._store.drop_shelf(connection, alarm.dedup)

    def hide(self, connection: Connection, alarm: Alarm) -> Alarm:
        """Return a new alarm as it is with what was shelved before it was raised."""
        shelf = self._store.shelf(connection, alarm.dedup)
        if shelf is None:
            return alarm
        if shelf.until_ms is None:
            return moves.taken_out(alarm).alarm
        if shelf.until_ms <= self._clock.now_ms():
            return alarm
        return moves.shelved(alarm, shelf.until_ms).alarm

    def next_end(self, connection: Connection) -> int | None:
        """When the next shelf ends, in ms since 1970."""
        ends = [each.until_ms for each in self._store.shelves(connection) if each.until_ms is not None]
        return min(ends, default=None)

    def over(self, connection: Connection) -> list[Shelf]:
        """Return the shelves whose time is over."""
        now_ms = self._clock.now_ms()
        return [
            each
            for each in self._store.shelves(connection)
            if each.until_ms is not None and each.until_ms <= now_ms
        ]
