"""Deletes the files of pictures and clips that nothing needs any more. Careful: what is in doubt stays.

A file goes only if it is old itself and every namer, asked at that moment, leaves it out. If one of them
fails, nothing is deleted.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import SQLAlchemyError

from contract.clock import Clock
from hub.audit.chain import append_all
from hub.audit.entry import AuditEntry
from hub.evidence.piece import PieceState
from hub.evidence.retention import DAY_MS, RecordRetention, ends, held, may_go
from hub.evidence.schema import evidence
from hub.evidence.store import piece_of
from hub.ledger.schema import events
from hub.ledger.transactions import Transactions

logger = logging.getLogger(__name__)

FIRST_S: Final = 600.0
EVERY_S: Final = 86_400.0
AT_ONCE: Final = 1_000
_NAME: Final = re.compile(r"[0-9a-f]{64}")

Namer = Callable[[Connection, int], Iterable[str]]
"""Returns the SHA-256 of every file that somebody needs at a time (ms since 1970)."""


class Purge:
    """The files of one tenant. `namers`: who else needs files, such as proofs of work orders."""

    def __init__(
        self,
        ledger: Transactions,
        folder: Path,
        tenant: str,
        clock: Clock,
        retention: RecordRetention,
        namers: Sequence[Namer] = (),
    ) -> None:
        self._ledger = ledger
        self._folder = folder
        self._tenant = tenant
        self._clock = clock
        self._retention = retention
        self._namers = (self._evidence, self._events, *namers)

    async def run(self) -> None:
        """Purge once a day until cancelled, and not while the hub starts."""
        await asyncio.sleep(FIRST_S)
        while True:
            try:
                await self.once()
            except (SQLAlchemyError, OSError, msgspec.MsgspecError):
                logger.exception("nothing is purged: it is not known what is needed")
            await asyncio.sleep(EVERY_S)

    async def once(self) -> int:
        """Delete what nothing needs; return how many files went."""
        now_ms = self._clock.now_ms()
        before_ms = now_ms - self._retention.media_days * DAY_MS
        old = await asyncio.to_thread(lambda: list(self._old(before_ms)))
        if not old:
            return 0
        needed = await self._ledger.read(lambda connection: self._needed(connection, now_ms))
        unneeded = [path for path in old if path.name not in needed]
        for start in range(0, len(unneeded), AT_ONCE):
            await self._let_go(unneeded[start : start + AT_ONCE], now_ms, before_ms)
        return len(unneeded)

    async def _let_go(self, group: Sequence[Path], now_ms: int, before_ms: int) -> None:
        """Write it down first: a crash in between leaves a file too many, never an entry too few."""
        await self._ledger.write(lambda connection: self._write_down(connection, group, now_ms))
        await asyncio.to_thread(_delete, group, before_ms)

    def _old(self, before_ms: int) -> Iterator[Path]:
        for path in self._folder.glob("??/*"):
            if _NAME.fullmatch(path.name) and path.stat().st_mtime * 1000 < before_ms:
                yield path

    def _needed(self, connection: Connection, now_ms: int) -> set[str]:
        return {sha256 for namer in self._namers for sha256 in namer(connection, now_ms)}

    def _evidence(self, connection: Connection, now_ms: int) -> Iterator[str]:
        kept, closed = held(connection, self._tenant), ends(connection, self._tenant)
        query = select(evidence).where(evidence.c.tenant == self._tenant)
        for row in connection.execute(query).mappings():
            piece = piece_of(row)
            closed_ms, is_held = closed.get(piece.alarm), piece.alarm in kept
            named = piece.sha256 or piece.details.get("named")
            if named and not may_go(
                piece, closed_ms=closed_ms, held=is_held, now_ms=now_ms, retention=self._retention
            ):
                yield named

    def _events(self, connection: Connection, now_ms: int) -> Iterator[str]:
        since_ms = now_ms - self._retention.media_days * DAY_MS
        query = select(events.c.payload).where(
            events.c.tenant == self._tenant,
            events.c.received_ms >= since_ms,
            events.c.payload.contains('"media"'),
        )
        for payload in connection.execute(query).scalars():
            data = msgspec.json.decode(payload).get("data")
            yield from _texts(data.get("media") if isinstance(data, dict) else None)

    def _write_down(self, connection: Connection, group: Sequence[Path], now_ms: int) -> None:
        names = [path.name for path in group]
        ours = (evidence.c.tenant == self._tenant) & evidence.c.sha256.in_(names)
        ours &= evidence.c.state == PieceState.GOT.value
        columns = (evidence.c.sha256, evidence.c.alarm)
        gone = connection.execute(select(*columns).where(ours, evidence.c.gone_ms.is_(None))).all()
        connection.execute(update(evidence).where(ours).values(gone_ms=now_ms))
        said = [self._entry(now_ms, sha256, {"alarm": alarm}) for sha256, alarm in gone]
        others = len(set(names) - {sha256 for sha256, _ in gone})
        if others:
            said.append(self._entry(now_ms, "", {"files": others}))
        append_all(connection, said)

    def _entry(self, now_ms: int, about: str, details: dict[str, Any]) -> AuditEntry:
        return AuditEntry(
            tenant=self._tenant,
            ts_ms=now_ms,
            who="hub",
            what="media.purged",
            about=about,
            reason="retention",
            details=details,
        )


def _texts(named: Any) -> Iterator[str]:
    if isinstance(named, list):
        yield from (each for each in named if isinstance(each, str))


def _delete(group: Sequence[Path], before_ms: int) -> None:
    for path in group:
        # The same picture may have come again meanwhile; its file is then as good as new.
        if path.exists() and path.stat().st_mtime * 1000 < before_ms:
            path.unlink()
