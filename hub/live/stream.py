"""Turns what changed into numbered frames, encoded once for all viewers, and never waits for any of them.

Everything here runs on the hub's event loop. `touch`, `announce` and their like only take note; a task of its
own encodes what is dirty, at most every `min_interval_s` for one viewer and as often as screens show pictures
for many, and rests longer when a frame and its sending cost more, so that any number of viewers leaves ingest
half of the loop. There are no queues: a viewer that falls behind reads the ring of the last frames, and one
that is far behind gets a new snapshot if that is shorter.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from time import thread_time
from typing import Final

import msgspec
from msgspec import UNSET

from contract.clock import Clock, rfc3339
from contract.topics import Address
from hub.live.boards import Boards
from hub.live.frames import Changes, Heartbeat, SiteView, Snapshot, to_json
from hub.live.pace import pause_s
from hub.live.ring import Ring
from hub.live.snapshots import Snapshots
from hub.live.viewer import Viewer

logger = logging.getLogger(__name__)

DEVICES_PER_FRAME: Final = 500
EVENTS_PER_FRAME: Final = 1000
MAX_EVENTS_WAITING: Final = 20_000
VIEWERS_AT_ONCE: Final = 64

FAR_BEHIND_S: Final = 1.0
"""A viewer whose next frame is older than this may be given a snapshot instead."""

LINGER_S: Final = 30.0
"""How long frames are still made after the last viewer left, so that a viewer may come back."""


class LiveStream:
    """One numbered stream of changes. `encode` gives a device object, None if the device is gone.

    `open_alarms` gives the objects of all open alarms; `on_alarms_pushed` is called when some went out.
    """

    def __init__(
        self,
        site: SiteView,
        encode: Callable[[Address], msgspec.Raw | None],
        addresses: Callable[[], Iterable[Address]],
        clock: Clock,
        *,
        min_interval_s: float = 0.002,
        heartbeat_s: float = 1.0,
        ring: Ring | None = None,
    ) -> None:
        self.stream = secrets.token_hex(8)
        self.cursor = 0
        self.ring = ring or Ring()
        self.heartbeat_s = heartbeat_s
        self.cut_off_after_s = 3 * heartbeat_s
        self.viewers: set[Viewer] = set()
        self.frames_made = 0
        self.viewers_dropped = 0
        self.sending_s = 0.0
        self.beats = 0
        self.beat = b""
        self._encode = encode
        self._clock = clock
        self._min_interval_s = min_interval_s
        self._snapshots = Snapshots(self._encode_safely, addresses, self._whole)
        self._dirty: dict[Address, None] = {}
        self._events: deque[bytes] = deque()
        self._alarms: list[bytes] = []
        self._wake = asyncio.Event()
        self.boards = Boards(site, self._wake.set)
        self._urgent = asyncio.Event()
        self.open_alarms: Callable[[], Sequence[msgspec.Raw]] = tuple
        self.on_alarms_pushed: Callable[[], None] = lambda: None
        self._watched = False
        self._last_frame_at = 0.0
        self._last_viewer_at = 0.0

    def touch(self, address: Address) -> None:
        """Take note that a device changed, came or went."""
        if self._watched:
            self._dirty[address] = None
            self._snapshots.touch(address)
            self._wake.set()

    def removed(self, address: Address) -> None:
        """Take note that a device is gone; `encode` already knows."""
        self.touch(address)

    def announce(self, event: bytes) -> None:
        """Show an event object, encoded."""
        if self._watched:
            self._events.append(event)
            self._wake.set()

    def announce_alarm(self, alarm: bytes) -> None:
        """Show an alarm object, encoded, as soon as can be: it waits for no device."""
        if self._watched:
            self._alarms.append(alarm)
            self._urgent.set()
            self._wake.set()

    def behind_s(self) -> list[float]:
        """Return by how many seconds each viewer is behind."""
        now = asyncio.get_running_loop().time()
        return [viewer.behind_s(now) for viewer in self.viewers]

    def view(self, stream: str | None = None, cursor: int | None = None) -> Viewer:
        """Begin to view, from `cursor` of `stream` if that can still be had. Use it in `with`."""
        if not self._watched:
            self._watched = True
            self._start_anew()
        known = stream == self.stream and cursor is not None and self.reaches(cursor)
        return Viewer(self, cursor if known else None)

    @property
    def watched(self) -> bool:
        """Whether events need be encoded and announced: somebody views, or did so just now."""
        return self._watched

    async def devices(self) -> list[msgspec.Raw]:
        """Every device object, encoded a slice at a time."""
        return await self._snapshots.devices()

    def reaches(self, cursor: int) -> bool:
        """Whether every frame after `cursor` can still be had."""
        return cursor == self.cursor or self.ring.get(cursor + 1) is not None

    def snapshot_is_shorter(self, cursor: int) -> bool:
        """Whether a viewer at `cursor` is far behind, and a snapshot the shorter way.

        Not sooner: a snapshot costs the loop more than the frames do, and holds none of the events between.
        """
        behind_s = asyncio.get_running_loop().time() - self.ring.made_at(cursor + 1)
        return behind_s > FAR_BEHIND_S and self.ring.size_after(cursor) > self._snapshots.usual_size

    async def snapshot(self) -> tuple[int, bytes]:
        """Return everything there is and the cursor it stands at; shared by all who ask within a second."""
        return await self._snapshots.get(self._can_follow)

    def heartbeat(self) -> bytes:
        """Encode a heartbeat for the present cursor."""
        return to_json(Heartbeat(cursor=self.cursor, ts=self._now()))

    async def run(self) -> None:
        """Make frames and heartbeats until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._make_frames())
            group.create_task(self._beat())

    async def _make_frames(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            self.sending_s = 0.0
            started = thread_time()
            self._publish()
            spent_s = thread_time() - started
            await self._wake_viewers()
            spent_s += self.sending_s
            await self._rest(pause_s(spent_s, len(self.viewers), self._min_interval_s))
            if self._dirty or self._events or self._alarms:
                self._wake.set()

    async def _rest(self, rest_s: float) -> None:
        """Leave the loop to others, unless there is an alarm to show."""
        self._urgent.clear()
        if self._alarms:
            await asyncio.sleep(0)
            return
        ringing = asyncio.get_running_loop().call_later(rest_s, self._urgent.set)
        await self._urgent.wait()
        ringing.cancel()

    def _publish(self) -> None:
        """Make a frame of what is dirty."""
        if not self._watched:
            self.boards.take()
            return
        if len(self._events) > MAX_EVENTS_WAITING:
            logger.warning("more events than the live stream can show; viewers start anew")
            self._start_anew()
        elif self._dirty or self._events or self._alarms or self.boards.changed:
            self._append_frame()

    async def _wake_viewers(self) -> None:
        """Have them send what is new, some at a time, so that messages come in between."""
        for number, viewer in enumerate(tuple(self.viewers), 1):
            viewer.wake()
            if number % VIEWERS_AT_ONCE == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0)

    def _append_frame(self) -> None:
        devices: list[msgspec.Raw] = []
        removed: list[str] = []
        for address in list(islice(self._dirty, DEVICES_PER_FRAME)):
            del self._dirty[address]
            encoded = self._encode_safely(address)
            if encoded is None:
                removed.append(str(address))
            else:
                devices.append(encoded)
        count = min(len(self._events), EVENTS_PER_FRAME)
        frame = Changes(
            cursor=self.cursor + 1,
            ts=self._now(),
            devices=devices,
            removed=removed,
            events=[msgspec.Raw(self._events.popleft()) for _ in range(count)],
            alarms=list(map(msgspec.Raw, self._alarms)) or UNSET,
            **self.boards.take(),
        )
        pushed, self._alarms = bool(self._alarms), []
        self._last_frame_at = asyncio.get_running_loop().time()
        self.ring.append(self.cursor + 1, to_json(frame), self._last_frame_at)
        self.cursor += 1
        self.frames_made += 1
        if pushed:
            self.on_alarms_pushed()

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            if now >= self._last_frame_at + self.heartbeat_s:
                self.beats += 1
                self.beat = self.heartbeat()
                self._last_frame_at = now
                await self._wake_viewers()
            for viewer in tuple(self.viewers):
                viewer.drop_if_slow(now)
            self._rest_if_alone(now)
            self._snapshots.forget_old()
            await asyncio.sleep(max(self._last_frame_at + self.heartbeat_s - now, self.heartbeat_s / 20))

    def _rest_if_alone(self, now: float) -> None:
        if self.viewers:
            self._last_viewer_at = now
        elif now > self._last_viewer_at + LINGER_S:
            self._watched = False
            self._start_anew()

    def _start_anew(self) -> None:
        """Leave a gap: whoever comes back from before it gets a snapshot."""
        self._last_viewer_at = asyncio.get_running_loop().time()
        self._dirty.clear()
        self._events.clear()
        self._alarms.clear()
        self.ring.clear()
        self._snapshots.clear()
        self.cursor += 1

    def _can_follow(self, cursor: int, size: int) -> bool:
        if not self.reaches(cursor):
            return False
        return cursor == self.cursor or self.ring.size_after(cursor) <= size

    def _encode_safely(self, address: Address) -> msgspec.Raw | None:
        try:
            return self._encode(address)
        except Exception:  # one device that cannot be shown must not blind the wall to all others
            logger.exception("%s cannot be shown", address)
            return None

    def _whole(self, devices: Sequence[msgspec.Raw]) -> tuple[int, bytes]:
        frame = Snapshot(
            stream=self.stream,
            cursor=self.cursor,
            ts=self._now(),
            heartbeat_s=self.heartbeat_s,
            cut_off_after_s=self.cut_off_after_s,
            devices=devices,
            alarms=self.open_alarms(),
            **self.boards.shown,
        )
        return self.cursor, to_json(frame)

    def _now(self) -> str:
        return rfc3339(self._clock.now())
