"""Somebody at the reader: a card, perhaps a PIN, wrong tries, and what to do about it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from drivers.door import pins
from drivers.door.access import Access, Credential
from drivers.door.decision import WRONG_TRIES, Decision, Denial, decide
from drivers.door.options import DoorOptions
from drivers.door.tries import Tries
from drivers.door.wiegand import Card


class Step(Enum):
    """What the driver is to do."""

    GRANT = auto()
    DENY = auto()
    ASK_PIN = auto()
    CHECK_PIN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`denial` goes with DENY, `pin` with CHECK_PIN; `tries`: so many that somebody must be told."""

    step: Step
    credential: Credential | None = None
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
    """One reader's front."""

    def __init__(self, options: DoorOptions) -> None:
        self._pin_s = options.pin_s
        self._tries = Tries(options.wrong_tries, options.tries_window_s, options.lockout_s)
        self._waiting: _Waiting | None = None

    @property
    def wrong_tries(self) -> int:
        """Wrong tries in a row."""
        return self._tries.wrong

    def card(self, access: Access, door: str, card: Card, wall: datetime, now: float) -> Verdict:
        """Take a card: `wall` is the time of day, `now` the monotonic one."""
        self._waiting = None
        decision = self._decide(access, door, card, wall, now)
        if decision.denial is not None:
            return self.deny(decision.denial, now, card, decision.credential)
        credential = _of(decision)
        if decision.needs_pin:
            self._waiting = _Waiting(card=card, credential=credential, until=now + self._pin_s)
            return Verdict(step=Step.ASK_PIN, credential=credential)
        return self._grant(credential, with_pin=False)

    def keys(self, pressed: str, now: float) -> Verdict | None:
        """Take keys of the keypad; None while there is nothing to do. Without a card they mean nothing."""
        waiting = self._waiting
        if waiting is None:
            return None
        for key in pressed:
            if key == pins.ENTER:
                return Verdict(step=Step.CHECK_PIN, credential=waiting.credential, pin=waiting.pin)
            waiting.pin = "" if key == pins.CLEAR else (waiting.pin + key)[: pins.LENGTH.stop]
            waiting.until = now + self._pin_s
        return None

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
        self, denial: Denial, now: float, card: Card | None = None, credential: Credential | None = None
    ) -> Verdict:
        """Refuse, and count it where it is a try."""
        tries = self._tries.failed(now) if denial in WRONG_TRIES else None
        return Verdict(step=Step.DENY, denial=denial, card=card, credential=credential, tries=tries)

    def _grant(self, credential: Credential, *, with_pin: bool) -> Verdict:
        self._tries.granted(credential.id)
        return Verdict(step=Step.GRANT, credential=credential, with_pin=with_pin)

    def _decide(self, access: Access, door: str, card: Card, wall: datetime, now: float) -> Decision:
        credential = access.find(card)
        locked_out = credential is not None and self._tries.locked_out(credential.id, now)
        return decide(access, door, card, wall, locked_out=locked_out)


def _of(decision: Decision) -> Credential:
    assert decision.credential is not None  # noqa: S101 - without one there is a denial
    return decision.credential
