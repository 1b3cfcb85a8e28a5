"""What a store of history must do; SQLite is the embedded one.

A sample of the same series and time as one before replaces it, so what is written twice is read once. None is
a sample too: from then on the value is unknown.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from msgspec import Struct

from contract.topics import Address

Value = bool | int | float | str | None


class SeriesKey(NamedTuple):
    """Which series: one property of one device of one tenant."""

    tenant: str
    address: Address
    property: str


class Sample(NamedTuple):
    """One measurement to be kept; `ts_ms` is the device's time in ms since 1970."""

    series: SeriesKey
    ts_ms: int
    value: Value


class Aggregate(StrEnum):
    """What a step of a series is summed up as. A step that has nothing to say is left out.

    MEAN, MIN and MAX are of numbers, COUNT of numbers and words; LAST is the last sample, None if that is.
    TIME_WEIGHTED is the mean of numbers weighted by how long each held, until the next sample: so a step
    without samples has the value from before it, and time at which no number was known counts for nothing.
    """

    RAW = "raw"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    LAST = "last"
    COUNT = "count"
    TIME_WEIGHTED = "time-weighted"


class Query(Struct, frozen=True, kw_only=True):
    """A stretch of a series: raw samples with `start_ms` <= time < `end_ms`, or steps of `step_ms`.

    Steps are whole, the first and the last too: each that the stretch touches is summed up from end to end.
    """

    series: SeriesKey
    start_ms: int
    end_ms: int
    aggregate: Aggregate = Aggregate.RAW
    step_ms: int | None = None
    limit: int = 10_000


class Point(NamedTuple):
    """One point of a series: start of its step in ms since 1970, and the value."""

    ts_ms: int
    value: Value


class Duration(NamedTuple):
    """For how long a value held, in ms; None: for so long none was known."""

    value: Value
    ms: int


class Tally(Struct, frozen=True):
    """How many raw samples there are, those of None too, and the sum of their numbers."""

    count: int
    total: float


class Tier(StrEnum):
    """What samples are summed up to."""

    MINUTE = "minute"
    HOUR = "hour"


class Sum(NamedTuple):
    """The samples of one minute or hour; sums of neighbours add up to the sum of both.

    `numbers`: how many, with the least, the greatest and the total of them; `words`: how many. `last`: the
    last sample. `first_ms`, `last_ms`: times of the first and the last sample. Between these a number was
    known for `held_ms`, with `area` as its integral, in its unit times ms.
    """

    ts_ms: int
    numbers: int
    words: int
    low: float | None
    high: float | None
    total: float
    last: Value
    first_ms: int
    last_ms: int
    area: float
    held_ms: int


class HistoryStore(Protocol):
    """Keeps samples; blocking, called from one writing thread and many reading ones."""

    def write(self, samples: Sequence[Sample]) -> None:
        """Keep samples; all of them or, if it raises OSError, none."""
        ...

    def read(self, query: Query) -> list[Point]:
        """Return the points of a stretch, oldest first."""
        ...

    def durations(self, series: SeriesKey, start_ms: int, end_ms: int) -> list[Duration]:
        """Tell for how long each value held within a stretch, in the order in which they came first.

        The value that held before the stretch holds from its start; all add up to the stretch. Where raw
        samples are gone, the last one of each minute tells.
        """
        ...

    def series(self, tenant: str) -> list[SeriesKey]:
        """Return every series there is."""
        ...

    def tally(self, series: SeriesKey, start_ms: int, end_ms: int) -> Tally:
        """Count the raw samples of a stretch, to verify a copy."""
        ...

    def read_sums(self, series: SeriesKey, tier: Tier, start_ms: int, end_ms: int) -> list[Sum]:
        """Return the sums of a stretch, whose first begins at or after `start_ms`, oldest first."""
        ...

    def write_sums(self, series: SeriesKey, tier: Tier, sums: Sequence[Sum]) -> None:
        """Put in sums whose samples are gone, instead of those there; all or, if it raises OSError, none."""
        ...

    def condense(self, now_ms: int) -> bool:
        """Sum up what is complete, 1 minute then 1 hour, and delete what is past its retention.

        It is a slice of that, so that what is to be written waits for a moment; returns whether more is due.
        When the clock has jumped ahead by more than a day, nothing is deleted for an hour.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
