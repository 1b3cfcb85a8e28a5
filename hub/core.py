"""The hub without its face: everything between the broker and what the API reads."""

import asyncio
import contextlib
import logging
from typing import Final

from contract.clock import Clock
from contract.codec import encode
from contract.errors import InvalidMessage, LinkError
from contract.lists import Holding
from contract.messages import Committed as CommittedMessage
from contract.mqtt import Connection, Incoming
from contract.topics import DRIVER_KIND, HUB_KIND, Address, Channel
from hub.actions.records import ActionTable
from hub.actions.service import Actions
from hub.counters import Counters
from hub.history.opened import open_history
from hub.history.recorder import Recorder
from hub.ingest.events import Committer, Delivery
from hub.ingest.rejects import Rejects
from hub.ingest.router import Router
from hub.ingest.sessions import Sessions
from hub.ledger.commit import Committed, Driver, Entry
from hub.ledger.engine import open_ledger
from hub.ledger.numbering import OutboxProgress
from hub.ledger.queries import EventLog
from hub.media import MediaStore
from hub.preview.service import Previews
from hub.settings import HubSettings
from hub.shadows.registry import CHECK_INTERVAL_S, Shadows
from hub.shadows.shadow import LastEvent

logger = logging.getLogger(__name__)

LATE_CHECK_S: Final = 5.0
"""A check that comes this late means that the hub itself stood still."""


class Listener:
    """What wants to hear of changes; by itself it ignores them."""

    def changed(self, address: Address) -> None:
        """Take that a device has news."""

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""

    def committed(self, entries: list[Entry]) -> None:
        """Take that events are in the ledger."""

    def linked(self, online: bool) -> None:
        """Take that the link to the broker came or went."""

    def holding(self, address: Address, holding: Holding | None) -> None:
        """Take how far a driver host has the lists that it uses; None: it says no more of it."""


class Core:
    """One hub's state, all on one event loop; databases are written by threads behind it."""

    def __init__(self, settings: HubSettings, clock: Clock, listener: Listener) -> None:
        self.settings = settings
        self.counters = Counters()
        self.engine = open_ledger(settings.ledger)
        self.events = EventLog(self.engine)
        self.media = MediaStore(settings.media_dir)
        self.history, self.history_server = open_history(
            settings.history_file, settings.influx, settings.retention, self.counters
        )
        self.shadows = Shadows(clock, settings.tenant, listener.changed)
        self.recorder = Recorder(self.history, clock, self.counters)
        self.committer = Committer(
            self.engine, settings.tenant, self.counters, self._on_commit, self._on_reject
        )
        self.actions = Actions(
            ActionTable(self.engine, settings.tenant),
            self.committer.thread,
            self.shadows,
            clock,
            self.counters,
        )
        self._rejects = Rejects(clock, self.counters)
        self.previews = Previews(
            settings.broker,
            f"hemei-hub-{settings.site_id}-preview",
            self.shadows,
            self.actions,
            clock,
            self.counters,
            self._rejects,
        )
        self._clock = clock
        self._listener = listener
        self._link: Connection | None = None
        self._progress: dict[Driver, OutboxProgress] = {}
        self._sessions = self._make_sessions(clock, listener)

    def _make_sessions(self, clock: Clock, listener: Listener) -> Sessions:
        router = Router(
            self.shadows,
            self.recorder,
            clock,
            self.counters,
            on_result=self.actions.on_result,
            on_removed=listener.removed,
            on_holding=listener.holding,
        )
        return Sessions(
            broker=self.settings.broker,
            client_id=f"hemei-hub-{self.settings.site_id}",
            router=router,
            committer=self.committer,
            media=self.media,
            rejects=self._rejects,
            clock=clock,
            counters=self.counters,
            on_link=self._on_link,
            results_kept=self.actions.kept,
            insecure=self.settings.insecure,
        )

    @property
    def online(self) -> bool:
        """Whether there is a link to the broker."""
        return self._link is not None

    @property
    def media_failing(self) -> bool:
        """Whether the last picture or clip that came could not be kept."""
        return self._sessions.media_failing

    async def publish(self, topic: str, payload: bytes) -> None:
        """Publish something of the hub's own; LinkError if that does not get through."""
        if self._link is None:
            raise LinkError("there is no link to the broker")
        await self._link.publish(topic, payload)

    def reject(self, message: Incoming, wrong: InvalidMessage) -> None:
        """Count a message from outside that is not followed, and keep a sample of it."""
        self._sessions.reject(message, wrong)

    async def run(self) -> None:
        """Serve until cancelled, then write what still waits and close every file."""
        self._progress = self.committer.writer.progress()
        self.shadows.remember_missed(self.committer.writer.missed())
        try:
            await self.actions.resume()
            async with asyncio.TaskGroup() as group:
                group.create_task(self.recorder.run())
                group.create_task(self.committer.run())
                group.create_task(self._check())
                group.create_task(self.previews.run())
                group.create_task(self.previews.forget_old())
                group.create_task(self._sessions.run())
        finally:
            self.history.close()
            self.engine.dispose()

    async def _check(self) -> None:
        while True:
            started = self._clock.monotonic()
            await asyncio.sleep(CHECK_INTERVAL_S)
            late_s = self._clock.monotonic() - started - CHECK_INTERVAL_S
            if late_s > LATE_CHECK_S:
                logger.warning("the hub stood still for %.1f s", late_s)
            for _ in self.shadows.checking():
                await asyncio.sleep(0)

    def _on_link(self, link: Connection | None) -> None:
        self._link = link
        self.actions.set_link(link)
        self.shadows.set_link(online=link is not None)
        self._listener.linked(link is not None)
        if link is not None:
            for driver, progress in self._progress.items():
                self._confirm(driver, progress)

    def _on_commit(self, committed: Committed) -> None:
        newest = {
            entry.arrival.address: entry.arrival.event
            for entry in committed.entries
            if entry.arrival.address.kind != HUB_KIND
        }
        for address, event in newest.items():
            shadow = self.shadows.of(address)
            shadow.last_event = LastEvent(event.type, event.time)
            shadow.version += 1
        for address, position in committed.positions.items():
            shadow = self.shadows.of(address)
            self.counters.events_missed += max(0, position.missed - shadow.events_missed)
            shadow.events_missed = position.missed
        for address in newest:
            self.shadows.on_change(address)
        self._listener.committed(committed.entries)
        for driver, progress in committed.outboxes.items():
            self._progress[driver] = progress
            self._confirm(driver, progress)

    def _confirm(self, driver: Driver, progress: OutboxProgress) -> None:
        """Tell a driver host what it need not keep; if that is lost, the next connection says it again."""
        if self._link is None:
            return
        topic = Address(driver[0], DRIVER_KIND, driver[1]).topic(Channel.COMMITTED)
        message = CommittedMessage(outbox=progress.outbox, upto=progress.upto)
        with contextlib.suppress(LinkError):
            self._link.start_publish(topic, encode(message), retain=True)

    def _on_reject(self, delivery: Delivery, wrong: InvalidMessage) -> None:
        self.reject(delivery.message, wrong)
