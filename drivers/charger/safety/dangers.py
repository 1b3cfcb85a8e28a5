"""What endangers a connector: said by its post, or measured. It acts at once, and is kept until it ends."""

import asyncio
from typing import Final

from drivers.charger import words
from drivers.charger.words import Trouble
from drivers.runtime.interface import Port

KEY: Final = "troubles"


class Dangers:
    """Two sources that do not end each other: what the post says, and what the driver measures."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._said = _recalled(port)
        self._reported = set(self._said)
        self._turn = asyncio.Lock()
        self._measured: frozenset[Trouble] = frozenset()
        self._believed = set[Trouble]()

    @property
    def active(self) -> frozenset[Trouble]:
        """What is wrong now."""
        return self._measured | self._said

    async def said(self, trouble: Trouble, *, active: bool) -> None:
        """Take what the post says; reported and remembered when this returns."""
        (self._said.add if active else self._said.discard)(trouble)
        await self.catch_up()

    async def catch_up(self) -> None:
        """Report what the post said and the disk did not take: not every post says it again."""
        async with self._turn:
            for trouble in sorted(self._said ^ self._reported):
                active = trouble in self._said
                await self._report(trouble, active=active)
                (self._reported.add if active else self._reported.discard)(trouble)
                await self._port.remember(KEY, ",".join(sorted(self._reported)) or None)

    async def measured(self, found: frozenset[Trouble]) -> None:
        """Take what the meter and the thermometer say, and report what is new."""
        self._measured = found
        for trouble in found ^ self._believed:
            active = trouble in found
            await self._report(trouble, active=active)
            (self._believed.add if active else self._believed.discard)(trouble)

    async def _report(self, trouble: Trouble, *, active: bool) -> None:
        type = words.TROUBLE if active else words.TROUBLE_ENDED
        await self._port.emit(type, {"trouble": trouble.value})


def _recalled(port: Port) -> set[Trouble]:
    text = port.recall(KEY)
    known = {each.value for each in Trouble}
    return {Trouble(word) for word in str(text or "").split(",") if word in known}
