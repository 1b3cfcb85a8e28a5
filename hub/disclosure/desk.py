"""The police desk: what people, and what makes bundles, do with disclosures; each step in one transaction.

What a rule forbids is refused, and that somebody tried is written down before they hear of it.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.alarms.alarm import HUB, Actor
from hub.disclosure import moves
from hub.disclosure.bases import LegalBasis
from hub.disclosure.book import Book, Written
from hub.disclosure.moves import By, Press, Terms
from hub.disclosure.refusals import DisclosureRefused, NotThere, Stale, Unknown
from hub.disclosure.request import TOLD, Disclosure, DisclosureStep, Draft, Made, Progress, StepKind
from hub.disclosure.schema import disclosures
from hub.disclosure.scope import DAY_MS, Scope
from hub.disclosure.states import State, Step
from hub.disclosure.store import Wanted
from hub.disclosure.subjects import Subject
from hub.ledger.transactions import Transactions

__all__ = ["DisclosureDesk", "Wanted"]

logger = logging.getLogger(__name__)

TO_MAKE: Final = (State.APPROVED, State.MAKING)
DISCARDED: Final = (State.WITHDRAWN, State.EXPIRED)
Outcome = Disclosure | DisclosureRefused
Move = Callable[[Connection, Disclosure], Outcome]


class DisclosureDesk:
    """All disclosures of one tenant. Lives on the hub's event loop; writes in the ledger's thread.

    `on_change` hears of each that is new or has changed: what makes bundles looks then for work.
    """

    def __init__(self, ledger: Transactions, book: Book, terms: Terms) -> None:
        self.book = book
        self.terms = terms
        self.on_change: Callable[[Disclosure], None] = lambda _: None
        self._ledger = ledger
        self._progress: dict[str, Progress] = {}

    def basis(self, key: str) -> LegalBasis:
        """Return a legal basis; Unknown names those there are."""
        found = self.terms.bases.get(key)
        if found is None:
            known = ", ".join(sorted(self.terms.bases))
            raise Unknown(f"there is no legal basis {key!r}; allowed: {known}", code="unknown-basis")
        return found

    async def request(self, draft: Draft, by: Actor) -> Disclosure:
        """Ask for data to leave. DisclosureRefused, Unknown."""
        await self.check(draft.basis, draft.scope, by)
        basis = self.basis(draft.basis)
        made = await self._ledger.write(lambda connection: self.book.make(connection, draft, basis, by))
        return self._tell(made)

    async def check(self, basis: str, scope: Scope, by: Actor) -> None:
        """Refuse what is more than a legal basis allows. DisclosureRefused, Unknown."""
        allowed = self.basis(basis)
        refused = moves.unnamed(by.who) or moves.too_wide(allowed, allowed.too_wide(scope))
        if refused is not None:
            await self._ledger.write(lambda c: self.book.refuse_request(c, by, basis, scope, refused))
            raise refused

    async def press(
        self, ident: str, version: int, press: Press, by: Actor, *, releases: bool = False
    ) -> Disclosure:
        """Do what somebody pressed on what they saw. Stale, Unknown, DisclosureRefused."""

        def move(connection: Connection, found: Disclosure) -> Outcome:
            if version != found.version:
                raise Stale(found)
            return self._move(connection, found, press, by, releases=releases)

        return await self._change(ident, press.step, by, move)

    async def begin(self, ident: str, scope: Scope | None = None) -> Disclosure:
        """Take that its bundle is being made, of `scope` or all that was released; also anew after a restart.

        DisclosureRefused: `expired`; `too-wide`: `scope` is wider than what was released. Unknown.
        """

        def move(connection: Connection, found: Disclosure) -> Outcome:
            if scope is not None and not scope.within(found.scope):
                wide = DisclosureRefused("that is wider than what was released", code="too-wide")
                self.book.refuse(connection, found, HUB, Step.BEGIN.value, wide)
                return wide
            return self._move(connection, found, Press(step=Step.BEGIN), HUB)

        return await self._change(ident, Step.BEGIN, HUB, move)

    def progressed(self, ident: str, progress: Progress) -> None:
        """Take how far the making is. It is not written: whoever makes it knows where to go on."""
        self._progress[ident] = progress

    def progress(self, ident: str) -> Progress | None:
        """Say how far the making is; None: that is not known."""
        return self._progress.get(ident)

    async def made(self, ident: str, made: Made, whose: Iterable[Subject] = ()) -> Disclosure:
        """Take that the bundle is whole; `whose` data is in it. DisclosureRefused: it was stopped."""
        left = frozenset(whose)
        details = {"sha256": made.sha256, "bytes": made.bytes, "files": made.files, "subjects": len(left)}

        def move(connection: Connection, found: Disclosure) -> Outcome:
            outcome = self._move(connection, found, Press(step=Step.FINISH, made=made), HUB, details)
            if isinstance(outcome, Disclosure):
                self.book.add_subjects(connection, ident, left)
            return outcome

        return await self._change(ident, Step.FINISH, HUB, move)

    async def failed(self, ident: str, error: str) -> Disclosure:
        """Take that the making has failed, in words that name nobody. DisclosureRefused."""

        def move(connection: Connection, found: Disclosure) -> Outcome:
            return self._move(connection, found, Press(step=Step.FAIL, reason=error), HUB)

        return await self._change(ident, Step.FAIL, HUB, move)

    async def cancel_wanted(self, ident: str) -> bool:
        """Whether the making should stop: it was cancelled, whatever became of it since."""
        found = await self.get(ident)
        return found.state is not State.MAKING

    async def purged(self, ident: str) -> Disclosure:
        """Take that no file of it is left. Unknown."""

        def work(connection: Connection) -> Disclosure:
            found = self._held(connection, ident)
            after = replace(found, purged_ms=self.book.clock.now_ms(), version=found.version + 1)
            return self.book.change(connection, found, after, Written(what=StepKind.PURGED, by=HUB))

        return self._tell(await self._ledger.write(work))

    async def taken(self, ident: str, by: Actor, name: str) -> Disclosure:
        """Write that somebody fetches a file of the bundle; it is durable when this returns.

        NotThere, Unknown.
        """

        def work(connection: Connection) -> Disclosure:
            found = self._held(connection, ident)
            if found.made is None or found.purged_ms is not None or found.state in DISCARDED:
                raise NotThere("its bundle is not made yet, or deleted again")
            written = Written(what=StepKind.TAKEN, by=by, details={"file": name})
            return self.book.change(connection, found, found, written)

        return await self._ledger.write(work)

    async def get(self, ident: str) -> Disclosure:
        """Return one. Unknown."""
        found = await self._ledger.read(lambda connection: self.book.store.get(connection, ident))
        return _there(found)

    async def way(self, ident: str) -> list[DisclosureStep]:
        """Return a disclosure's way, oldest first."""
        return await self._ledger.read(lambda connection: self.book.store.way(connection, ident))

    async def find(self, wanted: Wanted) -> list[Disclosure]:
        """Return disclosures, the newest first."""
        return await self._ledger.read(lambda connection: self.book.store.find(connection, wanted))

    async def to_make(self) -> list[Disclosure]:
        """Return those whose bundle must be made, or gone on with; the oldest first."""
        waiting = disclosures.c.state.in_(TO_MAKE)
        return await self._ledger.read(lambda connection: self.book.store.in_turn(connection, waiting))

    async def to_purge(self) -> list[Disclosure]:
        """Return those of which files are left for no longer: discarded, or handed over long enough ago."""
        c = disclosures.c
        before_ms = self.book.clock.now_ms() - self.terms.keep_days * DAY_MS
        kept = (c.state == State.HANDED_OVER) & (c.handed_ms <= before_ms)
        files = c.begun_ms.is_not(None) & c.purged_ms.is_(None) & (kept | c.state.in_(DISCARDED))
        return await self._ledger.read(lambda connection: self.book.store.in_turn(connection, files))

    async def lapse(self) -> int:
        """End those whose time is over; return how many."""
        over = disclosures.c.expires_ms <= self.book.clock.now_ms()
        found = await self._ledger.read(lambda connection: self.book.store.in_turn(connection, over))
        ended = 0
        for each in found:
            ended += await self._lapse(each.id)
        return ended

    async def _lapse(self, ident: str) -> bool:
        def work(connection: Connection) -> Disclosure | None:
            found = self._held(connection, ident)
            over = moves.is_over(found, self.book.clock.now_ms())
            return self._ended(connection, found) if over else None

        after = await self._ledger.write(work)
        if after is not None:
            self._tell(after)
        return after is not None

    async def _change(self, ident: str, step: Step, by: Actor, move: Move) -> Disclosure:
        """Change one; a refusal is written in the same transaction as what made it necessary."""

        def work(connection: Connection) -> tuple[Disclosure | None, Outcome]:
            found = self._held(connection, ident)
            if not moves.is_over(found, self.book.clock.now_ms()):
                return None, move(connection, found)
            ended = self._ended(connection, found)
            refused = moves.refusal(ended, step, By(by.who, 0), self.terms)
            assert refused is not None  # noqa: S101 - nothing may be done to what has expired
            self.book.refuse(connection, ended, by, step.value, refused)
            return ended, refused

        ended, outcome = await self._ledger.write(work)
        if ended is not None:
            self._tell(ended)
        if isinstance(outcome, DisclosureRefused):
            raise outcome
        return self._tell(outcome)

    def _move(
        self,
        connection: Connection,
        found: Disclosure,
        press: Press,
        by: Actor,
        details: dict[str, object] | None = None,
        *,
        releases: bool = False,
    ) -> Outcome:
        who = By(by.who, self.book.clock.now_ms(), releases)
        refused = moves.refusal(found, press.step, who, self.terms)
        if refused is not None:
            self.book.refuse(connection, found, by, press.step.value, refused)
            return refused
        after = moves.moved(found, press, who, self.terms)
        said = details or {}
        return self.book.change(
            connection, found, after, Written(what=TOLD[press.step], by=by, reason=press.reason, details=said)
        )

    def _ended(self, connection: Connection, found: Disclosure) -> Disclosure:
        press, by = Press(step=Step.LAPSE), By(HUB.who, self.book.clock.now_ms())
        after = moves.moved(found, press, by, self.terms)
        details = {"was": found.state.value}
        return self.book.change(
            connection, found, after, Written(what=StepKind.EXPIRED, by=HUB, details=details)
        )

    def _held(self, connection: Connection, ident: str) -> Disclosure:
        return _there(self.book.store.hold(connection, ident))

    def _tell(self, after: Disclosure) -> Disclosure:
        if after.state is not State.MAKING:
            self._progress.pop(after.id, None)
        self.on_change(after)
        return after


def _there(found: Disclosure | None) -> Disclosure:
    if found is None:
        raise Unknown("there is no such disclosure")
    return found
