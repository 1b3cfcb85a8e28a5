"""Keeps the people on a terminal as the lists want them: also after it was away, replaced or set back.

What the terminal holds is remembered by a digest for each person, so that a restart sends nobody anew. Before
it is told something about people, that is noted as doubtful: whatever breaks off in between is done again.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from contract.errors import DeviceError, DeviceUnreachable
from contract.lists import Level, Person
from drivers.face.enrolment import Enrolment
from drivers.face.ledger import Ledger
from drivers.face.options import FaceOptions
from drivers.face.plan import DOUBT, Plan
from drivers.face.rights import Rights
from drivers.face.terminal import Rejected, Terminal
from drivers.face.withdrawals import Withdrawals
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Changes, Port
from drivers.runtime.waiting import changed, pause

log = logging.getLogger(__name__)

LOOK_S: Final = 5.0
"""How often the clock, and the folder of pictures, are looked at."""

CHUNK: Final = 100
"""So many people are considered before anything else gets its turn."""

REMOVED_AT_ONCE: Final = 50
CALM_S: Final = 5.0
"""How long a terminal is left alone that did not answer."""

IDENTITY: Final = "people-identity"
OTHERS: Final = "people-others"
TOO_LONG: Final = "key-too-long"
BAD_PICTURE: Final = "bad-picture"


class People:
    """Those of one terminal. `news` is called when what `Shown` says of them has changed."""

    def __init__(
        self, options: FaceOptions, port: Port, terminal: Terminal, news: Callable[[], None]
    ) -> None:
        self.refusal = ""
        """The terminal's own word for why it last did not take somebody."""
        self.persons, self.levels = port.listed(Person), port.listed(Level)
        self._options, self._port, self._terminal, self._news = options, port, terminal, news
        self._plan = Plan(port.name.rpartition("/")[2])
        self._held = Ledger(port, "held")
        self._withdrawals = Withdrawals(port, terminal, self._forget)
        self._enrolment = Enrolment(options.enrolment, terminal.largest_picture)
        self._stirred = asyncio.Event()
        self._all_due = True
        self._check_at = float("-inf")
        self.persons.watch(self._persons_changed)
        self.levels.watch(self._levels_changed)
        self._note_withdrawals(self.persons.entries)

    @property
    def known(self) -> bool:
        """Whether the lists have ever come; before, nobody on the terminal is touched."""
        return self.persons.known and self.levels.known

    @property
    def held(self) -> int:
        """How many people the terminal has confirmed."""
        return len(self._held) - self._held.count(DOUBT)

    @property
    def pending(self) -> int:
        """How many are still to be sent or removed."""
        return len(self._plan)

    @property
    def failed(self) -> int:
        """How many it does not take."""
        return len(self._plan.failed)

    @property
    def faces_due(self) -> int:
        """How many withdrawn consents are not proved yet."""
        return len(self._withdrawals)

    @property
    def others(self) -> int:
        """How many are on the terminal whom no list has."""
        others = self._port.recall(OTHERS)
        return others if isinstance(others, int) else 0

    def knows(self, key: str) -> bool:
        """Whether a key is one of ours: what else a terminal calls people may be their identity number."""
        return key in self.persons.entries or key in self._held

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
        await self._check()
        await self._consider_due()
        while await self._step():
            self._news()
            await pause(self._port.clock, self._options.pace_s)
            await self._consider_due()

    async def _step(self) -> bool:
        """Do the most pressing thing; whether there was anything to do."""
        if await self._withdrawals.work() or await self._remove_some() or await self._enrol_one():
            return True
        people = self._plan.next_puts(self._terminal.batch)
        if people:
            await self._put(people)
        return bool(people)

    # What is to be done.

    def _persons_changed(self, changes: Changes) -> None:
        keys = [*changes.put, *changes.drop]
        if len(keys) > CHUNK or not self.known:
            self._all_due = True
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
            self._plan.consider(key, person, levels, self._held.get(key), now)

    async def _consider_due(self) -> None:
        if self._all_due:
            self._all_due = False
            self._plan.begin()
            keys = [*self.persons.entries, *(key for key in self._held if key not in self.persons.entries)]
            for start in range(0, len(keys), CHUNK):
                self._consider(keys[start : start + CHUNK])
                await asyncio.sleep(0)
            await self._withdrawals.forget(set(self.persons.entries))
        self._consider(self._plan.turned(self._port.clock.now()))

    # What the terminal holds.

    async def _check(self) -> None:
        """See now and then whether the terminal still holds what it was given."""
        now = self._port.clock.monotonic()
        if now < self._check_at:
            return
        identity = await self._terminal.identity()
        there = await self._terminal.count()
        if identity != self._port.recall(IDENTITY) or there != len(self._held) + self.others:
            await self._resynchronise(await self._terminal.keys(), there)
            await self._port.remember(IDENTITY, identity)
        self._check_at = now + self._options.check_s

    async def _resynchronise(self, keys: AbstractSet[str], count: int) -> None:
        """Take the terminal's own word for whom it holds; of whom we did not know, the shape is in doubt."""
        log.info("%s: holds %d people, we thought %d", self._port.name, count, len(self._held))
        gone = {key: "" for key in self._held if key not in keys}
        strange = [key for key in keys if key not in self._held]
        ours = [key for key in strange if self._options.others == "remove" or key in self.persons.entries]
        await self._held.write({**gone, **dict.fromkeys(ours, DOUBT)})
        await self._port.remember(OTHERS, max(0, count - len(self._held)))
        self._all_due = True

    async def _forget(self, key: str) -> None:
        await self._held.write({key: ""})
        await self._enrolment.discard(key)
        self._consider([key])

    async def _remove_some(self) -> bool:
        keys = list(self._plan.removals)[:REMOVED_AT_ONCE]
        if keys:
            await self._held.write(dict.fromkeys(keys, DOUBT))
            await self._terminal.remove(keys)
            await self._held.write(dict.fromkeys(keys, ""))
            self._consider(keys)
        return bool(keys)

    async def _put(self, people: Sequence[Rights]) -> None:
        fits = [each for each in people if len(each.key) <= self._terminal.longest_key]
        refused = {each.key: TOO_LONG for each in people if each not in fits}
        if fits:
            await self._held.write({each.key: DOUBT for each in fits})
            refused |= await self._terminal.put(fits)
        taken = {each.key: each.digest for each in fits if each.key not in refused}
        await self._settle(people, taken, refused)

    async def _settle(
        self, people: Sequence[Rights], taken: Mapping[str, str], refused: Mapping[str, str]
    ) -> None:
        await self._held.write(taken)
        self._plan.refused((each for each in people if each.key in refused), self._port.clock.now())
        for why in refused.values():
            self.refusal = why[:64]
        self._consider(taken)

    async def _enrol_one(self) -> bool:
        """Send one picture of somebody who is to have a face there, and delete it, taken or not."""
        if self._options.enrolment is None:
            return False
        entries, levels = self.persons.entries, self.levels.entries
        for key in await self._enrolment.keys():
            wanted = self._plan.consider(
                key, entries.get(key), levels, self._held.get(key), self._port.clock.now()
            )
            if wanted is None or not wanted.face or len(key) > self._terminal.longest_key:
                continue
            waiting = await self._enrolment.read(key)
            if waiting is not None:
                await self._enrol(wanted, waiting.jpeg)
                await self._enrolment.discard(key)
                return True
        return False

    async def _enrol(self, wanted: Rights, jpeg: bytes) -> None:
        if not jpeg:
            self.refusal = BAD_PICTURE
            return
        await self._held.write({wanted.key: DOUBT})
        try:
            await self._terminal.enrol(wanted, jpeg)
        except Rejected as wrong:
            self.refusal = wrong.code[:64]
            self._consider([wanted.key])  # the person goes without the picture
            return
        await self._settle([wanted], {wanted.key: wanted.digest}, {})
