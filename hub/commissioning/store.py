"""Reads and writes devices found, proofs and tests, inside the caller's transaction. Blocking."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, insert, select, update

from hub.commissioning.proof import Proof
from hub.commissioning.schema import cursors, devices, proofs, tests
from hub.commissioning.trial import Trial, TrialState
from hub.ledger.converting import convert
from hub.ledger.cursor import Cursor
from hub.ledger.dialect import dialect_of


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A device that the hub has heard of, as it last described itself."""

    device: str
    found_ms: int
    gone_ms: int | None = None
    title: dict[str, str] = {}
    product: str | None = None
    driver: str | None = None
    area: str | None = None


class CommissioningStore:
    """One tenant's devices, proofs and tests."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self.cursor = Cursor(cursors, tenant)

    def found(self, connection: Connection) -> list[Found]:
        """Return every device that was ever found, by its address."""
        query = select(devices).where(devices.c.tenant == self.tenant).order_by(devices.c.device)
        return [_found(row) for row in connection.execute(query).mappings()]

    def one(self, connection: Connection, device: str) -> Found | None:
        """Return a device; None if it was never found."""
        query = select(devices).where(devices.c.tenant == self.tenant, devices.c.device == device)
        row = connection.execute(query).mappings().first()
        return None if row is None else _found(row)

    def keep(self, connection: Connection, found: Iterable[Found]) -> None:
        """Write what devices say of themselves; when one was found is written once."""
        rows = [
            {"tenant": self.tenant, **msgspec.structs.asdict(each), "title": _json(each.title)}
            for each in found
        ]
        if rows:
            added = dialect_of(connection).insert(devices)
            news = ("gone_ms", "title", "product", "driver", "area")
            connection.execute(
                added.on_conflict_do_update(
                    index_elements=["tenant", "device"], set_={name: added.excluded[name] for name in news}
                ),
                rows,
            )

    def gone(self, connection: Connection, device: str, at_ms: int) -> None:
        """Write that a device was taken away."""
        where = (devices.c.tenant == self.tenant, devices.c.device == device)
        connection.execute(update(devices).where(*where).values(gone_ms=at_ms))

    def proofs(self, connection: Connection) -> dict[str, Proof]:
        """Return the last proof of each device."""
        query = select(proofs.c.proof).where(proofs.c.tenant == self.tenant)
        found = (_proof(text) for (text,) in connection.execute(query))
        return {each.device: each for each in found}

    def prove(self, connection: Connection, proof: Proof, now_ms: int) -> bool:
        """Write a proof that is newer than the device's last; False if it is not."""
        place = (proofs.c.tenant == self.tenant, proofs.c.device == proof.device)
        query = select(proofs.c.alarm, proofs.c.at_ms, proofs.c.number).where(*place)
        known = connection.execute(query).first()
        values = {"alarm": proof.alarm, "at_ms": proof.at_ms, "proof": _json(proof)}
        if known is None:
            values |= {"tenant": self.tenant, "device": proof.device, "number": 1}
            connection.execute(insert(proofs).values(values))
            return True
        # A clock that was wrong may have left one from the future.
        if known.alarm == proof.alarm or proof.at_ms < known.at_ms <= now_ms:
            return False
        connection.execute(update(proofs).where(*place).values(values | {"number": known.number + 1}))
        return True

    def add(self, connection: Connection, trial: Trial) -> None:
        """Write a test that begins."""
        values = msgspec.structs.asdict(trial) | {"state": trial.state.value, "proof": None}
        connection.execute(insert(tests).values(tenant=self.tenant, **values))

    def end(
        self,
        connection: Connection,
        trial: Trial,
        state: TrialState,
        at_ms: int,
        proof: Proof | None = None,
    ) -> bool:
        """Write how a running test ended; False if it is over already."""
        where = (tests.c.id == trial.id, tests.c.state == TrialState.RUNNING.value)
        values = {"state": state.value, "ended_ms": at_ms, "proof": _json(proof) if proof else None}
        return connection.execute(update(tests).where(*where).values(values)).rowcount == 1

    def running(self, connection: Connection) -> list[Trial]:
        """Return the tests that run, oldest first."""
        return self._trials(connection, tests.c.state == TrialState.RUNNING.value)[::-1]

    def trial(self, connection: Connection, ident: str) -> Trial | None:
        """Return one test."""
        found = self._trials(connection, tests.c.id == ident)
        return found[0] if found else None

    def of_device(self, connection: Connection, device: str) -> list[Trial]:
        """Return the last tests of a device, newest first."""
        return self._trials(connection, tests.c.device == device)

    def _trials(self, connection: Connection, where: Any, most: int = 50) -> list[Trial]:
        query = select(tests).where(tests.c.tenant == self.tenant, where)
        rows = connection.execute(query.order_by(tests.c.started_ms.desc(), tests.c.id).limit(most))
        return [_trial(row) for row in rows.mappings()]


def _found(row: RowMapping) -> Found:
    values = {name: row[name] for name in Found.__struct_fields__}
    return convert(values | {"title": msgspec.json.decode(row["title"])}, Found)


def _trial(row: RowMapping) -> Trial:
    values: dict[str, Any] = {name: row[name] for name in Trial.__struct_fields__}
    if row["proof"] is not None:
        values["proof"] = msgspec.json.decode(row["proof"])
    return convert(values, Trial)


def _proof(text: str) -> Proof:
    told: Mapping[str, Any] = msgspec.json.decode(text)
    return convert(told, Proof)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
