"""Withdrawn consents: every terminal deletes the face, is asked whether it is gone, and reports that once.

Also a terminal that never held the person is asked and reports: the proof is that no terminal has the face.
(人脸识别技术应用安全管理办法, Art. 6 and 14; PIPL Art. 15 and 47.)
"""

import logging
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from contract.errors import DeviceError, DeviceUnreachable
from contract.lists import Person
from contract.passes import FACE_REMOVED, FaceRemoved
from drivers.face.ledger import Ledger
from drivers.face.plan import UNDATED, withdrawn_since
from drivers.face.terminal import Presence, Terminal
from drivers.runtime.interface import Port

log = logging.getLogger(__name__)

AGAIN_S: Final = 60.0
"""How long a terminal that did not delete a face is left alone."""

HAD: Final = "had"
"""The word for whom the terminal held when it was told to delete them, until it is proved that it did."""

ROUND: Final = "face-round"
"""How often what had been proved was in doubt again: another proof is another event."""


class Withdrawals:
    """Those of one terminal. `removed` is told whom the terminal does not hold any more."""

    def __init__(self, port: Port, terminal: Terminal, removed: Callable[[str], Awaitable[None]]) -> None:
        self._port, self._terminal, self._removed = port, terminal, removed
        self._proved = Ledger(port, "face-gone")
        self._due: dict[str, str] = {}
        self._not_before: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._due)

    def consider(self, key: str, person: Person | None) -> None:
        """See whether a person's consent is withdrawn, and that not proved yet."""
        since = withdrawn_since(person)
        if since and self._proved.get(key) != since:
            self._due[key] = since
        else:
            self._due.pop(key, None)

    async def forget(self, persons: AbstractSet[str]) -> None:
        """Forget the proofs about whoever is in the list no more."""
        await self._proved.write({key: "" for key in self._proved if key not in persons})

    async def doubt(self, keys: AbstractSet[str] | None = None) -> None:
        """Take that what was proved about these people, or anybody, holds no more: `consider` them again.

        Another terminal stands there, or this one holds whom we did not give it.
        """
        proved = [key for key in self._proved if self._proved.get(key) != HAD]
        doubtful = [key for key in proved if keys is None or key in keys]
        if doubtful:
            await self._port.remember(ROUND, self._round + 1)
            await self._proved.write(dict.fromkeys(doubtful, ""))

    async def work(self) -> bool:
        """Remove one face; whether there was one to remove. DeviceUnreachable if the terminal is away."""
        now = self._port.clock.monotonic()
        for key, since in self._due.items():
            if now >= self._not_before.get(key, now):
                await self._remove(key, since)
                return True
        return False

    @property
    def _round(self) -> int:
        done = self._port.recall(ROUND)
        return done if isinstance(done, int) else 0

    async def _remove(self, key: str, since: str) -> None:
        try:
            held = await self._delete(key)
        except DeviceUnreachable:
            raise
        except DeviceError as wrong:
            log.warning("%s: a face is not removed yet: %s", self._port.name, wrong.code)
            self._not_before[key] = self._port.clock.monotonic() + AGAIN_S
            return
        await self._prove(key, since, held=held)
        self._not_before.pop(key, None)
        if self._due.get(key) == since:
            del self._due[key]

    async def _delete(self, key: str) -> bool:
        """Have the terminal delete a person and see that they are gone; whether it held them."""
        there = await self._presence(key)
        if there.person:
            await self._proved.write({key: HAD})
            await self._terminal.remove([key])
            after = await self._presence(key)
            if after.person and after.face is not False:
                raise DeviceError("the terminal says it deleted, and did not", code="not-deleted")
        await self._removed(key)
        return self._proved.get(key) == HAD

    async def _prove(self, key: str, since: str, *, held: bool) -> None:
        proof = FaceRemoved(
            person=key, since="" if since == UNDATED else since, held=held, acknowledged=held, absent=True
        )
        number = f"face-removed-{key}-{since}" + (f"-{self._round}" if self._round else "")
        await self._port.emit(FACE_REMOVED, msgspec.to_builtins(proof), id=number)
        await self._proved.write({key: since})

    async def _presence(self, key: str) -> Presence:
        if len(key) > self._terminal.longest_key:
            return Presence(person=False, face=False)  # it was never sent
        return await self._terminal.presence(key)
