"""Reads one camera's stream in a thread of its own: fills the ring, keeps the newest frame, takes looks."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, ParamSpec

from contract.clock import Clock
from contract.errors import DeviceError
from drivers.camera.picture import Stillness, measure
from drivers.camera.ring import Ring
from drivers.camera.stream import Decoder, Format, Frame, Garbled, Packet, Source, Stream
from drivers.camera.watch import Look

P = ParamSpec("P")

EARLY: Final = 0.5
"""A look may come by this share of a picture's distance too early, so that 5 looks of 12.5 pictures are 5."""


class Reader:
    """One stream, from its opening to its end. All but the thread's own part belongs to the event loop."""

    def __init__(
        self, source: Source, clock: Clock, ring: Ring, *, health_fps: float, keyframes: bool
    ) -> None:
        self.source = source
        self.format: Format | None = None
        """What the stream consists of, once it is open."""
        self.frame: Frame | None = None
        """The newest picture; older ones are not kept."""
        self.packet_at = self.frame_at = clock.monotonic()
        """When the last packet and the last whole picture came."""
        self.packets = self.bytes = self.frames = 0
        self.news = asyncio.Event()
        """Set when the stream opens, when there is a new look, and when it ends."""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the stream has ended, with why."""
        self.on_malformed: Callable[[str], None] = lambda _: None
        self._clock, self._ring = clock, ring
        self._period, self._keyframes = 1 / health_fps, keyframes
        self._look: Look | None = None
        self._stop = False
        self._decoding = not keyframes
        self._next_look = self._frame_gap = 0.0
        self._still = Stillness()
        self._waiting: list[asyncio.Future[Frame]] = []
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="camera reader", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    async def stop(self) -> None:
        """End, when the packet that is waited for has come or will not come (`timeout_s` of the source)."""
        self._stop = True
        await asyncio.wait({self.ended})
        with contextlib.suppress(Exception):
            self.ended.result()  # whoever reads has heard of it
        await asyncio.to_thread(self._thread.join)

    def take_look(self) -> Look | None:
        """Return the latest look if it is new."""
        look, self._look = self._look, None
        return look

    async def fresh(self) -> Frame:
        """Return the next picture that comes; raises what ends the stream if that comes first."""
        waiting = self._loop.create_future()
        self._waiting.append(waiting)
        try:
            await asyncio.wait({waiting, self.ended}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                self.ended.result()
                raise DeviceError("the camera ended the stream", code="no-picture")
            frame: Frame = waiting.result()
            return frame
        finally:
            waiting.cancel()
            with contextlib.suppress(ValueError):
                self._waiting.remove(waiting)

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            with Stream(self.source) as stream:
                self._read(stream)
        except BaseException as wrong:  # raised where the stream is used
            error = wrong.with_traceback(None)
        self._tell(self._end, error)

    def _read(self, stream: Stream) -> None:
        self.format = stream.format
        decoder = Decoder(stream.format)
        self._tell(self.news.set)
        while not self._stop:
            packet = stream.read()
            self.packet_at = self._clock.monotonic()
            self.packets += 1
            self.bytes += len(packet.data)
            self._ring.add(packet)
            try:
                self._decode(decoder, packet)
            except Garbled as wrong:
                self._tell(self.on_malformed, str(wrong))

    def _decode(self, decoder: Decoder, packet: Packet) -> None:
        """Decode what is needed: where a picture was left out, the next key picture is the first that can."""
        if packet.key:
            self._decoding = not self._keyframes or bool(self._waiting)
        elif not self._decoding:
            return
        decoded = decoder.decode(packet)
        if decoded is None:
            return
        now = self.packet_at
        self._frame_gap += 0.2 * (now - self.frame_at - self._frame_gap)
        frame = Frame(decoded, now, self._clock.now())
        if self.frame is not None and (frame.width, frame.height) != (self.frame.width, self.frame.height):
            raise DeviceError("the camera changed the size of its picture", code="stream-changed")
        self.frame, self.frame_at = frame, now
        self.frames += 1
        if self._waiting:
            self._tell(self._hand_out, frame)
        if now >= self._next_look - EARLY * min(self._frame_gap, self._period):
            self._take_look(frame, now)

    def _take_look(self, frame: Frame, now: float) -> None:
        late = now - self._next_look > self._period
        self._next_look = now + self._period if late else self._next_look + self._period
        luma = frame.plane(0)
        self._look = Look(now, measure(luma, frame.plane(1)), self._still.look(luma, now))
        self._tell(self.news.set)

    def _hand_out(self, frame: Frame) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(frame)

    def _end(self, error: BaseException | None) -> None:
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)
        self.news.set()

    def _tell(self, what: Callable[P, object], *given: P.args, **named: P.kwargs) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is there to be told
            self._loop.call_soon_threadsafe(lambda: what(*given, **named))


@asynccontextmanager
async def reading(reader: Reader) -> AsyncIterator[Reader]:
    """Read as long as the block lasts; afterwards the thread and the connection are gone."""
    reader.start()
    try:
        yield reader
    finally:
        await reader.stop()
