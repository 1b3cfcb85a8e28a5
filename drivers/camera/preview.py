"""Pictures for whoever watches now: nothing is encoded when nobody does."""

import asyncio
from typing import Final

from contract.clock import Clock
from drivers.camera.picture import encode_jpeg
from drivers.camera.reader import Reader
from drivers.camera.stream import Frame
from drivers.runtime.interface import Port
from drivers.runtime.waiting import pause

WIDTH: Final = 640
LIMIT: Final = 256 * 1024
"""Bytes of one picture."""


class Preview:
    """Shows pictures until the time is over; asked for again, it is prolonged."""

    def __init__(self, fps: float) -> None:
        self._period = 1 / fps
        self._until = float("-inf")
        self._wanted = asyncio.Event()
        self.shown = asyncio.Event()
        """Set when a picture has been shown."""

    def active(self, clock: Clock) -> bool:
        """Whether somebody watches."""
        return clock.monotonic() < self._until

    def prolong(self, seconds: float, clock: Clock) -> None:
        """Show pictures for `seconds` from now, at least."""
        self._until = max(self._until, clock.monotonic() + seconds)
        self.shown.clear()
        self._wanted.set()

    async def run(self, port: Port, reader: Reader) -> None:
        """Show pictures of a stream whenever somebody watches; raises what ends the stream."""
        while True:
            if not self.active(port.clock):
                self._wanted.clear()
                await self._wanted.wait()
            frame = await reader.fresh()
            port.preview(await asyncio.to_thread(_small, frame))
            self.shown.set()
            await pause(port.clock, self._period)


def _small(frame: Frame) -> bytes:
    return encode_jpeg(frame.pixels(WIDTH), limit=LIMIT)
