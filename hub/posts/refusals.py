"""What is refused to whoever is, or is not, on duty."""

from contract.errors import Refused
from hub.posts.records import Handover, Item


class NotYourPost(Refused):
    """Role, post, area or shift do not allow it to this person: HTTP 403, and an entry in the audit."""

    default_code = "not-your-post"


class HandoverTaken(Refused):
    """Somebody else (`by`) has accepted the hand-over already, at `at_ms`."""

    default_code = "handover-taken"

    def __init__(self, by: str, at_ms: int) -> None:
        super().__init__(f"{by} has accepted this hand-over already")
        self.by = by
        self.at_ms = at_ms


class ItemsMissing(Refused):
    """These `items` are open or shelved and were not accepted by name; the `new` ones came in meanwhile."""

    default_code = "handover-items-missing"

    def __init__(self, handover: Handover, items: tuple[Item, ...]) -> None:
        names = ", ".join(f"{item.alarm} ({item.key}, {item.device})" for item in items)
        super().__init__(f"look at these and accept them as well: {names}")
        self.items = items
        self.new = {item.alarm for item in items} - {item.alarm for item in handover.items}
