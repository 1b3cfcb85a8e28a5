"""The viewer: a process of its own that looks at the live stream and notes how old the news are.

`python -m hemei.bench.viewer` reads a `Watch` as JSON, a line, from its standard input, writes the line
`watching` once it has the snapshot, and when its input ends a `Seen`. A device's frames carry the intended
send time of its last message (those before it in the same frame are not seen), events carry their own, and
alarms that of the event that raised them.
"""

import asyncio
import contextlib
import gc
import sys
from array import array
from collections.abc import Callable, Coroutine
from functools import lru_cache
from typing import Any, Final

import msgspec
import uvloop
from msgspec import Struct, field
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError

from hemei.bench.clock import BenchClock
from hemei.bench.packets import EVENT_TYPE, MARKER

QUIET_S: Final = 1.0
FRAMES_REMEMBERED: Final = 64
"""How far apart viewers of one process may be and still share what was decoded."""


class Watch(Struct, frozen=True, kw_only=True):
    """Where to look; what was due before `from_ms` is warm-up and not counted among the latencies."""

    url: str
    token: str
    from_ms: float
    clock: BenchClock


class AlarmsSeen(Struct, frozen=True, kw_only=True):
    """Latencies in ms from the intended send time of an event to the frame with its alarm.

    `twice`: events of which two alarms came; `out_of_order`: alarms that came before an earlier one.
    """

    alarms: int
    twice: int
    out_of_order: int
    p50_ms: float | None
    p99_ms: float | None
    longest_ms: float | None


class Seen(Struct, frozen=True, kw_only=True):
    """Latencies in ms from the intended send time to the frame's arrival; `repeated` events came twice.

    `cut_off`: the hub closed the stream before the end.
    """

    latencies: int
    p50_ms: float | None
    p99_ms: float | None
    p999_ms: float | None
    longest_ms: float | None
    frames: int
    snapshots: int
    events: int
    repeated: int
    cut_off: bool
    alarms: AlarmsSeen


class Reading(Struct):
    """A property's value in a device object."""

    value: bool | int | float | str | None = None


class Device(Struct):
    """The part of a device object that is looked at."""

    site: str
    kind: str
    device: str
    properties: dict[str, Reading] = field(default_factory=dict)


class Event(Struct):
    """The part of an event object that is looked at."""

    id: str
    source: str
    type: str
    data: dict[str, Any] = field(default_factory=dict)


class RaisedBy(Struct):
    """The part of an alarm's event that is looked at."""

    data: dict[str, Any] = field(default_factory=dict)


class Reason(Struct):
    """The part of an alarm's data that is looked at."""

    event: RaisedBy | None = None


class Alarm(Struct):
    """The part of an alarm object that is looked at."""

    id: str
    data: Reason


class Frame(Struct):
    """Any frame of the live stream."""

    type: str
    alarms: list[Alarm] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


_decoder: Final = msgspec.json.Decoder(Frame)


@lru_cache(FRAMES_REMEMBERED)
def read_frame(text: str | bytes) -> Frame:
    """Decode a frame; viewers that share a process get the same one, which nobody changes."""
    return _decoder.decode(text)


class AlarmNotes:
    """Which alarms the viewer has seen so far, but for those due before `start_ms`: another run's."""

    def __init__(self, from_ms: float, start_ms: float) -> None:
        self.from_ms = from_ms
        self.start_ms = start_ms
        self._ids: set[str] = set()
        self._dues: set[float] = set()
        self._last_due_ms = 0.0
        self._latencies = array("d")
        self._out_of_order = 0

    def take(self, alarm: Alarm, arrived_ms: float) -> None:
        """Take an alarm object; what an alarm shows later is no second alarm."""
        due_ms = alarm.data.event.data.get(MARKER) if alarm.data.event else None
        if alarm.id in self._ids or not isinstance(due_ms, int | float) or due_ms < self.start_ms:
            return
        self._ids.add(alarm.id)
        self._dues.add(due_ms)
        self._out_of_order += due_ms < self._last_due_ms
        self._last_due_ms = max(self._last_due_ms, due_ms)
        if due_ms >= self.from_ms:
            self._latencies.append(arrived_ms - due_ms)

    def __len__(self) -> int:
        return len(self._ids)

    def summary(self) -> AlarmsSeen:
        """Sum up."""
        ordered = sorted(self._latencies)
        return AlarmsSeen(
            alarms=len(self._dues),
            twice=len(self._ids) - len(self._dues),
            out_of_order=self._out_of_order,
            p50_ms=quantile(ordered, 0.5),
            p99_ms=quantile(ordered, 0.99),
            longest_ms=quantile(ordered, 1.0),
        )


