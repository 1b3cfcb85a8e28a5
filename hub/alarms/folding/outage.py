"""Whether a supply has failed, judged by how many of its devices fell silent at once. Pure."""

import math
from collections.abc import Sequence

from msgspec import Struct

from hub.alarms.supply import Supply


class Outage(Struct, frozen=True, kw_only=True):
    """How a supply's devices are: all of them, those of which is known whether they live, and the silent.

    `silent_since_ms`: one time per silent device, oldest first, in ms since 1970.
    """

    members: int
    known: int
    silent_since_ms: Sequence[int]


def needed(supply: Supply, known: int) -> int:
    """Return how many silent devices make it a failure of the supply."""
    return max(supply.least, math.ceil(supply.share * known))


def has_failed(supply: Supply, outage: Outage) -> bool:
    """Whether enough devices fell silent within the time that one failure takes to show."""
    count = needed(supply, outage.known)
    times = outage.silent_since_ms
    within_ms = supply.within_s * 1000
    spans = zip(times, times[count - 1 :], strict=False)
    return any(last - first <= within_ms for first, last in spans)


def is_back(supply: Supply, outage: Outage) -> bool:
    """Whether its devices are heard again: fewer than half of those that made it a failure are silent.

    While most cannot be judged (no broker, their driver host lost), nothing is said to be back.
    """
    if outage.known * 2 < outage.members or not outage.known:
        return False
    return len(outage.silent_since_ms) * 2 < needed(supply, outage.known)
