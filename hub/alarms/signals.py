"""What the rules say to the alarm desk: raise this, or let it return to normal."""

from typing import Any

from msgspec import Struct, field

from contract.topics import Address
from hub.alarms.alarm import Trace
from hub.alarms.definition import Definition


class Raise(Struct, frozen=True, kw_only=True):
    """A definition's condition holds for a device. `occurrence` makes an incident a case of its own.

    `event_seq` and `trace`: the event behind it, if it was one; `data`: what guards should see.
    """

    definition: Definition
    address: Address
    area: str | None
    at_ms: int
    occurrence: str = ""
    event_seq: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace)

    @property
    def dedup(self) -> str:
        """What at most one open alarm may have."""
        return dedup_of(self.definition.key, self.address, self.occurrence)


class Return(Struct, frozen=True, kw_only=True):
    """What raised a definition for a device is over."""

    definition: Definition
    address: Address
    at_ms: int
    event_seq: int | None = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def dedup(self) -> str:
        """Which open alarm it is about."""
        return dedup_of(self.definition.key, self.address)


Signal = Raise | Return


def dedup_of(key: str, address: Address, occurrence: str = "") -> str:
    """Return what at most one open alarm of a definition and device (and occurrence) has."""
    return f"{key}|{address}|{occurrence}" if occurrence else f"{key}|{address}"
