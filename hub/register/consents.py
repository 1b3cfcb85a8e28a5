"""Consents for whoever records them, and withdrawals with their proofs. Lives on the hub's event loop."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, true

from hub.alarms.alarm import Actor
from hub.register.consent_view import Proof, WithdrawalPage
from hub.register.consenting import Consenting, Said
from hub.register.keeping import Keeping, check_version, there
from hub.register.people import People
from hub.register.proof_page import Language, proof_page
from hub.register.refusals import RegisterRefused
from hub.register.removals import Removals
from hub.register.schema import consents, removals
from hub.register.show import Shower
from hub.register.view import PersonDetail
from hub.register.wanted import Window


class Consents:
    """One tenant's consents."""

    def __init__(
        self, keeping: Keeping, shower: Shower, consenting: Consenting, removing: Removals, people: People
    ) -> None:
        self._keeping = keeping
        self._shower = shower
        self._consenting = consenting
        self._removals = removing
        self._people = people

    async def record(self, key: str, fields: Mapping[str, Any], version: int, who: Actor) -> PersonDetail:
        """Write what somebody said. InvalidMessage, RegisterRefused, Stale, Unknown."""
        said = Said(**{name: value for name, value in fields.items() if value is not None})

        def work(connection: Connection) -> PersonDetail:
            person = there(self._keeping.tables.people.hold(connection, key), "person")
            check_version(person.version, version, lambda: self._shower.person(connection, person))
            if person.left_ms is not None:
                raise RegisterRefused("they left", code="has-left")
            self._consenting.record(connection, person, said, who)
            return self._people.detail(connection, key)

        return await self._keeping.write(work)

    async def withdrawals(self, window: Window, *, open_: bool | None, person: str | None) -> WithdrawalPage:
        """List withdrawals, the newest first; `open_`: those of which an answer is missing."""
        tenant = self._keeping.site.tenant
        owed = select(removals.c.withdrawal).where(removals.c.tenant == tenant, removals.c.done_ms.is_(None))
        wanted = {None: true(), True: consents.c.seq.in_(owed), False: consents.c.seq.not_in(owed)}[open_]
        whose = true() if person is None else consents.c.person == person
        where = (consents.c.given.is_(False), wanted, whose)

        def read(connection: Connection) -> WithdrawalPage:
            rows, upto = self._keeping.tables.consents, window.after + window.limit
            total = rows.count(connection, *where)
            found = rows.find(connection, *where, order=[consents.c.seq.desc()], limit=upto)[window.after :]
            shown = [self._consenting.proof_of(connection, each).withdrawal for each in found]
            return WithdrawalPage(withdrawals=shown, total=total, next=upto if upto < total else None)

        return await self._keeping.read(read)

    async def proof(self, number: int) -> Proof:
        """Show what each terminal did about a withdrawal. Unknown."""

        def read(connection: Connection) -> Proof:
            return self._consenting.proof_of(connection, self._consenting.withdrawal(connection, number))

        return await self._keeping.read(read)

    async def page(self, number: int, language: Language, by: str) -> tuple[str, str]:
        """Return whose withdrawal it is, and its proof as a page to print. Unknown."""
        proof = await self.proof(number)
        return proof.withdrawal.person, proof_page(
            proof, self._keeping.site, self._keeping.clock.now(), language, by
        )

    async def waive(self, number: int, device: str, who: Actor, reason: str) -> Proof:
        """Write why a terminal need not answer. RegisterRefused, Unknown."""

        def work(connection: Connection) -> Proof:
            consent = self._consenting.withdrawal(connection, number)
            self._removals.waive(connection, number, device, who, reason)
            person = there(self._keeping.tables.people.hold(connection, consent.person), "person")
            self._consenting.drop_if_done(connection, person)
            return self._consenting.proof_of(connection, consent)

        return await self._keeping.write(work)
