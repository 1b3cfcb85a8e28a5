"""Walks a chain from its first entry; says which is changed, removed, inserted or out of its place. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from hub.audit.chain import Head, searchable
from hub.audit.entry import GENESIS, NumberedEntry, hash_of, read_body
from hub.audit.findings import Fault, Report

PART: Final = "audit"


class Row(NamedTuple):
    """A row of the table, in the order of its columns."""

    n: int
    ts_ms: int
    who: str
    what: str
    about: str
    body: str
    hash: str


class Walk:
    """One walk; `entries` yields what the chain holds, good or bad, so that others can compare with it."""

    def __init__(self, tenant: str, report: Report, checkpoints: Mapping[int, str]) -> None:
        self._tenant = tenant
        self._report = report
        self._checkpoints = checkpoints
        self._before: str | None = GENESIS
        self.last = Head(0, GENESIS)

    def entries(self, rows: Iterable[Row]) -> Iterator[NumberedEntry]:
        """Check rows, which come by their number."""
        for row in rows:
            if row.n != self.last.n + 1:
                self._gap(row.n)
            entry = self._check(row)
            self.last = Head(row.n, row.hash)
            self._before = row.hash
            if entry is not None:
                yield entry

    def end(self, kept: Head) -> None:
        """Compare the end with the head that the database keeps beside it, and with the checkpoints."""
        missing = kept.n - self.last.n
        if missing > 0:
            what = f"the last {missing} of {kept.n} entries are cut off"
            self._say(_range(self.last.n + 1, kept.n), Fault.CUT_OFF, what)
        elif missing < 0:
            what = f"{-missing} entries stand after the last one that was written, {kept.n}"
            self._say(_range(kept.n + 1, self.last.n), Fault.INSERTED, what)
        elif kept.hash != self.last.hash:
            self._say(str(kept.n), Fault.CHANGED, "the last entry is not the one that was written last")
        furthest = max(self._checkpoints, default=0)
        if furthest > max(self.last.n, kept.n):
            what = f"a checkpoint knows of {furthest} entries, there are {self.last.n}: the end is cut off"
            self._say(_range(self.last.n + 1, furthest), Fault.CUT_OFF, what)

    def _gap(self, n: int) -> None:
        first, last = self.last.n + 1, n - 1
        if n <= self.last.n:  # no database allows it, but a look at it must not go wrong
            self._say(str(n), Fault.INSERTED, "there are two entries of this number")
        else:
            self._say(_range(first, last), Fault.REMOVED, f"{last - first + 1} entries are missing here")
        self._before = None

    def _check(self, row: Row) -> NumberedEntry | None:
        if self._checkpoints.get(row.n, row.hash) != row.hash:
            self._say(str(row.n), Fault.REWRITTEN, "it is not the entry of the checkpoint with this number")
        try:
            entry = read_body(row.body)
        except msgspec.MsgspecError as wrong:
            self._say(str(row.n), Fault.CHANGED, f"its body is no entry: {wrong}")
            return None
        if entry.n != row.n or entry.tenant != self._tenant:
            what = f"it holds entry {entry.n} of tenant {entry.tenant}"
            self._say(str(row.n), Fault.REORDERED, what)
        elif self._before is not None and hash_of(self._before, row.body) != row.hash:
            what = "its hash does not follow from its content and the entry before: one of them was changed"
            self._say(str(row.n), Fault.CHANGED, what)
        else:
            self._compare(row, entry)
        return entry

    def _compare(self, row: Row, entry: NumberedEntry) -> None:
        """Compare the columns to search by, which are not hashed themselves, with the body, which is."""
        if row.ts_ms != entry.ts_ms:
            self._say(str(row.n), Fault.CHANGED, f"column ts_ms says {row.ts_ms}, its body {entry.ts_ms}")
        for name in ("who", "what", "about"):
            text, true = getattr(row, name), getattr(entry, name)
            if text != true and text != searchable(name, true):
                self._say(str(row.n), Fault.CHANGED, f"column {name} says {text!r}, its body {true!r}")

    def _say(self, at: str, fault: Fault, message: str) -> None:
        self._report.add(PART, at, fault, message)


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
