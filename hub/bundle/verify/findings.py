"""What a check of a bundle found. Pure."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from hub.bundle.manifest import Manifest


class Fault(StrEnum):
    """What is not as it was."""

    HEADER = "header"
    CUT_OFF = "cut-off"
    EXTRA_BYTES = "extra-bytes"
    TWICE = "twice"
    UNSAFE_NAME = "unsafe-name"
    BOMB = "bomb"
    ORDER = "order"
    MISSING = "missing"
    ADDED = "added"
    CHANGED = "changed"
    PACKED = "packed"
    SUMS = "sums"
    MANIFEST = "manifest"
    SIGNATURE = "signature"
    SIGNER = "signer"
    OTHER_KEY = "other-key"
    CUSTODY = "custody"
    STAMP = "stamp"
    SIDECAR = "sidecar"
    ENCRYPTION = "encryption"


class Finding(Struct, frozen=True, kw_only=True):
    """One thing: what is wrong, with which file or where (a byte's place), and details for an expert."""

    fault: Fault
    at: str
    details: str = ""


class StampSeen(Struct, frozen=True, kw_only=True):
    """A time stamp: when, by whom; `trusted`: its signature leads to a given authority."""

    at: datetime
    by: str
    trusted: bool


class Report(Struct, kw_only=True):
    """What a check saw. `key_compared`: the key is the one that was given; else it must be compared by hand.

    `sidecar`: there was a signed sum beside the ZIP.
    """

    findings: list[Finding]
    manifest: Manifest | None = None
    fingerprint: str | None = None
    key_compared: bool = False
    stamp: StampSeen | None = None
    sidecar: bool = False
    files: int = 0

    @property
    def right(self) -> bool:
        """Whether nothing was changed."""
        return not self.findings

    def found(self, fault: Fault, at: str, details: str = "") -> None:
        """Add a finding."""
        self.findings.append(Finding(fault=fault, at=at, details=details))
