"""What the API needs from the rest of the hub, each as a small protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import msgspec
from prometheus_client import CollectorRegistry

from contract.clock import Clock
from contract.things import Description
from contract.topics import Address
from hub.access.access import Access
from hub.actions.asks import Asks
from hub.actions.records import ActionRecord
from hub.history.store import Point
from hub.history.store import Query as SeriesQuery
from hub.ledger.queries import EventView
from hub.live.stream import LiveStream
from hub.preview.service import Previews
from hub.room import ControlRoom

MAX_EVENTS: Final = 1000
"""Events in one answer of GET /events."""


class Devices(Protocol):
    """The shadows."""

    def snapshot(self) -> list[msgspec.Raw]:
        """Every device object, encoded."""
        ...

    def one(self, address: Address) -> bytes | None:
        """One device object, encoded; None if there is no such device."""
        ...

    def description(self, address: Address) -> Description | None:
        """Return what a device says that it is; None if it never did."""
        ...


class DeviceActions(Asks, Protocol):
    """Actions, and what there were of them."""

    async def newest(self, address: Address, limit: int) -> Sequence[ActionRecord]:
        """Return what a device was last asked to do, the newest first."""
        ...


class EventLog(Protocol):
    """The ledger's events. Blocking: called in a thread."""

    def find(
        self,
        *,
        tenant: str,
        equal: dict[str, str],
        after: int | None = None,
        before: int | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> Sequence[EventView]:
        """Return up to `limit` events of `tenant` whose columns equal those given, by `seq`."""
        ...


class Series(Protocol):
    """History. Blocking: called in a thread."""

    def read(self, query: SeriesQuery) -> list[Point]:
        """Return the points of a stretch, oldest first."""
        ...


class Media(Protocol):
    """Pictures and clips. Blocking: called in a thread."""

    def path(self, sha256: str) -> Path | None:
        """Return where the bytes are, if they are here."""
        ...


class Health(Protocol):
    """Whether the hub does its work."""

    def ready(self) -> Mapping[str, bool]:
        """Each thing that must work, by name, and whether it does; all true: ready."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """One hub, as the API sees it. Everything in it belongs to one tenant."""

    tenant: str
    clock: Clock
    access: Access
    live: LiveStream
    devices: Devices
    events: EventLog
    history: Series
    actions: DeviceActions
    media: Media
    previews: Previews
    room: ControlRoom
    health: Health
    metrics: CollectorRegistry
