"""For how long devices could not be heard, as far as alarms tell. Pure; times in ms since 1970.

A device is away from the raise of an alarm that says so until that returns or is closed. While its driver
host is away nobody knows of it: that time is in neither.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Span = tuple[int, int]


class Told(NamedTuple):
    """An entry of an alarm's timeline: `begins` or ends what it tells."""

    alarm: str
    device: str
    ts_ms: int
    begins: bool


class Watched(NamedTuple):
    """How long a device was there, how long of that nobody could know of it, and when it was away."""

    there_ms: int
    unknown_ms: int
    away: Sequence[Span]

    @property
    def away_ms(self) -> int:
        """How long it was away."""
        return length(self.away)

    @property
    def known_ms(self) -> int:
        """For how long it is known whether it was away."""
        return self.there_ms - self.unknown_ms


def spans_by_device(entries: Iterable[Told], until_ms: int) -> Mapping[str, Sequence[Span]]:
    """Return when each device was away, by `entries` in their order; what lasts, until `until_ms`."""
    open_at: dict[str, tuple[str, int]] = {}
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    for each in entries:
        if each.begins:
            open_at.setdefault(each.alarm, (each.device, each.ts_ms))
        elif each.alarm in open_at:
            device, begun_ms = open_at.pop(each.alarm)
            spans[device].append((begun_ms, each.ts_ms))
    for device, begun_ms in open_at.values():
        spans[device].append((begun_ms, until_ms))
    return {device: merged(each) for device, each in spans.items()}


def watched(there: Span, away: Iterable[Span], host_away: Iterable[Span]) -> Watched:
    """Say how a device that was `there` did, whose driver host was away at times."""
    gone = clipped(away, there)
    unheard = clipped(host_away, there)
    both = length(gone) + length(unheard) - length(merged([*gone, *unheard]))
    return Watched(there[1] - there[0], length(unheard) - both, gone)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join what overlaps or touches, by time."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def clipped(spans: Iterable[Span], within: Span) -> list[Span]:
    """Return what of `spans` lies within, leaving out what does not."""
    parts = ((max(begin, within[0]), min(end, within[1])) for begin, end in spans)
    return [(begin, end) for begin, end in parts if begin < end]


def length(spans: Iterable[Span]) -> int:
    """Sum up how long spans are that do not overlap."""
    return sum(end - begin for begin, end in spans)
