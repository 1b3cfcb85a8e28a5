"""What a driver host is told by the site file."""

from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from contract.mqtt import Broker
from contract.things import Location
from contract.topics import DRIVER_KIND, Address

Id = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}$")]
Positive = Annotated[int, Meta(gt=0)]


class DeviceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One device: what it is, what it is called, where it stands; `options` are its family's own."""

    kind: Id
    id: Id
    family: Id
    title: dict[str, str]
    model: str | None = None
    location: Location | None = None
    options: dict[str, Any] = field(default_factory=dict)


class OutboxLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much the outbox may hold while the hub does not commit: events, and bytes with their media."""

    max_rows: Positive = 1_000_000
    max_bytes: Positive = 1024**3


class HostSettings(Struct, frozen=True, kw_only=True):
    """One driver host and the devices it drives. `data_dir` belongs to this host alone."""

    site_id: Id
    host_id: Id
    broker: Broker
    data_dir: Path
    devices: tuple[DeviceSettings, ...]
    title: dict[str, str] = field(default_factory=dict)
    tenant: str = "default"
    heartbeat_s: float = 5.0
    outbox: OutboxLimits = field(default_factory=OutboxLimits)

    @property
    def address(self) -> Address:
        """The host as a thing of its own."""
        return Address(self.site_id, DRIVER_KIND, self.host_id)

    def address_of(self, device: DeviceSettings) -> Address:
        """Return where `device` stands in the topics."""
        return Address(self.site_id, device.kind, device.id)
