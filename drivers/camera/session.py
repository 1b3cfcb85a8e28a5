"""One connection to a camera and what is taken from it: live pictures, snapshots, clips, rates."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, NamedTuple, TypeVar

from contract.errors import DeviceError
from drivers.camera.clips import cut_clip
from drivers.camera.model import CLIP_CUT
from drivers.camera.picture import encode_jpeg
from drivers.camera.reader import Reader
from drivers.camera.ring import Ring
from drivers.camera.stream import Frame
from drivers.runtime.interface import Port
from drivers.runtime.waiting import pause, within

T = TypeVar("T")

PICTURE_S: Final = 10.0
"""The next picture comes by then, even where only key pictures, every few seconds, are decoded."""

LATE_S: Final = 3.0
"""A clip waits for its last picture so much longer than it should take."""

FIRST_RATES_S: Final = 5.0
"""Nobody should wait a whole period to see whether a new stream is as it should be."""

SNAPSHOT_BYTES: Final = 1024 * 1024


class Rates(NamedTuple):
    """Pictures a second and kbit/s."""

    frames: float
    kbits: float


class Session:
    """A reader, its ring, and what goes on beside them until `close`."""

    def __init__(self, reader: Reader, ring: Ring, port: Port) -> None:
        self.reader, self.ring = reader, ring
        self.rates: Rates | None = None
        self._port = port
        self._works: set[asyncio.Task[None]] = set()
        self._counted: tuple[float, int, int] | None = None

    async def fresh(self) -> Frame:
        """Return a picture that comes after now: a live one; DeviceError if there is none."""
        return await in_time(self._port, self.reader.fresh())

    async def newest(self) -> list[bytes]:
        """Return the newest picture as a JPEG, or nothing if there was none yet."""
        frame = self.reader.frame
        return [] if frame is None else [await jpeg(frame)]

    async def clip(self, before_s: float, after_s: float, cause: str) -> None:
        """Cut a clip around now and report it; DeviceError if it cannot be made."""
        ring, port, form = self.ring, self._port, self.reader.format
        if form is None:
            raise DeviceError("there is no stream yet", code="no-picture")
        moment, until = ring.end, port.clock.monotonic() + after_s + LATE_S
        with ring.holding(moment - before_s):
            while ring.end < moment + after_s and port.clock.monotonic() < until:
                await pause(port.clock, 0.1)
            clip = await cut_clip(ring, form, moment, before_s, after_s)
        data = {
            "cause": cause,
            "codec": clip.codec,
            "duration_s": clip.duration_s,
            "before_s": max(0.0, clip.before_s),
            "complete": clip.complete,
        }
        await port.emit(CLIP_CUT, data, media=[clip.mp4])

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something without waiting for it; it ends with the session."""
        task = asyncio.create_task(work)
        self._works.add(task)
        task.add_done_callback(self._works.discard)

    async def close(self) -> None:
        """End what goes on beside."""
        for work in self._works:
            work.cancel()
        await asyncio.gather(*self._works, return_exceptions=True)

    def count(self, every_s: float) -> Rates | None:
        """Return the rates of the last `every_s`, if that is news."""
        now, reader = self._port.clock.monotonic(), self.reader
        if self._counted is None:
            self._counted = (now, reader.packets, reader.bytes)
        since, packets, size = self._counted
        span = now - since
        if span < (every_s if self.rates else min(every_s, FIRST_RATES_S)):
            return None
        self._counted = (now, reader.packets, reader.bytes)
        kbits = (reader.bytes - size) * 8 / 1000 / span
        self.rates = Rates(round((reader.packets - packets) / span, 1), round(kbits, 1))
        return self.rates


async def jpeg(frame: Frame) -> bytes:
    """Encode a picture in its full size."""
    return await asyncio.to_thread(_encoded, frame)


def _encoded(frame: Frame) -> bytes:
    return encode_jpeg(frame.pixels(), limit=SNAPSHOT_BYTES)


async def in_time(port: Port, work: Coroutine[Any, Any, T]) -> T:
    """Wait for a picture; DeviceError `no-picture` if it does not come."""
    try:
        return await within(port.clock, PICTURE_S, work)
    except TimeoutError as late:
        raise DeviceError(f"no picture within {PICTURE_S:.0f} s", code="no-picture") from late
