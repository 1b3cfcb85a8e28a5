"""What the API shows of the police feed. No plate and no person is in it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from contract.clock import rfc3339_ms
from hub.viid.store import Aside, Receipt


class KindView(Struct, frozen=True, kw_only=True):
    """One kind of data. `lag_s`: how long ago the oldest that waits was received."""

    enabled: bool
    basis: str
    document: str
    waiting: int
    lag_s: float
    sent: int
    last_sent: str | None


class FeedView(Struct, frozen=True, kw_only=True):
    """How the feed does. `since`: of `state`; `nameless`: passes, by device, that stay for want of an id.

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


class AsideView(Struct, frozen=True, kw_only=True):
    """One object that was set aside. `event`: its pass's `seq`; `again`: it is about to be tried again."""

    id: int
    kind: str
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
    """What the library confirmed. `server_time`: its own word for when, as it wrote it."""

    kind: str
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
        kind=aside.kind.value,
        event=aside.seq,
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
        kind=receipt.kind.value,
        event=receipt.seq,
        object_id=receipt.object_id,
        time=rfc3339_ms(receipt.at_ms),
        confirmed=rfc3339_ms(receipt.confirmed_ms),
        server_time=receipt.server_time,
        pictures=receipt.pictures,
        document=receipt.document,
    )
