"""Gathers evidence: planned with the alarm in one transaction, gathered by a worker that survives a kill."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from contract.errors import HemeiError
from hub.alarms.alarm import Change, EntryKind
from hub.alarms.changes import Participant
from hub.alarms.definition import Definition
from hub.evidence import works
from hub.evidence.asking import TAKEN
from hub.evidence.means import Means
from hub.evidence.piece import Piece, PieceKind
from hub.evidence.plan import plan
from hub.ledger.commit import Entry

logger = logging.getLogger(__name__)

SETTLE_S: Final = 5.0
"""So long after a start the devices may still be describing themselves."""

RETRY_S: Final = 5.0
_ANSWERS: Final = frozenset(TAKEN.values())

_WORKS: Final[Mapping[PieceKind, Callable[[Piece, Means], Awaitable[None]]]] = MappingProxyType(
    {
        PieceKind.CAMERAS: works.cameras,
        PieceKind.PICTURE: works.picture,
        PieceKind.SNAPSHOT: works.camera,
        PieceKind.CLIP: works.camera,
        PieceKind.DATA: works.data,
    }
)


class EvidenceGatherer(Participant):
    """Plans and gathers one tenant's evidence. Lives on the hub's event loop."""

    def __init__(
        self, means: Means, definitions: Mapping[str, Definition], settle_s: float = SETTLE_S
    ) -> None:
        self._means = means
        self._definitions = definitions
        self._settled_ms = means.clock.now_ms() + round(settle_s * 1000)
        self._answered: set[str] = set()
        self._wake = asyncio.Event()

    def within(self, connection: Connection, change: Change) -> None:
        """Plan what the alarm's definition asks for."""
        plan(connection, change, self._definitions, self._means.store)

    def committed(self, changes: Sequence[Change]) -> None:
        """Take that something may have been planned."""
        if any(change.entry.kind is EntryKind.RAISED for change in changes):
            self._wake.set()

    def on_events(self, entries: Sequence[Entry]) -> None:
        """Take that events are in the ledger: one may be a camera's answer."""
        for entry in entries:
            event = entry.arrival.event
            if event.type in _ANSWERS:
                self._wake.set()
                if event.action is not None:
                    self._answered.add(event.action)

    async def run(self) -> None:
        """Gather until cancelled; what a hub that was killed had planned is taken up first."""
        while True:
            self._wake.clear()
            try:
                pause_s = await self.step()
            except (HemeiError, SQLAlchemyError, OSError):
                logger.exception("evidence cannot be gathered; trying again")
                pause_s = RETRY_S
            try:
                async with asyncio.timeout(pause_s):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def step(self) -> float | None:
        """Do what can be done now; return after how many seconds there is more, None: when woken."""
        means = self._means
        answered, self._answered = self._answered, set()
        try:
            pieces = await means.ledger.write(lambda connection: self._open(connection, answered))
        except BaseException:
            self._answered |= answered
            raise
        now_ms = means.clock.now_ms()
        for piece in pieces:
            if self._due_ms(piece) <= now_ms or piece.action in answered:
                await self._go_on(piece)
        waiting = await means.ledger.read(means.store.open)
        if not waiting:
            return None
        return max(0.0, (min(map(self._due_ms, waiting)) - means.clock.now_ms()) / 1000)

    def _open(self, connection: Connection, answered: set[str]) -> list[Piece]:
        if answered:
            self._means.store.revive(connection, answered)
        return self._means.store.open(connection)

    def _due_ms(self, piece: Piece) -> int:
        """Cameras are chosen once they have had time, after a start, to say that they are there."""
        due_ms = self._means.due_ms(piece)
        return max(due_ms, self._settled_ms) if piece.kind is PieceKind.CAMERAS else due_ms

    async def _go_on(self, piece: Piece) -> None:
        try:
            await _WORKS[piece.kind](piece, self._means)
        except (HemeiError, SQLAlchemyError, OSError):
            logger.exception("%s of %s for alarm %s: trying again", piece.kind, piece.device, piece.alarm)
            self._means.later(piece, round(RETRY_S * 1000))
