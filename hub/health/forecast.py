"""When the disk is full, by how it filled over the last days. Pure.

The slope is Theil and Sen's, the median of the slopes between all pairs: one clean-up, or one big copy that
comes and goes, does not turn it.
"""

import statistics
from collections.abc import Sequence
from itertools import combinations
from typing import Final

from msgspec import Struct

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
LEAST_MS: Final = 6 * HOUR_MS
"""Over less, nothing can be told."""

MOST: Final = 100
"""Samples that are compared, spread over all: pairs are half of their square."""


class Sample(Struct, frozen=True, kw_only=True):
    """How much room there was at a moment, and who took it, in bytes; None: that could not be told."""

    at_ms: int
    free_bytes: int
    total_bytes: int
    ledger_bytes: int | None = None
    history_bytes: int | None = None
    media_bytes: int | None = None


class Forecast(Struct, frozen=True, kw_only=True):
    """`bytes_per_day`: how fast the disk fills, None: not measured long enough. `days` None: it does not."""

    bytes_per_day: float | None = None
    days: float | None = None


def forecast(samples: Sequence[Sample]) -> Forecast:
    """Tell from samples, oldest first, when there is no room left."""
    if len(samples) < 2 or samples[-1].at_ms - samples[0].at_ms < LEAST_MS:
        return Forecast()
    step = max(1, len(samples) // MOST)
    chosen = [*samples[::step], samples[-1]]
    slopes = [
        (one.free_bytes - other.free_bytes) / (other.at_ms - one.at_ms)
        for one, other in combinations(chosen, 2)
        if other.at_ms > one.at_ms
    ]
    per_day = statistics.median(slopes) * DAY_MS
    days = samples[-1].free_bytes / per_day if per_day > 0 else None
    return Forecast(bytes_per_day=per_day, days=days)
