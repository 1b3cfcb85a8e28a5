"""What a face terminal does, whichever words it speaks: it looks, decides, opens and writes it down."""

import random
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from simulators.clock import Clock
from simulators.door.physics import Contact, Leaf, Strike
from simulators.face.passers import Passers
from simulators.face.record import Kind, Log, Record
from simulators.face.roster import Holder, Roster

OPENS_FOR_S = 5.0
SAVE_EVERY_S = 1.0


class TerminalWire(Protocol):
    """How a terminal talks."""

    async def open(self) -> str:
        """Begin to talk, or to listen; return where."""
        ...

    async def close(self) -> None:
        """Stop."""
        ...

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        ...

    def tell(self, record: Record) -> None:
        """Tell a new record."""
        ...

    def cut(self) -> None:
        """Lose the network, or the power."""
        ...

    def mend(self) -> None:
        """Have both again."""
        ...


@dataclass(slots=True)
class Condition:
    """What is wrong with a terminal. `slow_s` is how late it answers where it is slow."""

    powered: bool = True
    online: bool = True
    refuses_delete: bool = False
    keeps_deleted: bool = False
    """It says that it deleted, and did not."""
    slow: bool = False
    slow_s: float = 3.0

    @property
    def reachable(self) -> bool:
        """Whether it can talk."""
        return self.powered and self.online


class Terminal:
    """One terminal and its door. `consents` are who may have their face taken here; None: everybody."""

    def __init__(self, roster: Roster, clock: Clock, *, seed: int, consents: Path | None) -> None:
        self.roster = roster
        self.log = Log(int(clock.now_s()))  # a counter in its flash; seconds outrun it
        self.condition = Condition()
        self.leaf, self.strike, self.contact = Leaf(), Strike(), Contact()
        self.passers = Passers(self.leaf, self.strike)
        self.held_open = False
        self.strike_pulses = 0
        self.tell: Callable[[Record], None] = lambda _record: None
        self._clock = clock
        self._consents = consents
        self._dice = random.Random(seed)  # noqa: S311 - people, not keys
        self._open_left_s = 0.0
        self._until_save_s = SAVE_EVERY_S
        self._was = (False, False)

    def now_s(self) -> float:
        """Return the time by its clock, in Unix seconds."""
        return self._clock.now_s()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: people, then iron, then electronics."""
        self.passers.step(dt_s)
        self._open_left_s = max(0.0, self._open_left_s - dt_s)
        self.strike.powered = self.condition.powered
        self.strike.active = self.held_open or self._open_left_s > 0
        self.strike.step(dt_s)
        self.leaf.step(dt_s, unlocked=self.strike.unlocked)
        self.contact.watch(self.leaf)
        self._watch()
        self._until_save_s -= dt_s
        if self._until_save_s <= 0:
            self._until_save_s = SAVE_EVERY_S
            self.roster.save()

    def open(self) -> None:
        """Unlock for some seconds."""
        self.strike_pulses += 1
        self._open_left_s = OPENS_FOR_S

    def shut(self) -> None:
        """Lock again at once."""
        self._open_left_s = 0.0
        self.held_open = False

    def lose_power(self) -> None:
        """Go dark; what it holds stays."""
        self.condition.powered = False
        self.shut()

    # Who comes.

    def face(self) -> None:
        """Let somebody come whose face it knows, if there is anybody."""
        self._come(lambda each: each.face, lambda person: self._admit(person, Kind.FACE))

    def card(self) -> None:
        """Let somebody come with a card that it knows, if there is anybody."""
        self._come(lambda each: bool(each.cards), lambda person: self._admit(person, Kind.CARD))

    def code(self) -> None:
        """Let somebody come who types a code that it knows, if there is anybody."""
        self._come(lambda each: bool(each.code), lambda person: self._admit(person, Kind.CODE))

    def unknown_card(self) -> None:
        """Let somebody come with a card that it does not know."""
        card = str(self._dice.randrange(1, 1 << 24))
        self.passers.come(lambda: self.write(Kind.CARD_UNKNOWN, Holder(key="", cards=(card,))))

    def leave(self) -> None:
        """Let somebody leave by the exit button."""
        self.passers.come(self._press_exit)

    def stranger(self) -> None:
        """Let somebody come whom it does not know."""
        self.passers.come(lambda: self.write(Kind.STRANGER, by_face=True))

    def spoof(self) -> None:
        """Let somebody come with a photograph of a person whose face it knows, or of anybody."""
        faces = [each for each in self.roster if each.face]
        person = self._dice.choice(faces) if faces else Holder(key="")
        self.passers.come(lambda: self.write(Kind.SPOOF, person, by_face=True))

    def enrol(self) -> bool:
        """Let the next of its people who may, and has not, show it their face; False if there is nobody."""
        return self._enrol(frozenset())

    def enrol_newcomer(self) -> bool:
        """As `enrol`; but nobody comes by themselves whose face was deleted."""
        return self._enrol(self.roster.forgotten)

    def _enrol(self, absent: Set[str]) -> bool:
        for person in self.roster:
            if not person.face and person.key not in absent and self._may_enrol(person.key):
                return self.condition.powered and self.roster.learn(person.key)
        return False

    def write(self, kind: Kind, person: Holder | None = None, *, by_face: bool = False) -> None:
        """Write a record and tell it."""
        if not self.condition.powered:
            return
        person = person or Holder(key="")
        record = Record(
            number=self.log.next_number(), kind=kind, at_s=self.now_s(), key=person.key, name=person.name
        )
        card = person.cards[0] if kind in (Kind.CARD, Kind.CARD_UNKNOWN) and person.cards else ""
        record = replace(record, card=card, by_face=by_face)
        if self.log.keep(record):
            self.tell(record)

    def _come(self, fits: Callable[[Holder], bool], attempt: Callable[[Holder], None]) -> None:
        people = [each for each in self.roster if fits(each) and not each.barred]
        if people:
            person = self._dice.choice(people)
            self.passers.come(lambda: attempt(person))

    def _admit(self, before: Holder, kind: Kind) -> None:
        """Compare with what it holds now, which may be less than when the person set out."""
        person = self.roster.find(before.key)
        by_face = kind is Kind.FACE
        if person is None or (by_face and not person.face):
            unknown = {Kind.FACE: Kind.STRANGER, Kind.CARD: Kind.CARD_UNKNOWN, Kind.CODE: Kind.CODE_WRONG}[
                kind
            ]
            self.write(unknown, Holder(key="", cards=before.cards), by_face=by_face)
        elif not person.may_pass(self.now_s()):
            self.write(Kind.BARRED if person.barred else Kind.EXPIRED, person, by_face=by_face)
        elif self.condition.powered:
            self.write(kind, person, by_face=by_face)
            self.open()

    def _press_exit(self) -> None:
        if self.condition.powered:
            self.write(Kind.EXIT)
            self.open()

    def _may_enrol(self, key: str) -> bool:
        return self._consents is None or key in read_consents(self._consents)

    def _watch(self) -> None:
        """Write down what lock and contact do."""
        unlocked, opened = self.strike.unlocked, self.contact.open
        if unlocked is not self._was[0]:
            self.write(Kind.LOCK_OPEN if unlocked else Kind.LOCK_CLOSED)
        if opened is not self._was[1]:
            self.write(Kind.DOOR_OPEN if opened else Kind.DOOR_CLOSED)
        self._was = (unlocked, opened)


def read_consents(file: Path) -> Iterable[str]:
    """Read who may have their face taken: a key a line; nobody while there is no such file."""
    try:
        return frozenset(file.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()
