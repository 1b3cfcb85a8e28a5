"""One TCP connection of a post: bounded in what it keeps, and in how long it waits for a peer."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator
from typing import Any, Final

from contract.clock import Clock
from contract.errors import DeviceUnreachable
from drivers.runtime.waiting import TICK_S, within

MOST_UNREAD: Final = 4096
MOST_UNSENT: Final = 16384
SEND_S: Final = 10.0
"""A peer that takes nothing for so long is cut off."""

KEEPALIVE: Final = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))
"""A peer that has vanished is noticed by the operating system within two minutes, where it knows these."""


class Line:
    """One connection. The higher `number`, the newer; `known` once it has said who it is."""

    def __init__(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, clock: Clock
    ) -> None:
        self.number = number
        self.clock = clock
        self.known = False
        self.peer = _peer(writer)
        self.why = "the post has hung up"
        self.opened_at = self.heard_at = clock.monotonic()
        self._reader = reader
        self._writer = writer
        writer.transport.set_write_buffer_limits(high=MOST_UNSENT)
        _keep_alive(writer)

    @property
    def open(self) -> bool:
        """Whether something can be sent."""
        return not self._writer.is_closing()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Give what comes, and nothing (`b""`) every now and then, until the line is closed."""
        coming = asyncio.ensure_future(self._reader.read(MOST_UNREAD))
        try:
            while self.open:
                await asyncio.wait({coming}, timeout=TICK_S)
                if not coming.done():
                    yield b""
                    continue
                chunk = coming.result()
                if not chunk:
                    return
                self.heard_at = self.clock.monotonic()
                coming = asyncio.ensure_future(self._reader.read(MOST_UNREAD))
                yield chunk
        except OSError as error:
            self.why = f"the line broke: {error.strerror or error}"
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    async def send(self, data: bytes) -> None:
        """Send; DeviceUnreachable if the line is closed, or takes nothing."""
        if not self.open:
            raise DeviceUnreachable("the post is not connected any more")
        try:
            self._writer.write(data)
            await within(self.clock, SEND_S, self._writer.drain())
        except TimeoutError:
            self.close("the post does not read what it is sent")
            raise DeviceUnreachable(self.why) from None
        except OSError as error:
            self.close(f"the line broke: {error.strerror or error}")
            raise DeviceUnreachable(self.why) from None

    def close(self, why: str) -> None:
        """Cut the line, now."""
        if self.open:
            self.why = why
            self._writer.transport.abort()


def _peer(writer: asyncio.StreamWriter) -> str:
    name: Any = writer.get_extra_info("peername")
    return f"{name[0]}:{name[1]}" if name else "a post that has left"


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):  # it has left already
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE:
            if (option := getattr(socket, name, None)) is not None:
                connection.setsockopt(socket.IPPROTO_TCP, option, value)
