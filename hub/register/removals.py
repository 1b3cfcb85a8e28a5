"""Which terminals must delete a face, and what each says it did. Inside the caller's transaction; blocking.

A terminal is asked by its list alone: an entry whose consent is withdrawn. It answers with an event, which is
in the ledger before it is taken here.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import Connection, delete, func, select

from contract.lists import Face
from contract.topics import Address
from hub.alarms.alarm import Actor
from hub.alarms.definition import Words
from hub.ledger.dialect import dialect_of
from hub.register.consent_view import RemovalState
from hub.register.keeping import Keeping
from hub.register.records import Consent, Removal
from hub.register.refusals import RegisterRefused
from hub.register.schema import consents, people, removals, terminals
from hub.register.trail import ITSELF

_PLACE: Final = ("site", "kind", "device")


class Answer(Struct, frozen=True, kw_only=True):
    """An event by which a terminal says what it did: where it stands in the ledger, and what it says.

    `since_ms`: the withdrawal it answers; None if the terminal does not say.
    """

    terminal: Address
    person: str
    since_ms: int | None
    held: bool
    acknowledged: bool
    absent: bool | None
    event: str
    seq: int
    sha256: str
    received_ms: int

    @property
    def done(self) -> bool:
        """Whether the face is gone, as far as the terminal can say."""
        return self.absent is True or (self.acknowledged and self.absent is None)


class Removals:
    """One tenant's removals of faces."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._rows = keeping.tables.removals

    def meet(self, connection: Connection, terminal: Address, title: Words) -> bool:
        """Take that there is this face terminal; whether it is a new one.

        A new one is asked for every face whose withdrawal stands, like all others.
        """
        values = {"tenant": self._keeping.site.tenant, **terminal._asdict()}
        seen_ms = self._keeping.clock.now_ms()
        added = (
            dialect_of(connection)
            .insert(terminals)
            .values(**values, title=msgspec.json.encode(title).decode(), seen_ms=seen_ms)
        )
        if not connection.execute(added.on_conflict_do_nothing()).rowcount:
            return False
        for consent in self._standing(connection):
            self._ask(connection, consent, [terminal])
        self._keeping.trail.write(connection, ITSELF, "terminal.met", str(terminal))
        return True

    def forget(self, connection: Connection, terminal: Address) -> None:
        """Take that a terminal was taken away: later withdrawals do not ask it; what it owes it owes."""
        where = [terminals.c[name] == value for name, value in terminal._asdict().items()]
        mine = terminals.c.tenant == self._keeping.site.tenant
        if connection.execute(delete(terminals).where(mine, *where)).rowcount:
            self._keeping.trail.write(connection, ITSELF, "terminal.gone", str(terminal))

    def terminals(self, connection: Connection) -> dict[Address, Words]:
        """Return every face terminal that there is, on or off, with its title."""
        query = select(terminals).where(terminals.c.tenant == self._keeping.site.tenant)
        return {
            Address(*(row[name] for name in _PLACE)): msgspec.json.decode(row["title"])
            for row in connection.execute(query).mappings()
        }

    def ask(self, connection: Connection, consent: Consent) -> None:
        """Have every terminal owe an answer to a withdrawal."""
        self._ask(connection, consent, list(self.terminals(connection)))

    def take(self, connection: Connection, answer: Answer) -> bool:
        """Take what a terminal says; whether anybody had asked it about this person."""
        withdrawal = self._answered(connection, answer)
        if withdrawal is None:
            return False
        self.meet(connection, answer.terminal, {})
        self._ask(connection, withdrawal, [answer.terminal])
        before = self._of(connection, withdrawal.seq, answer.terminal)
        if before.waived_by is None and not (before.done_ms is not None and answer.done):
            self._write(connection, before, answer)
        return True

    def waive(self, connection: Connection, withdrawal: int, device: str, by: Actor, reason: str) -> Removal:
        """Write why a terminal need not answer. RegisterRefused if nothing is missing of it."""
        kind, _, ident = device.partition("/")
        where = (removals.c.withdrawal == withdrawal, removals.c.kind == kind, removals.c.device == ident)
        before = self._rows.first(connection, *where, removals.c.done_ms.is_(None))
        if before is None:
            raise RegisterRefused(f"nothing is missing of {device}", code="not-open")
        now_ms = self._keeping.clock.now_ms()
        after = replace(before, done_ms=now_ms, waived_by=by.who, waived_why=reason)
        self._set(connection, after)
        self._keeping.trail.write(
            connection, by, "face.waived", before.person, reason=reason, device=device, withdrawal=withdrawal
        )
        return after

    def of(self, connection: Connection, withdrawal: int) -> list[Removal]:
        """Read what every terminal did about a withdrawal."""
        order = [removals.c.kind, removals.c.device, removals.c.site]
        return self._rows.find(connection, removals.c.withdrawal == withdrawal, order=order)

    def open(self, connection: Connection, person: str) -> int:
        """Count the answers about a person that are missing."""
        return self._rows.count(connection, removals.c.person == person, removals.c.done_ms.is_(None))

    def _standing(self, connection: Connection) -> Sequence[Consent]:
        """Read the withdrawals of whom the lists still name."""
        newest = (
            select(func.max(consents.c.seq))
            .where(consents.c.tenant == self._keeping.site.tenant)
            .group_by(consents.c.person)
        )
        withdrawn = select(people.c.key).where(
            people.c.tenant == self._keeping.site.tenant,
            people.c.face == Face.WITHDRAWN,
            people.c.listed.is_(True),
        )
        where = (consents.c.seq.in_(newest), consents.c.given.is_(False), consents.c.person.in_(withdrawn))
        return self._keeping.tables.consents.find(connection, *where)

    def _ask(self, connection: Connection, consent: Consent, whom: Sequence[Address]) -> None:
        now_ms = self._keeping.clock.now_ms()
        for terminal in whom:
            asked = Removal(
                withdrawal=consent.seq,
                **terminal._asdict(),
                person=consent.person,
                since_ms=consent.recorded_ms,
                asked_ms=now_ms,
            )
            values = asdict(asked) | {"tenant": self._keeping.site.tenant}
            added = dialect_of(connection).insert(removals).values(values)
            connection.execute(added.on_conflict_do_nothing())

    def _answered(self, connection: Connection, answer: Answer) -> Consent | None:
        """Find the withdrawal that is meant: the one of that moment, else the newest."""
        rows = self._keeping.tables.consents
        theirs = (consents.c.person == answer.person, consents.c.given.is_(False))
        if answer.since_ms is not None:
            meant = rows.first(connection, *theirs, consents.c.recorded_ms == answer.since_ms)
            if meant is not None:
                return meant
        newest = rows.find(connection, *theirs, order=[consents.c.seq.desc()], limit=1)
        return newest[0] if newest else None

    def _of(self, connection: Connection, withdrawal: int, terminal: Address) -> Removal:
        where = [removals.c[name] == value for name, value in terminal._asdict().items()]
        return self._rows.find(connection, removals.c.withdrawal == withdrawal, *where)[0]

    def _write(self, connection: Connection, before: Removal, answer: Answer) -> None:
        entry = self._keeping.trail.write(
            connection,
            ITSELF,
            "face.removed" if answer.done else "face.not-removed",
            before.person,
            device=str(answer.terminal),
            withdrawal=before.withdrawal,
            event=answer.event,
            sha256=answer.sha256,
            held=answer.held,
            acknowledged=answer.acknowledged,
            absent=answer.absent,
        )
        after = replace(
            before,
            done_ms=answer.received_ms if answer.done else None,
            held=answer.held,
            acknowledged=answer.acknowledged,
            absent=answer.absent,
            event=answer.event,
            event_seq=answer.seq,
            sha256=answer.sha256,
            audit=entry,
        )
        self._set(connection, after)

    def _set(self, connection: Connection, after: Removal) -> None:
        values: dict[str, Any] = asdict(after)
        key = ("withdrawal", *_PLACE)
        where = [removals.c[name] == values.pop(name) for name in key]
        self._rows.set(connection, values, *where)


def state_of(removal: Removal) -> RemovalState:
    """Say how far a terminal is."""
    if removal.waived_by is not None:
        return "waived"
    if removal.event is None:
        return "open"
    if removal.done_ms is None:
        return "refused"
    return "proven" if removal.absent else "acknowledged"
