"""A stream of points over some devices, of which anybody can say what must be there afterwards."""

from typing import Final

from contract.topics import Address
from hub.history.store import Sample, SeriesKey

START: Final = 1_795_000_000_000 // 3_600_000 * 3_600_000
DEVICES: Final = 20
BATCH: Final = 500


def series(number: int = 0, name: str = "power") -> SeriesKey:
    """Return the series of a device."""
    return SeriesKey("default", Address("hemei", "charger", f"bay-{number}"), name)


def batch(first: int) -> list[Sample]:
    """Return the points `first` to `first` + BATCH, one a millisecond, each its own number as value."""
    return [Sample(series(n % DEVICES), START + n, n) for n in range(first, first + BATCH)]
