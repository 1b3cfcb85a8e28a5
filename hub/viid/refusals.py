"""Why something is not done about the feed."""

from contract.errors import Refused
from hub.viid.settings import Kind
from hub.viid.subscriptions.terms import Subscription


class KindOff(Refused):
    """What may not leave is not tried again."""

    default_code = "kind-off"

    def __init__(self, kind: Kind) -> None:
        super().__init__(f"{kind.value} are not in the feed now; the site file's [viid] says what is")


class SubscriptionOver(Refused):
    """What a subscription asked for is not sent when it has ended."""

    default_code = "subscription-over"

    def __init__(self, what: str = "the subscription for which it was to be sent has ended") -> None:
        super().__init__(what)


class NotBarred(Refused):
    """Only what the site itself ended is let in again."""

    default_code = "not-barred"

    def __init__(self) -> None:
        super().__init__("its id is not refused: the library may subscribe under it")


class StaleSubscription(Refused):
    """Somebody acts on what they saw, and it is no longer so; `now` is how it is."""

    default_code = "stale-version"

    def __init__(self, now: Subscription) -> None:
        super().__init__("the subscription has changed since you saw it; look again")
        self.now = now
