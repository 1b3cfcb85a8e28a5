"""One who views the live stream: where they are in it, and what they get next."""

import asyncio
from collections.abc import Awaitable, Callable
from time import thread_time
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from contract.errors import HemeiError

if TYPE_CHECKING:
    from hub.live.stream import LiveStream

SEND_LIMIT_S: Final = 10.0
SLOWEST_PER_S: Final = 100_000
"""Bytes a second that a viewer must take: a large site's snapshot may need more than SEND_LIMIT_S."""

FAR_S: Final = 60.0
"""Said of a viewer whose next frame is not kept any more: it will be given a snapshot."""

COUNTED_S: Final = 0.001
"""A send that takes more of the processor waited for the network, and others ran meanwhile."""


class TooSlow(HemeiError):
    """The viewer did not take a frame in time; it may connect again."""

    retryable = True
    default_code = "too-slow"


class Viewer:
    """Counts among the stream's viewers inside `with`; nothing is kept for it but its cursor."""

    def __init__(self, stream: "LiveStream", cursor: int | None) -> None:
        self._stream = stream
        self._cursor = cursor
        self._resumed = cursor is not None
        self._beats_seen = stream.beats
        self._news = asyncio.Event()
        self._limit: asyncio.Timeout | None = None
        self._send_by: float | None = None

    def __enter__(self) -> Self:
        self._stream.viewers.add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.viewers.discard(self)

    def wake(self) -> None:
        """Say that there may be something new."""
        self._news.set()

    def ask_snapshot(self) -> None:
        """Get a snapshot next, because the viewer missed something."""
        self._cursor = None
        self._news.set()

    async def serve(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send frame after frame until `send` raises; TooSlow if it does not return in time."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as self._limit:
                while True:
                    frame = await self.next()
                    self._send_by = loop.time() + SEND_LIMIT_S + len(frame) / SLOWEST_PER_S
                    started = thread_time()
                    await send(frame)
                    self._stream.sending_s += min(thread_time() - started, COUNTED_S)
                    self._send_by = None
                    if self._cursor != self._stream.cursor:
                        await asyncio.sleep(0)  # who catches up lets others go between
        except TimeoutError:
            self._stream.viewers_dropped += 1
            raise TooSlow(f"a frame was not taken within {SEND_LIMIT_S:.0f} s") from None
        finally:
            self._limit = None

    def drop_if_slow(self, now: float) -> None:
        """End `serve` if its send should be done by now; looked at once a second, for all viewers."""
        if self._limit is not None and self._send_by is not None and now > self._send_by:
            self._send_by = None
            self._limit.reschedule(now)

    def behind_s(self, now: float) -> float:
        """Return how long its next frame has waited for it, in seconds; 0: it has all frames."""
        stream = self._stream
        if self._cursor is None or self._cursor == stream.cursor:
            return 0.0
        return now - stream.ring.made_at(self._cursor + 1) if stream.reaches(self._cursor) else FAR_S

    async def next(self) -> bytes:
        """Wait for the next frame of this viewer."""
        while True:
            self._news.clear()
            frame = self._due()
            if frame is not None:
                return frame
            if self._cursor is None:
                self._cursor, snapshot = await self._stream.snapshot()
                self._beats_seen = self._stream.beats
                return snapshot
            await self._news.wait()

    def _due(self) -> bytes | None:
        stream = self._stream
        if self._cursor is None:
            return None
        if self._cursor != stream.cursor:
            return self._following(self._cursor)
        if self._resumed:
            self._resumed = False
            return stream.heartbeat()
        if self._beats_seen != stream.beats:
            self._beats_seen = stream.beats
            return stream.beat
        return None

    def _following(self, cursor: int) -> bytes | None:
        """Return the frame after `cursor`; None, and a snapshot comes next, if that is the shorter way."""
        self._resumed = False
        self._beats_seen = self._stream.beats
        frame = self._stream.ring.get(cursor + 1)
        if frame is None or self._stream.snapshot_is_shorter(cursor):
            self._cursor = None
            return None
        self._cursor = cursor + 1
        return frame
