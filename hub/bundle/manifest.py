"""`manifest.json`: what is in a bundle, where it comes from, who asked, who released it. Canonical JSON.

Times are RFC 3339, UTC. It is signed; whoever trusts the signature may trust each word of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from contract.things import Words
from hub.audit.canonical import canonical
from hub.bundle.custody import Custody
from hub.bundle.errors import Damaged
from hub.bundle.gathering import file_of
from hub.bundle.packing import PackedFile
from hub.bundle.progress import TableDone
from hub.bundle.source import Column, Facts, MediaFile, Officer, Source, TableSpec
from hub.bundle.tables import columns_of
from hub.bundle.times import rfc3339

FORMAT: Final = "hemei-bundle/1"


class Case(Struct, frozen=True, kw_only=True):
    """Who asks, for what, with which paper."""

    number: str
    unit: str
    officers: Sequence[Officer]
    basis: str
    basis_title: Words
    document: Words
    document_number: str
    purpose: str


class Approval(Struct, frozen=True, kw_only=True):
    """The two people, when, and why."""

    requested_by: str
    requested: str
    decided_by: str
    decided: str
    reason: str


class TableEntry(Struct, frozen=True, kw_only=True):
    """A table: its columns, rows, first and last times."""

    name: str
    title: Words
    columns: Sequence[Column]
    rows: int
    first_at: str | None
    last_at: str | None
    first_received: str | None
    last_received: str | None


class ClockEntry(Struct, frozen=True, kw_only=True):
    """How far a source's clock was from the hub's, in milliseconds; null: not measured."""

    source: str
    offset_ms: float | None
    measured: str | None
    error_ms: float | None


class WithheldEntry(Struct, frozen=True, kw_only=True):
    """What did not leave, how often, why."""

    what: str
    number: int
    why: Words


class MediaEntry(Struct, frozen=True, kw_only=True):
    """A picture or clip: its file, and the SHA-256 of the original in the site's store that it shows."""

    file: str
    sha256: str
    of: str
    masked: bool
    kind: str


class CustodyEntry(Struct, frozen=True, kw_only=True):
    """The chain of custody: steps, and the last hash."""

    steps: int
    head: str


class SignerEntry(Struct, frozen=True, kw_only=True):
    """Whose signature it is."""

    algorithm: str
    fingerprint: str


class Manifest(Struct, frozen=True, kw_only=True):
    """All that the bundle says of itself. `stamped`: there is a time stamp."""

    format: str
    number: str
    export_id: str
    site: Words
    timezone: str
    software: str
    made: str
    case: Case
    approval: Approval
    scope: Words
    query: Mapping[str, Any]
    tables: Sequence[TableEntry]
    clocks: Sequence[ClockEntry]
    withheld: Sequence[WithheldEntry]
    media: Sequence[MediaEntry]
    custody: CustodyEntry
    files: Sequence[PackedFile]
    signer: SignerEntry
    stamped: bool


class Parts(Struct, frozen=True, kw_only=True):
    """What a manifest is put together from, beside facts and source."""

    tables: Mapping[str, TableDone]
    media: Iterable[MediaFile]
    custody: Custody
    files: Sequence[PackedFile]
    fingerprint: str
    stamped: bool


def written(facts: Facts, source: Source, parts: Parts) -> bytes:
    """Write the manifest."""
    manifest = Manifest(
        format=FORMAT,
        number=facts.number,
        export_id=facts.export_id,
        site=facts.site,
        timezone=facts.timezone,
        software=facts.software,
        made=rfc3339(facts.made_ms),
        case=_case(facts),
        approval=_approval(facts),
        scope=facts.scope,
        query=facts.query,
        tables=[_table(each, parts.tables[each.name]) for each in source.tables()],
        clocks=_clocks(source),
        withheld=[
            WithheldEntry(what=each.what, number=each.number, why=each.why) for each in source.withheld()
        ],
        media=[_media(each) for each in parts.media],
        custody=CustodyEntry(steps=parts.custody.steps, head=parts.custody.head),
        files=parts.files,
        signer=SignerEntry(algorithm="Ed25519", fingerprint=parts.fingerprint),
        stamped=parts.stamped,
    )
    return canonical(manifest)


_read: Final = msgspec.json.Decoder(Manifest).decode


def read_manifest(text: bytes) -> Manifest:
    """Read a manifest; Damaged says what is wrong with it."""
    try:
        manifest = _read(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
        raise Damaged(str(wrong)) from wrong
    if manifest.format != FORMAT:
        raise Damaged(f"format {manifest.format!r}, known: {FORMAT}")
    return manifest


def _case(facts: Facts) -> Case:
    return Case(
        number=facts.case_number,
        unit=facts.unit,
        officers=facts.officers,
        basis=facts.basis,
        basis_title=facts.basis_title,
        document=facts.document,
        document_number=facts.document_number,
        purpose=facts.purpose,
    )


def _approval(facts: Facts) -> Approval:
    return Approval(
        requested_by=facts.requested_by,
        requested=rfc3339(facts.requested_ms),
        decided_by=facts.decided_by,
        decided=rfc3339(facts.decided_ms),
        reason=facts.decision_reason,
    )


def _table(spec: TableSpec, done: TableDone) -> TableEntry:
    return TableEntry(
        name=spec.name,
        title=spec.title,
        columns=columns_of(spec),
        rows=done.rows,
        first_at=_time(done.first_at_ms),
        last_at=_time(done.last_at_ms),
        first_received=_time(done.first_received_ms),
        last_received=_time(done.last_received_ms),
    )


def _clocks(source: Source) -> list[ClockEntry]:
    return [
        ClockEntry(
            source=each.source,
            offset_ms=each.offset_ms,
            measured=_time(each.measured_ms),
            error_ms=each.error_ms,
        )
        for each in source.clocks()
    ]


def _media(each: MediaFile) -> MediaEntry:
    return MediaEntry(file=file_of(each), sha256=each.sha256, of=each.of, masked=each.masked, kind=each.kind)


def _time(at_ms: int | None) -> str | None:
    return None if at_ms is None else rfc3339(at_ms)
