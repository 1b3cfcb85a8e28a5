"""A disclosure's data as it leaves, for the bundle and for the preview. Blocking.

What is written of it comes out of the ledger a page at a time, so that nobody who writes there waits.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from hub.bundle.source import MediaFile, Moment, Row, SourceClock, TableSpec, Withheld
from hub.disclosure.bases import Reveal
from hub.disclosure.reading.alarms import AlarmTable
from hub.disclosure.reading.columns import AT, columns_of, table_of
from hub.disclosure.reading.events import EventTable
from hub.disclosure.reading.history import HistoryTable
from hub.disclosure.reading.media import MediaDoor, Stays
from hub.disclosure.reading.passes import PassTable
from hub.disclosure.reading.shown import Asked, Shown, Table
from hub.disclosure.reading.survey import Survey
from hub.disclosure.reading.veil import Veil
from hub.disclosure.reading.withheld import Tally
from hub.disclosure.scope import DataKind
from hub.history.beside import Beside

__all__ = ["LeavingRow", "LedgerSource"]


class LeavingRow(Row, frozen=True, kw_only=True):
    """A row that also knows its media by what the store calls them."""

    named: tuple[str, ...] = ()
    plain: bool = False


class LedgerSource:
    """Implements `hub.bundle.source.Source` for what was asked; media leave by a door."""

    def __init__(self, asked: Asked, history: Beside, door: MediaDoor) -> None:
        self._asked = asked
        self._door = door
        made: dict[DataKind, Table] = {
            DataKind.PASSES: PassTable(asked),
            DataKind.EVENTS: EventTable(asked),
            DataKind.ALARMS: AlarmTable(asked),
            DataKind.HISTORY: HistoryTable(asked, history),
        }
        wanted = set(asked.scope.kinds) & asked.basis.kinds
        self._tables = {kind.value: made[kind] for kind in DataKind if kind in wanted}

    def tables(self) -> Sequence[TableSpec]:
        """Describe the tables: of the kinds that the scope asks for and the basis allows."""
        return [table_of(self._asked.basis, DataKind(name)) for name in self._tables]

    def count(self, table: str) -> int:
        """Return how many rows a table has, for the progress."""
        return self._tables[table].count()

    def rows(self, table: str, after: str | None) -> Iterator[Row]:
        """Yield the rows of a table behind a cursor, as they leave."""
        tally = Tally()
        return (self._row(DataKind(table), each, tally) for each in self._shown(table, after, tally))

    def media(self, row: Row) -> Iterator[tuple[MediaFile, bytes]]:
        """Yield the pictures and clips of a row that `rows` gave."""
        if not isinstance(row, LeavingRow):
            return
        for of in row.named:
            yield from self._door.given(of, plain=row.plain)

    def withheld(self) -> Sequence[Withheld]:
        """Count what does not leave, or not as it is."""
        return self._surveyed.tally.withheld()

    def clocks(self) -> Sequence[SourceClock]:
        """Return the clocks: as the hub knows them, and how far those of the rows' devices were from it."""
        return self._surveyed.lateness.clocks(self._asked.around.clocks)

    def whose(self) -> set[tuple[str, str]]:
        """Return whose data leaves for anybody to see: `person`, `vehicle` or `plate`, and which."""
        return self._surveyed.tally.whose

    def timeline(self) -> Sequence[Moment]:
        """Tell what happened, for the cover."""
        return self._surveyed.moments.told()

    def survey(self, most: int | None = None) -> Survey:
        """Look through the first rows of each table, None: all, for what is said of them as a whole."""
        survey = Survey(self._asked.basis)
        for name in self._tables:
            kind = DataKind(name)
            for shown in islice(self._shown(name, None, survey.tally), most):
                survey.take(kind, shown, self._leaving(kind, shown, survey.tally))
        if self._asked.wants(DataKind.PASSES, Reveal.IDENTITY.value) and DataKind.PASSES in self._tables:
            survey.tally.add(Reveal.IDENTITY.value)
        return survey

    @cached_property
    def _surveyed(self) -> Survey:
        return self.survey()

    def _shown(self, table: str, after: str | None, tally: Tally) -> Iterator[Shown]:
        veil = Veil(self._asked.basis, self._asked.scope, tally)
        return self._tables[table].rows(veil, after)

    def _row(self, kind: DataKind, shown: Shown, tally: Tally) -> LeavingRow:
        allowed = self._asked.basis.fields_of(kind)
        files = self._leaving(kind, shown, tally)
        return LeavingRow(
            cursor=shown.cursor,
            values=tuple(shown.values.get(each) for each in columns_of(self._asked.basis, kind)),
            at_ms=shown.at_ms if AT[kind] in allowed else None,
            received_ms=shown.received_ms if "received" in allowed else None,
            media=tuple(dict.fromkeys(file.sha256 for file in files.values())),
            named=tuple(files),
            plain=shown.plain,
        )

    def _leaving(self, kind: DataKind, shown: Shown, tally: Tally) -> Mapping[str, MediaFile]:
        """Return what leaves of a row's media, by the names in the store; count what does not."""
        leaving: dict[str, MediaFile] = {}
        for of in shown.named:
            file = self._door.leaving(of, plain=shown.plain)
            field = "clips" if file.kind == "clip" else "pictures"
            if not getattr(self._asked.scope, field):
                continue  # nobody asks for it
            if isinstance(file, Stays):
                tally.add(file.why)
            elif not self._asked.wants(kind, field):
                tally.add("media")
            else:
                leaving[of] = file
                if file.masked:
                    tally.add("pictures-masked")
        return leaving
