"""The evidence of an alarm for whoever looks at it, and its case as a page."""

import asyncio
from collections.abc import Iterable

from sqlalchemy import Connection

from hub.alarms.view import CaseView
from hub.evidence.case_page import case_page, wanted_pictures
from hub.evidence.case_sheet import PageSettings
from hub.evidence.means import Media
from hub.evidence.piece import Piece, PieceState
from hub.evidence.retention import held
from hub.evidence.store import PieceStore
from hub.evidence.view import PieceView, piece_view
from hub.ledger.transactions import Transactions


class Cases:
    """One tenant's evidence, to be looked at."""

    def __init__(self, ledger: Transactions, media: Media, store: PieceStore) -> None:
        self._ledger = ledger
        self._media = media
        self._store = store

    async def pieces(self, alarm: str) -> list[PieceView]:
        """Return what an alarm has gathered, still waits for, or did not get."""

        def read(connection: Connection) -> tuple[list[Piece], bool]:
            pieces = self._store.of_alarm(connection, alarm)
            return pieces, alarm in held(connection, self._store.tenant)

        pieces, is_held = await self._ledger.read(read)
        return [piece_view(each, held=is_held) for each in pieces if each.state is not PieceState.DONE]

    async def page(self, case: CaseView, settings: PageSettings) -> str:
        """Write a case as a page, with its pictures in it."""
        wanted = wanted_pictures(case.evidence)
        return await asyncio.to_thread(lambda: case_page(case, self._read(wanted), settings))

    def _read(self, wanted: Iterable[str]) -> dict[str, bytes]:
        paths = {sha256: self._media.path(sha256) for sha256 in wanted}
        return {sha256: path.read_bytes() for sha256, path in paths.items() if path is not None}
