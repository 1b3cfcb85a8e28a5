"""Hands alarms to grid officers and takes what comes back: each step together with the case's entry.

When a case is closed, its officers are told so. What they answer later is taken, and raises an alarm.
"""

import secrets
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection

from contract.clock import Clock
from contract.errors import InvalidMessage
from hub.access.secret import digest, new_secret
from hub.alarms.alarm import Actor, Alarm, Change, EntryKind
from hub.alarms.changes import Participant
from hub.ledger.transactions import Transactions
from hub.notify.outbox import LINK, REFERRAL, REFERRAL_CLOSED, Notification, Stage
from hub.referrals.late import late_answer
from hub.referrals.needs import Cases, Teller
from hub.referrals.referral import DAY_MS, OVER, Officer, Referral
from hub.referrals.refusals import ReferralOver, ReferralRefused, ReferralUnknown
from hub.referrals.settings import Grid, PoliceSettings
from hub.referrals.states import PoliceAnswer, ReferralState
from hub.referrals.store import ReferralStore
from hub.referrals.wording import Telling

MAX_ANSWERS: Final = 20
"""Of one hand-over."""

PAGE: Final = "/police"
POLICE: Final = "police"
"""How a grid officer is called in timelines and audit: `police:east`."""


class Wanted(Struct, frozen=True, kw_only=True):
    """To whom an alarm goes that somebody saw at `version`, and why; `address`: where links begin."""

    version: int
    grid: str
    note: str
    address: str


class Followed(Struct, frozen=True):
    """A hand-over, and how its letter fares."""

    referral: Referral
    letter: Notification | None


