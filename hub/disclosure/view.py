"""Disclosures as the API shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from contract.clock import rfc3339_ms
from hub.alarms.definition import Words
from hub.disclosure.bases import LegalBasis, Reveal
from hub.disclosure.request import Disclosure, DisclosureStep, Officer, Progress, StepKind
from hub.disclosure.scope import DataKind, Scope
from hub.disclosure.states import State, Step, possible


class BothWords(Struct, frozen=True, kw_only=True):
    """A text in both languages."""

    zh: str
    en: str


class BasisView(Struct, frozen=True, kw_only=True):
    """A legal basis: which paper must be shown, and what may leave.

    `fields` of each kind of data may leave, of them unmasked what it `reveals`. `longest_days`: of a scope;
    `release_days`: within which what was approved must be made. `subject`: the scope must name whom it is
    about.
    """

    key: str
    title: BothWords
    document: BothWords
    kinds: Sequence[DataKind]
    fields: Mapping[DataKind, Sequence[str]]
    reveals: Sequence[Reveal]
    longest_days: int
    release_days: int
    subject: bool


class BasisList(Struct, frozen=True, kw_only=True):
    """The legal bases that this site knows."""

    bases: Sequence[BasisView]


class BundleView(Struct, frozen=True, kw_only=True):
    """The bundle. `sha256`: of the file `name`; `files`: how many are in it.

    `signer`: the fingerprint of the key that signed it; null: it was made before that was kept.
    """

    name: str
    bytes: int
    sha256: str
    files: int
    encrypted: bool
    made: str
    signer: str | None


class HandedView(Struct, frozen=True, kw_only=True):
    """Who handed the bundle to whom."""

    by: str
    to: str
    at: str


class ExportView(Struct, frozen=True, kw_only=True):
    """A disclosure. `version`: quote it with whatever you do to it; `can`: what people may do next.

    Times are RFC 3339. `expires`: when its time is over, if nothing happens until then. `bundle` stays on
    record when its files are deleted (`purged`).
    """

    id: str
    number: str
    version: int
    state: State
    can: Sequence[Step]
    basis: str
    basis_title: BothWords
    document_number: str
    case_number: str
    unit: str
    officers: Sequence[Officer]
    purpose: str
    reason: str
    scope: Scope
    recipients: Sequence[str]
    requested_by: str
    requested: str
    decided_by: str | None
    decided: str | None
    decision_reason: str
    expires: str | None
    progress: Progress | None
    bundle: BundleView | None
    error: str | None
    handed: HandedView | None
    purged: str | None


class StepView(Struct, frozen=True, kw_only=True):
    """One step of a disclosure's way."""

    n: int
    at: str
    who: str
    what: StepKind
    reason: str
    details: dict[str, Any]


class ExportDetail(ExportView, frozen=True, kw_only=True):
    """A disclosure with its way, oldest first."""

    steps: Sequence[StepView]


class ExportPage(Struct, frozen=True, kw_only=True):
    """Disclosures, the newest first. `next`: what to give as `before` for those that follow; null: none."""

    exports: Sequence[ExportView]
    next: str | None


class PreviewColumn(Struct, frozen=True, kw_only=True):
    """A column of what would leave. `masked`: what stands in it is not what is kept."""

    key: str
    zh: str
    en: str
    masked: bool = False


class PreviewTable(Struct, frozen=True, kw_only=True):
    """The first rows of one kind, as in the bundle's CSV, but for the last column: names of pictures."""

    kind: DataKind
    columns: Sequence[PreviewColumn]
    rows: Sequence[Sequence[str]]


class PreviewWithheld(Struct, frozen=True, kw_only=True):
    """What would not leave, how many of it, and why."""

    what: str
    number: int
    why: BothWords


class PreviewPicture(Struct, frozen=True, kw_only=True):
    """A picture among those that would leave; `of`: its SHA-256 here."""

    of: str
    masked: bool


class PreviewView(Struct, frozen=True, kw_only=True):
    """What would leave for a scope on a legal basis, exactly as it would."""

    counts: Mapping[DataKind, int]
    pictures: int
    clips: int
    tables: Sequence[PreviewTable]
    withheld: Sequence[PreviewWithheld]
    samples: Sequence[PreviewPicture]


class KeyView(Struct, frozen=True, kw_only=True):
    """The public key that bundles are signed with; whoever checks one compares `fingerprint`."""

    pem: str
    fingerprint: str


def both(words: Words) -> BothWords:
    """Write words in both languages; where one is missing, the other."""
    some = next(iter(words.values()), "")
    return BothWords(zh=words.get("zh-CN", some), en=words.get("en", some))


def basis_view(basis: LegalBasis) -> BasisView:
    """Show a legal basis."""
    kinds = [kind for kind in DataKind if kind in basis.kinds]
    return BasisView(
        key=basis.key,
        title=both(basis.title),
        document=both(basis.document),
        kinds=kinds,
        fields={kind: basis.fields_of(kind) for kind in kinds},
        reveals=[each for each in Reveal if each in basis.reveals],
        longest_days=basis.longest_days,
        release_days=basis.release_days,
        subject=basis.subject,
    )


def export_view(found: Disclosure, progress: Progress | None) -> ExportView:
    """Show a disclosure."""
    return ExportView(**_fields(found, progress))


def export_detail(
    found: Disclosure, progress: Progress | None, way: Sequence[DisclosureStep]
) -> ExportDetail:
    """Show a disclosure with its way."""
    return ExportDetail(**_fields(found, progress), steps=[step_view(each) for each in way])


def step_view(step: DisclosureStep) -> StepView:
    """Show a step."""
    return StepView(
        n=step.n,
        at=rfc3339_ms(step.ts_ms),
        who=step.who,
        what=step.what,
        reason=step.reason,
        details=step.details,
    )


_SAME = tuple(
    (set(Disclosure.__struct_fields__) & set(ExportView.__struct_fields__)) - {"steps", "made", "progress"}
)


def _fields(found: Disclosure, progress: Progress | None) -> dict[str, Any]:
    same = {name: getattr(found, name) for name in _SAME}
    return same | {
        "number": found.number,
        "can": possible(found.state),
        "basis_title": both(found.terms.title),
        "requested": rfc3339_ms(found.requested_ms),
        "decided": _time(found.decided_ms),
        "expires": None if found.state is State.MAKING else _time(found.expires_ms),
        "progress": progress if found.state is State.MAKING else None,
        "bundle": _bundle(found),
        "handed": _handed(found),
        "purged": _time(found.purged_ms),
    }


def _bundle(found: Disclosure) -> BundleView | None:
    made = found.made
    if made is None:
        return None
    return BundleView(
        name=made.name,
        bytes=made.bytes,
        sha256=made.sha256,
        files=made.files,
        encrypted=made.encrypted,
        made=rfc3339_ms(made.made_ms),
        signer=made.signer or None,
    )


def _handed(found: Disclosure) -> HandedView | None:
    if found.handed_by is None or found.handed_ms is None:
        return None
    return HandedView(by=found.handed_by, to=found.handed_to, at=rfc3339_ms(found.handed_ms))


def _time(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339_ms(at_ms)
