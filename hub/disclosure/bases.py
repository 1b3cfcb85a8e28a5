"""Legal bases: on which grounds which data may leave, of how long, and what of it unmasked. They are data.

What ships (`bases.toml`) is a careful beginning, no legal advice: a site's own `[[disclosure.bases]]` take
the place of those with the same key, or are added.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from hub.alarms.definition import Key, Words
from hub.disclosure.scope import DataKind, Scope
from hub.ledger.converting import convert

SHIPPED: Final = Path(__file__).with_name("bases.toml")


class Reveal(StrEnum):
    """What leaves unmasked. `BYSTANDERS`: that of others than whom the scope names, too."""

    PLATES = "plates"
    FACES = "faces"
    """Pictures as they were taken."""
    PERSONS = "persons"
    """Keys of the register."""
    NAMES = "names"
    TELEPHONES = "telephones"
    IDENTITY = "identity"
    BYSTANDERS = "bystanders"


FIELDS: Final[Mapping[DataKind, tuple[str, ...]]] = MappingProxyType(
    {
        DataKind.PASSES: (
            *("seq", "at", "received", "kind", "device", "area", "outcome", "reason", "direction", "means"),
            *("category", "person", "vehicle", "name", "telephone", "identity", "room", "plate", "colour"),
            *("confirmed", "replay", "passback", "tailgating", "dwell_s", "pictures"),
        ),
        DataKind.EVENTS: (
            *("seq", "at", "received", "kind", "device", "source", "id", "type", "sequence", "data"),
            *("pictures", "clips"),
        ),
        DataKind.ALARMS: (
            *("id", "key", "title", "priority", "kind", "device", "area", "state", "raised", "returned"),
            *("count", "acknowledged", "acknowledged_by", "closed", "closed_by", "close_reason", "timeline"),
            *("pictures", "clips"),
        ),
        DataKind.HISTORY: ("at", "kind", "device", "property", "value", "unit", "quality"),
    }
)
"""Every field that there is, in the order in which sheets have them."""


class LegalBasis(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[disclosure.bases]]`: one ground on which data may leave.

    `document`: which paper must be shown. `fields` of each of `kinds`; `["*"]`: all there are. A scope may be
    `longest_days` long; what was approved may be made within `release_days`. `subject`: the scope must name
    whom it is about (a plate, a person, a vehicle, picked passes or alarms).
    """

    key: Key
    title: Words
    document: Words
    kinds: frozenset[DataKind]
    fields: dict[DataKind, frozenset[str]]
    reveals: frozenset[Reveal] = frozenset()
    longest_days: Annotated[int, Meta(ge=1, le=3660)]
    release_days: Annotated[int, Meta(ge=1, le=90)]
    subject: bool = False

    def __post_init__(self) -> None:
        """Find what is wrong in it; ValueError."""
        for fault in _faults(self):
            raise ValueError(fault)

    def fields_of(self, kind: DataKind) -> tuple[str, ...]:
        """Return the fields that may leave, in their order."""
        allowed = self.fields.get(kind, frozenset())
        return tuple(each for each in FIELDS[kind] if "*" in allowed or each in allowed)

    def too_wide(self, scope: Scope) -> list[str]:
        """Say what of a scope is more than this basis allows, each in a few words; empty: nothing is."""
        return list(_excess(self, scope))


def _faults(basis: LegalBasis) -> Iterator[str]:
    if not basis.title or not basis.document:
        yield 'title and document: allowed: a text per language, {zh-CN = "…", en = "…"}'
    if not basis.kinds:
        yield f"kinds: is empty; allowed: {', '.join(DataKind)}"
    if basis.kinds != basis.fields.keys():
        yield f"fields: must say it for each of kinds, and no other: {', '.join(sorted(basis.kinds))}"
    for kind, fields in basis.fields.items():
        if unknown := sorted(fields - {"*", *FIELDS[kind]}):
            allowed = ", ".join(FIELDS[kind])
            yield f"fields.{kind} = {', '.join(unknown)}: no such field; allowed: *, {allowed}"


def _excess(basis: LegalBasis, scope: Scope) -> Iterator[str]:
    for kind in scope.kinds:
        if kind not in basis.kinds:
            yield f"kind {kind.value} (allowed: {', '.join(sorted(basis.kinds))})"
    if scope.days > basis.longest_days:
        yield f"{scope.days:.4g} days (allowed: {basis.longest_days})"
    if basis.subject and not scope.named:
        yield "nobody is named (allowed: of one plate, person or vehicle, or what was picked)"
    for field, wanted in (("pictures", scope.pictures), ("clips", scope.clips)):
        if wanted and not any(field in basis.fields_of(kind) for kind in scope.kinds):
            yield f"field {field}"


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bases: list[dict[str, Any]]


@cache
def shipped_bases() -> tuple[LegalBasis, ...]:
    """Read the bases that ship."""
    tables = convert(tomllib.loads(SHIPPED.read_text(encoding="utf-8")), _File)
    return tuple(convert(table, LegalBasis) for table in tables.bases)


def in_force(own: Iterable[LegalBasis]) -> Mapping[str, LegalBasis]:
    """Return the bases by key: what ships, and a site's own in their place or beside them."""
    return {each.key: each for each in (*shipped_bases(), *own)}
