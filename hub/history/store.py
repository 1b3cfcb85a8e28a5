"""What a store of history must do; SQLite is the embedded one."""

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
    """What a step of a series is summed up as."""

    RAW = "raw"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    LAST = "last"
    COUNT = "count"


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


class HistoryStore(Protocol):
    """Keeps samples; blocking, called from one writing thread and many reading ones."""

    def write(self, samples: Sequence[Sample]) -> None:
        """Keep samples; all of them or, if it raises OSError, none."""
        ...

    def read(self, query: Query) -> list[Point]:
        """Return the points of a stretch, oldest first."""
        ...

    def condense(self, now_ms: int) -> None:
        """Sum up what is complete, 1 minute then 1 hour, and delete what is past its retention."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
