"""Tells one subscription of the devices themselves: their list (APE), or how each of them is heard."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from contract.clock import Clock
from hub.ledger.transactions import Transactions
from hub.viid.devices import Named
from hub.viid.items import Item, Maker
from hub.viid.profile import Document
from hub.viid.sending import NOTHING, Counts, Outcomes, Sending, Turn, finished, turn_of
from hub.viid.session import Session
from hub.viid.settings import ViidSettings, Watched
from hub.viid.store import Aside, End, FeedStore
from hub.viid.stream import Stream
from hub.viid.subscriptions.notice import Notice, Seen
from hub.viid.subscriptions.notices import NoticeStore
from hub.viid.subscriptions.notification import device_notification, notifications
from hub.viid.subscriptions.terms import Subscription

START_S: Final = 60.0
"""So long after a start the hub may not have heard of a device yet: not to know is no news then."""

NOBODY_KNOWS: Final = frozenset({"unknown", "link-offline"})
NEWER: Final = "what is so now has been told since, or is about to be"


class Known(Struct, frozen=True, kw_only=True):
    """What the hub knows of devices now, by `kind/id`: what they are called, and how they are heard."""

    titles: Named
    standing: Named


class Telling(Struct, frozen=True, kw_only=True):
    """What is told, to whom, of what is known."""

    what: Watched
    subscription: Subscription
    known: Known


class Watching:
    """One stream of them."""

    def __init__(
        self,
        telling: Telling,
        settings: ViidSettings,
        maker: Maker,
        store: FeedStore,
        ledger: Transactions,
        clock: Clock,
    ) -> None:
        subscription = telling.subscription
        self._what = telling.what
        self.stream = Stream(kind=telling.what, subscription=subscription.number)
        self.notices = NoticeStore(store.tenant, self.stream)
        self._subscription = subscription
        self._settings = settings
        self._maker = maker
        self._known = telling.known
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._sending = Sending(self.stream)
        self._began = clock.monotonic()
        self._last: dict[str, str] = {}

    @property
    def counts(self) -> Counts:
        """What was sent, failed and superseded."""
        return self._sending.counts

    async def turn(self, session: Session) -> Turn:
        """See what is new, and send what is due, one request; Unreachable if there is no session."""
        await self._look()
        most = 1 if self._sending.alone else self._settings.batch
        due = await self._ledger.read(lambda connection: self.notices.due(connection, most))
        if not due:
            return NOTHING
        judged = await self._send(session, due)
        await self._settle(finished(judged))
        return turn_of(judged)

    async def again(self, session: Session, aside: Aside) -> None:
        """Send once more what was set aside, unless something newer has taken its place; Unreachable."""
        found = await self._ledger.read(lambda connection: self.notices.numbered(connection, aside.seq))
        if found is None:
            await self._ledger.write(lambda connection: self._store.gone(connection, aside, NEWER))
            return
        item = self._item(found)
        receiver = self._subscription.terms.receiver
        await self._settle(await self._sending.again(session, receiver, notifications([item]), item))

    async def _look(self) -> None:
        """Write what is so now, if that is something else than at the last look."""
        now_ms, terms = self._clock.now_ms(), self._subscription.terms
        if not terms.begin_ms <= now_ms < terms.end_ms:
            return
        seen = list(self._seen(now_ms))
        marks = {each.subject: each.mark for each in seen}
        if marks != self._last:
            see = partial(self.notices.see, seen=seen, subjects=self._subjects(), now_ms=now_ms)
            self.counts.superseded += await self._ledger.write(see)
            self._last = marks

    def _seen(self, now_ms: int) -> Iterator[Seen]:
        standing = self._known.standing()
        if self._what is Watched.LIST:
            yield from self._list(standing)
            return
        marks = dict(self._maker.states(standing, 0))
        for name, document in self._maker.states(standing, now_ms):
            if not (self._is_young and standing.get(name, "unknown") in NOBODY_KNOWS):
                yield Seen(subject=name, mark=_mark(marks[name]), documents=[document])

    def _list(self, standing: Mapping[str, str]) -> Iterator[Seen]:
        """Yield the list of all; it changes with what devices are, not with how they are heard."""
        titles = self._known.titles()
        if not (self._is_young and titles.keys() < self._maker.devices.keys()):
            mark = _mark(list(self._maker.apes(titles, {})))
            yield Seen(subject="", mark=mark, documents=list(self._maker.apes(titles, standing)))

    def _subjects(self) -> Collection[str]:
        return {""} if self._what is Watched.LIST else self._maker.devices.keys()

    @property
    def _is_young(self) -> bool:
        return self._clock.monotonic() - self._began < START_S

    async def _send(self, session: Session, due: Sequence[Notice]) -> Outcomes:
        items = [self._item(each) for each in due]
        numbers = [each.number for each in due]
        await self._ledger.write(lambda connection: self.notices.sending(connection, numbers))
        return await self._sending.send(
            session, self._subscription.terms.receiver, notifications(items), items
        )

    async def _settle(self, done: Outcomes) -> None:
        await self._ledger.write(partial(self._write, done=done))
        self._sending.count(done)

    def _write(self, connection: Connection, done: Outcomes) -> None:
        """Write what became of notices."""
        subscription = self._subscription
        end = End(
            now_ms=self._clock.now_ms(),
            document=subscription.document,
            receiver=subscription.terms.receiver,
        )
        self._sending.write(connection, self._store, done, end)
        self.notices.told(connection, [item.seq for item, _ in done])

    def _item(self, notice: Notice) -> Item:
        agency = self._settings.id
        return device_notification(self._subscription, self._maker, agency, self._what, notice)


def _mark(said: Document | Sequence[Document]) -> str:
    return sha256(msgspec.json.encode(said)).hexdigest()
