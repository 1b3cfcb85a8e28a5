"""Notifies: each subscription at a pace of its own, so that a receiver that fails holds nobody else back."""

import asyncio
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from contract.clock import Clock
from hub.ledger.transactions import Transactions
from hub.viid.items import Maker, MediaPath
from hub.viid.lane import Lane
from hub.viid.pace import Pace
from hub.viid.profile import Profile
from hub.viid.sending import Counts, Turn
from hub.viid.session import Session, Sleep
from hub.viid.settings import Kind, ViidSettings
from hub.viid.store import Aside, FeedStore
from hub.viid.stream import Stream
from hub.viid.subscriptions.notices import NoticeStore
from hub.viid.subscriptions.notification import Notifying, narrowed
from hub.viid.subscriptions.office import Office
from hub.viid.subscriptions.terms import Ended, Subscription
from hub.viid.subscriptions.watching import Known, Telling, Watching

LATE_MS: Final = 60_000
"""So long after its end a subscription still waits for what was before it."""

SHOWN: Final = 20
"""Subscriptions that ended, among those that last."""


class Means(Struct, frozen=True, kw_only=True):
    """What it takes to notify."""

    ledger: Transactions
    clock: Clock
    session: Session
    sleep: Sleep
    profile: Profile
    media: MediaPath
    known: Known


class Told(Struct, frozen=True, kw_only=True):
    """How far one is: what waits and since when, what was confirmed; `left`: unsent when it ended."""

    subscription: Subscription
    waiting: int = 0
    oldest_ms: int | None = None
    sent: int = 0
    failing: bool = False
    left: int = 0
    superseded: int = 0


class Notifier:
    """Notifies for one subscription until it ends."""

    def __init__(
        self, subscription: Subscription, settings: ViidSettings, means: Means, office: Office
    ) -> None:
        self.subscription = subscription
        self.maker = Maker(narrowed(settings, subscription), means.profile, means.media)
        terms = subscription.terms
        self.pace = Pace(means.sleep, settings.settle_s, terms.interval_s)
        self._narrow = narrow = narrowed(settings, subscription)
        self.store = FeedStore(office.store.tenant, narrow, (terms.begin_ms, terms.end_ms))
        self.busy = asyncio.Lock()
        self._means = means
        self._office = office
        self.lanes = {stream: self._lane(stream) for stream in subscription.streams()}

    async def run(self) -> None:
        """Notify until it is over: then what was before its end has left."""
        await self.pace.keep(self._means.session.online, self._round)

    async def stop(self, task: asyncio.Task[None]) -> None:
        """Stop between two requests: what was sent has its receipt."""
        async with self.busy:
            task.cancel()

    async def _round(self) -> Turn:
        async with self.busy:
            return await self._turn()

    async def _turn(self) -> Turn:
        await self._try_again()
        turns = [await lane.turn(self._means.session) for lane in self.lanes.values()]
        turn = Turn(some=any(each.some for each in turns), wait=any(each.wait for each in turns))
        if not turn.some and self._is_over():
            await self._means.ledger.write(
                lambda connection: self._office.end(connection, self.subscription, Ended.OVER)
            )
            self._office.on_change()
        return turn

    def _is_over(self) -> bool:
        """Whether its end is so long ago that what was before it has come."""
        late_ms = LATE_MS + round(self._narrow.settle_s * 1000)
        return self._means.clock.now_ms() >= self.subscription.terms.end_ms + late_ms

    async def _try_again(self) -> None:
        wanted = await self._means.ledger.read(lambda connection: self.store.asides(connection, again=True))
        for aside in reversed(wanted):
            if aside.stream in self.lanes:
                await self.lanes[aside.stream].again(self._means.session, aside)

    def _lane(self, stream: Stream) -> Lane | Watching:
        ledger, clock = self._means.ledger, self._means.clock
        if isinstance(stream.kind, Kind):
            way = Notifying(stream.kind, self.subscription, self._narrow, self.maker)
            return Lane(way, self._narrow, self.store, ledger, clock)
        telling = Telling(what=stream.kind, subscription=self.subscription, known=self._means.known)
        return Watching(telling, self._narrow, self.maker, self.store, ledger, clock)

    def told(self, connection: Connection) -> Told:
        """Count what waits and what was confirmed. Blocking."""
        waiting = [_waiting(connection, self.store, stream) for stream in self.lanes]
        return Told(
            subscription=self.subscription,
            waiting=sum(count for count, _ in waiting),
            oldest_ms=min((ms for _, ms in waiting if ms is not None), default=None),
            sent=self._office.store.sent(connection, self.subscription),
            failing=self.pace.tries > 0,
            superseded=sum(lane.counts.superseded for lane in self.lanes.values()),
        )


