"""Consents to face recognition: given, withdrawn, and what follows. In the caller's transaction; blocking."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, insert

from contract.clock import rfc3339_ms
from contract.errors import InvalidMessage
from contract.lists import Face, ListName
from hub.alarms.alarm import Actor
from hub.register.consent_view import ConsentView, Proof, RemovalView, WithdrawalView
from hub.register.entries import person_entry
from hub.register.keeping import Keeping, check_moment, there
from hub.register.records import Consent, Person, Removal
from hub.register.refusals import RegisterRefused
from hub.register.removals import Removals, state_of
from hub.register.schema import consents
from hub.register.show import Shower, moment
from hub.register.trail import ITSELF


class Said(Struct, frozen=True, kw_only=True):
    """What somebody said: consent, or its withdrawal (`given` False). `at_ms`: when; None: now."""

    given: bool
    how: str
    text_version: str = ""
    guardian: str = ""
    at_ms: int | None = None
    note: str = ""


class Consenting:
    """One tenant's consents."""

    def __init__(self, keeping: Keeping, shower: Shower, removals: Removals) -> None:
        self._keeping = keeping
        self._shower = shower
        self._removals = removals
        self._rows = keeping.tables.consents

    def record(self, connection: Connection, person: Person, said: Said, by: Actor) -> Person:
        """Write what somebody said. InvalidMessage, RegisterRefused."""
        now_ms = self._keeping.clock.now_ms()
        if said.at_ms is not None and said.at_ms > now_ms:
            raise InvalidMessage("`at` is in the future", code="in-the-future")
        check_moment("at", said.at_ms)
        if not said.given:
            return self.withdraw(connection, person, by, how=said.how, said=said)
        guardian = said.guardian.strip() or person.guardian
        self._check(connection, person, said, guardian)
        return self._write(connection, person, said, by, guardian=guardian)

    def withdraw(
        self, connection: Connection, person: Person, by: Actor, *, how: str, said: Said | None = None
    ) -> Person:
        """Write that a consent is withdrawn: every terminal owes a proof that the face is gone."""
        if person.face is Face.WITHDRAWN:
            raise RegisterRefused("it is withdrawn already", code="already-withdrawn")
        said = said or Said(given=False, how=how)
        return self._write(connection, person, said, by, guardian=said.guardian.strip() or person.guardian)

    def drop_if_done(self, connection: Connection, person: Person) -> Person:
        """Take whoever left out of the lists, once no terminal owes a proof any more."""
        owed = person.face is Face.WITHDRAWN and self._removals.open(connection, person.key)
        if person.left_ms is None or not person.listed or owed:
            return person
        self._keeping.lists.drop(connection, ListName.PEOPLE, [person.key])
        self._keeping.trail.write(connection, ITSELF, "person.unlisted", person.key)
        return self._keeping.tables.people.change(connection, person, listed=False)

    def history(self, connection: Connection, person: str) -> Sequence[ConsentView]:
        """Show what somebody said, newest first."""
        order = [consents.c.seq.desc()]
        return [_view(each) for each in self._rows.find(connection, consents.c.person == person, order=order)]

    def withdrawals_of(self, connection: Connection, person: str) -> list[WithdrawalView]:
        """Show somebody's withdrawals, newest first."""
        where = (consents.c.person == person, consents.c.given.is_(False))
        found = self._rows.find(connection, *where, order=[consents.c.seq.desc()])
        return [self.proof_of(connection, each).withdrawal for each in found]

    def withdrawal(self, connection: Connection, number: int) -> Consent:
        """Read a withdrawal. Unknown."""
        where = (consents.c.seq == number, consents.c.given.is_(False))
        return there(self._rows.first(connection, *where), "withdrawal")

    def proof_of(self, connection: Connection, consent: Consent) -> Proof:
        """Show what each terminal did about a withdrawal."""
        found = self._removals.of(connection, consent.seq)
        person = there(self._keeping.tables.people.get(connection, consent.person), "person")
        rooms = self._shower.rooms(connection, [person.household])
        titles = {f"{each.kind}/{each.device}": title for each, title in self._titles(connection)}
        open_ = sum(each.done_ms is None for each in found)
        done = [each.done_ms for each in found if each.done_ms is not None]
        view = WithdrawalView(
            n=consent.seq,
            person=person.key,
            name=person.name,
            room=rooms.get(person.household or ""),
            since=rfc3339_ms(consent.recorded_ms),
            by=consent.by,
            how=consent.how,
            terminals=len(found),
            open=open_,
            complete=not open_,
            completed=None if open_ else rfc3339_ms(max(done, default=consent.recorded_ms)),
        )
        return Proof(withdrawal=view, removals=[_removal(each, titles) for each in found])

    def _titles(self, connection: Connection) -> Any:
        return self._removals.terminals(connection).items()

    def _check(self, connection: Connection, person: Person, said: Said, guardian: str) -> None:
        year = self._keeping.clock.now().astimezone(self._keeping.site.zone).year
        if not said.text_version.strip():
            raise InvalidMessage("say which text was agreed to: `text_version`", code="text-version-needed")
        if person.child(year) and not guardian:
            raise RegisterRefused(
                "for a child under 14 a guardian consents: say their name in `guardian`",
                code="guardian-needed",
            )
        if self._removals.open(connection, person.key):
            raise RegisterRefused(
                "a terminal has not yet proved that the face is gone which was withdrawn before",
                code="removal-open",
            )

    def _write(
        self, connection: Connection, person: Person, said: Said, by: Actor, *, guardian: str
    ) -> Person:
        year = self._keeping.clock.now().astimezone(self._keeping.site.zone).year
        # Each is another moment, so that terminals tell one withdrawal from the next.
        now_ms = max(self._keeping.clock.now_ms(), (person.face_since_ms or 0) + 1)
        values: dict[str, Any] = {
            "tenant": self._keeping.site.tenant,
            "person": person.key,
            "given": said.given,
            "at_ms": now_ms if said.at_ms is None else said.at_ms,
            "recorded_ms": now_ms,
            "by": by.who,
            "how": said.how,
            "text_version": said.text_version.strip(),
            "by_guardian": person.child(year) and bool(guardian),
            "note": said.note,
        }
        added = connection.execute(insert(consents).values(values).returning(consents.c.seq))
        consent = Consent(
            seq=added.scalar_one(), **{name: values[name] for name in values if name != "tenant"}
        )
        after = self._keeping.tables.people.change(
            connection,
            person,
            face=Face.CONSENTED if said.given else Face.WITHDRAWN,
            face_since_ms=now_ms,
            guardian=guardian,
            changed_ms=self._keeping.clock.now_ms(),
        )
        self._keeping.lists.put(connection, [person_entry(after)])
        if not said.given:
            self._removals.ask(connection, consent)
        what = "consent.given" if said.given else "consent.withdrawn"
        self._keeping.trail.write(
            connection, by, what, person.key, consent=consent.seq, how=said.how, text=consent.text_version
        )
        return after


def _view(consent: Consent) -> ConsentView:
    return ConsentView(
        n=consent.seq,
        given=consent.given,
        at=rfc3339_ms(consent.at_ms),
        recorded=rfc3339_ms(consent.recorded_ms),
        by=consent.by,
        how=consent.how,
        text_version=consent.text_version,
        by_guardian=consent.by_guardian,
        note=consent.note,
    )


def _removal(removal: Removal, titles: dict[str, dict[str, str]]) -> RemovalView:
    device = f"{removal.kind}/{removal.device}"
    return RemovalView(
        device=device,
        title=titles.get(device) or None,
        state=state_of(removal),
        asked=rfc3339_ms(removal.asked_ms),
        done=moment(removal.done_ms),
        held=removal.held,
        acknowledged=removal.acknowledged,
        absent=removal.absent,
        event=removal.event,
        event_seq=removal.event_seq,
        sha256=removal.sha256,
        audit=removal.audit,
        waived_by=removal.waived_by,
        waived_why=removal.waived_why,
    )