class Notes:
    """What the viewer has seen so far; what was due before `start_ms` is another run's."""

    def __init__(self, from_ms: float, start_ms: float = 0.0) -> None:
        self._from_ms = from_ms
        self._start_ms = start_ms
        self.latencies = array("d")
        self._last: dict[tuple[str, str], float] = {}
        self._events: set[tuple[str, str]] = set()
        self._repeated = self._frames = self._snapshots = 0
        self._alarms = AlarmNotes(from_ms, start_ms)
        self._changes = 0

    def count_from(self, from_ms: float, start_ms: float) -> None:
        """Say only now what counts; until then nothing did."""
        self._from_ms = self._alarms.from_ms = from_ms
        self._start_ms = self._alarms.start_ms = start_ms

    @property
    def changes(self) -> int:
        """How many different values of devices, and events, it has seen."""
        return self._changes

    @property
    def news(self) -> int:
        """How many different things it has seen."""
        return self._changes + len(self._alarms)

    def frame(self, frame: Frame, arrived_ms: float) -> None:
        """Take a frame that came at `arrived_ms`."""
        self._frames += 1
        self._snapshots += frame.type == "snapshot"
        for device in frame.devices:
            reading = device.properties.get(MARKER)
            if reading is not None and isinstance(reading.value, int | float):
                self._device((device.kind, device.device), reading.value, arrived_ms)
        for event in frame.events:
            if event.type == EVENT_TYPE:
                self._event((event.source, event.id), event.data[MARKER], arrived_ms)
        for alarm in frame.alarms:
            self._alarms.take(alarm, arrived_ms)

    def _device(self, name: tuple[str, str], due_ms: float, arrived_ms: float) -> None:
        if due_ms != self._last.get(name):  # else something other about the device is new
            self._last[name] = due_ms
            self._note(due_ms, arrived_ms)

    def _event(self, name: tuple[str, str], due_ms: float, arrived_ms: float) -> None:
        if name in self._events:
            self._repeated += 1
            return
        self._events.add(name)
        self._note(due_ms, arrived_ms)

    def _note(self, due_ms: float, arrived_ms: float) -> None:
        if due_ms < self._start_ms:
            return
        self._changes += 1
        if due_ms >= self._from_ms:
            self.latencies.append(arrived_ms - due_ms)

    def summary(self, *, cut_off: bool) -> Seen:
        """Sum up."""
        ordered = sorted(self.latencies)
        return Seen(
            latencies=len(ordered),
            p50_ms=quantile(ordered, 0.5),
            p99_ms=quantile(ordered, 0.99),
            p999_ms=quantile(ordered, 0.999),
            longest_ms=quantile(ordered, 1.0),
            frames=self._frames,
            snapshots=self._snapshots,
            events=len(self._events),
            repeated=self._repeated,
            cut_off=cut_off,
            alarms=self._alarms.summary(),
        )


def quantile(ordered: list[float], share: float) -> float | None:
    """Return the smallest value that at least `share` of all do not exceed (nearest rank)."""
    if not ordered:
        return None
    rank = max(1, -(-len(ordered) * share // 1))
    return round(ordered[int(rank) - 1], 3)


async def watch(plan: Watch, end: asyncio.Event) -> Seen:
    """Look at the live stream until `end`."""
    notes = Notes(plan.from_ms)
    cut_off = await look(plan.url, plan.token, plan.clock, notes, end, _say_watching)
    return notes.summary(cut_off=cut_off)


async def look(
    url: str, token: str, clock: BenchClock, notes: Notes, end: asyncio.Event, begun: Callable[[], None]
) -> bool:
    """Note what comes until `end`; returns whether the hub closed the stream before.

    `begun` is called once there is a snapshot.
    """
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(
        url, additional_headers=headers, compression=None, max_size=None, max_queue=None
    ) as stream:
        notes.frame(read_frame(await stream.recv()), clock.now_ms())
        begun()
        closing = asyncio.create_task(_close(stream, notes, end))
        with contextlib.suppress(ConnectionClosedError):  # told by what is returned
            async for text in stream:
                arrived_ms = clock.now_ms()
                notes.frame(read_frame(text), arrived_ms)
        cut_off = not end.is_set()
        if cut_off:
            closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
    return cut_off


def _say_watching() -> None:
    sys.stdout.write("watching\n")
    sys.stdout.flush()


async def _close(stream: ClientConnection, notes: Notes, end: asyncio.Event) -> None:
    """Close the stream after the end, once nothing new has come for a while: the slowest news count most."""
    await end.wait()
    before = -1
    while notes.news != before:
        before = notes.news
        await asyncio.sleep(QUIET_S)
    await stream.close()


async def main() -> None:
    """Read the plan, watch until the input ends, write what was seen."""
    reader = await standard_input()
    plan = msgspec.json.decode(await reader.readline(), type=Watch)
    end = asyncio.Event()
    ending = asyncio.create_task(set_at_end(reader, end))
    seen = await watch(plan, end)
    end.set()
    await ending
    sys.stdout.buffer.write(msgspec.json.encode(seen))


async def standard_input() -> asyncio.StreamReader:
    """Open it for reading line by line."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    return reader


async def set_at_end(reader: asyncio.StreamReader, end: asyncio.Event) -> None:
    """Set `end` once the input ends."""
    await reader.read()
    end.set()


def run(measuring: Coroutine[None, None, None]) -> None:
    """Run what measures, without Python's collector: its pauses would count as the hub's."""
    gc.disable()
    uvloop.run(measuring)


if __name__ == "__main__":
    run(main())
