"""One connection of a 云快充 pile: what it says, who waits for which answer, what is wanted of it."""

import asyncio
from collections.abc import AsyncIterator

from simulators.charger.ykc.frames import Deframer, Frame

ANSWERS = frozenset({0x02, 0x04, 0x06, 0x0A, 0x40})
"""What the platform says only when it was asked."""


class Line:
    """What a pile says and hears; ConnectionError and OSError when the line is gone."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[bytes]] = {}

    def say(self, sequence: int, kind: int, body: bytes) -> None:
        """Send one message."""
        self._writer.write(Frame(sequence, kind, body).encode())

    async def ask(
        self, sequence: int, kind: int, body: bytes, *, answer: int, within_s: float
    ) -> bytes | None:
        """Send one message and return the body of its answer, None if none comes.

        It is known by its type: not every platform gives the sequence back as it was.
        """
        waiting: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[answer] = waiting
        self.say(sequence, kind, body)
        await asyncio.wait([waiting], timeout=within_s)
        return waiting.result() if waiting.done() else None

    async def requests(self) -> AsyncIterator[Frame]:
        """Yield what the platform wants; its answers go to who waits for them."""
        deframer = Deframer()
        while data := await self._reader.read(4096):
            for frame in deframer.feed(data):
                if frame.kind not in ANSWERS:
                    yield frame
                elif (waiting := self._waiting.pop(frame.kind, None)) is not None and not waiting.done():
                    waiting.set_result(frame.body)
        raise ConnectionResetError("the platform hung up")
