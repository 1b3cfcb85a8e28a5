"""What may raise or return an alarm in one moment: an event of the ledger, or that events are missing."""

from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from contract.clock import Clock, epoch_ms
from contract.topics import Address
from hub.ledger.commit import Entry
from hub.ledger.queries import EventView


class Happening(Struct, frozen=True, kw_only=True):
    """A committed event as rules see it; `at` is when it came on our monotonic clock, in seconds."""

    seq: int
    address: Address
    id: str
    type: str
    data: dict[str, Any]
    time_ms: int
    received_ms: int
    committed_ms: int | None
    at: float


class Occasion(Struct, frozen=True, kw_only=True):
    """What happens to a device just now: an event, or `grown` more events missed. Neither: time passes."""

    happening: Happening | None = None
    grown: int = 0

    @property
    def seq(self) -> int | None:
        """The event's place in the ledger."""
        return None if self.happening is None else self.happening.seq


NOTHING: Final = Occasion()


def of_entry(entry: Entry, clock: Clock) -> Happening:
    """Take an event that was committed just now."""
    arrival = entry.arrival
    event = arrival.event
    return Happening(
        seq=entry.seq,
        address=arrival.address,
        id=event.id,
        type=event.type,
        data=event.data,
        time_ms=epoch_ms(event.time),
        received_ms=arrival.received_ms,
        committed_ms=clock.now_ms(),
        at=clock.monotonic(),
    )


def of_row(row: EventView, clock: Clock) -> Happening:
    """Take an event read back from the ledger, as old as the time of its arrival says."""
    received_ms = _ms(row.received)
    age_s = max(0.0, (clock.now_ms() - received_ms) / 1000)
    return Happening(
        seq=row.seq,
        address=Address(row.site, row.kind, row.device),
        id=row.id,
        type=row.type,
        data=row.data if isinstance(row.data, dict) else {},
        time_ms=_ms(row.time),
        received_ms=received_ms,
        committed_ms=None,
        at=clock.monotonic() - age_s,
    )


def _ms(text: str) -> int:
    return epoch_ms(datetime.fromisoformat(text))
