"""When a device was not heard, and when nobody knows: by what the hub has kept of that. Reading blocks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from contract.topics import Address
from hub.history.heard import HEARD, HEARD_PROPERTY, HOURLY, NOT_HEARD
from hub.history.store import Point, SeriesKey
from hub.questions.kept import HOUR_MS, MINUTE_MS, Kept, parts
from hub.questions.site import QuestionSite

Why = Literal["not-heard", "nobody-knows"]

RUNNING_MS: Final = 5 * MINUTE_MS // 2
"""The hub says every minute that it runs: after so long without a word it did not."""

SAID_AGAIN_MS: Final = (HOURLY + 5) * MINUTE_MS
"""How a device is, is said again within this time."""


class Gap(NamedTuple):
    """From `start_ms` until before `end_ms` the device was not heard (`not-heard`), or nobody knows."""

    start_ms: int
    end_ms: int
    why: Why


class Unheard(Struct, frozen=True):
    """Gaps of a device, by time. `known_ms`: since when it is kept whether it is heard; None: it is not."""

    known_ms: int | None
    gaps: Sequence[Gap]


def unheard(
    kept: Kept, site: QuestionSite, address: Address, start_ms: int, end_ms: int, absent: Sequence[Gap]
) -> Unheard:
    """Return when a device was not heard in a stretch; `absent`: when the hub was not there (`absences`).

    A stretch from before it was kept is no gap: `known_ms` says how far one can look back.
    """
    series = SeriesKey(site.tenant, address, HEARD_PROPERTY)
    end_ms = min(end_ms, kept.now_ms)
    said = list(kept.changes(series, start_ms, end_ms))
    carried = kept.before(series, start_ms, SAID_AGAIN_MS)
    known = start_ms if carried is not None else said[0].ts_ms if said else None
    if known is None:
        return Unheard(None, ())
    gone = [gap for each in absent if (gap := _within(each, known, end_ms))]
    own = silences([*([carried] if carried else []), *said], known, end_ms)
    return Unheard(known, merged([*gone, *own]))


def absences(kept: Kept, site: QuestionSite, start_ms: int, end_ms: int) -> list[Gap]:
    """Return when the hub itself was not there; before it first said that it runs, nothing is known."""
    end_ms = min(end_ms, kept.now_ms)
    gaps: list[Gap] = []
    last = kept.before(site.hub, start_ms, HOUR_MS)
    at_ms = last.ts_ms if last is not None else None
    for part in parts(start_ms, end_ms, kept.now_ms, kept.retention):
        longest_ms = RUNNING_MS + (part.step_ms or 0)
        for point in kept.changes(site.hub, part.start_ms, part.end_ms):
            if at_ms is not None and point.ts_ms - at_ms > longest_ms:
                gaps.append(Gap(max(start_ms, at_ms), point.ts_ms, "nobody-knows"))
            at_ms = point.ts_ms
    if at_ms is not None and end_ms - at_ms > RUNNING_MS + _step_at(kept, at_ms):
        gaps.append(Gap(max(start_ms, at_ms), end_ms, "nobody-knows"))
    return gaps


def silences(said: Sequence[Point], start_ms: int, end_ms: int) -> Iterator[Gap]:
    """Yield when it was not heard, by what was said of it in turn. Pure."""
    for at, point in enumerate(said):
        until_ms = said[at + 1].ts_ms if at + 1 < len(said) else end_ms
        if point.value != HEARD and until_ms > start_ms:
            why: Why = "not-heard" if point.value == NOT_HEARD else "nobody-knows"
            yield Gap(max(start_ms, point.ts_ms), until_ms, why)


def merged(gaps: Iterable[Gap]) -> list[Gap]:
    """Put gaps in order, none over another: what nobody knows is neither heard nor not heard. Pure."""
    known = list(gaps)
    unknown = _joined(gaps_of(known, "nobody-knows"))
    silent = _joined(gaps_of(known, "not-heard"))
    return sorted([*unknown, *(piece for each in silent for piece in cut(each, unknown))])


def gaps_of(gaps: Iterable[Gap], why: Why) -> list[Gap]:
    """Return those of one kind, by time. Pure."""
    return sorted(each for each in gaps if each.why == why)


def cut(whole: Gap, out: Iterable[Gap]) -> Iterator[Gap]:
    """Yield what is left of a stretch when others, by time, are taken out of it. Pure."""
    start_ms = whole.start_ms
    for each in out:
        if each.start_ms >= whole.end_ms:
            break
        if each.start_ms > start_ms:
            yield Gap(start_ms, each.start_ms, whole.why)
        start_ms = max(start_ms, each.end_ms)
        if start_ms >= whole.end_ms:
            return
    yield Gap(start_ms, whole.end_ms, whole.why)


def _joined(gaps: Iterable[Gap]) -> list[Gap]:
    joined: list[Gap] = []
    for each in gaps:
        if joined and each.start_ms <= joined[-1].end_ms:
            joined[-1] = joined[-1]._replace(end_ms=max(joined[-1].end_ms, each.end_ms))
        else:
            joined.append(each)
    return joined


def _within(gap: Gap, start_ms: int, end_ms: int) -> Gap | None:
    cut_to = gap._replace(start_ms=max(gap.start_ms, start_ms), end_ms=min(gap.end_ms, end_ms))
    return cut_to if cut_to.start_ms < cut_to.end_ms else None


def _step_at(kept: Kept, at_ms: int) -> int:
    found = parts(at_ms, at_ms + 1, kept.now_ms, kept.retention)
    return (found[0].step_ms if found else None) or 0