class Referrals(Participant):
    """One tenant's hand-overs. Lives on the hub's event loop; writes in the ledger's thread."""

    def __init__(
        self,
        ledger: Transactions,
        clock: Clock,
        tenant: str,
        settings: PoliceSettings,
        cases: Cases,
        teller: Teller,
        telling: Telling,
    ) -> None:
        self.settings = settings
        self.telling = telling
        self.clock = clock
        self._ledger = ledger
        self._store = ReferralStore(tenant)
        self._cases = cases
        self._teller = teller

    async def of_alarm(self, alarm: str) -> list[Followed]:
        """Return an alarm's hand-overs, the newest first."""

        def read(connection: Connection) -> list[Followed]:
            found = self._store.of_alarm(connection, alarm)
            return [Followed(each, self._teller.about(connection, each.subject)) for each in found]

        return await self._ledger.read(read)

    async def hand(self, alarm: Alarm, wanted: Wanted, by: Actor) -> Followed:
        """Hand an alarm over and plan the letter; Stale, Refused, InvalidMessage."""
        grid, now_ms, secret = self._grid(wanted.grid), self.clock.now_ms(), new_secret()
        referral = _new(alarm, grid, wanted.note, by, now_ms)
        base = self.settings.public_url or wanted.address
        text = {**self.telling.letter(alarm, referral), LINK: f"{base.rstrip('/')}{PAGE}#{secret.text}"}

        def also(connection: Connection) -> None:
            self._check_first(connection, referral)
            self._store.add(connection, referral, secret.digest)
            self._teller.plan(
                connection,
                subject=referral.subject,
                news=REFERRAL + alarm.id,
                contacts=[grid.contact],
                text=text,
            )

        data = _data(referral, due_ms=referral.due_ms)
        await self._cases.note(
            alarm.id,
            EntryKind.REFERRED,
            who=by,
            version=wanted.version,
            note=wanted.note,
            data=data,
            also=also,
        )
        self._teller.wake()
        return await self._followed(referral)

    async def revoke(self, alarm: str, ident: str, by: Actor, reason: str) -> Followed:
        """End a hand-over's link; a letter that waits is not sent. ReferralUnknown, ReferralRefused."""
        known = await self._ledger.read(lambda connection: self._store.get(connection, ident))
        if known is None or known.alarm != alarm:
            raise ReferralUnknown("there is no such hand-over of this alarm", code="unknown-referral")
        now_ms = self.clock.now_ms()
        after, _ = await self._change(
            known,
            lambda referral: referral.revoked(by.who, now_ms),
            EntryKind.REFERRAL_REVOKED,
            by,
            note=reason,
            also=lambda connection: self._teller.withdraw(connection, known.subject),
        )
        return await self._followed(after)

    async def by_key(self, key: str) -> tuple[Referral, Alarm]:
        """Return what a link opens; ReferralUnknown, ReferralOver."""
        referral, alarm = await self._linked(key)
        if not referral.waits(self.clock.now_ms(), alarm.closed_ms):
            raise ReferralOver(OVER)
        return referral, alarm

    async def receive(self, key: str, officer: Officer, address: str) -> tuple[Referral, Alarm]:
        """Take an officer's receipt; the same one's again is no error. ReferralRefused."""
        known, alarm = await self.by_key(key)
        if known.officer == officer:
            return known, alarm
        now_ms = self.clock.now_ms()
        by = Actor(who=f"{POLICE}:{known.grid}", address=address)
        return await self._change(
            known,
            lambda referral: referral.received(officer, now_ms, alarm.closed_ms),
            EntryKind.REFERRAL_RECEIVED,
            by,
        )

    async def answer(
        self, key: str, answer: PoliceAnswer, words: str, address: str
    ) -> tuple[Referral, Alarm]:
        """Take an officer's answer; the last one again is no error. ReferralRefused."""
        known, alarm = await self._linked(key)
        after = known
        if not known.says_again(answer, words):
            after, alarm = await self._answered(known, alarm, answer, words, address)
        if after.answers[-1].is_late(alarm.closed_ms):
            await self._cases.take([late_answer(alarm, after, self.clock.now_ms())], None)
        return after, alarm

    def within(self, connection: Connection, change: Change) -> None:
        """Tell officers who have an alarm, and have not answered for good, that it is closed."""
        if change.after.open or change.before is None or not change.before.open:
            return
        now_ms = self.clock.now_ms()
        for each in self._store.of_alarm(connection, change.after.id):
            if each.waits(now_ms):
                self._tell_closed(connection, change.after, each)

    def _tell_closed(self, connection: Connection, alarm: Alarm, referral: Referral) -> None:
        """Write to whoever was written to; a letter that has not gone out need not go any more."""
        letter = self._teller.about(connection, referral.subject)
        self._teller.withdraw(connection, referral.subject)
        if letter is not None and letter.state in (Stage.SENDING, Stage.SENT):
            self._teller.plan(
                connection,
                subject=f"{referral.subject}:closed",
                news=REFERRAL_CLOSED + alarm.id,
                contacts=[referral.contact],
                text=self.telling.closed(alarm, referral),
            )

    async def _answered(
        self, known: Referral, alarm: Alarm, answer: PoliceAnswer, words: str, address: str
    ) -> tuple[Referral, Alarm]:
        if len(known.answers) >= MAX_ANSWERS:
            raise ReferralRefused(f"a hand-over takes {MAX_ANSWERS} answers", code="too-many-answers")
        now_ms = self.clock.now_ms()
        return await self._change(
            known,
            lambda referral: referral.answered(answer, words, now_ms, alarm.closed_ms),
            EntryKind.REFERRAL_ANSWERED,
            Actor(who=f"{POLICE}:{known.grid}", address=address),
            note=words,
            answer=answer.value,
        )

    async def _change(
        self,
        known: Referral,
        move: Callable[[Referral], Referral],
        kind: EntryKind,
        by: Actor,
        *,
        note: str = "",
        also: Callable[[Connection], None] = lambda _: None,
        **data: Any,
    ) -> tuple[Referral, Alarm]:
        """Do a step on what the ledger has by then, together with its entry in the case's timeline."""
        after = move(known)  # what is refused at once needs no transaction

        def work(connection: Connection) -> None:
            nonlocal after
            held = self._store.hold(connection, known.id)
            after = move(held or known)
            self._store.put(connection, after)
            also(connection)

        said = _data(known, **data)
        alarm = await self._cases.note(known.alarm, kind, who=by, note=note, data=said, also=work)
        return after, alarm

    async def _followed(self, referral: Referral) -> Followed:
        letter = await self._ledger.read(lambda connection: self._teller.about(connection, referral.subject))
        return Followed(referral, letter)

    async def _linked(self, key: str) -> tuple[Referral, Alarm]:
        found = await self._ledger.read(lambda connection: self._store.by_digest(connection, digest(key)))
        alarm = await self._cases.get(found.alarm) if found is not None else None
        if found is None or alarm is None:
            raise ReferralUnknown("there is no such link; open it as it stands in the message")
        return found, alarm

    def _check_first(self, connection: Connection, referral: Referral) -> None:
        """Refuse a second hand-over to a unit that has not answered the first yet."""
        for each in self._store.of_alarm(connection, referral.alarm):
            if each.grid == referral.grid and each.waits(referral.handed_ms):
                raise ReferralRefused("this unit has it already; take it back first", code="already-handed")

    def _grid(self, key: str) -> Grid:
        found = next((each for each in self.settings.grid if each.key == key), None)
        if found is None:
            allowed = ", ".join(each.key for each in self.settings.grid) or "none: see [[police.grid]]"
            raise InvalidMessage(f"there is no police grid {key!r}; allowed: {allowed}", code="unknown-grid")
        return found


def _new(alarm: Alarm, grid: Grid, note: str, by: Actor, now_ms: int) -> Referral:
    return Referral(
        id=secrets.token_hex(16),
        alarm=alarm.id,
        grid=grid.key,
        unit=grid.title,
        contact=grid.contact,
        note=note,
        state=ReferralState.HANDED,
        handed_by=by.who,
        handed_ms=now_ms,
        due_ms=now_ms + grid.answer_days * DAY_MS,
    )


def _data(referral: Referral, **more: Any) -> dict[str, Any]:
    """Return what the timeline carries: no name, no number, no link."""
    return {"referral": referral.id, "unit": referral.unit, **more}
