"""One connection of a DNY post: numbered messages, who waits for which answer, and the modem's own noise."""

import asyncio
from collections.abc import AsyncIterator

from simulators.charger.dny.frames import Deframer, Frame

ANSWER_S = 15.0  # §1.0.2: then it is said once more, under the same number
QUIET_S = 30.0  # §1.04
_ALIVE = b"link"
_SERVERS = 0x80  # commands from here on are the server's


class Line:
    """What a post says and hears; ConnectionError and OSError when the line is gone."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, post: int) -> None:
        self._reader = reader
        self._writer = writer
        self._post = post
        self._waiting: dict[tuple[int, int], asyncio.Future[bytes]] = {}
        self._said_s = 0.0

    def noise(self, text: bytes) -> None:
        """Send what is no frame: the modem does so by itself."""
        self._said_s = asyncio.get_running_loop().time()
        self._writer.write(text)

    def say(self, message: int, command: int, data: bytes) -> None:
        """Send one message."""
        self.noise(Frame(self._post, message, command, data).encode())

    async def ask(self, message: int, command: int, data: bytes) -> bytes | None:
        """Send one message and return the answer's data; None if there is none, the second time either."""
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[message, command] = answer
        try:
            for _ in range(2):
                self.say(message, command, data)
                await asyncio.wait([answer], timeout=ANSWER_S)
                if answer.done():
                    return answer.result()
            return None
        finally:
            self._waiting.pop((message, command), None)

    async def requests(self) -> AsyncIterator[Frame]:
        """Yield what the server wants; its answers go to who waits for them."""
        deframer = Deframer()
        while data := await self._reader.read(4096):
            for frame in deframer.feed(data):
                if frame.command >= _SERVERS:
                    if frame.post == self._post:
                        yield frame
                else:
                    self._answered(frame)
        raise ConnectionResetError("the server hung up")

    async def keep_alive(self) -> None:
        """Say `link` whenever nothing else was said for long."""
        loop = asyncio.get_running_loop()
        while True:
            left_s = self._said_s + QUIET_S - loop.time()
            if left_s > 0:
                await asyncio.sleep(left_s)
            else:
                self.noise(_ALIVE)

    def _answered(self, frame: Frame) -> None:
        answer = self._waiting.get((frame.message, frame.command))
        if answer is not None and not answer.done():
            answer.set_result(frame.data)
