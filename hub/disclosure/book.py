"""The book of disclosures: a change is a row, a step of its way and an entry of the audit, all at once."""

import secrets
from collections.abc import Iterable
from datetime import tzinfo
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import Connection

from contract.clock import Clock, from_epoch_ms
from hub.alarms.alarm import Actor
from hub.audit.canonical import digest_of
from hub.audit.writer import AuditWriter
from hub.disclosure.bases import LegalBasis
from hub.disclosure.refusals import DisclosureRefused
from hub.disclosure.request import Disclosure, DisclosureStep, Draft, StepKind
from hub.disclosure.scope import DAY_MS, Scope
from hub.disclosure.store import DisclosureStore
from hub.disclosure.subjects import Subject, named_in

PREFIX: Final = "disclosure."
"""How `what` begins: `disclosure.requested`, `disclosure.approved`, `disclosure.refused`, …"""

MAX_TRIES: Final = 100
"""Somebody else taking every next number would be a fault of ours."""


class Written(Struct, frozen=True, kw_only=True):
    """What is to be said of a disclosure, and by whom."""

    what: StepKind
    by: Actor
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class Book:
    """Writes one tenant's disclosures inside the caller's transaction. Blocking."""

    def __init__(self, store: DisclosureStore, clock: Clock, zone: tzinfo, decide_days: int) -> None:
        self.store = store
        self.clock = clock
        self._trail = AuditWriter(store.tenant, clock)
        self._zone = zone
        self._decide_days = decide_days

    def make(self, connection: Connection, draft: Draft, terms: LegalBasis, by: Actor) -> Disclosure:
        """Enter a request."""
        for _ in range(MAX_TRIES):
            made = self._number(connection, draft, terms, by.who)
            if self.store.insert(connection, made):
                return self._begin(connection, made, by)
        raise RuntimeError("no number is free for a new disclosure")

    def change(
        self, connection: Connection, before: Disclosure, after: Disclosure, written: Written
    ) -> Disclosure:
        """Write what became of a disclosure that the caller holds."""
        after = _one_step_on(after)
        if not self.store.update(connection, before, after):  # `hold` keeps others out
            raise RuntimeError(f"disclosure {before.id} was changed by somebody else")
        self._tell(connection, after, written)
        return after

    def refuse(
        self, connection: Connection, found: Disclosure, by: Actor, step: str, refused: DisclosureRefused
    ) -> None:
        """Write on a disclosure's way, and in the audit, what somebody tried."""
        details = {"step": step, "code": refused.code}
        written = Written(what=StepKind.REFUSED, by=by, reason=str(refused), details=details)
        self.change(connection, found, found, written)

    def refuse_request(
        self, connection: Connection, by: Actor, basis: str, scope: Scope, refused: DisclosureRefused
    ) -> None:
        """Write in the audit what somebody asked for and does not get."""
        details = {"code": refused.code} | _said_of(scope)
        self.audit(connection, by, StepKind.REFUSED.value, basis, str(refused), details)

    def looked(self, connection: Connection, by: Actor, what: str, basis: str, scope: Scope) -> None:
        """Write in the audit that somebody looks at what would leave."""
        self.audit(connection, by, what, basis, "", _said_of(scope))

    def audit(
        self,
        connection: Connection,
        by: Actor,
        what: str,
        about: str,
        reason: str = "",
        details: dict[str, Any] | None = None,
    ) -> None:
        """Write an entry of the audit."""
        self._trail.write(connection, by, PREFIX + what, about, reason, **(details or {}))

    def add_subjects(self, connection: Connection, ident: str, subjects: Iterable[Subject]) -> None:
        """Note whose data has left, beside those whom the request names."""
        self.store.add_subjects(connection, ident, subjects, named=False)

    def _number(self, connection: Connection, draft: Draft, terms: LegalBasis, who: str) -> Disclosure:
        now_ms = self.clock.now_ms()
        year = from_epoch_ms(now_ms).astimezone(self._zone).year
        return Disclosure(
            **{name: getattr(draft, name) for name in Draft.__struct_fields__},
            id=secrets.token_hex(16),
            tenant=self.store.tenant,
            year=year,
            n=self.store.next_number(connection, year),
            terms=terms,
            requested_by=who,
            requested_ms=now_ms,
            expires_ms=now_ms + self._decide_days * DAY_MS,
            steps=1,
        )

    def _begin(self, connection: Connection, made: Disclosure, by: Actor) -> Disclosure:
        subjects = named_in(connection, self.store.tenant, made.scope)
        self.store.add_subjects(connection, made.id, subjects, named=True)
        details = {"basis": made.basis, "named": len(subjects)} | _said_of(made.scope)
        self._tell(
            connection,
            made,
            Written(what=StepKind.REQUESTED, by=by, reason=made.reason, details=details),
        )
        return made

    def _tell(self, connection: Connection, found: Disclosure, written: Written) -> None:
        step = DisclosureStep(
            disclosure=found.id,
            n=found.steps,
            ts_ms=self.clock.now_ms(),
            who=written.by.who,
            what=written.what,
            post=written.by.post,
            reason=written.reason,
            details=written.details,
        )
        self.store.add_step(connection, step)
        said = {"number": found.number, "state": found.state.value, "n": step.n, "sha256": digest_of(step)}
        details = written.details | said
        self.audit(connection, written.by, written.what.value, found.id, written.reason, details)


def _one_step_on(after: Disclosure) -> Disclosure:
    return replace(after, steps=after.steps + 1)


def _said_of(scope: Scope) -> dict[str, Any]:
    """Say of a scope what may stand in the audit: keys and counts, and its hash to compare it by."""
    return {
        "kinds": sorted(scope.kinds),
        "days": round(scope.days, 3),
        "devices": len(scope.devices),
        "picked": len(scope.passes) + len(scope.alarms),
        "scope": digest_of(scope),
    }
