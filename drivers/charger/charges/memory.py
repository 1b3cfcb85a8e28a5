"""Keeps the charges of one connector on disk, so that a restart in the middle of one changes nothing."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import msgspec

from drivers.charger.charges.charge import Kept
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Port

log = logging.getLogger(__name__)

KEY: Final = "charges"

Change = Callable[[Kept], Kept]


class Memory:
    """`kept` is what is known; changed one at a time."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._turn = asyncio.Lock()
        self.kept = _recalled(port)

    async def change(self, how: Change) -> None:
        """Change what is kept; on disk when this returns. StorageError: it is as it was."""
        async with self._turn:
            kept = how(self.kept)
            if kept != self.kept:
                await self._port.remember(KEY, msgspec.json.encode(kept).decode())
                self.kept = kept

    async def insist(self, how: Change) -> None:
        """Change what is kept, and go on without the disk if it must be: safety does not wait for it."""
        async with self._turn:
            self.kept = how(self.kept)
            try:
                await self._port.remember(KEY, msgspec.json.encode(self.kept).decode())
            except StorageError as full:
                log.warning("%s: not remembered: %s", self._port.name, full)

    async def note(self, how: Change) -> None:
        """Change what is kept, and leave the disk to the next change that matters."""
        async with self._turn:
            self.kept = how(self.kept)


def _recalled(port: Port) -> Kept:
    text = port.recall(KEY)
    if not isinstance(text, str):
        return Kept()
    try:
        return msgspec.json.decode(text, type=Kept)
    except msgspec.MsgspecError as damaged:
        port.malformed(f"what was remembered of charges cannot be read: {damaged}")
        return Kept()
