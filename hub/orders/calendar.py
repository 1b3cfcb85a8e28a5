"""The limits of a kind of order at one site: its working hours, its time zone."""

from datetime import tzinfo
from typing import NamedTuple

from contract.clock import epoch_ms, from_epoch_ms
from hub.orders.deadlines import deadline
from hub.orders.kinds import OrderKind, WorkingHours
from hub.orders.order import Times


class Calendar(NamedTuple):
    """When people work at a site, in its time zone."""

    hours: WorkingHours
    zone: tzinfo

    def respond(self, kind: OrderKind, start_ms: int) -> Times:
        """Return by when somebody must have responded."""
        return self._times(kind, kind.respond_min, start_ms)

    def resolve(self, kind: OrderKind, start_ms: int) -> Times:
        """Return by when it must be done."""
        return self._times(kind, kind.resolve_min, start_ms)

    def month(self, moment_ms: int) -> str:
        """Return the month of a moment there: `2026-11`."""
        return from_epoch_ms(moment_ms).astimezone(self.zone).strftime("%Y-%m")

    def text(self, moment_ms: int) -> str:
        """Write a moment as people there read it: `2026-11-24 09:05`."""
        return from_epoch_ms(moment_ms).astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def _times(self, kind: OrderKind, minutes: float, start_ms: int) -> Times:
        near_ms, by_ms = (
            epoch_ms(deadline(from_epoch_ms(start_ms), part, kind.counting, self.hours, self.zone))
            for part in (minutes * kind.near_due, minutes)
        )
        return Times(near_ms=near_ms, by_ms=by_ms)
