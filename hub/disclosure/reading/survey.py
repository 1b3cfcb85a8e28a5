"""What is said of all rows together: what is withheld, whose clocks they are by, what the cover tells."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from contract.things import Words
from hub.bundle.source import MediaFile, Moment, SourceClock
from hub.disclosure.bases import LegalBasis
from hub.disclosure.reading.columns import AT, TITLES
from hub.disclosure.reading.shown import Shown
from hub.disclosure.reading.withheld import Tally
from hub.disclosure.scope import DataKind

MOST_MOMENTS: Final = 240
"""Of one kind of data; the cover has room for 500 in all."""

MOST_MEDIA: Final = 10_000

_TELLING: Final[Mapping[DataKind, tuple[str, ...]]] = {
    DataKind.PASSES: ("kind", "device", "direction", "outcome", "plate", "person"),
    DataKind.ALARMS: ("kind", "device", "title", "state"),
}
"""What the timeline says of a row, as far as the legal basis lets it leave."""


class Heard(NamedTuple):
    """The row that came soonest after what it tells: by how much its time is ahead of when it came."""

    ahead_ms: int
    received_ms: int


class Lateness:
    """How far the clocks of devices were from the hub's, as their rows tell.

    On its way a row takes some time, so a clock is ahead by at least as much as the row that took least says.
    Of passes, times that were ahead are kept as the time at which the hub heard of them.
    """

    def __init__(self) -> None:
        self._heard: dict[str, Heard] = {}

    def take(self, shown: Shown) -> None:
        """Take a row; of those that nobody received, such as measurements, nothing is known."""
        if shown.received_ms is None:
            self._heard.setdefault(shown.device, _UNHEARD)
            return
        heard = Heard(shown.at_ms - shown.received_ms, shown.received_ms)
        known = self._heard.get(shown.device, _UNHEARD)
        if known is _UNHEARD or heard.ahead_ms > known.ahead_ms:
            self._heard[shown.device] = heard

    def clocks(self, measured: Iterable[SourceClock]) -> list[SourceClock]:
        """Return what the hub measured, and then the devices by their names."""
        return [*measured, *(_clock(name, self._heard[name]) for name in sorted(self._heard))]


_UNHEARD: Final = Heard(0, 0)


def _clock(name: str, heard: Heard) -> SourceClock:
    known = heard is not _UNHEARD
    return SourceClock(
        source=name,
        offset_ms=float(heard.ahead_ms) if known else None,
        measured_ms=heard.received_ms if known else None,
        error_ms=None,
    )


class Moments:
    """The cover's timeline: passes of whom the scope names, alarms, and where each kind begins and ends."""

    def __init__(self, basis: LegalBasis) -> None:
        self._basis = basis
        self._told: dict[DataKind, list[Moment]] = {}
        self._ends: dict[DataKind, tuple[int, int, int]] = {}

    def take(self, kind: DataKind, shown: Shown) -> None:
        """Take a row."""
        if AT[kind] not in self._basis.fields_of(kind):
            return  # when it was must not be told
        first_ms, last_ms, number = self._ends.get(kind, (shown.at_ms, shown.at_ms, 0))
        self._ends[kind] = (min(first_ms, shown.at_ms), max(last_ms, shown.at_ms), number + 1)
        told = self._told.setdefault(kind, [])
        if kind in _TELLING and (kind is DataKind.ALARMS or shown.theirs) and len(told) < MOST_MOMENTS:
            told.append(Moment(at_ms=shown.at_ms, words=self._words(kind, shown)))

    def told(self) -> list[Moment]:
        """Return the timeline, oldest first."""
        moments = [each for told in self._told.values() for each in told]
        for kind, (first_ms, last_ms, number) in self._ends.items():
            moments.append(Moment(at_ms=first_ms, words=_end(kind, "第一条", "first", number)))
            moments.append(Moment(at_ms=last_ms, words=_end(kind, "最后一条", "last", number)))
        return sorted(moments, key=lambda each: each.at_ms)

    def _words(self, kind: DataKind, shown: Shown) -> Words:
        allowed = self._basis.fields_of(kind)
        said = (shown.values.get(name) for name in _TELLING[kind] if name in allowed)
        text = " ".join(str(each) for each in said if each not in (None, ""))
        return {language: f"{title} {text}" for language, title in TITLES[kind].items()}


def _end(kind: DataKind, chinese: str, english: str, number: int) -> Words:
    titles = TITLES[kind]
    return {
        "zh-CN": f"{titles['zh-CN']}：{chinese}，共 {number} 条",
        "en": f"{titles['en']}: the {english} of {number}",
    }


class Survey:
    """Takes rows one by one."""

    def __init__(self, basis: LegalBasis) -> None:
        self.tally = Tally()
        self.lateness = Lateness()
        self.moments = Moments(basis)
        self.media: dict[str, MediaFile] = {}
        """The first files that leave, by their names in the store."""

    def take(self, kind: DataKind, shown: Shown, leaving: Mapping[str, MediaFile]) -> None:
        """Take a row, and what leaves of its media."""
        self.lateness.take(shown)
        self.moments.take(kind, shown)
        if len(self.media) < MOST_MEDIA:
            self.media |= leaving
