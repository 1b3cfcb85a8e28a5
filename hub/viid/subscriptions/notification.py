"""Notifications: each holds one pass, or what is new of devices, under an id that it always has."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from hub.passes.record import Pass
from hub.viid.ids import NUMBERS, local14
from hub.viid.items import Item, Maker
from hub.viid.profile import Document, Of
from hub.viid.settings import Kind, ViidSettings, Watched
from hub.viid.stream import KINDS, Stream
from hub.viid.subscriptions.notice import Notice
from hub.viid.subscriptions.terms import Subscription

MOST: Final = 8
"""Subscriptions that last at the same time."""

NOTIFICATION: Final = "04"
"""What an id is of: 03 a subscription, 04 a notification."""

_EACH: Final = MOST * len(KINDS)


def notification_id(agency: str, stream: Stream, slot: int, number: int, came_ms: int) -> str:
    """Return the 33 digits of a notification: 12 of whose it is, 2 of what it is, 14 of a time, 5 of number.

    The time is when the ledger got it, whose places (`number`) lie close together then, so that five digits
    tell apart 2,500 passes of a second; when it happened is in `TriggerTime` and in the object.
    """
    last = (number * _EACH + KINDS.index(stream.kind) * MOST + slot) % NUMBERS
    return f"{agency[:12]}{NOTIFICATION}{local14(came_ms)}{last:05}"


def envelope(subscription: Subscription, ident: str, at_ms: int, about: str, held: Document) -> Document:
    """Write a notification. `about`: ids of what it holds, with commas between them."""
    return {
        "NotificationID": ident,
        "SubscribeID": subscription.terms.ident,
        "Title": subscription.terms.title,
        "TriggerTime": local14(at_ms),
        "InfoIDs": about,
        **held,
    }


WRITTEN_AS: Final[Mapping[Watched, Of]] = {Watched.LIST: Of.DEVICE, Watched.STATES: Of.DEVICE_STATE}
WRAPPED_AS: Final[Mapping[Watched, str]] = {Watched.LIST: "DeviceList", Watched.STATES: "DeviceStatusList"}


def device_notification(
    subscription: Subscription, maker: Maker, agency: str, what: Watched, notice: Notice
) -> Item:
    """Make the notification of what is new of devices."""
    stream = Stream(kind=what, subscription=subscription.number)
    ident = notification_id(agency, stream, subscription.slot, notice.number, notice.at_ms)
    shape = maker.shape_of(WRITTEN_AS[what])
    about = [each[shape.id] for each in notice.documents]
    held = {WRAPPED_AS[what]: {shape.item: notice.documents}}
    return Item(
        seq=notice.number,
        id=about[0] if what is Watched.STATES else agency,
        at_ms=notice.at_ms,
        document=envelope(subscription, ident, notice.at_ms, ",".join(about), held),
        notification=ident,
    )


def notifications(items: Sequence[Item]) -> bytes:
    """Write a request with some notifications."""
    told = {"SubscribeNotificationObject": [each.document for each in items]}
    return msgspec.json.encode({"SubscribeNotificationListObject": told})


def narrowed(settings: ViidSettings, subscription: Subscription) -> ViidSettings:
    """Return the site's settings with a subscription's devices alone, and no pictures if it wants none."""
    terms = subscription.terms
    devices = tuple(each for each in settings.device if each.device in terms.devices)
    narrow = replace(settings, device=devices)
    if terms.pictures:
        return narrow
    bare = {f"{kind.value.replace('-', '_')}": replace(settings.allowed(kind), pictures=0) for kind in Kind}
    return replace(narrow, **bare)


class Notifying:
    """The way of one kind to one subscription's receiver."""

    def __init__(self, kind: Kind, subscription: Subscription, settings: ViidSettings, maker: Maker) -> None:
        self.kind = kind
        self.stream = Stream(kind=kind, subscription=subscription.number)
        self.receiver = subscription.terms.receiver
        self.document = subscription.document
        self._subscription = subscription
        self._agency = settings.id
        self._maker = maker

    @property
    def path(self) -> str:
        """Where the library wants them."""
        return self.receiver

    def knows(self, told: Pass) -> bool:
        """Whether the pass's device is one of the subscription's."""
        return f"{told.kind}/{told.device}" in self._maker.devices

    def item(self, told: Pass) -> Item:
        """Make the notification of a pass."""
        item = self._maker.item(self.kind, told)
        name = self._maker.shape(self.kind).item
        slot = self._subscription.slot
        ident = notification_id(self._agency, self.stream, slot, told.seq, told.received_ms)
        held = {f"{name}List": {name: [item.document]}}
        document = envelope(self._subscription, ident, told.at_ms, item.id, held)
        return replace(item, document=document, notification=ident)

    def body(self, items: Sequence[Item]) -> bytes:
        """Write a request with some notifications."""
        return notifications(items)
