"""Whose passes receipts are of: a person of the register, a vehicle, a plate. Blocking."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, or_, select

from hub.disclosure.subjects import Subject, those_of
from hub.passes.schema import passes

COLUMNS: Final = {"person": passes.c.person, "vehicle": passes.c.vehicle, "plate": passes.c.folded}


class Whose(Struct, frozen=True, kw_only=True):
    """Who is asked about; if several, all must hold. Of a person, their vehicles too; of a plate, its own."""

    person: str | None = None
    vehicle: str | None = None
    plate: str | None = None

    @property
    def words(self) -> str:
        """Say, for the audit, who is asked about; empty: nobody in particular."""
        asked = {"plate": self.plate, "vehicle": self.vehicle, "person": self.person}
        return " ".join(f"{what} {whom}" for what, whom in asked.items() if whom)


def passes_of(connection: Connection, tenant: str, whose: Whose) -> Select[int]:
    """Ask for the places in the ledger of somebody's passes, as far as the record still has them."""
    groups = those_of(connection, tenant, whose.person, whose.vehicle, whose.plate)
    query = select(passes.c.seq).where(passes.c.tenant == tenant)
    return query.where(*(_any_of(each) for each in groups))


def _any_of(subjects: Iterable[Subject]) -> ColumnElement[bool]:
    return or_(*(COLUMNS[each.sort] == each.key for each in sorted(subjects)))
