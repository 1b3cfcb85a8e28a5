"""The socket of a call counter: questions and answers, and pulses in between."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from contract.errors import DeviceUnreachable
from drivers.blueprint import line
from drivers.blueprint.line import Answer, Pulse

TIMEOUT_S: Final = 2.0
"""Longest silence after a question."""


class Connection:
    """A line that is up. Everything raises DeviceUnreachable once it is not."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pulses: asyncio.Queue[Pulse] = asyncio.Queue()
        """What the device counted; it waits for our ACK after 500, so this cannot grow."""
        self._reader = reader
        self._writer = writer
        self._questions: deque[asyncio.Future[Answer]] = deque()

    def tell(self, words: bytes) -> None:
        """Say something that has no answer."""
        self._writer.write(words)

    async def ask(self, words: bytes) -> Answer:
        """Say something and wait for the answer."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._questions.append(answer)
        self._writer.write(words)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await answer
        except TimeoutError as silent:
            raise DeviceUnreachable(f"no answer to {words.decode().strip()} in {TIMEOUT_S} s") from silent

    async def listen(self) -> None:
        """Take what the device says until the line ends."""
        try:
            while received := await self._reader.readline():
                said = line.read(received)
                if isinstance(said, Pulse):
                    self.pulses.put_nowait(said)
                elif self._questions:
                    self._answer(said)
        except (OSError, ValueError) as wrong:  # ValueError: a line without end
            raise DeviceUnreachable(f"the line broke: {wrong}") from wrong
        raise DeviceUnreachable("the device hung up")

    def _answer(self, said: Answer) -> None:
        question = self._questions.popleft()
        if not question.done():  # whoever asked may have gone; the answer is still his
            question.set_result(said)


@asynccontextmanager
async def connected(host: str, port: int) -> AsyncIterator[Connection]:
    """Connect; DeviceUnreachable if that fails."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            reader, writer = await asyncio.open_connection(host, port, limit=line.LONGEST_LINE)
    except (OSError, TimeoutError) as wrong:
        raise DeviceUnreachable(f"{host}:{port} cannot be reached: {str(wrong) or 'no answer'}") from wrong
    try:
        yield Connection(reader, writer)
    finally:
        writer.transport.abort()
