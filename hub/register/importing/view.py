"""Imports as the API shows them. Times are RFC 3339."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from hub.alarms.definition import Words

ImportWhat = Literal["people", "vehicles", "blocked"]
ImportState = Literal["reading", "unreadable", "previewed", "applying", "applied", "cancelled"]
RowState = Literal["new", "changed", "unchanged", "bad", "conflict"]
"""`conflict`: somebody changed the register between the preview and this row, which was left out."""


class CellProblem(Struct, frozen=True, kw_only=True):
    """What is wrong with a row: in which column (as the file calls it), and what to do.

    `code` is for machines; `text` says it in each language.
    """

    column: str
    code: str
    text: Words


class ImportRow(Struct, frozen=True, kw_only=True):
    """A row of an import: its number in the file, what becomes of it, and the cells as they were read.

    `key` is the person or vehicle that it changes; `changes`: the names of the fields.
    """

    row: int
    state: RowState
    key: str | None
    changes: Sequence[str]
    cells: dict[str, str]
    problems: Sequence[CellProblem]


class ImportCounts(Struct, frozen=True, kw_only=True):
    """How many rows become what; `households` are new ones that they bring."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    conflict: int = 0
    households: int = 0


class ImportView(Struct, frozen=True, kw_only=True):
    """An import. `plan` names exactly what was previewed: apply quotes it.

    `applied`: rows done of `counts.new + counts.changed`. `problem`: why the file cannot be read.
    """

    id: str
    what: ImportWhat
    file: str
    state: ImportState
    plan: str | None
    counts: ImportCounts
    applied: int
    columns: Sequence[str]
    unknown_columns: Sequence[str]
    problem: CellProblem | None
    made: str
    made_by: str
    ended: str | None


class ImportList(Struct, frozen=True):
    """Imports, the newest first."""

    imports: Sequence[ImportView]


class ImportRows(Struct, frozen=True, kw_only=True):
    """Rows of an import by their number. `next`: give it as `after`."""

    rows: Sequence[ImportRow]
    next: int | None
