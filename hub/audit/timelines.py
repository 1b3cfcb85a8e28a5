"""Compares the alarms' timelines with the digests that the audit has of their entries."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from hub.alarms.alarm import Entry, EntryKind
from hub.audit.canonical import digest_of
from hub.audit.entry import NumberedEntry
from hub.audit.findings import Fault, Report
from hub.audit.trail import TIMELINE
from hub.ledger.converting import convert

PART: Final = "timeline"


class Line(NamedTuple):
    """A row of `alarm_entries`; `data` is JSON."""

    alarm: str
    n: int
    ts_ms: int
    kind: str
    who: str
    post: str | None
    note: str
    data: str


class Timelines:
    """What the audit says of the timelines, and whether they are so."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._digests: dict[tuple[str, int], str] = {}
        self.evidence: dict[str, str] = {}
        """SHA-256 by id of a piece of evidence, as the timelines have it."""

    def hear(self, entry: NumberedEntry) -> None:
        """Take what an entry of the audit says of a timeline."""
        n, sha256 = entry.details.get("n"), entry.details.get("sha256")
        if entry.what.startswith(TIMELINE) and isinstance(n, int) and isinstance(sha256, str):
            self._digests[entry.about, n] = sha256

    def check(self, lines: Iterable[Line]) -> int:
        """Check all rows of `alarm_entries`; return how many there are."""
        count = 0
        for count, line in enumerate(lines, 1):  # noqa: B007 - it is the answer
            self._check(line)
        for alarm, n in self._digests:
            self._report.add(PART, f"{alarm}/{n}", Fault.REMOVED, "the audit knows this entry, it is gone")
        return count

    def _check(self, line: Line) -> None:
        at = f"{line.alarm}/{line.n}"
        entry = _entry(line)
        known = self._digests.pop((line.alarm, line.n), None)
        if known is None:
            self._report.add(PART, at, Fault.INSERTED, "the audit does not know this entry")
        elif entry is None or digest_of(entry) != known:
            self._report.add(PART, at, Fault.CHANGED, "it is not what the audit has the hash of")
        elif entry.kind is EntryKind.EVIDENCE:
            self._note_evidence(entry.data)

    def _note_evidence(self, data: Mapping[str, Any]) -> None:
        piece, sha256 = data.get("piece"), data.get("sha256")
        if isinstance(piece, str) and isinstance(sha256, str):
            self.evidence[piece] = sha256


def _entry(line: Line) -> Entry | None:
    try:
        return convert(line._asdict() | {"data": msgspec.json.decode(line.data)}, Entry)
    except msgspec.MsgspecError:
        return None
