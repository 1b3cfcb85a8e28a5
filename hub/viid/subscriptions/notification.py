"""Notifications: each holds the object of one pass, under an id that the pass always has."""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from hub.passes.record import Pass
from hub.viid.ids import NUMBERS, local14
from hub.viid.items import Item, Maker
from hub.viid.settings import Kind, ViidSettings
from hub.viid.stream import Stream
from hub.viid.subscriptions.terms import Subscription

MOST: Final = 8
"""Subscriptions that last at the same time."""

NOTIFICATION: Final = "04"
"""What an id is of: 03 a subscription, 04 a notification."""

KINDS: Final = tuple(Kind)
_EACH: Final = MOST * len(KINDS)


def notification_id(agency: str, told: Pass, kind: Kind, slot: int) -> str:
    """Return the 33 digits of a notification: 12 of whose it is, 2 of what it is, 14 of a time, 5 of number.

    The time is when the ledger got the pass, whose places lie close together then, so that five digits tell
    apart 4,166 passes of a second; when it happened is in `TriggerTime` and in the object.
    """
    number = (told.seq * _EACH + KINDS.index(kind) * MOST + slot) % NUMBERS
    return f"{agency[:12]}{NOTIFICATION}{local14(told.received_ms)}{number:05}"


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
        kind, terms = self.stream.kind, self._subscription.terms
        item = self._maker.item(kind, told)
        name = self._maker.shape(kind).item
        ident = notification_id(self._agency, told, kind, self._subscription.slot)
        document = {
            "NotificationID": ident,
            "SubscribeID": terms.ident,
            "Title": terms.title,
            "TriggerTime": local14(told.at_ms),
            "InfoIDs": item.id,
            f"{name}List": {name: [item.document]},
        }
        return replace(item, document=document, notification=ident)

    def body(self, items: Sequence[Item]) -> bytes:
        """Write a request with some notifications."""
        told = {"SubscribeNotificationObject": [each.document for each in items]}
        return msgspec.json.encode({"SubscribeNotificationListObject": told})
