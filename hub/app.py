"""The hub: everything between the broker and the people who look at it, in one process."""

import asyncio
import gc
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from contract.clock import SystemClock
from contract.lists import Holding
from contract.topics import HUB_KIND, Address
from hub.access.access import Access
from hub.api.app import create_app
from hub.api.server import ApiServer
from hub.api.services import Services
from hub.core import Core, Listener
from hub.history.opened import sole_user
from hub.ledger.commit import Entry
from hub.ledger.queries import entry_view
from hub.live.frames import SiteView
from hub.live.stream import LiveStream
from hub.metrics.sources import registry_of
from hub.passes.veil import veiled
from hub.processes import watch
from hub.room import ControlRoom
from hub.settings import HubSettings
from hub.shadows.registry import Shadows

logger = logging.getLogger(__name__)

PAGES: Final = Path(__file__).parent.parent / "dashboards" / "dist"
SWITCH_INTERVAL_S: Final = 0.0005
"""Python's own 5 ms would let a thread that writes a database wait that long for each row it reads back."""

COLLECT_AFTER: Final = (50_000, 20, 20)
"""Python's own (700, 10, 10) spends an eighth of the hub's time on messages that free themselves."""

_encode = msgspec.json.Encoder().encode


class Hub(Listener):
    """Puts the core, the live stream and the API together."""

    def __init__(self, settings: HubSettings) -> None:
        clock = SystemClock()
        self._settings = settings
        self._core = Core(settings, clock, self)
        self._shadows: Shadows = self._core.shadows
        self.access = Access(self._core.engine, clock, settings.tenant)
        self._live = LiveStream(
            SiteView(
                settings.site_id,
                settings.title,
                settings.areas,
                settings.timezone,
                settings.wall,
            ),
            self._shadows.encode,
            self._shadows.addresses,
            clock,
        )
        self._room = ControlRoom(self._core, self._live, clock)
        services = Services(
            tenant=settings.tenant,
            clock=clock,
            access=self.access,
            live=self._live,
            devices=self._shadows,
            events=self._core.events,
            history=self._core.history,
            actions=self._core.actions,
            media=self._core.media,
            previews=self._core.previews,
            room=self._room,
            health=self,
            metrics=registry_of(self._room),
        )
        app = create_app(services, pages=settings.pages or PAGES, timezone=settings.timezone)
        self.server = ApiServer(app, settings.http_host, settings.http_port)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set."""
        async with self.server:
            logger.info("the hub listens at %s", self.server.address)
            parts = [self._core.run(), self._room.run(), self._live.run(), self.access.run()]
            if self._settings.processes_file is not None:
                parts.append(watch(self._settings.processes_file, self._live.boards.set_processes))
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(part) for part in parts]
                tasks.append(group.create_task(self.server.ended()))
                await stop.wait()
                for task in tasks:
                    task.cancel()

    def ready(self) -> Mapping[str, bool]:
        """Whether there is a link to the broker, and the ledger takes what comes."""
        return {"broker": self._core.online, "ledger": not self._core.committer.failing}

    def changed(self, address: Address) -> None:
        """Show a device's news."""
        self._live.touch(address)
        self._room.changed(address)

    def removed(self, address: Address) -> None:
        """Show that a device is gone."""
        self._live.removed(address)
        self._room.removed(address)

    def committed(self, entries: list[Entry]) -> None:
        """Have the rules look at events that are in the ledger, and show them."""
        self._room.committed(entries)
        if self._live.watched:
            for entry in entries:
                if entry.arrival.address.kind != HUB_KIND:
                    self._live.announce(_encode(veiled(entry_view(entry))))

    def linked(self, online: bool) -> None:
        """Show that the link to the broker came or went."""
        self._live.boards.set_link(online=online)
        self._room.linked(online)

    def holding(self, address: Address, holding: Holding | None) -> None:
        """Have the driver host get what it lacks of the lists."""
        self._room.lists.heard(address, holding)


async def run(settings: HubSettings, stop: asyncio.Event) -> None:
    """Run a hub until `stop` is set; ConfigurationError if it cannot start as it is told to."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.freeze()  # what was imported stays: the collector need not look at it again
    gc.set_threshold(*COLLECT_AFTER)
    with sole_user(settings.data_dir):
        await Hub(settings).run(stop)
