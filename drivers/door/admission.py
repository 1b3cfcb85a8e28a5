"""Lets in who may: takes cards and keys from the reader, has them decided on, and says what came of it."""

import asyncio
from typing import Final

from contract.errors import DeviceError
from contract.passes import Means
from drivers.door import events, pins
from drivers.door.access import NOBODY, Access
from drivers.door.cache import AccessCache
from drivers.door.decision import Denial
from drivers.door.entry import Entry, Step, Verdict
from drivers.door.lock import Lock
from drivers.door.member import CardRead, KeyPress
from drivers.door.options import DoorOptions
from drivers.door.people import People
from drivers.door.reader import Reader
from drivers.door.shown import denied, granted
from drivers.door.telling import Teller
from drivers.door.watch import Cause
from drivers.door.wiegand import read_card

SIGNAL_S: Final = 2.0


class Admission:
    """What stands between a card or a code at one reader and its lock. `cache` None: no file, only lists."""

    def __init__(
        self,
        options: DoorOptions,
        reader: Reader,
        lock: Lock,
        cache: AccessCache | None,
        people: People,
        teller: Teller,
    ) -> None:
        self._reader = reader
        self._lock = lock
        self._cache = cache
        self._teller = teller
        self._people = people
        self._entry = Entry(options, people)
        self._direction = options.direction
        self._pin_s = options.pin_s
        self._door = reader.port.name.rsplit("/", 1)[-1]
        """The id by which access levels name the door."""

    @property
    def wrong_tries(self) -> int:
        """Wrong tries in a row."""
        return self._entry.wrong_tries

    @property
    def _access(self) -> Access:
        return self._cache.access if self._cache else NOBODY

    def take_card(self, read: CardRead) -> None:
        """Take a card; it opens, or waits for its PIN, or is denied."""
        port, now = self._reader.port, self._reader.now
        try:
            card = read_card(read.bits, read.data)
        except DeviceError as wrong:
            port.malformed(str(wrong))
            self._deny(self._entry.deny(Denial.UNREADABLE, now))
            return
        if not (self._people.known or (self._cache is not None and self._cache.loaded)):
            self._deny(self._entry.deny(Denial.NO_LIST, now, card))
            return
        self._settle(self._entry.card(self._access, self._door, card, port.clock.now(), now))

    async def take_keys(self, pressed: KeyPress) -> None:
        """Take keys of the keypad; with the last one the PIN is checked."""
        verdict = self._entry.keys(pins.keys(pressed.data), self._reader.now)
        if verdict is not None and verdict.step is Step.CHECK_CODE:
            port, now = self._reader.port, self._reader.now
            self._settle(self._entry.code(self._people, self._door, verdict.pin, port.clock.now(), now))
            return
        if verdict is None or verdict.credential is None or verdict.credential.pin is None:
            return
        right = await asyncio.to_thread(pins.is_right, verdict.pin, verdict.credential.pin)
        wall, now = self._reader.port.clock.now(), self._reader.now
        checked = self._entry.checked(self._access, self._door, right, wall, now)
        if checked is not None:
            self._settle(checked)

    def look(self) -> None:
        """See whether somebody has waited too long with the PIN."""
        verdict = self._entry.look(self._reader.now)
        if verdict is not None:
            self._deny(verdict)

    def _settle(self, verdict: Verdict) -> None:
        if verdict.step is Step.ASK_PIN:
            self._reader.signal("amber", seconds=self._pin_s, beeps=1)
        elif verdict.step is Step.DENY:
            self._deny(verdict)
        elif verdict.step is Step.GRANT:
            cause = Cause.CODE if verdict.means is Means.CODE else Cause.CARD
            self._lock.expect(cause)
            self._lock.let_through(cause)
            self._reader.signal("green", seconds=SIGNAL_S, beeps=1)
            self._teller.tell(events.GRANTED, granted(verdict, self._direction))

    def _deny(self, verdict: Verdict) -> None:
        self._reader.signal("red", seconds=SIGNAL_S, beeps=2)
        self._teller.tell(events.DENIED, denied(verdict, self._direction))
        if verdict.tries is not None:
            self._teller.tell(events.TOO_MANY_TRIES, {"tries": verdict.tries})
