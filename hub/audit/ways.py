"""Compares the ways of disclosures, and what was asked for, with the digests that the audit has of them."""

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from hub.audit.canonical import digest_of
from hub.audit.entry import NumberedEntry
from hub.audit.findings import Fault, Report
from hub.disclosure.request import DisclosureStep, StepKind
from hub.disclosure.scope import Scope
from hub.ledger.converting import convert

PART: Final = "disclosure"
DISCLOSURE: Final = f"{PART}."
"""How `what` begins in the audit: `disclosure.requested`, `disclosure.approved`, …"""


class StepRow(NamedTuple):
    """A row of `disclosure_steps`; `details` is JSON."""

    disclosure: str
    n: int
    ts_ms: int
    who: str
    what: str
    post: str | None
    reason: str
    details: str


class ScopeRow(NamedTuple):
    """What a row of `disclosures` says was asked for, as JSON."""

    id: str
    scope: str


class Ways:
    """What the audit says of disclosures, and whether it is so."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._steps: dict[tuple[str, int], str] = {}
        self._scopes: dict[str, str] = {}

    def hear(self, entry: NumberedEntry) -> None:
        """Take what an entry of the audit says of a disclosure."""
        n, sha256 = entry.details.get("n"), entry.details.get("sha256")
        if not entry.what.startswith(DISCLOSURE) or not isinstance(n, int) or not isinstance(sha256, str):
            return
        self._steps[entry.about, n] = sha256
        scope = entry.details.get("scope")
        if entry.what == DISCLOSURE + StepKind.REQUESTED and isinstance(scope, str):
            self._scopes[entry.about] = scope

    def check_steps(self, rows: Iterable[StepRow]) -> int:
        """Check all rows of `disclosure_steps`; return how many there are."""
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 - it is the answer
            self._check_step(row)
        for disclosure, n in self._steps:
            self._say(f"{disclosure}/{n}", Fault.REMOVED, "the audit knows this step, it is gone")
        return count

    def check_scopes(self, rows: Iterable[ScopeRow]) -> None:
        """Check what was asked for: nothing else was released."""
        for row in rows:
            known = self._scopes.pop(row.id, None)
            if known is None:
                self._say(row.id, Fault.INSERTED, "the audit does not know this disclosure")
            elif _digest_of_scope(row.scope) != known:
                self._say(row.id, Fault.CHANGED, "its scope is not what was asked for")
        for disclosure in self._scopes:
            self._say(disclosure, Fault.REMOVED, "the audit knows this disclosure, it is gone")

    def _check_step(self, row: StepRow) -> None:
        at = f"{row.disclosure}/{row.n}"
        known = self._steps.pop((row.disclosure, row.n), None)
        if known is None:
            self._say(at, Fault.INSERTED, "the audit does not know this step")
        elif _digest_of_step(row) != known:
            self._say(at, Fault.CHANGED, "it is not what the audit has the hash of")

    def _say(self, at: str, fault: Fault, message: str) -> None:
        self._report.add(PART, at, fault, message)


def _digest_of_step(row: StepRow) -> str | None:
    try:
        step = convert(row._asdict() | {"details": msgspec.json.decode(row.details)}, DisclosureStep)
    except msgspec.MsgspecError:
        return None
    return digest_of(step)


def _digest_of_scope(written: str) -> str | None:
    try:
        return digest_of(convert(msgspec.json.decode(written), Scope))
    except msgspec.MsgspecError:
        return None
