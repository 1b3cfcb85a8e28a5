"""Why something is not done about the feed."""

from contract.errors import Refused
from hub.viid.settings import Kind


class KindOff(Refused):
    """What may not leave is not tried again."""

    default_code = "kind-off"

    def __init__(self, kind: Kind) -> None:
        super().__init__(f"{kind.value} are not in the feed now; the site file's [viid] says what is")


class SubscriptionOver(Refused):
    """What a subscription asked for is not sent when it has ended."""

    default_code = "subscription-over"

    def __init__(self) -> None:
        super().__init__("the subscription for which it was to be sent has ended")
