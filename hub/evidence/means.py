"""What gathering works with, and how it ends: every outcome stands on the alarm's timeline."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from msgspec.structs import replace
from sqlalchemy import Connection

from contract.clock import Clock
from contract.topics import Address
from hub.actions.asks import Asks
from hub.alarms.alarm import EntryKind
from hub.evidence.datafile import Series
from hub.evidence.piece import Piece, PieceState, told
from hub.evidence.store import PieceStore
from hub.ledger.transactions import Transactions
from hub.shadows.shadow import Shadow


class Desk(Protocol):
    """What is needed of the alarm desk."""

    def note(
        self,
        ident: str,
        kind: EntryKind,
        *,
        who: str = "hub",
        note: str = "",
        data: dict[str, Any] | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> Awaitable[object]:
        """Add to an alarm's timeline, and do `also` with it or not at all."""
        ...


class Devices(Protocol):
    """The shadows."""

    def __iter__(self) -> Iterator[Shadow]: ...

    def get(self, address: Address) -> Shadow | None:
        """Return the shadow of a device, if it was ever heard of."""
        ...


class Media(Protocol):
    """Pictures and clips. Blocking."""

    def path(self, sha256: str) -> Path | None:
        """Return where the bytes are, if they are here."""
        ...

    def save(self, sha256: str, content: bytes) -> None:
        """Keep bytes durably."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Everything that gathering needs of the hub."""

    desk: Desk
    ledger: Transactions
    actions: Asks
    devices: Devices
    history: Series
    media: Media
    clock: Clock
    store: PieceStore
    _pauses: dict[str, int] = field(default_factory=dict)

    async def keep(self, piece: Piece) -> None:
        """Write how far a piece is."""
        await self.ledger.write(lambda connection: self.store.put(connection, piece))

    def due_ms(self, piece: Piece) -> int:
        """Return when to go on with a piece."""
        return max(piece.next_ms, self._pauses.get(piece.id, 0))

    def later(self, piece: Piece, pause_ms: int) -> None:
        """Go on with a piece after a pause; after a restart without one."""
        self._pauses[piece.id] = self.clock.now_ms() + pause_ms

    async def put_back(self, piece: Piece, pause_ms: int, error: str | None) -> None:
        """Begin anew with a piece after a pause."""
        next_ms = self.clock.now_ms() + pause_ms
        planned = replace(piece, state=PieceState.PLANNED, next_ms=next_ms, error=error or piece.error)
        await self.keep(planned)

    async def got(self, piece: Piece) -> None:
        """Take a piece, and say so on the alarm's timeline, or neither."""
        await self._end(replace(piece, state=PieceState.GOT, error=None))

    async def failed(self, piece: Piece, error: str) -> None:
        """Give a piece up, and say so on the alarm's timeline, or neither."""
        await self._end(replace(piece, state=PieceState.FAILED, error=error))

    async def _end(self, piece: Piece) -> None:
        await self.desk.note(
            piece.alarm,
            EntryKind.EVIDENCE,
            data=told(piece),
            also=lambda connection: self.store.put(connection, piece),
        )
        self._pauses.pop(piece.id, None)
