"""Withdrawn consents: every terminal deletes the face, is asked whether it is gone, and reports that once.

Also a terminal that never held the person is asked and reports: the proof is that no terminal has the face.
(人脸识别技术应用安全管理办法, Art. 6 and 14; PIPL Art. 15 and 47.)
"""

import logging
from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
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

AGAIN: Final = timedelta(minutes=1)
"""How long a terminal that did not delete a face is left alone."""


class Withdrawals:
    """Those of one terminal. `removed` is told whom the terminal does not hold any more."""

    def __init__(self, port: Port, terminal: Terminal, removed: Callable[[str], Awaitable[None]]) -> None:
        self._port, self._terminal, self._removed = port, terminal, removed
        self._proved = Ledger(port, "face-gone")
        self._due: dict[str, str] = {}
        self._not_before: dict[str, datetime] = {}

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

    async def work(self) -> bool:
        """Remove one face; whether there was one to remove. DeviceUnreachable if the terminal is away."""
        now = self._port.clock.now()
        for key, since in self._due.items():
            if now >= self._not_before.get(key, now):
                await self._remove(key, since)
                return True
        return False

    async def _remove(self, key: str, since: str) -> None:
        try:
            held = await self._presence(key)
            if held.person:
                await self._terminal.remove([key])
                await self._removed(key)
            absent = await self._is_gone(key) if held.person else True
        except DeviceUnreachable:
            raise
        except DeviceError as wrong:
            self._try_later(key, wrong.code)
            return
        if absent is False:
            self._try_later(key, "still there")
            return
        proof = FaceRemoved(
            person=key,
            since="" if since == UNDATED else since,
            held=held.person,
            acknowledged=held.person,
            absent=absent,
        )
        data = msgspec.to_builtins(proof)
        await self._port.emit(FACE_REMOVED, data, id=f"face-removed-{key}-{since}")
        await self._proved.write({key: since})
        self._not_before.pop(key, None)
        if self._due.get(key) == since:
            del self._due[key]

    async def _presence(self, key: str) -> Presence:
        if len(key) > self._terminal.longest_key:
            return Presence(person=False, face=False)  # it was never sent
        return await self._terminal.presence(key)

    async def _is_gone(self, key: str) -> bool | None:
        """Ask afterwards: None if it cannot say."""
        after = await self._presence(key)
        if not after.person:
            return True
        return None if after.face is None else not after.face

    def _try_later(self, key: str, why: str) -> None:
        log.warning("%s: a face is not removed yet: %s", self._port.name, why)
        self._not_before[key] = self._port.clock.now() + AGAIN
