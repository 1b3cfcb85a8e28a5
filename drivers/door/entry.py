"""Somebody at the reader: a card, perhaps a PIN, or a code alone; wrong tries, and what to do. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from contract.passes import Means
from drivers.door import pins
from drivers.door.access import Access, Credential
from drivers.door.decision import WRONG_TRIES, Decision, Denial, decide, decide_code
from drivers.door.options import DoorOptions
from drivers.door.people import People
from drivers.door.tries import CodeLock, Tries
from drivers.door.wiegand import Card


class Step(Enum):
    """What the driver is to do."""

    GRANT = auto()
    DENY = auto()
    ASK_PIN = auto()
    CHECK_PIN = auto()
    CHECK_CODE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`denial` goes with DENY, `pin` with CHECK_PIN and CHECK_CODE; `tries`: so many that it must be told.

    Whose it is: `credential` of the access file, or `person`, the key of the lists.
    """

    step: Step
    means: Means = Means.CARD
    credential: Credential | None = None
    person: str | None = None
    card: Card | None = None
    denial: Denial | None = None
    pin: str = ""
    with_pin: bool = False
    tries: int | None = None


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """A good card whose PIN is not complete."""

    card: Card
    credential: Credential
    until: float
    pin: str = ""


class Entry:
    """One reader's front. `people` are those of the pushed lists."""

    def __init__(self, options: DoorOptions, people: People | None = None) -> None:
        limits = options.wrong_tries, options.tries_window_s, options.lockout_s
        self._pin_s = options.pin_s
        self._people = people
        self._tries = Tries(*limits)
        self._codes = CodeLock(*limits)
        self._waiting: _Waiting | None = None
        self._typed, self._typed_until = "", 0.0

    @property
    def wrong_tries(self) -> int:
        """Wrong tries in a row."""
        return self._tries.wrong

    def card(self, access: Access, door: str, card: Card, wall: datetime, now: float) -> Verdict:
        """Take a card: `wall` is the time of day, `now` the monotonic one."""
        self._waiting, self._typed = None, ""
        decision = self._decide(access, door, card, wall, now)
        if decision.denial is not None:
            return self.deny(decision.denial, now, card, decision.credential, person=decision.person)
        if decision.person is not None:
            return self._grant_listed(decision.person, Means.CARD)
        credential = _of(decision)
        if decision.needs_pin:
            self._waiting = _Waiting(card=card, credential=credential, until=now + self._pin_s)
            return Verdict(step=Step.ASK_PIN, credential=credential)
        return self._grant(credential, with_pin=False)

    def keys(self, pressed: str, now: float) -> Verdict | None:
        """Take keys of the keypad; None while there is nothing to do."""
        waiting = self._waiting
        if waiting is None:
            return self._type_code(pressed, now)
        for key in pressed:
            if key == pins.ENTER:
                return Verdict(step=Step.CHECK_PIN, credential=waiting.credential, pin=waiting.pin)
            waiting.pin = "" if key == pins.CLEAR else (waiting.pin + key)[: pins.LENGTH.stop]
            waiting.until = now + self._pin_s
        return None

    def _type_code(self, pressed: str, now: float) -> Verdict | None:
        """Take keys without a card: they are a code of somebody in the lists, if there are lists."""
        if self._people is None or not self._people.known:
            return None
        if now >= self._typed_until:
            self._typed = ""
        self._typed_until = now + self._pin_s
        for key in pressed:
            if key == pins.ENTER:
                code, self._typed = self._typed, ""
                return Verdict(step=Step.CHECK_CODE, means=Means.CODE, pin=code) if code else None
            self._typed = "" if key == pins.CLEAR else (self._typed + key)[: pins.LENGTH.stop]
        return None

    def code(self, people: People, door: str, code: str, wall: datetime, now: float) -> Verdict:
        """Take a code that was typed without a card."""
        if self._codes.locked(now):
            return self.deny(Denial.TOO_MANY_TRIES, now, means=Means.CODE)
        decision = decide_code(people, door, code, wall)
        if decision.denial is None and decision.person is not None:
            return self._grant_listed(decision.person, Means.CODE)
        shut = decision.denial in WRONG_TRIES and self._codes.wrong(now)
        denial = decision.denial or Denial.UNKNOWN_CODE
        verdict = self.deny(denial, now, person=decision.person, means=Means.CODE)
        return replace(verdict, tries=verdict.tries or self._codes.limit) if shut else verdict

    def checked(self, access: Access, door: str, right: bool, wall: datetime, now: float) -> Verdict | None:
        """Take the outcome of a CHECK_PIN; what the list says may have changed meanwhile."""
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return None
        if not right:
            self._tries.wrong_pin(waiting.credential.id, now)
            return self.deny(Denial.WRONG_PIN, now, waiting.card, waiting.credential)
        decision = self._decide(access, door, waiting.card, wall, now)
        if decision.denial is not None:
            return self.deny(decision.denial, now, waiting.card, decision.credential)
        return self._grant(_of(decision), with_pin=True)

    def look(self, now: float) -> Verdict | None:
        """See whether somebody has waited too long with the PIN."""
        waiting = self._waiting
        if waiting is None or now < waiting.until:
            return None
        self._waiting = None
        return self.deny(Denial.NO_PIN, now, waiting.card, waiting.credential)

    def deny(
        self,
        denial: Denial,
        now: float,
        card: Card | None = None,
        credential: Credential | None = None,
        *,
        person: str | None = None,
        means: Means = Means.CARD,
    ) -> Verdict:
        """Refuse, and count it where it is a try."""
        tries = self._tries.failed(now) if denial in WRONG_TRIES else None
        return Verdict(
            step=Step.DENY,
            means=means,
            denial=denial,
            card=card,
            credential=credential,
            person=person,
            tries=tries,
        )

    def _grant_listed(self, person: str, means: Means) -> Verdict:
        self._tries.granted(person)
        return Verdict(step=Step.GRANT, means=means, person=person)

    def _grant(self, credential: Credential, *, with_pin: bool) -> Verdict:
        self._tries.granted(credential.id)
        return Verdict(step=Step.GRANT, credential=credential, with_pin=with_pin)

    def _decide(self, access: Access, door: str, card: Card, wall: datetime, now: float) -> Decision:
        credential = access.find(card)
        locked_out = credential is not None and self._tries.locked_out(credential.id, now)
        return decide(access, door, card, wall, people=self._people, locked_out=locked_out)


def _of(decision: Decision) -> Credential:
    assert decision.credential is not None  # noqa: S101 - without one there is a denial
    return decision.credential
