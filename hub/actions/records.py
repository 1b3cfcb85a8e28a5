"""An action as it is kept, and how it is written and read."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, RowMapping, Select, delete, insert, select, update

from contract.clock import from_epoch_ms
from contract.messages import ActionStatus, Problem
from contract.topics import Address
from hub.ledger.schema import actions

Status = Literal["requested", "accepted", "succeeded", "failed", "refused", "expired"]
OPEN: tuple[Status, ...] = ("requested", "accepted")


class ActionRecord(Struct, frozen=True, kw_only=True):
    """One action: who asked for what and why, until when it may begin, and what became of it."""

    id: str
    tenant: str
    site: str
    kind: str
    device: str
    action: str
    input: dict[str, Any]
    issuer: str
    reason: str
    requested_ms: int
    expires_ms: int
    timeout_s: float = 15.0
    status: Status = "requested"
    ended_ms: int | None = None
    error: Problem | None = None

    @property
    def address(self) -> Address:
        """The device it is for."""
        return Address(self.site, self.kind, self.device)

    @property
    def requested(self) -> datetime:
        """When it was asked for."""
        return from_epoch_ms(self.requested_ms)

    @property
    def expires(self) -> datetime:
        """Until when it may begin."""
        return from_epoch_ms(self.expires_ms)

    @property
    def ended(self) -> datetime | None:
        """When its outcome was known."""
        return None if self.ended_ms is None else from_epoch_ms(self.ended_ms)

    @property
    def final(self) -> bool:
        """Whether nothing more is awaited."""
        return self.status not in OPEN


def status_of(status: ActionStatus) -> Status:
    """Name a result's status as records do."""
    return status.value


class ActionTable:
    """A tenant's actions in the ledger. Blocking."""

    def __init__(self, engine: Engine, tenant: str) -> None:
        self._engine = engine
        self._tenant = tenant

    def add(self, record: ActionRecord) -> None:
        """Write a new action."""
        values = msgspec.structs.asdict(record)
        values["input"] = msgspec.json.encode(record.input).decode()
        for name in ("error", "timeout_s"):
            del values[name]
        with self._engine.begin() as connection:
            connection.execute(insert(actions).values(values))

    def change(self, record: ActionRecord) -> None:
        """Write how far an action has come."""
        error = record.error
        with self._engine.begin() as connection:
            connection.execute(
                update(actions)
                .where(actions.c.id == record.id)
                .values(
                    status=record.status,
                    ended_ms=record.ended_ms,
                    error_code=error.code if error else None,
                    error_message=error.message if error else None,
                )
            )

    def get(self, ident: str) -> ActionRecord | None:
        """Read one action."""
        with self._engine.connect() as connection:
            row = connection.execute(self._ours().where(actions.c.id == ident)).mappings().first()
        return None if row is None else _record(row)

    def newest(self, address: Address, limit: int) -> list[ActionRecord]:
        """Read what a device was last asked to do, the newest first."""
        whose = [actions.c[name] == value for name, value in address._asdict().items()]
        query = self._ours().where(*whose).order_by(actions.c.requested_ms.desc(), actions.c.id).limit(limit)
        with self._engine.connect() as connection:
            return [_record(row) for row in connection.execute(query).mappings()]

    def unfinished(self) -> list[ActionRecord]:
        """Read what had no outcome when the hub stopped."""
        with self._engine.connect() as connection:
            rows = connection.execute(self._ours().where(actions.c.status.in_(OPEN))).mappings().all()
        return [_record(row) for row in rows]

    def forget(self, name: str, before_ms: int) -> int:
        """Delete actions of this name that ended earlier; return how many."""
        old = (actions.c.action == name, actions.c.ended_ms < before_ms)
        with self._engine.begin() as connection:
            return connection.execute(delete(actions).where(actions.c.tenant == self._tenant, *old)).rowcount

    def _ours(self) -> Select[Any]:
        return select(actions).where(actions.c.tenant == self._tenant)


def _record(row: RowMapping) -> ActionRecord:
    fields = {name: row[name] for name in ActionRecord.__struct_fields__ if name in row}
    code = row["error_code"]
    fields["input"] = msgspec.json.decode(row["input"])
    fields["error"] = Problem(code=code, message=row["error_message"] or "") if code else None
    return ActionRecord(**fields)
