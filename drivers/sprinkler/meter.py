"""What flows and how much has run through, from a rate, a counter, or both. Pure; given the time."""

from typing import Final, NamedTuple

from drivers.sprinkler.profile import Meter as MeterMap

RATE_OVER_S: Final = 2.0
"""A rate from counted litres is taken over at least so long."""

MOST_LPM: Final = 1000.0
"""A counter that would have run faster was set back: its board began anew."""


class Flow(NamedTuple):
    """`rate` in l/min, None if unknown; `litres` that ran through since the look before."""

    rate: float | None
    litres: float


class _Count(NamedTuple):
    at: float
    litres: float


class Meter:
    """Follows one meter from look to look. Times are seconds of a clock that never goes back."""

    def __init__(self, meter: MeterMap | None) -> None:
        self._turns_over_at = meter.litres.turns_over_at if meter and meter.litres else 0.0
        self._before: _Count | None = None
        self._rated: _Count | None = None
        self._rate: float | None = None
        self._looked_at: float | None = None

    def forget(self) -> None:
        """Begin anew: there was a gap."""
        self._before = self._rated = self._rate = self._looked_at = None

    def look(self, rate: float | None, litres: float | None, now: float) -> Flow:
        """Take what the meter shows now; `rate` None: it shows none, or none that can be."""
        since, self._looked_at = self._looked_at, now
        if litres is None:
            ran = 0.0 if rate is None or since is None else rate * (now - since) / 60
            return Flow(rate, ran)
        count = _Count(now, litres)
        ran = self._ran(self._before, count)
        self._before = count
        return Flow(self._counted_rate(count) if rate is None else rate, ran)

    def _counted_rate(self, count: _Count) -> float | None:
        if self._rated is None:
            self._rated = count
        elapsed_s = count.at - self._rated.at
        if elapsed_s >= RATE_OVER_S:
            self._rate = self._ran(self._rated, count) / elapsed_s * 60
            self._rated = count
        return self._rate

    def _ran(self, before: _Count | None, now: _Count) -> float:
        if before is None:
            return 0.0
        ran = (now.litres - before.litres) % self._turns_over_at
        return ran if ran <= MOST_LPM / 60 * (now.at - before.at) + 1 else 0.0