class Notifications:
    """All subscriptions that last, each with its notifier."""

    def __init__(self, settings: ViidSettings, means: Means, office: Office) -> None:
        self.office = office
        self.notifiers: dict[int, Notifier] = {}
        self._settings = settings
        self._means = means
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._stopped = Counts()
        self._left: dict[int, int] = {}
        self._changed = asyncio.Event()
        office.on_change = self._changed.set

    def wake(self) -> None:
        """Take that there is news in the ledger."""
        for each in self.notifiers.values():
            each.pace.wake()

    async def run(self) -> None:
        """Notify until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._changed.clear()
                lasting = await self._means.ledger.read(self.office.store.lasting)
                await self._arrange({each.number: each for each in lasting}, group)
                await self._changed.wait()

    async def _arrange(self, lasting: dict[int, Subscription], group: asyncio.TaskGroup) -> None:
        """Stop what ended or changed, and start what is new."""
        for number, notifier in list(self.notifiers.items()):
            if lasting.get(number) != notifier.subscription:
                await notifier.stop(self._tasks.pop(number))
                del self.notifiers[number]
                for lane in notifier.lanes.values():
                    self._stopped.sent += lane.counts.sent
                    self._stopped.failed += lane.counts.failed
                    self._stopped.superseded += lane.counts.superseded
        for number, subscription in lasting.items():
            if number not in self.notifiers:
                made = Notifier(subscription, self._settings, self._means, self.office)
                self.notifiers[number] = made
                self._tasks[number] = group.create_task(made.run())

    def told(self, connection: Connection) -> list[Told]:
        """Say how far each is, and which ended lately; one that ends meanwhile lasts. Blocking."""
        lasting = {each.number: each for each in self.office.store.lasting(connection)}
        notifiers = list(self.notifiers.items())
        current = (each for number, each in notifiers if lasting.get(number) == each.subscription)
        there = [each.told(connection) for each in current]
        ended = (each for each in self.office.store.ended(connection, SHOWN) if each.number not in lasting)
        return there + [self._ended(connection, each) for each in ended]

    def _ended(self, connection: Connection, subscription: Subscription) -> Told:
        """Count what was confirmed before the end, and, once, what stays here."""
        number = subscription.number
        if number not in self._left:
            self._left[number] = self._unsent(connection, subscription)
        sent = self.office.store.sent(connection, subscription)
        return Told(subscription=subscription, sent=sent, left=self._left[number])

    def _unsent(self, connection: Connection, subscription: Subscription) -> int:
        terms, upto = subscription.terms, subscription.ended_seq or 0
        narrow = narrowed(self._settings, subscription)
        store = FeedStore(self.office.store.tenant, narrow, (terms.begin_ms, terms.end_ms))
        return sum(_waiting(connection, store, each, upto)[0] for each in subscription.streams())

    def serves(self, aside: Aside) -> bool:
        """Whether what was set aside is of a subscription that lasts."""
        return any(aside.stream in each.lanes for each in self.notifiers.values())

    def counts(self) -> Iterator[Counts]:
        """Yield what was counted since the start of the hub, of those that have stopped too."""
        yield self._stopped
        for each in self.notifiers.values():
            yield from (lane.counts for lane in each.lanes.values())


def _waiting(
    connection: Connection, store: FeedStore, stream: Stream, upto: int | None = None
) -> tuple[int, int | None]:
    """Count what waits in a stream of passes, or of devices."""
    if isinstance(stream.kind, Kind):
        return store.waiting(connection, stream, upto)
    return NoticeStore(store.tenant, stream).waiting(connection)
