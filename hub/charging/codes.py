"""Codes that stand for one connector: on its sticker, or for a single order. Blocking."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from contract.topics import Address
from hub.alarms.alarm import Actor
from hub.audit.writer import AuditWriter
from hub.charging.keys import new_code
from hub.charging.refusals import CodeExpired, CodeUnknown, CodeUsed
from hub.charging.schema import codes

STICKER: Final = (codes.c.once.is_(False), codes.c.expires_ms.is_(None), codes.c.revoked_ms.is_(None))
"""What is good until somebody says otherwise."""


class Code(Struct, frozen=True, kw_only=True):
    """One code; times in ms since 1970. `order`: the number of the order that used it up."""

    code: str
    site: str
    kind: str
    device: str
    once: bool
    made_ms: int
    made_by: str
    expires_ms: int | None = None
    order: str | None = None
    revoked_ms: int | None = None
    revoked_by: str | None = None

    @property
    def address(self) -> Address:
        """The connector."""
        return Address(self.site, self.kind, self.device)

    def good(self, now_ms: int) -> bool:
        """Whether it may be used."""
        return self.revoked_ms is None and self.order is None and not self._late(now_ms)

    def check(self, now_ms: int) -> None:
        """Raise why it may not be used: CodeExpired, CodeUsed."""
        if self.revoked_ms is not None or self._late(now_ms):
            raise CodeExpired("this code is not good any more")
        if self.order is not None:
            raise CodeUsed("this code was for one order, which was placed")

    def _late(self, now_ms: int) -> bool:
        return self.expires_ms is not None and now_ms >= self.expires_ms


class Codes:
    """One tenant's codes. A look-up costs the same whatever is asked for."""

    def __init__(self, trail: AuditWriter) -> None:
        self._trail = trail
        self._tenant = trail.tenant

    def get(self, connection: Connection, code: str) -> Code:
        """Read a code; CodeUnknown."""
        row = connection.execute(select(codes).where(*self._is(code))).mappings().first()
        if row is None:
            raise CodeUnknown("there is no such code")
        return _code(row)

    def find(self, connection: Connection, *where: ColumnElement[bool]) -> Sequence[Code]:
        """Read codes, the newest first."""
        query = select(codes).where(codes.c.tenant == self._tenant, *where)
        rows = connection.execute(query.order_by(codes.c.made_ms.desc(), codes.c.code)).mappings()
        return [_code(row) for row in rows]

    def make(
        self, connection: Connection, address: Address, by: Actor, *, once: bool, expires_ms: int | None
    ) -> Code:
        """Make a code."""
        made = Code(
            code=new_code(),
            **address._asdict(),
            once=once,
            made_ms=self._trail.clock.now_ms(),
            made_by=by.who,
            expires_ms=expires_ms,
        )
        values = {name: getattr(made, name) for name in Code.__struct_fields__}
        connection.execute(insert(codes).values(values | {"tenant": self._tenant}))
        self._trail.write(connection, by, "code.made", str(address), once=once, expires_ms=expires_ms)
        return made

    def sticker(self, connection: Connection, address: Address, by: Actor) -> Code:
        """Return the code that is good for ever, made if there is none."""
        where = [codes.c[name] == value for name, value in address._asdict().items()]
        known = self.find(connection, *STICKER, *where)
        return known[-1] if known else self.make(connection, address, by, once=False, expires_ms=None)

    def use(self, connection: Connection, code: Code, number: str) -> None:
        """Use up a code that is for one order; CodeUsed if somebody else was faster."""
        if code.once:
            where = (*self._is(code.code), codes.c.order.is_(None))
            if connection.execute(update(codes).where(*where).values(order=number)).rowcount != 1:
                raise CodeUsed("this code was for one order, which was placed")

    def revoke(self, connection: Connection, code: str, by: Actor) -> Code:
        """Have a code be good for nothing; again changes nothing. CodeUnknown."""
        changed = {"revoked_ms": self._trail.clock.now_ms(), "revoked_by": by.who}
        where = (*self._is(code), codes.c.revoked_ms.is_(None))
        if connection.execute(update(codes).where(*where).values(changed)).rowcount:
            self._trail.write(connection, by, "code.revoked", str(self.get(connection, code).address))
        return self.get(connection, code)

    def _is(self, code: str) -> tuple[ColumnElement[bool], ...]:
        return (codes.c.tenant == self._tenant, codes.c.code == code)


def _code(row: RowMapping) -> Code:
    return Code(**{name: row[name] for name in Code.__struct_fields__})
