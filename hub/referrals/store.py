"""Writes and reads hand-overs inside the caller's transaction. Blocking."""

from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, insert, select, update

from hub.ledger.converting import convert
from hub.referrals.referral import Referral
from hub.referrals.schema import referrals

_JSON: Final = ("unit", "officer", "answers")


class ReferralStore:
    """One tenant's hand-overs."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def add(self, connection: Connection, referral: Referral, digest: str) -> None:
        """Add one with the hash of its link's secret."""
        values = _values(referral) | {"tenant": self._tenant, "digest": digest}
        connection.execute(insert(referrals).values(values))

    def put(self, connection: Connection, referral: Referral) -> None:
        """Write what became of one that is held."""
        where = (referrals.c.tenant == self._tenant, referrals.c.id == referral.id)
        connection.execute(update(referrals).where(*where).values(_values(referral)))

    def get(self, connection: Connection, ident: str) -> Referral | None:
        """Read one."""
        return self._first(connection, self._ours(referrals.c.id == ident))

    def hold(self, connection: Connection, ident: str) -> Referral | None:
        """Read one that is about to change: nobody else changes it before this transaction ends."""
        return self._first(connection, self._ours(referrals.c.id == ident).with_for_update())

    def by_digest(self, connection: Connection, digest: str) -> Referral | None:
        """Read the one whose link has this secret."""
        return self._first(connection, self._ours(referrals.c.digest == digest))

    def of_alarm(self, connection: Connection, alarm: str) -> list[Referral]:
        """Read an alarm's, the newest first."""
        newest = (referrals.c.handed_ms.desc(), referrals.c.id)
        rows = connection.execute(self._ours(referrals.c.alarm == alarm).order_by(*newest)).mappings()
        return [_referral(row) for row in rows]

    def _ours(self, *where: ColumnElement[bool]) -> Select[Any]:
        return select(referrals).where(referrals.c.tenant == self._tenant, *where)

    @staticmethod
    def _first(connection: Connection, query: Select[Any]) -> Referral | None:
        row = connection.execute(query).mappings().first()
        return None if row is None else _referral(row)


def _values(referral: Referral) -> dict[str, Any]:
    values = {name: getattr(referral, name) for name in Referral.__struct_fields__}
    values |= {name: msgspec.json.encode(values[name]).decode() for name in _JSON}
    return values | {"state": referral.state.value}


def _referral(row: RowMapping) -> Referral:
    values = {name: row[name] for name in Referral.__struct_fields__}
    return convert(values | {name: msgspec.json.decode(values[name]) for name in _JSON}, Referral)
