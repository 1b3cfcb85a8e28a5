"""The whole feed: a session with the library, devices told anew, every kind in its lane, what is measured."""

import asyncio
import contextlib
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
from hub.viid.pace import Pace
from hub.viid.profile import Profile
from hub.viid.sending import Counts, Turn
from hub.viid.session import Session, SessionState, Sleep
from hub.viid.settings import Kind, ViidSettings
from hub.viid.store import FeedStore
from hub.viid.stream import Stream
from hub.viid.subscriptions.door import Door
from hub.viid.subscriptions.office import Office
from hub.viid.subscriptions.runner import Means, Notifications, Told
from hub.viid.subscriptions.watching import Known
from hub.viid.ways import ByItself

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
        self.told: list[Told] = []
        self._ledger = ledger
        self._clock = clock
        self._pace = Pace(sleep, settings.settle_s)
        self.lanes = {kind: self._lane(kind) for kind in settings.kinds()}
        means = Means(
            ledger=ledger,
            clock=clock,
            session=self.session,
            sleep=sleep,
            profile=site.profile,
            media=site.media,
            known=Known(titles=site.titles, standing=site.standing),
        )
        self.office = Office(site.tenant, settings, ledger, clock)
        self.notifications = Notifications(settings, means, self.office)
        self.door = Door(settings, clock)

    def now_ms(self) -> int:
        """Return the time, in ms since 1970."""
        return self._clock.now_ms()

    def wake(self) -> None:
        """Take that there is news in the ledger."""
        self._pace.wake()
        self.notifications.wake()

    async def run(self) -> None:
        """Feed until cancelled. Kinds that are off forget how far they came: nothing of now leaves later."""
        await self._ledger.write(self._begin)
        self.begun = True
        if not self.settings.enabled:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self.session.run())
            group.create_task(self._pace.keep(self.session.online, self._round))
            group.create_task(self.notifications.run())
            group.create_task(self._measuring())
            group.create_task(self._tidying())

    def _begin(self, connection: Connection) -> None:
        self.store.begin(connection, self.settings.kinds())
        self.office.withdraw(connection)

    def _lane(self, kind: Kind) -> Lane:
        document = self.settings.allowed(kind).document
        way = ByItself(kind, self.maker, receiver=self.settings.url, document=document)
        return Lane(way, self.settings, self.store, self._ledger, self._clock)

    async def _round(self) -> Turn:
        """Send one request of each kind."""
        await self.devices.tell(self.session)
        await self._try_again()
        turns = [await lane.turn(self.session) for lane in self.lanes.values()]
        return Turn(some=any(each.some for each in turns), wait=any(each.wait for each in turns))

    async def _try_again(self) -> None:
        wanted = await self._ledger.read(lambda connection: self.store.asides(connection, again=True))
        for aside in reversed(wanted):
            lane = next((each for each in self.lanes.values() if each.stream == aside.stream), None)
            if lane is not None:
                await lane.again(self.session, aside)

    async def _measuring(self) -> None:
        while True:
            with contextlib.suppress(Exception):  # what is measured next time is not worth a word now
                await self.measure()
            await asyncio.sleep(MEASURE_S)

    async def measure(self) -> None:
        """Count what waits and what is set aside."""
        self.waiting, self.aside_count, self.told = await self._ledger.read(self._measured)

    def _measured(self, connection: Connection) -> tuple[dict[Kind, tuple[int, int | None]], int, list[Told]]:
        waiting = {kind: self.store.waiting(connection, Stream(kind=kind)) for kind in self.lanes}
        return waiting, self.store.aside_count(connection), self.notifications.told(connection)

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

    def _counts(self) -> list[Counts]:
        return [*(lane.counts for lane in self.lanes.values()), *self.notifications.counts()]

    @property
    def failing(self) -> str:
        """Say in words what is wrong; empty: nothing is."""
        if self.session.failing:
            return self.session.failing
        if self.devices.refused:
            return f"the library refuses {len(self.devices.refused)} of our devices"
        if self._pace.tries:
            return "the library is busy or fails"
        silent = sum(each.failing for each in self.told)
        return f"the receivers of {silent} subscriptions are busy or fail" if silent else ""

    @property
    def online(self) -> bool:
        """Whether the library knows us."""
        return self.session.state is SessionState.ONLINE

    def lag_s(self) -> float:
        """Return how long ago the oldest that waits was received, in seconds."""
        oldest = [ms for _, ms in self.waiting.values() if ms is not None]
        oldest += [each.oldest_ms for each in self.told if each.oldest_ms is not None]
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
        return {
            "feed_online": lambda: self.online,
            "feed_registrations": lambda: self.session.registrations,
            "feed_waiting": lambda: (
                sum(count for count, _ in self.waiting.values()) + sum(each.waiting for each in self.told)
            ),
            "feed_lag_seconds": self.lag_s,
            "feed_sent": lambda: sum(each.sent for each in self._counts()),
            "feed_requests_failed": lambda: sum(each.failed for each in self._counts()),
            "feed_set_aside": lambda: self.aside_count,
            "feed_superseded": lambda: sum(each.superseded for each in self._counts()),
            "feed_left_out": lambda: sum(self.nameless().values()),
            "feed_pictures_left_out": lambda: self.maker.unreadable,
        }
