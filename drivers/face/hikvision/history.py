"""Which of a terminal's records have been taken, by its serial numbers, also over restarts.

What a terminal did before it was first connected is not taken: terminals come with a hundred thousand old
records, and say them all. Serial numbers that begin anew are another *generation*.
"""

from collections import deque
from typing import Final

from drivers.runtime.interface import Port

UPTO: Final = "serial-upto"
GENERATION: Final = "serial-generation"
IDENTITY: Final = "terminal-identity"

LATELY: Final = 256
"""Records that may come again out of turn: by the event channel, after they were asked for."""


class History:
    """Records up to and including `upto` are taken; None before anything is known."""

    def __init__(self, port: Port) -> None:
        self._port = port
        upto, generation = port.recall(UPTO), port.recall(GENERATION)
        self.upto: int | None = upto if isinstance(upto, int) else None
        self.generation: int = generation if isinstance(generation, int) else 0
        self._lately: deque[int] = deque(maxlen=LATELY)

    @property
    def identity(self) -> str:
        """Which terminal this is: another one, or one that was set back, has another."""
        return f"{self._port.recall(IDENTITY) or ''}/{self.generation}"

    def number(self, serial: int) -> str:
        """Return what no other record of this terminal is called; empty for one without a number."""
        return f"{self.generation}-{serial}" if serial else ""

    def is_new(self, serial: int) -> bool:
        """Whether a record has not been taken."""
        return self.upto is None or serial > self.upto

    async def meet(self, identity: str, newest: int, upto: int | None) -> None:
        """See which terminal answers, and the serial number of the last record that it has.

        `upto`: up to which record all were taken when it was asked; some more may have come meanwhile.
        """
        known = self._port.recall(IDENTITY)
        if self.upto is None or (known is not None and known != identity):
            await self._begin(newest, another=known is not None)
        elif upto is not None and newest < upto:
            await self._begin(0, another=True)
        if known != identity:
            await self._port.remember(IDENTITY, identity)

    def has(self, serial: int) -> bool:
        """Whether just this record was taken lately."""
        return serial in self._lately

    def reported(self, serial: int) -> None:
        """Note that just this record is taken."""
        self._lately.append(serial)

    async def took(self, serial: int) -> None:
        """Note that everything up to `serial` is taken."""
        if self.is_new(serial):
            await self._port.remember(UPTO, serial)
            self.upto = serial

    async def _begin(self, upto: int, *, another: bool) -> None:
        if another:
            self.generation += 1
            await self._port.remember(GENERATION, self.generation)
        await self._port.remember(UPTO, upto)
        self.upto = upto
        self._lately.clear()
