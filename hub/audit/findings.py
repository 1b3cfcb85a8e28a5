"""What the verification of an audit says."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from hub.audit.chain import Head


class Fault(StrEnum):
    """What is wrong."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_OFF = "cut-off"
    REWRITTEN = "rewritten"
    """It fits its neighbours, but not what was kept outside the database."""
    MISSING = "missing"
    """A file."""
    UNREADABLE = "unreadable"


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is wrong, `at` some place of audit, timeline, evidence, checkpoints or database."""

    part: str
    at: str
    fault: Fault
    message: str


MAX_SHOWN: Final = 1000
"""Findings kept; more are counted."""


class Report(Struct, kw_only=True):
    """What was looked at, and what was found."""

    tenant: str
    head: Head
    checked: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    faults: int = 0
    checkpoint: Head | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return self.faults == 0

    def add(self, part: str, at: str, fault: Fault, message: str) -> None:
        """Take a finding."""
        self.faults += 1
        if len(self.findings) < MAX_SHOWN:
            self.findings.append(Finding(part=part, at=at, fault=fault, message=message))

    def looked(self, counts: Mapping[str, int]) -> None:
        """Say how much was looked at."""
        self.checked |= counts
