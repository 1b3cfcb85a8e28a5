"""What the API shows of the police feed. No plate and no person is in it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from contract.clock import rfc3339_ms
from hub.viid.settings import Kind
from hub.viid.store import Aside, Receipt
from hub.viid.subscriptions.runner import Told


class KindView(Struct, frozen=True, kw_only=True):
    """One kind of data. `lag_s`: how long ago the oldest that waits was received."""

    enabled: bool
    basis: str
    document: str
    waiting: int
    lag_s: float
    sent: int
    last_sent: str | None


class SubscriptionView(Struct, frozen=True, kw_only=True):
    """One subscription of the library.

    `ended`: why (`cancelled`, `over`, `withdrawn`, `stopped`); empty: it lasts. `stopped`: by somebody at the
    site, for `ended_reason`; while it is `barred` the library cannot subscribe under the same id.
    `left`: what was still to be sent at the end, which stays here. `version`: what a decision must quote.
    `devices`: what it is told about; `failing`: its receiver does not take it now. `superseded`: notices of
    devices, since the start of the hub, whose place a newer one took before they arrived.
    """

    number: int
    version: int
    subscribe_id: str
    title: str
    kinds: Sequence[str]
    devices: Sequence[str]
    begin: str
    end: str
    receiver: str
    organisation: str
    reason: str
    document: str
    since: str
    ended: str = ""
    ended_at: str | None = None
    sent: int = 0
    waiting: int = 0
    lag_s: float = 0.0
    failing: bool = False
    left: int = 0
    superseded: int = 0
    ended_reason: str = ""
    barred: bool = False


class FeedView(Struct, frozen=True, kw_only=True):
    """How the feed does. `since`: of `state`; `nameless`: passes, by device, that stay for want of an id.

    `subscriptions`: those that last and the newest that ended; `subscribable`: whether there may be any.
    `clock_offset_s`: by how much our clock is ahead of the library's, to a second.
    """

    state: str
    server: str
    device_id: str
    profile: str
    since: str | None = None
    registered: str | None = None
    last_sent: str | None = None
    lag_s: float = 0.0
    waiting: int = 0
    sent: int = 0
    set_aside: int = 0
    failing: str = ""
    clock_offset_s: float | None = None
    pictures_unreadable: int = 0
    nameless: Mapping[str, int] = {}
    devices_refused: Mapping[str, str] = {}
    by_kind: Mapping[str, KindView] = {}
    subscribable: bool = False
    subscriptions: Sequence[SubscriptionView] = ()


class AsideView(Struct, frozen=True, kw_only=True):
    """One object that was set aside. `event`: its pass's `seq`; 0: it is of devices.

    `again`: it is about to be tried again; `subscription`: the number of the one it was for; 0: none.
    """

    id: int
    kind: str
    subscription: int
    event: int
    object_id: str
    time: str
    code: str
    reason: str
    tries: int
    since: str
    again: bool


class AsidePage(Struct, frozen=True):
    """What was set aside, the newest first. `next`: what to give as `before` for those that follow."""

    set_aside: Sequence[AsideView]
    next: int | None


class ReceiptView(Struct, frozen=True, kw_only=True):
    """What the library confirmed. `server_time`: its own word for when, as it wrote it.

    `event`: the pass's `seq`, 0: it is of devices; `receiver`: where it went; `subscription`: the number of
    the one it was for; 0: none.
    """

    kind: str
    subscription: int
    receiver: str
    event: int
    object_id: str
    time: str
    confirmed: str
    server_time: str
    pictures: int
    document: str


class ReceiptPage(Struct, frozen=True):
    """Receipts, the newest first. `next`: what to give as `before` for those that follow."""

    receipts: Sequence[ReceiptView]
    next: str | None


def aside_view(aside: Aside) -> AsideView:
    """Show what was set aside."""
    return AsideView(
        id=aside.id,
        kind=aside.stream.kind.value,
        subscription=aside.stream.subscription,
        event=aside.seq if isinstance(aside.stream.kind, Kind) else 0,
        object_id=aside.object_id,
        time=rfc3339_ms(aside.at_ms),
        code=aside.code,
        reason=aside.reason,
        tries=aside.tries,
        since=rfc3339_ms(aside.since_ms),
        again=aside.again,
    )


def receipt_view(receipt: Receipt) -> ReceiptView:
    """Show a receipt."""
    return ReceiptView(
        kind=receipt.stream.kind.value,
        subscription=receipt.stream.subscription,
        receiver=receipt.receiver,
        event=receipt.seq if isinstance(receipt.stream.kind, Kind) else 0,
        object_id=receipt.object_id,
        time=rfc3339_ms(receipt.at_ms),
        confirmed=rfc3339_ms(receipt.confirmed_ms),
        server_time=receipt.server_time,
        pictures=receipt.pictures,
        document=receipt.document,
    )


def subscription_view(told: Told, now_ms: int) -> SubscriptionView:
    """Show a subscription, with how far it is."""
    subscription, terms = told.subscription, told.subscription.terms
    lag_s = 0.0 if told.oldest_ms is None else max(0.0, (now_ms - told.oldest_ms) / 1000)
    ended_ms = subscription.ended_ms
    return SubscriptionView(
        number=subscription.number,
        version=subscription.version,
        subscribe_id=terms.ident,
        title=terms.title,
        kinds=[each.value for each in terms.details],
        devices=terms.devices,
        begin=rfc3339_ms(terms.begin_ms),
        end=rfc3339_ms(terms.end_ms),
        receiver=terms.receiver,
        organisation=terms.organisation,
        reason=terms.reason,
        document=subscription.document,
        since=rfc3339_ms(subscription.since_ms),
        ended=subscription.ended.value if subscription.ended else "",
        ended_at=None if ended_ms is None else rfc3339_ms(ended_ms),
        sent=told.sent,
        waiting=told.waiting,
        lag_s=round(lag_s, 1),
        failing=told.failing,
        left=told.left,
        superseded=told.superseded,
        ended_reason=subscription.ended_reason,
        barred=subscription.barred,
    )
