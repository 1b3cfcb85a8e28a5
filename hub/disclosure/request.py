"""A disclosure as it stands, what is asked for, and the steps of its way."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from hub.bundle.contents import Contents
from hub.disclosure.bases import LegalBasis
from hub.disclosure.scope import Scope
from hub.disclosure.states import State, Step


class StepKind(StrEnum):
    """What a step of a disclosure's way tells."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    BEGUN = "begun"
    MADE = "made"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RESUMED = "resumed"
    TAKEN = "taken"
    """Somebody fetched the bundle."""
    HANDED_OVER = "handed-over"
    EXPIRED = "expired"
    PURGED = "purged"
    """The bundle's files are deleted; the record stays."""
    REFUSED = "refused"
    """Somebody tried what they may not."""


TOLD: dict[Step, StepKind] = {
    Step.APPROVE: StepKind.APPROVED,
    Step.REJECT: StepKind.REJECTED,
    Step.WITHDRAW: StepKind.WITHDRAWN,
    Step.BEGIN: StepKind.BEGUN,
    Step.FINISH: StepKind.MADE,
    Step.FAIL: StepKind.FAILED,
    Step.CANCEL: StepKind.CANCELLED,
    Step.RESUME: StepKind.RESUMED,
    Step.HAND: StepKind.HANDED_OVER,
    Step.LAPSE: StepKind.EXPIRED,
}


class Officer(Struct, frozen=True, kw_only=True):
    """Who asks on behalf of the authority; `number`: of the police badge or service card."""

    name: str
    number: str


class Progress(Struct, frozen=True, kw_only=True):
    """How far the making is: `done` of `total` in this `stage`."""

    stage: str
    done: int
    total: int


class Made(Struct, frozen=True, kw_only=True):
    """The bundle: file `name` in the disclosure's folder, its size and SHA-256; how many files are in it.

    `zip_sha256`: of the ZIP, which lies in the file where that is encrypted. `signer`: the fingerprint of the
    key that signed it. Empty, and no `contents`: it was made before these were kept.
    """

    name: str
    bytes: int
    sha256: str
    files: int
    encrypted: bool
    made_ms: int
    zip_sha256: str = ""
    signer: str = ""
    contents: Contents | None = None


class Draft(Struct, frozen=True, kw_only=True):
    """What is asked for. `recipients`: age public keys; none: the bundle is not encrypted."""

    basis: str
    document_number: str
    case_number: str
    unit: str
    officers: tuple[Officer, ...]
    purpose: str
    scope: Scope
    recipients: tuple[str, ...] = ()
    reason: str = ""


class Disclosure(Draft, frozen=True, kw_only=True):
    """One disclosure. `year` and `n`: what people call it by; `n` grows by one in each year of a tenant.

    `terms` is its legal basis as it was when it was asked for. `version` grows with everything that a person
    who acts on it must have seen, `steps` counts its way. `expires_ms`: when its time is over, if nothing
    happens until then. `begun_ms`: since when files of it may lie in its folder; `purged_ms`: since when not.
    """

    id: str
    tenant: str
    year: int
    n: int
    terms: LegalBasis
    requested_by: str
    requested_ms: int
    state: State = State.REQUESTED
    version: int = 1
    steps: int = 0
    expires_ms: int | None = None
    decided_by: str | None = None
    decided_ms: int | None = None
    decision_reason: str = ""
    begun_ms: int | None = None
    made: Made | None = None
    error: str | None = None
    handed_by: str | None = None
    handed_to: str = ""
    handed_ms: int | None = None
    purged_ms: int | None = None

    @property
    def number(self) -> str:
        """What people call it by: `2026-0007`."""
        return f"{self.year}-{self.n:04d}"


class DisclosureStep(Struct, frozen=True, kw_only=True):
    """The `n`th step of a disclosure's way, from 1.

    `who` is a principal or `hub`; `details` are keys and counts.
    """

    disclosure: str
    n: int
    ts_ms: int
    who: str
    what: StepKind
    post: str | None = None
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
