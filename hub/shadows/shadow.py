"""One device's shadow: what it last said, when, and whether that may still be taken for live.

Freshness is counted on the monotonic clock from the moment a message arrived; a retained message is as old as
its own time says. So neither a clock jump nor a broker's memory can make old data look new.
"""

from datetime import datetime
from enum import StrEnum
from sys import intern
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from contract.messages import (
    Availability,
    AvailabilityStatus,
    Boot,
    Scalar,
    State,
    Telemetry,
)
from contract.things import Description, SchemaSeen
from contract.topics import Address

SKEW_LIMIT_S: Final = 30.0
"""A live message whose time is further from ours than this is kept, but called uncertain."""

HEARTBEATS_UNTIL_STALE: Final = 3.0


class Connectivity(StrEnum):
    """Whether we hear the device, and if not, what is broken."""

    ONLINE = "online"
    DEVICE_OFFLINE = "device-offline"
    DRIVER_OFFLINE = "driver-offline"
    LINK_OFFLINE = "link-offline"
    UNKNOWN = "unknown"


class Reading(Struct, gc=False):
    """One property's last value: device time in ms since 1970, monotonic time from which it ages."""

    value: Scalar
    ts_ms: int
    fresh_at: float
    stale_after_s: float
    stale: bool = False
    skewed: bool = False


class LastEvent(Struct, frozen=True, gc=False):
    """What the device last reported."""

    type: str
    time: datetime


class Shadow:
    """What is known of one device. Changed only by the hub's own thread."""

    __slots__ = (
        "address",
        "availability",
        "boots",
        "connectivity",
        "description",
        "events_missed",
        "heard_at",
        "last_event",
        "next_check",
        "readings",
        "seen",
        "tenant",
        "version",
    )

    def __init__(self, address: Address, tenant: str) -> None:
        self.address = address
        self.tenant = tenant
        self.description: Description | None = None
        self.availability: Availability | None = None
        self.connectivity = Connectivity.UNKNOWN
        self.readings: dict[str, Reading] = {}
        self.seen: dict[str, tuple[Boot, int]] = {}
        self.heard_at: float | None = None
        self.next_check = 0.0
        self.boots = 0
        self.events_missed = 0
        self.last_event: LastEvent | None = None
        self.version = 0

    @property
    def heartbeat_s(self) -> float:
        """The longest silence the device announced, in seconds."""
        return self.description.heartbeat_s if self.description else 10.0

    def describe(self, description: Description) -> None:
        """Take what the device is; readings get the staleness limits it announces."""
        self.description = description
        for name, reading in self.readings.items():
            reading.stale_after_s = self._limit(name)
        self.next_check = 0.0
        self.version += 1

    def available(self, availability: Availability) -> None:
        """Take whether the device can be talked to; `ts` stays the moment since when."""
        known = self.availability
        if known is not None and known.status is availability.status and known.ts < availability.ts:
            availability = replace(availability, ts=known.ts)
        self.availability = availability
        self.next_check = 0.0
        self.version += 1

    def apply_state(self, state: State, ts_ms: int, *, retained: bool, now: float, wall_ms: int) -> bool:
        """Take the full set of properties as of `ts_ms`; False if it is older than what we have."""
        if not self._is_news("state", state.boot, state.seq):
            return False
        fresh_at = now - max(0.0, (wall_ms - ts_ms) / 1000) if retained else now
        skewed = not retained and abs(wall_ms - ts_ms) > SKEW_LIMIT_S * 1000
        self._set(state.properties, ts_ms, fresh_at, skewed)
        self.heard_at = fresh_at
        if retained:
            self.age(now)
        return True

    def apply_telemetry(self, telemetry: Telemetry, ts_ms: int, *, now: float, wall_ms: int) -> bool:
        """Take measurements made at `ts_ms`; False if they are older than what we have."""
        if not self._is_news("telemetry", telemetry.boot, telemetry.seq):
            return False
        skewed = abs(wall_ms - ts_ms) > SKEW_LIMIT_S * 1000
        self._set(telemetry.values, ts_ms, now, skewed)
        return True

    def _is_news(self, channel: str, boot: Boot, seq: int) -> bool:
        last = self.seen.get(channel)
        if last is not None and last[0] == boot and seq <= last[1]:
            return False
        if last is None or last[0] != boot:
            self.boots += channel == "state"
        self.seen[channel] = (boot, seq)
        return True

    def _set(
        self,
        values: dict[str, Scalar] | dict[str, bool | int | float],
        ts_ms: int,
        fresh_at: float,
        skewed: bool,
    ) -> None:
        readings = self.readings
        for name, value in values.items():
            reading = readings.get(name)
            if reading is None:
                readings[intern(name)] = Reading(value, ts_ms, fresh_at, self._limit(name), False, skewed)
            else:
                reading.value = value
                reading.ts_ms = ts_ms
                reading.fresh_at = fresh_at
                reading.stale = False
                reading.skewed = skewed
        self.version += 1
        self.next_check = min(self.next_check, fresh_at)

    def schema(self, name: str) -> SchemaSeen | None:
        """How the device describes property `name`, if it does."""
        return self.description.properties.get(name) if self.description else None

    def _limit(self, name: str) -> float:
        schema = self.schema(name)
        if schema is not None and schema.stale_after_s is not None:
            return schema.stale_after_s
        return self.heartbeat_s * HEARTBEATS_UNTIL_STALE

    def age(self, now: float) -> bool:
        """Mark what has grown stale and plan the next look; True if something changed."""
        if now < self.next_check:
            return False
        changed = False
        soonest = float("inf")
        for reading in self.readings.values():
            due = reading.fresh_at + reading.stale_after_s
            if now >= due:
                changed = changed or not reading.stale
                reading.stale = True
            else:
                reading.stale = False
                soonest = min(soonest, due)
        self.next_check = soonest
        self.version += changed
        return changed

    def own_connectivity(self, now: float, check_s: float) -> Connectivity:
        """Judge by what the device itself shows, its driver and link being well.

        Silence counts as offline after the announced heartbeat and one check.
        """
        if self.availability is None:
            return Connectivity.UNKNOWN
        if self.availability.status is AvailabilityStatus.INIT:
            return Connectivity.UNKNOWN
        if self.availability.status in (AvailabilityStatus.DISCONNECTED, AvailabilityStatus.LOST):
            return Connectivity.DEVICE_OFFLINE
        if self.availability.status is AvailabilityStatus.SLEEPING:
            return Connectivity.ONLINE
        silent = self.heard_at is None or now - self.heard_at > self.heartbeat_s + check_s
        return Connectivity.DEVICE_OFFLINE if silent else Connectivity.ONLINE
