"""What people see of the feed and do about it. What is done is in the audit, in the same transaction."""

from typing import Final

from sqlalchemy import Connection

from contract.clock import Clock, rfc3339_ms
from hub.alarms.alarm import Actor
from hub.audit.writer import AuditWriter
from hub.ledger.transactions import Transactions
from hub.viid.refusals import KindOff, SubscriptionOver
from hub.viid.service import Feed
from hub.viid.settings import Kind
from hub.viid.store import After, Aside, Position
from hub.viid.stream import Stream
from hub.viid.subscriptions.office import Decision
from hub.viid.subscriptions.runner import Told
from hub.viid.subscriptions.terms import Subscription
from hub.viid.view import (
    AsidePage,
    AsideView,
    FeedView,
    KindView,
    ReceiptPage,
    SubscriptionView,
    aside_view,
    receipt_view,
    subscription_view,
)
from hub.viid.whose import Whose

RETRIED: Final = "feed.retried"


class FeedDesk:
    """One tenant's feed, as the API asks for it."""

    def __init__(self, feed: Feed, ledger: Transactions, clock: Clock, tenant: str) -> None:
        self._feed = feed
        self._ledger = ledger
        self._clock = clock
        self._trail = AuditWriter(tenant, clock)

    async def view(self) -> FeedView:
        """Show how the feed does now."""
        feed = self._feed
        settings, session = feed.settings, feed.session
        if not settings.enabled:
            return FeedView(state="off", server="", device_id="", profile=feed.maker.profile.key)
        await feed.measure()
        by_kind = await self._by_kind()
        sent = [each.last_sent for each in by_kind.values() if each.last_sent]
        return FeedView(
            state=session.state.value,
            server=settings.url,
            device_id=settings.id,
            profile=feed.maker.profile.key,
            since=rfc3339_ms(session.since_ms),
            registered=None if session.registered_ms is None else rfc3339_ms(session.registered_ms),
            last_sent=max(sent, default=None),
            lag_s=round(feed.lag_s(), 1),
            waiting=sum(each.waiting for each in by_kind.values()),
            sent=sum(each.sent for each in by_kind.values()),
            set_aside=feed.aside_count,
            failing=feed.failing,
            clock_offset_s=session.offset_s,
            pictures_unreadable=feed.maker.unreadable,
            nameless=feed.nameless(),
            devices_refused=feed.devices.refused,
            by_kind=by_kind,
            subscribable=settings.subscribable,
            subscriptions=[subscription_view(each, self._clock.now_ms()) for each in feed.told],
        )

    async def set_aside(self, before: int | None, limit: int) -> AsidePage:
        """List what was set aside."""
        found = await self._ledger.read(
            lambda connection: self._feed.store.asides(connection, before=before, limit=limit)
        )
        return AsidePage([aside_view(each) for each in found], found[-1].id if len(found) == limit else None)

    async def receipts(self, before: After | None, limit: int, whose: Whose | None = None) -> ReceiptPage:
        """List what the library confirmed, of one person too."""
        found = await self._ledger.read(
            lambda connection: self._feed.store.receipts(connection, before, limit, whose)
        )
        last = found[-1] if len(found) == limit else None
        after = None if last is None else f"{last.confirmed_ms}-{last.seq}-{last.stream.key}"
        return ReceiptPage([receipt_view(each) for each in found], after)

    async def retry(self, ident: int, by: Actor) -> AsideView | None:
        """Have something tried again; None if there is nothing of that number; KindOff, SubscriptionOver."""
        view = await self._ledger.write(lambda connection: self._retry(connection, ident, by))
        self._feed.wake()
        return view

    async def stop(self, decision: Decision) -> SubscriptionView | None:
        """End a subscription; None if there is none of that number; StaleSubscription, SubscriptionOver."""
        return await self._shown(decision.number) if await self._feed.office.stop(decision) else None

    async def lift(self, decision: Decision) -> SubscriptionView | None:
        """Let the id of one that the site ended in again; None, StaleSubscription, NotBarred."""
        return await self._shown(decision.number) if await self._feed.office.lift(decision) else None

    def subscription(self, subscription: Subscription) -> SubscriptionView:
        """Show a subscription without how far it is."""
        return subscription_view(Told(subscription=subscription), self._clock.now_ms())

    async def _shown(self, number: int) -> SubscriptionView | None:
        await self._feed.measure()
        found = (each for each in self._feed.told if each.subscription.number == number)
        return next((subscription_view(each, self._clock.now_ms()) for each in found), None)

    def _retry(self, connection: Connection, ident: int, by: Actor) -> AsideView | None:
        aside = self._feed.store.try_again(connection, ident)
        if aside is None:
            return None
        self._check(aside)
        details = {"kind": aside.stream.key, "object": aside.object_id, "code": aside.code}
        passed = isinstance(aside.stream.kind, Kind)
        about = f"event {aside.seq}" if passed else f"object {aside.object_id}"
        self._trail.write(connection, by, RETRIED, about, **details)
        return aside_view(aside)

    def _check(self, aside: Aside) -> None:
        """Refuse what may not leave any more; KindOff, SubscriptionOver."""
        kind = aside.stream.kind
        if isinstance(kind, Kind) and kind not in self._feed.lanes:
            raise KindOff(kind)
        if aside.stream.subscription and not self._feed.notifications.serves(aside):
            raise SubscriptionOver

    async def _by_kind(self) -> dict[str, KindView]:
        positions = await self._ledger.read(self._positions)
        return {kind.value: self._kind_view(kind, positions.get(kind)) for kind in Kind}

    def _positions(self, connection: Connection) -> dict[Kind, Position]:
        return {kind: self._feed.store.position(connection, Stream(kind=kind)) for kind in self._feed.lanes}

    def _kind_view(self, kind: Kind, at: Position | None) -> KindView:
        allowed = self._feed.settings.allowed(kind)
        count, oldest = self._feed.waiting.get(kind, (0, None))
        lag_s = 0.0 if oldest is None else max(0.0, (self._clock.now_ms() - oldest) / 1000)
        return KindView(
            enabled=kind in self._feed.lanes,
            basis=allowed.basis,
            document=allowed.document,
            waiting=count,
            lag_s=round(lag_s, 1),
            sent=at.sent if at else 0,
            last_sent=rfc3339_ms(at.sent_ms) if at and at.sent_ms is not None else None,
        )
