"""What a bundle is made of: the rows and pictures that leave, and what is said about them.

Whoever reads the data gives a `Source` and the `Facts`; the bundle knows nothing of where they come from.
All times are milliseconds since 1970, UTC.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from msgspec import Struct

from contract.things import Words

Scalar = str | int | float | bool | None
ColumnKind = Literal["text", "number", "time"]
MediaKind = Literal["picture", "clip"]


class Column(Struct, frozen=True, kw_only=True):
    """One column. The values of a `time` are milliseconds; spreadsheets show them in the site's time zone."""

    key: str
    zh: str
    en: str
    kind: ColumnKind = "text"


class TableSpec(Struct, frozen=True, kw_only=True):
    """One table: `name` is its file's, `[a-z0-9-]`.

    The bundle itself puts `at` (发生时间) and `received` (接收时间) before these columns and `media`
    (图像文件) behind them, so no column may have one of these keys.
    """

    name: str
    title: Words
    columns: tuple[Column, ...]


class Row(Struct, frozen=True, kw_only=True):
    """One row: `values` as many as the table's columns.

    `cursor` is where to go on after it. `media` names what `Source.media` gives for it, by the SHA-256 of the
    bytes as they leave.
    """

    cursor: str
    values: tuple[Scalar, ...]
    at_ms: int | None
    received_ms: int | None
    media: tuple[str, ...] = ()


class MediaFile(Struct, frozen=True, kw_only=True):
    """A picture or clip: `sha256` of the bytes that leave, `of` the file in the store that they show.

    `suffix` without a dot: `jpg`, `png`, `mp4`.
    """

    sha256: str
    of: str
    masked: bool
    kind: MediaKind
    suffix: str


class Withheld(Struct, frozen=True, kw_only=True):
    """What does not leave: `what` (`plates`, `pictures-gone`, …), how often, and why."""

    what: str
    number: int
    why: Words


class SourceClock(Struct, frozen=True, kw_only=True):
    """How far the clock of a source was from the hub's; None: not measured. `error_ms`: of the measuring."""

    source: str
    offset_ms: float | None
    measured_ms: int | None
    error_ms: float | None


class Moment(Struct, frozen=True, kw_only=True):
    """One line of the cover's timeline."""

    at_ms: int
    words: Words


class Officer(Struct, frozen=True, kw_only=True):
    """Who asks: name and warrant number (警号)."""

    name: str
    number: str


class Step(Struct, frozen=True, kw_only=True):
    """One step of the custody (流转记录): who did what with the request; `n` counts from 1."""

    n: int
    at_ms: int
    who: str
    what: str
    details: Mapping[str, Any] = {}


class Facts(Struct, frozen=True, kw_only=True):
    """What the disclosure is. Everything in a bundle that is not data comes from here, `made_ms` too.

    `query` is the scope as JSON, `scope` the same in words; `document` is the paper that was shown.
    """

    export_id: str
    number: str
    site: Words
    timezone: str
    case_number: str
    unit: str
    officers: tuple[Officer, ...]
    basis: str
    basis_title: Words
    document: Words
    document_number: str
    purpose: str
    scope: Words
    query: Mapping[str, Any]
    from_ms: int
    to_ms: int
    requested_by: str
    requested_ms: int
    decided_by: str
    decided_ms: int
    decision_reason: str = ""
    steps: tuple[Step, ...] = ()
    software: str
    made_ms: int


class Source(Protocol):
    """Where the data comes from. Blocking; asked twice, it gives the same rows and the same bytes."""

    def tables(self) -> Sequence[TableSpec]:
        """Return the tables, in the order in which they stand in the bundle."""
        ...

    def count(self, table: str) -> int:
        """Return how many rows a table has; it serves the progress alone."""
        ...

    def rows(self, table: str, after: str | None) -> Iterator[Row]:
        """Yield the rows of a table behind the one with this cursor; None: from the first."""
        ...

    def media(self, row: Row) -> Iterator[tuple[MediaFile, bytes]]:
        """Yield what `row.media` names, as it leaves."""
        ...

    def withheld(self) -> Sequence[Withheld]:
        """Return what does not leave, for the whole disclosure; asked when all rows have been read."""
        ...

    def clocks(self) -> Sequence[SourceClock]:
        """Return the clocks of all sources that have rows in it; asked when all rows have been read."""
        ...

    def timeline(self) -> Sequence[Moment]:
        """Return the cover's timeline, oldest first; the cover shows the first 500."""
        ...
