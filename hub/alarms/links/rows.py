"""Linked actions as rows of the ledger. Blocking, in the caller's transaction."""

import secrets
from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, RowMapping, and_, insert, select, update

from contract.topics import Address
from hub.alarms.definition import Link
from hub.alarms.links.schema import linked_actions as table

Status = Literal["planned", "held", "asked", "done"]
Outcome = Literal["succeeded", "failed", "refused", "expired", "held-back", "not-needed", "withheld"]

_read_link: Final = msgspec.json.Decoder(Link).decode


class LinkedAction(Struct, frozen=True, kw_only=True):
    """One device that is to be told something because of one alarm.

    `asked` means: the id in `action` was written down, and may or may not have been sent since.
    """

    id: str
    alarm: str
    link: int
    target: Address
    spec: Link
    planned_ms: int
    until_ms: int
    status: Status = "planned"
    withheld: str | None = None
    action: str | None = None
    tries: int = 0


class LinkedActions:
    """One tenant's linked actions."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def plan(self, connection: Connection, planned: LinkedAction) -> None:
        """Add one; if the same is still under way from an earlier raise, that goes on for longer instead."""
        values: dict[str, Any] = {
            "id": planned.id,
            "tenant": self._tenant,
            "spec": msgspec.json.encode(planned.spec).decode(),
            "planned_ms": planned.planned_ms,
            "until_ms": planned.until_ms,
            "status": planned.status,
            "withheld": planned.withheld,
            "tries": 0,
            **self._same(planned),
        }
        under_way = and_(*(table.c[name] == value for name, value in self._same(planned).items()))
        longer = update(table).where(under_way, table.c.status != "done", table.c.withheld.is_(None))
        if planned.withheld is not None or not self._done(
            connection, longer.values(until_ms=planned.until_ms)
        ):
            connection.execute(insert(table).values(values))

    def targets_of(self, connection: Connection, alarm: str) -> set[tuple[int, Address]]:
        """Return whom an alarm's links, by number, have told or are to tell."""
        query = select(table.c.link, table.c.site, table.c.kind, table.c.device)
        ours = query.where(table.c.tenant == self._tenant, table.c.alarm == alarm)
        return {(link, Address(*address)) for link, *address in connection.execute(ours)}

    def unfinished(self, connection: Connection) -> Sequence[LinkedAction]:
        """Return what is not done, in the order in which it was planned."""
        query = select(table).where(table.c.tenant == self._tenant, table.c.status != "done")
        rows = connection.execute(query.order_by(table.c.planned_ms, table.c.id)).mappings()
        return [_linked_action(row) for row in rows]

    def get(self, connection: Connection, ident: str) -> LinkedAction:
        """Read one again."""
        row = connection.execute(select(table).where(table.c.id == ident)).mappings().one()
        return _linked_action(row)

    def held(self, connection: Connection, ident: str) -> None:
        """Say that an interlock holds it back just now, and that the alarm's timeline tells so."""
        connection.execute(update(table).where(table.c.id == ident).values(status="held"))

    def asked(self, connection: Connection, ident: str, action: str, tries: int) -> None:
        """Say that an action with this id is about to be sent."""
        changed = {"status": "asked", "action": action, "tries": tries}
        connection.execute(update(table).where(table.c.id == ident).values(changed))

    def done(self, connection: Connection, ident: str, outcome: Outcome, done_ms: int) -> None:
        """Say what became of it; nothing more follows."""
        changed = {"status": "done", "outcome": outcome, "done_ms": done_ms}
        connection.execute(update(table).where(table.c.id == ident).values(changed))

    def _same(self, planned: LinkedAction) -> dict[str, Any]:
        return {
            "tenant": self._tenant,
            "alarm": planned.alarm,
            "link": planned.link,
            **planned.target._asdict(),
        }

    @staticmethod
    def _done(connection: Connection, statement: Any) -> bool:
        return connection.execute(statement).rowcount > 0


def new_id() -> str:
    """Make an id that nothing else has."""
    return secrets.token_hex(16)


def _linked_action(row: RowMapping) -> LinkedAction:
    return LinkedAction(
        target=Address(row["site"], row["kind"], row["device"]),
        spec=_read_link(row["spec"]),
        **{name: row[name] for name in LinkedAction.__struct_fields__ if name not in ("target", "spec")},
    )
