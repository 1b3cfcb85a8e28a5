"""Posts that connect to us over plain TCP: a listening socket, and a bounded line for each connection.

The protocols that come this way (DNY, 云快充) know no authentication: the listener belongs into a network of
its own, and a protocol lets in only posts that a connector names.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import Final, Protocol

from contract.clock import Clock
from contract.errors import DeviceUnreachable, HemeiError, InvalidMessage
from drivers.charger.tcp.line import MOST_UNREAD, Line

log = logging.getLogger(__name__)

MOST_LINES: Final = 256
"""Beyond this, the line that has longest not said who it is makes way."""

MOST_WAITING: Final = 64
"""Messages of one line that wait to be handled; then it is not read any more."""

Job = Callable[[], Awaitable[None]]
"""Something to do in its turn. A HemeiError: what was said is not answered, and so is said again."""


Complain = Callable[[str], None]
"""Counts what makes no sense, and logs it rarely."""


class Talk(Protocol):
    """What a protocol does with one line."""

    def hear(self, chunk: bytes) -> Iterable[Job]:
        """Take what came, return what is to be done in turn; `b""` comes when time passes."""
        ...

    def over(self) -> None:
        """Take that the line is closed."""
        ...


class Listener:
    """A listening socket; `make` says what is done with a line."""

    def __init__(
        self,
        host: str,
        port: int,
        make: Callable[[Line], Talk],
        clock: Clock,
        complain: Complain,
    ) -> None:
        self.address = f"{host}:{port}"
        self.opened_at = clock.monotonic()
        self._host, self._port = host, port
        self._make = make
        self._clock = clock
        self._complain = complain
        self._server: asyncio.Server | None = None
        self._opening = asyncio.Lock()
        self._lines: dict[Line, asyncio.Task[None]] = {}
        self._count = 0

    async def open(self) -> None:
        """Listen, if nobody has begun to; DeviceUnreachable if the address cannot be listened on."""
        async with self._opening:
            if self._server is not None:
                return
            try:
                self._server = await asyncio.start_server(
                    self._welcome, self._host, self._port, limit=MOST_UNREAD
                )
            except OSError as error:
                why = error.strerror or str(error)
                raise DeviceUnreachable(f"cannot listen on {self.address}: {why}") from None
            self.opened_at = self._clock.monotonic()

    async def aclose(self) -> None:
        """Listen no more, and hang up on everybody."""
        if self._server is not None:
            self._server.close()
        for task in list(self._lines.values()):
            task.cancel()
        await asyncio.gather(*self._lines.values(), return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._make_room()
        self._count += 1
        line = Line(self._count, reader, writer, self._clock)
        task = asyncio.get_running_loop().create_task(self._attend(line), name=f"{self.address} {line.peer}")
        self._lines[line] = task

    def _make_room(self) -> None:
        """Close a line if there are too many; one that has said who it is only if all have."""
        lines = [line for line in self._lines if line.open]
        if len(lines) >= MOST_LINES:
            oldest = min(lines, key=lambda line: (line.known, line.number))
            self._complain(f"{oldest.peer}: closed, there are {MOST_LINES} connections to {self.address}")
            oldest.close("too many connections")

    async def _attend(self, line: Line) -> None:
        talk = self._make(line)
        jobs: asyncio.Queue[Job | None] = asyncio.Queue(MOST_WAITING)
        worker = asyncio.create_task(self._work(line, jobs))
        try:
            async with aclosing(line.chunks()) as chunks:
                async for chunk in chunks:
                    for job in talk.hear(chunk):
                        await jobs.put(job)
            await jobs.put(None)
            await worker
        except asyncio.CancelledError:
            line.close("the driver host stops")
            raise
        except Exception:
            log.exception("%s: a line is read wrongly", line.peer)
        finally:
            line.close(line.why)
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
            talk.over()
            del self._lines[line]

    async def _work(self, line: Line, jobs: asyncio.Queue[Job | None]) -> None:
        """Do one after the other; whatever goes wrong with one leaves the next alone."""
        while (job := await jobs.get()) is not None:
            try:
                await job()
            except InvalidMessage as nonsense:
                self._complain(f"{line.peer}: {nonsense}")
            except HemeiError as error:
                log.debug("%s: not answered: %s", line.peer, error)
            except Exception:
                log.exception("%s: a message is handled wrongly", line.peer)
