"""A row on its way out, and what every table is read with."""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from msgspec import Struct
from sqlalchemy import Engine

from hub.bundle.source import Scalar
from hub.disclosure.bases import LegalBasis
from hub.disclosure.reading.bounds import Cut, Surroundings
from hub.disclosure.reading.veil import Veil
from hub.disclosure.scope import DataKind, Scope

AT_ONCE: Final = 1_000
"""Rows of one look at the ledger: so long its transaction lasts."""


class Shown(Struct, frozen=True, kw_only=True):
    """One row: what it says, already masked. `device`: whose clock its time is by, `gate/east-in`.

    `named`: media by the store's SHA-256; `plain`: they leave as they were taken. `theirs`: of whom the scope
    names.
    """

    cursor: str
    values: Mapping[str, Scalar]
    at_ms: int
    received_ms: int | None
    device: str
    named: tuple[str, ...] = ()
    plain: bool = False
    theirs: bool = False


class Asked(Struct, frozen=True, kw_only=True):
    """What is read, of which tenant's ledger, up to where."""

    engine: Engine
    tenant: str
    scope: Scope
    basis: LegalBasis
    cut: Cut
    around: Surroundings

    def wants(self, kind: DataKind, field: str) -> bool:
        """Whether a field of a kind leaves."""
        return field in self.basis.fields_of(kind)

    def area(self, device: str) -> str | None:
        """Return where a device stands; None if it does not say."""
        return self.around.areas.get(device)


class Table(Protocol):
    """The rows of one kind of data. Blocking."""

    def count(self) -> int:
        """Return how many rows there are; at least, where only reading them tells."""
        ...

    def rows(self, veil: Veil, after: str | None) -> Iterator[Shown]:
        """Yield the rows behind a cursor, masked by a veil, always in the same order."""
        ...
