"""Reports a door's events one after another, without keeping the door waiting for the disk."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Final

from drivers.door import events
from drivers.runtime.database import StorageError
from drivers.runtime.interface import NO_DATA, Happening, Port

REMEMBERED: Final[Mapping[str, tuple[str, bool]]] = {
    events.TAMPER: ("tamper", True),
    events.TAMPER_RESTORED: ("tamper", False),
    events.POWER_FAULT: ("power-fault", True),
    events.POWER_RESTORED: ("power-fault", False),
    events.FIRE_RELEASED: ("released-for-fire", True),
    events.FIRE_RELEASE_ENDED: ("released-for-fire", False),
    events.READER_OFFLINE: ("offline", True),
    events.READER_ONLINE: ("offline", False),
}
"""What has been told and need not be told again, not even after a restart."""


class Teller:
    """The events that are to be reported, in order."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Happening] = asyncio.Queue()

    def tell(self, kind: str, data: Mapping[str, Any] = NO_DATA) -> None:
        """Have an event reported soon."""
        self._waiting.put_nowait(Happening(kind, data))

    async def run(self, port: Port) -> None:
        """Report what there is, until cancelled."""
        while True:
            await self._report(port, await self._waiting.get())

    async def finish(self, port: Port) -> None:
        """Report what is left."""
        while not self._waiting.empty():
            await self._report(port, self._waiting.get_nowait())

    async def _report(self, port: Port, happening: Happening) -> None:
        with contextlib.suppress(StorageError):  # counted and logged; the door must go on
            await port.emit(happening.type, happening.data)
            if happening.type in REMEMBERED:
                await port.remember(*REMEMBERED[happening.type])
