"""Keeps the people on a terminal as the lists want them: also after it was away, replaced or set back.

Who must not pass any more goes before all else, and nobody whom the terminal refuses keeps others waiting.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from contract.errors import DeviceError, DeviceUnreachable
from contract.lists import Level, Person
from drivers.face.enrolment import Enrolment
from drivers.face.holdings import REMOVED_AT_ONCE, Holdings
from drivers.face.options import FaceOptions
from drivers.face.plan import Plan, withdrawn_since
from drivers.face.terminal import Terminal
from drivers.face.withdrawals import Withdrawals
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Changes, Port
from drivers.runtime.waiting import changed, pause

log = logging.getLogger(__name__)

LOOK_S: Final = 5.0
"""How often the clock, and the folder of pictures, are looked at."""

CHUNK: Final = 100
"""So many people are considered before anything else gets its turn."""

CALM_S: Final = 5.0
"""How long a terminal is left alone that did not answer."""

CLOCK_SET_BACK: Final = timedelta(seconds=2)
"""A clock that goes back further was wrong, and so was what was done by it."""

BAD_PICTURE: Final = "bad-picture"
PICTURES_AGAIN_S: Final = 60.0
"""How long pictures wait after one that the terminal did not answer."""


class People:
    """Those of one terminal. `news` is called when what `Shown` says of them has changed."""

    def __init__(
        self, options: FaceOptions, port: Port, terminal: Terminal, news: Callable[[], None]
    ) -> None:
        self.persons, self.levels = port.listed(Person), port.listed(Level)
        self.holdings = Holdings(port, terminal)
        self._options, self._port, self._terminal, self._news = options, port, terminal, news
        self._plan = Plan(port.name.rpartition("/")[2])
        self._withdrawals = Withdrawals(port, terminal, self._gone)
        self._enrolment = Enrolment(options.enrolment, terminal.largest_picture)
        self._stirred = asyncio.Event()
        self._all_due = True
        self._due: dict[str, None] = {}
        self._latest = port.clock.now()
        self._check_at = self._enrol_at = float("-inf")
        self.persons.watch(self._persons_changed)
        self.levels.watch(self._levels_changed)
        self._note_withdrawals(self.persons.entries)

    @property
    def known(self) -> bool:
        """Whether the lists have ever come; before, nobody on the terminal is touched."""
        return self.persons.known and self.levels.known

    @property
    def pending(self) -> int:
        """How many are still to be sent or removed."""
        return len(self._plan)

    @property
    def failed(self) -> int:
        """How many it does not take, or does not delete."""
        return len(self._plan.failed)

    @property
    def faces_due(self) -> int:
        """How many withdrawn consents are not proved yet."""
        return len(self._withdrawals)

    def knows(self, key: str) -> bool:
        """Whether a key is one of ours: what else a terminal calls people may be their identity number."""
        return key in self.persons.entries or key in self.holdings

    async def run(self) -> None:
        """Work until cancelled; the terminal answers."""
        self._check_at = float("-inf")
        while True:
            try:
                await self._rounds()
            except DeviceUnreachable as lost:
                log.info("%s: its people wait: %s", self._port.name, lost)
            except DeviceError as wrong:
                self._port.malformed(f"its people: {wrong.code}")
            except StorageError as full:
                log.warning("%s: its people wait: %s", self._port.name, full)
            self._news()
            await pause(self._port.clock, CALM_S)

    async def _rounds(self) -> None:
        while True:
            self._stirred.clear()
            if self.known:
                await self._round()
            self._news()
            await changed(self._port.clock, self._stirred, LOOK_S)

    async def _round(self) -> None:
        if self.holdings.met and await self.holdings.is_another():
            await self._withdrawals.doubt()
        while await self._withdrawals.work():  # to ask for thousands of people may take minutes
            await self._breathe()
        await self._check()
        await self._consider_due()
        while await self._step():
            await self._breathe()
            await self._consider_due()

    async def _breathe(self) -> None:
        self._news()
        await pause(self._port.clock, self._options.pace_s)

    async def _step(self) -> bool:
        """Do the most pressing thing; whether there was anything to do."""
        return (
            await self._withdrawals.work()
            or await self._remove_some()
            or (bool(self._plan.urgent) and await self._put_some())
            or await self._enrol_one()
            or await self._put_some()
            or await self.holdings.remove_strangers()
        )

    # What is to be done.

    def _persons_changed(self, changes: Changes) -> None:
        keys = [*changes.put, *changes.drop]
        if len(keys) > CHUNK or not self.known:
            self._due |= dict.fromkeys(keys)
            self._note_withdrawals(keys)
        else:
            self._consider(keys)
        self._stir()

    def _levels_changed(self, changes: Changes) -> None:
        self._all_due = True
        self._stir()

    def _stir(self) -> None:
        self._stirred.set()
        self._news()

    def _note_withdrawals(self, keys: Iterable[str]) -> None:
        """Count them at once, also while the terminal is away: an alarm waits for them."""
        entries = self.persons.entries
        for key in keys:
            self._withdrawals.consider(key, entries.get(key))

    def _consider(self, keys: Iterable[str]) -> None:
        entries, levels, now = self.persons.entries, self.levels.entries, self._port.clock.now()
        for key in keys:
            person = entries.get(key)
            self._withdrawals.consider(key, person)
            self._plan.consider(key, person, levels, self.holdings.word(key), now)

    async def _consider_due(self) -> None:
        now = self._port.clock.now()
        if now < self._latest - CLOCK_SET_BACK:
            self._all_due = True
            self._plan.retry()
        self._latest = now
        if self._all_due:
            self._all_due = False
            self._plan.begin()
            self._due = dict.fromkeys((*self.persons.entries, *self.holdings))
            await self._withdrawals.forget(set(self.persons.entries))
        self._due |= dict.fromkeys(self._plan.turned(self.levels.entries, now))
        while self._due:
            keys = list(self._due)[:CHUNK]
            for key in keys:
                del self._due[key]
            self._consider(keys)
            await asyncio.sleep(0)

    # What is done.

    async def _check(self) -> None:
        """See now and then whether the terminal still holds what it was given."""
        now = self._port.clock.monotonic()
        if now < self._check_at:
            return
        remove_others = self._options.others == "remove"
        unwanted = remove_others and self.holdings.others > 0
        if unwanted or await self.holdings.is_another() or await self.holdings.miscounted():
            survey = await self.holdings.survey(self.persons.entries.keys())
            await self._withdrawals.doubt(survey.doubtful)
            await self.holdings.accept(survey, remove_others=remove_others)
            self._all_due = True
        self._check_at = now + self._options.check_s

    async def _gone(self, key: str) -> None:
        await self.holdings.forget(key)
        await self._enrolment.discard(key)
        self._consider([key])

    async def _remove_some(self) -> bool:
        keys = list(self._plan.removals)[:REMOVED_AT_ONCE]
        if keys:
            kept = await self.holdings.remove(keys)
            self._plan.kept(kept, self._port.clock.now())
            self._consider(keys)
        return bool(keys)

    async def _put_some(self) -> bool:
        people = self._plan.next_puts(self._terminal.batch)
        if people:
            refused = await self.holdings.put(people)
            self._plan.refused(refused, self._port.clock.now())
            self._consider(each.key for each in people)
        return bool(people)

    async def _enrol_one(self) -> bool:
        """Send one picture of somebody who is to have a face there, and delete it, taken or not."""
        entries, clock = self.persons.entries, self._port.clock
        now = clock.now()
        if clock.monotonic() < self._enrol_at:
            return False
        for key in await self._enrolment.keys():
            person = entries.get(key)
            if withdrawn_since(person):
                await self._enrolment.discard(key)
                continue
            word = self.holdings.word(key)
            wanted = self._plan.consider(key, person, self.levels.entries, word, now)
            if wanted is None or not wanted.face or len(key) > self._terminal.longest_key:
                continue
            jpeg = await self._enrolment.read(key, now)
            if jpeg is None:
                continue
            if jpeg:
                self._enrol_at = clock.monotonic() + PICTURES_AGAIN_S
                await self.holdings.enrol(wanted, jpeg)
                self._enrol_at = float("-inf")
            else:
                self.holdings.refuse(BAD_PICTURE)
            await self._enrolment.discard(key)
            self._consider([key])
            return True
        return False
