"""The whole feed: a session with the library, devices told anew, every kind in its lane, what is measured."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from contract.clock import Clock
from hub.ledger.transactions import Transactions
from hub.viid.devices import Devices, Named
from hub.viid.items import Maker, MediaPath
from hub.viid.lane import Lane
from hub.viid.profile import Profile
from hub.viid.session import Session, SessionState, Sleep, Unreachable, pause_s
from hub.viid.settings import Kind, ViidSettings
from hub.viid.store import FeedStore

logger = logging.getLogger(__name__)

LONGEST_LOOK_S: Final = 10.0
SHORTEST_LOOK_S: Final = 0.2
AGAIN_S: Final = 5.0
"""After something of ours failed."""

MEASURE_S: Final = 10.0
TIDY_S: Final = 86_400.0
DAY_MS: Final = 86_400_000


class FeedSite(Struct, frozen=True, kw_only=True):
    """What is known of the site. `titles` and `standing`: what devices are called, and how they are heard."""

    tenant: str
    settings: ViidSettings
    profile: Profile
    media: MediaPath
    titles: Named
    standing: Named


class Feed:
    """One site's feed. Lives on the hub's event loop. `begun`: passes from now on leave, if they may."""

    def __init__(
        self, ledger: Transactions, clock: Clock, site: FeedSite, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.settings = settings = site.settings
        self.session = Session(settings, clock, sleep)
        self.waiting: dict[Kind, tuple[int, int | None]] = {}
        self.aside_count = 0
        self.begun = False
        self.maker = Maker(settings, site.profile, site.media)
        self.store = FeedStore(site.tenant, settings)
        self.devices = Devices(self.maker, site.titles, site.standing)
        self._ledger = ledger
        self._clock = clock
        self._sleep = sleep
        self._tries = 0
        self._news = asyncio.Event()
        self.lanes = {
            kind: Lane(kind, settings, self.maker, self.store, ledger, clock) for kind in settings.kinds()
        }

    def wake(self) -> None:
        """Take that there is news in the ledger."""
        self._news.set()

    async def run(self) -> None:
        """Feed until cancelled. Kinds that are off forget how far they came: nothing of now leaves later."""
        await self._ledger.write(lambda connection: self.store.begin(connection, self.settings.kinds()))
        self.begun = True
        if not self.settings.enabled:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self.session.run())
            group.create_task(self._feed())
            group.create_task(self._measuring())
            group.create_task(self._tidying())

    async def _feed(self) -> None:
        while True:
            await self.session.online.wait()
            self._news.clear()
            try:
                some, wait = await self._round()
            except Unreachable:
                some, wait = True, True
            except Exception:  # a full disk, a fault of ours: the hub goes on, nothing is lost
                logger.exception("the police feed left something undone; it is tried again")
                await self._sleep(AGAIN_S)
                continue
            self._tries = self._tries + 1 if wait else 0
            if wait:
                await self._sleep(pause_s(self._tries - 1))
            elif not some:
                await self._idle()

    async def _round(self) -> tuple[bool, bool]:
        """Send one request of each kind: whether there was something, and whether to wait."""
        await self.devices.tell(self.session)
        await self._try_again()
        some = wait = False
        for lane in self.lanes.values():
            turn = await lane.turn(self.session)
            some, wait = some or turn.some, wait or turn.wait
        return some, wait

    async def _idle(self) -> None:
        await self._sleep(SHORTEST_LOOK_S)  # one look for all who pass at the same time
        look_s = min(max(self.settings.settle_s, SHORTEST_LOOK_S), LONGEST_LOOK_S)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(look_s):
                await self._news.wait()

    async def _try_again(self) -> None:
        wanted = await self._ledger.read(lambda connection: self.store.asides(connection, again=True))
        for aside in reversed(wanted):
            if aside.kind in self.lanes:
                await self.lanes[aside.kind].again(self.session, aside)

    async def _measuring(self) -> None:
        while True:
            with contextlib.suppress(Exception):  # what is measured next time is not worth a word now
                await self.measure()
            await asyncio.sleep(MEASURE_S)

    async def measure(self) -> None:
        """Count what waits and what is set aside."""
        self.waiting, self.aside_count = await self._ledger.read(self._measured)

    def _measured(self, connection: Connection) -> tuple[dict[Kind, tuple[int, int | None]], int]:
        waiting = {kind: self.store.waiting(connection, kind) for kind in self.lanes}
        return waiting, self.store.aside_count(connection)

    async def _tidying(self) -> None:
        while True:
            before_ms = self._clock.now_ms() - self.settings.receipt_days * DAY_MS
            with contextlib.suppress(Exception):  # tomorrow again
                await self._ledger.write(partial(self.store.forget, before_ms=before_ms))
            await asyncio.sleep(TIDY_S)

    def nameless(self) -> dict[str, int]:
        """Return how many passes did not leave for want of an id, by device, since the start of the hub."""
        found: Counter[str] = Counter()
        for lane in self.lanes.values():
            found.update(lane.counts.nameless)
        return dict(found)

    @property
    def failing(self) -> str:
        """Say in words what is wrong; empty: nothing is."""
        if self.session.failing:
            return self.session.failing
        if self.devices.refused:
            return f"the library refuses {len(self.devices.refused)} of our devices"
        return "the library is busy or fails" if self._tries else ""

    @property
    def online(self) -> bool:
        """Whether the library knows us."""
        return self.session.state is SessionState.ONLINE

    def lag_s(self) -> float:
        """Return how long ago the oldest that waits was received, in seconds."""
        oldest = [ms for _, ms in self.waiting.values() if ms is not None]
        return max(0.0, (self._clock.now_ms() - min(oldest)) / 1000) if oldest else 0.0

    def probes(self) -> dict[str, Callable[[], bool | int | float]]:
        """Return what the hub's own properties are asked of; none where the feed is off."""
        if not self.settings.enabled:
            return {}
        return {
            "feed-failing": lambda: bool(self.failing),
            "feed-lag-s": self.lag_s,
            "feed-set-aside": lambda: self.aside_count,
        }

    def figures(self) -> dict[str, Callable[[], float]]:
        """Return what Prometheus may ask for."""
        lanes = self.lanes.values()
        return {
            "feed_online": lambda: self.online,
            "feed_registrations": lambda: self.session.registrations,
            "feed_waiting": lambda: sum(count for count, _ in self.waiting.values()),
            "feed_lag_seconds": self.lag_s,
            "feed_sent": lambda: sum(lane.counts.sent for lane in lanes),
            "feed_requests_failed": lambda: sum(lane.counts.failed for lane in lanes),
            "feed_set_aside": lambda: self.aside_count,
            "feed_left_out": lambda: sum(lane.counts.nameless.total() for lane in lanes),
            "feed_pictures_left_out": lambda: self.maker.unreadable,
        }
