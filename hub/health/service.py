"""Looks at every part when asked, and meanwhile measures what can be told only over time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from contract.clock import Clock, rfc3339
from hub.health.around import (
    backup_part,
    canary_part,
    certificate_parts,
    list_parts,
    notify_parts,
    webhook_parts,
)
from hub.health.backup import LastBackup, last_backup
from hub.health.certificates import Certificate, certificates_of
from hub.health.forecast import HOUR_MS, forecast
from hub.health.growth import Growth
from hub.health.hosts import host_parts
from hub.health.inside import Inside, dropped_parts, inside_parts
from hub.health.looked import FIGURES, Looked
from hub.health.part import Part, PartState
from hub.health.processes import process_parts
from hub.health.room import RoomStore, measure
from hub.health.storage import storage_parts
from hub.health.view import HealthView
from hub.history.sqlite.held import held
from hub.ledger.transactions import Transactions
from hub.lists.view import HostLists
from hub.selfwatch.canary import CanaryView
from hub.selfwatch.disk import free_percent
from hub.settings import HubSettings
from hub.shadows.shadow import Shadow
from hub.webhooks.standing import HookView

logger = logging.getLogger(__name__)

LOOK_S: Final = 60.0
CERTIFICATES_S: Final = 600.0
WORST: Final = (PartState.FAULT, PartState.ATTENTION, PartState.UNKNOWN)


class HealthSources(Struct, frozen=True, kw_only=True):
    """Where it is asked how the parts do; each answers at once but `webhooks`, which reads the ledger."""

    inside: Callable[[], Inside]
    dropped: Callable[[], Mapping[str, float]]
    processes: Callable[[], Sequence[Mapping[str, Any]]]
    shadows: Iterable[Shadow]
    canary: Callable[[], CanaryView]
    contacts: Sequence[str]
    failing: Callable[[], Sequence[str]]
    notifications: Callable[[], int]
    lists: Callable[[], Sequence[HostLists]]
    webhooks: Callable[[], Awaitable[Sequence[HookView]]]


class Health:
    """One hub's health. Lives on its event loop."""

    def __init__(
        self, ledger: Transactions, clock: Clock, settings: HubSettings, sources: HealthSources
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._settings = settings
        self._sources = sources
        self._store = RoomStore(settings.tenant)
        self._growth = Growth()
        self._measured_ms: int | None = None
        self._certificates: Sequence[Certificate] = ()
        self._certificates_at = float("-inf")
        self._looked = Looked()

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Take how it is now, to be told without a wait."""
        self._growth.look(self._sources.dropped())
        backup = await asyncio.to_thread(last_backup, self._settings.data_dir)
        self._looked = msgspec.structs.replace(self._looked, backup=backup)
        try:
            await self.measure()
        except Exception:  # a full disk is just what is to be told: the hub goes on
            logger.exception("how full the disk is cannot be measured")

    async def measure(self) -> None:
        """Measure the disk, once an hour."""
        now_ms = self._clock.now_ms()
        if self._measured_ms is not None and now_ms - self._measured_ms < HOUR_MS:
            return
        sample = await self._ledger.read(lambda connection: measure(self._settings, connection, now_ms))
        await self._ledger.write(lambda connection: self._store.add(connection, sample))
        samples = await self._ledger.read(lambda connection: self._store.last(connection, now_ms))
        self._looked = msgspec.structs.replace(self._looked, room=sample, foretold=forecast(samples))
        self._measured_ms = now_ms

    def figures(self) -> dict[str, Callable[[], float | None]]:
        """Return what Prometheus may ask for, by name, as of the last look."""
        return {name: lambda name=name: self._looked.figure(name) for name in FIGURES}  # type: ignore[misc]  # mypy cannot type a lambda's defaults

    async def view(self) -> HealthView:
        """Look at every part."""
        now_ms = self._clock.now_ms()
        samples = await self._ledger.read(lambda connection: self._store.last(connection, now_ms))
        certificates = await self._look_at_certificates()
        free = await asyncio.to_thread(self._free)
        backup = await asyncio.to_thread(last_backup, self._settings.data_dir)
        embedded = self._settings.history_file if self._settings.influx is None else None
        kept = await asyncio.to_thread(held, embedded, now_ms) if embedded else None
        storage = storage_parts(samples, free, self._settings.retention, kept)
        hooks = webhook_parts(await self._sources.webhooks())
        parts = list(self._parts(storage, certificates, backup, hooks))
        states = {each.state for each in parts}
        worst = next((each for each in WORST if each in states), PartState.NORMAL)
        return HealthView(ts=rfc3339(self._clock.now()), state=worst, parts=parts)

    async def _look_at_certificates(self) -> Sequence[Certificate]:
        """Look at them now and then: each look is a connection to the broker."""
        now = self._clock.monotonic()
        if now - self._certificates_at > CERTIFICATES_S:
            self._certificates = await asyncio.to_thread(certificates_of, self._settings.broker)
            self._certificates_at = now
        return self._certificates

    def _parts(
        self,
        storage: Iterable[Part],
        certificates: Sequence[Certificate],
        backup: LastBackup | None,
        hooks: Iterable[Part],
    ) -> Iterator[Part]:
        ask, now = self._sources, self._clock.now()
        watched = self._settings.processes_file is not None
        yield from process_parts(ask.processes(), now, watched=watched)
        yield from host_parts(tuple(ask.shadows), self._clock)
        yield from inside_parts(ask.inside())
        yield from storage
        yield from certificate_parts(certificates, now)
        yield backup_part(backup, now)
        yield canary_part(ask.canary())
        yield from notify_parts(ask.contacts, ask.failing(), ask.notifications())
        yield from hooks
        yield from list_parts(ask.lists())
        yield from dropped_parts(ask.dropped(), self._growth)

    def _free(self) -> float | None:
        try:
            return free_percent(self._settings.data_dir)
        except OSError:
            return None
