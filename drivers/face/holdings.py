"""Whom a terminal holds, as far as is known: remembered by a digest for each person, over restarts.

Before a terminal is told something about people, that is noted as doubtful: whatever breaks off in between
is done again. Who is on it but in no list is only counted: such keys may be identity numbers, and are in no
file.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from contract.errors import DeviceError, DeviceUnreachable
from drivers.face.ledger import Ledger
from drivers.face.plan import DOUBT
from drivers.face.rights import Rights
from drivers.face.terminal import Terminal
from drivers.runtime.interface import Port

log = logging.getLogger(__name__)

REMOVED_AT_ONCE: Final = 50
IDENTITY: Final = "people-identity"
OTHERS: Final = "people-others"
TOO_LONG: Final = "key-too-long"
NOT_DELETED: Final = "not-deleted"
WORD: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""A terminal's word for why not; what is none may name somebody."""


class Survey(NamedTuple):
    """Where a terminal holds other people than we thought.

    `gone`: whom it does not hold. `ours`: who is in the lists, and on it unbeknown to us: their shape is in
    doubt. `strangers`: who is in no list; `others` counts those without a key, too. `doubtful`: of whom it
    may hold what we never gave it, a face among it, for somebody else has changed its people.
    """

    gone: AbstractSet[str]
    ours: AbstractSet[str]
    strangers: AbstractSet[str]
    others: int
    doubtful: AbstractSet[str]


class Holdings:
    """Those of one terminal. Everything that asks it: DeviceUnreachable; StorageError. One call at a time."""

    def __init__(self, port: Port, terminal: Terminal) -> None:
        self.refusal = ""
        """The terminal's own word for why it last did not take somebody."""
        self._port, self._terminal = port, terminal
        self._held = Ledger(port, "held")
        self._strangers: list[str] = []

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __contains__(self, key: str) -> bool:
        return key in self._held

    @property
    def confirmed(self) -> int:
        """How many people the terminal has confirmed."""
        return len(self._held) - self._held.count(DOUBT)

    @property
    def others(self) -> int:
        """How many are on the terminal whom no list has."""
        others = self._port.recall(OTHERS)
        return others if isinstance(others, int) else 0

    def word(self, key: str) -> str:
        """Return the digest of what the terminal holds of somebody, or DOUBT; empty: it holds nothing."""
        return self._held.get(key)

    def refuse(self, why: str) -> None:
        """Note why the terminal did not take somebody."""
        self.refusal = why if WORD.fullmatch(why) else "rejected"

    # Whether it is as we think.

    @property
    def met(self) -> bool:
        """Whether the people of any terminal were ever looked at."""
        return self._port.recall(IDENTITY) is not None

    async def is_another(self) -> bool:
        """See whether this is another terminal than the one whose people were looked at last."""
        return await self._terminal.identity() != self._port.recall(IDENTITY)

    async def miscounted(self) -> bool:
        """Ask whether it holds another number of people than we think."""
        return await self._terminal.count() != len(self._held) + self.others

    async def survey(self, listed: AbstractSet[str]) -> Survey:
        """Take the terminal's own word for whom it holds."""
        keys, count = await self._terminal.keys(), await self._terminal.count()
        log.info("%s: holds %d people, we thought %d", self._port.name, count, len(self._held))
        gone = frozenset(key for key in self._held if key not in keys)
        strange = keys - frozenset(self._held)
        others = max(0, count - len(self._held) + len(gone) - len(strange & listed))
        lost = any(key in listed and self.word(key) != DOUBT for key in gone)
        somebody_did = self.met and (lost or strange & listed or others > self.others)
        return Survey(
            gone=gone,
            ours=strange & listed,
            strangers=strange - listed,
            others=others,
            doubtful=keys if somebody_did else frozenset(),
        )

    async def accept(self, survey: Survey, *, remove_others: bool) -> None:
        """Go on from what a survey found; others are to be removed, where that is wanted."""
        await self._held.write({**dict.fromkeys(survey.gone, ""), **dict.fromkeys(survey.ours, DOUBT)})
        self._strangers = sorted(survey.strangers) if remove_others else []
        await self._port.remember(OTHERS, survey.others)
        await self._port.remember(IDENTITY, await self._terminal.identity())

    # What it is told.

    async def put(self, people: Sequence[Rights]) -> Sequence[Rights]:
        """Add people, or change them; return whom it did not take."""
        fits = [each for each in people if len(each.key) <= self._terminal.longest_key]
        refused = {each.key: TOO_LONG for each in people if each not in fits}
        if fits:
            await self._held.write({each.key: DOUBT for each in fits})
            refused |= await self._terminal.put(fits)
        await self._held.write({each.key: each.digest for each in fits if each.key not in refused})
        for why in refused.values():
            self.refuse(why)
        return [each for each in people if each.key in refused]

    async def enrol(self, person: Rights, jpeg: bytes) -> None:
        """Add or change a person, with the face of a picture, if the terminal takes it."""
        await self._held.write({person.key: DOUBT})
        try:
            await self._terminal.enrol(person, jpeg)
        except DeviceUnreachable:
            raise
        except DeviceError as wrong:
            self.refuse(wrong.code)
        else:
            await self._held.write({person.key: person.digest})

    async def remove(self, keys: Sequence[str]) -> AbstractSet[str]:
        """Have people deleted; return whom the terminal keeps."""
        await self._held.write(dict.fromkeys(keys, DOUBT))
        kept = await self._delete(keys)
        await self._held.write({key: "" for key in keys if key not in kept})
        return kept

    async def remove_strangers(self) -> bool:
        """Have some of those deleted whom no list has; whether there were any."""
        keys, self._strangers = self._strangers[:REMOVED_AT_ONCE], self._strangers[REMOVED_AT_ONCE:]
        if keys:
            kept = await self._delete(keys)
            await self._port.remember(OTHERS, max(0, self.others - len(keys) + len(kept)))
        return bool(keys)

    async def forget(self, key: str) -> None:
        """Take that the terminal holds somebody no more."""
        await self._held.write({key: ""})

    async def _delete(self, keys: Sequence[str]) -> AbstractSet[str]:
        why = NOT_DELETED
        try:
            await self._terminal.remove(keys)
        except DeviceUnreachable:
            raise
        except DeviceError as wrong:
            why = wrong.code
        kept = await self._terminal.present(keys)
        if kept:
            self.refuse(why)
        return kept
