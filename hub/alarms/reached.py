"""Writes when alarms reached the screens, once a second: that must hold up neither screens nor alarms."""

import asyncio
from typing import Final

from hub.alarms.board import Board
from hub.alarms.desk import Desk

INTERVAL_S: Final = 1.0


class Reached:
    """What the board has seen since the last time goes to the desk."""

    def __init__(self, board: Board, desk: Desk) -> None:
        self._board = board
        self._desk = desk

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await asyncio.sleep(INTERVAL_S)
            reached = self._board.take_reached()
            if reached:
                await self._desk.reached(reached)
