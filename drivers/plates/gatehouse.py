"""What stands between a plate camera and its gate: decides, opens at once, and reports each vehicle once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from contract.errors import DeviceError, Refused
from contract.lists import Level, Vehicle
from contract.messages import Scalar
from contract.passes import Decision, Direction, Means, Reason
from drivers.lists.index import Index
from drivers.plates import telling
from drivers.plates.camera import Answer, Contact, PlateCamera
from drivers.plates.judge import Case, Lists, Verdict, judge, words
from drivers.plates.lane import Lane
from drivers.plates.make import make_camera
from drivers.plates.memory import Memory
from drivers.plates.passing import Pass, Reading, Scene
from drivers.plates.readings import ident_of
from drivers.plates.rules import LaneOptions
from drivers.plates.sheet import CameraState, ListState
from drivers.plates.sighting import Sighting
from drivers.plates.writing import Writing
from drivers.runtime.interface import Port
from drivers.runtime.waiting import pause

log = logging.getLogger(__name__)

PATIENCE_S: Final = 0.15
"""How long the answer to a camera waits for the disk; a vehicle waits for the answer."""

AGAIN_S: Final = 1.0
"""After how long a wire that dies at once is tried again; one that lasted is, at once: a vehicle may come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """What the gate is to its gatehouse.

    `may_open`: no interlock forbids it. `open` does, once, what it takes beside the camera's being answered
    so (DeviceError, Refused). `show` publishes the gate's properties. `by_camera`: the camera's relay is what
    opens it. `contact`: an input of the camera changed.
    """

    may_open: Callable[[], bool]
    open: Callable[[], Awaitable[None]]
    show: Callable[[], None]
    by_camera: bool
    contact: Callable[[Contact], None] = lambda _contact: None


class Gatehouse:
    """One gate's camera, lane and lists, from `start` until the host ends: losing the gate is none of it."""

    def __init__(self, port: Port, options: LaneOptions, barrier: Barrier) -> None:
        self._port = port
        self._options = options
        self._barrier = barrier
        self._vehicles = port.listed(Vehicle)
        self._levels = port.listed(Level)
        self._index = port.shared("vehicles-by-plate", lambda: Index(self._vehicles, words))
        self._device = port.name.rpartition("/")[2]
        self._writing = Writing(port)
        self._memory = Memory(port, options, self._writing)
        self._tasks: set[asyncio.Task[None]] = set()
        self.camera: PlateCamera | None = None
        self.lane = Lane(options.gap_s)
        at = port.clock.monotonic()
        self.lane.resume(self._memory.let_in(at), at)
        self.state: CameraState | None = None
        self.fault = "the camera has not been heard yet"
        self.stirred = asyncio.Event()
        """Set when the camera is heard after a silence, or lost."""

    def start(self) -> "Gatehouse":
        """Begin to listen to the camera."""
        self._writing.start()
        for listed in (self._vehicles, self._levels):
            listed.watch(lambda _changes: self._barrier.show())
        self._spawn(self._serve())
        return self

    async def aclose(self) -> None:
        """Listen no more; what was decided gets to disk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._writing.aclose()

    def is_silent(self) -> bool:
        """Whether the camera is lost."""
        return self.state is CameraState.SILENT

    def properties(self) -> dict[str, Scalar]:
        """Return what the gate's data sheet has of vehicles, but for the camera's state."""
        return {
            "waiting": self.lane.waiting,
            "list": (ListState.GOOD if self._known else ListState.NONE).value,
            "vehicles-listed": len(self._vehicles.entries),
        }

    async def take(self, sighting: Sighting) -> Answer:
        """Decide on a sighting, open if it may pass, and tell."""
        at = self._port.clock.monotonic()
        ident = ident_of(sighting)
        verdict = self._judge(sighting, ident, at)
        opens = self._opens(verdict)
        if opens and verdict.decision is Decision.ADMITTED:
            self._spawn(self._open(ident))
        reading = _reading(sighting, verdict, ident, opens=opens)
        if verdict.reason is Reason.REPLAY:
            return await self._take_late(sighting, verdict, reading, at)
        passed = [] if verdict.reason is Reason.REPEAT else self.lane.read(reading, at)
        kept = self._tell_recognised(sighting, verdict, ident, self._port.clock.now())
        self._tell_passed(passed, at)
        self._memory.keep()
        self._barrier.show()
        lost = await _fate(kept) is False
        if lost and not opens:
            self._memory.readings.forget(ident)
        by_camera, not_opened = self._barrier.by_camera, partial(self._not_opened, ident)
        return Answer(open=opens, by_camera=by_camera, kept=not lost, not_opened=not_opened)

    async def _take_late(self, sighting: Sighting, verdict: Verdict, reading: Reading, at: float) -> Answer:
        """Record a vehicle that is long gone: the camera must not forget it until it is on disk."""
        now = self._port.clock.now()
        late_s = max(0.0, (now - sighting.taken_at).total_seconds() - self._memory.clock.usual_s)
        time = now - timedelta(seconds=late_s)
        fate = await _fate(self._tell_recognised(sighting, verdict, reading.ident, time))
        if fate is False:
            self._memory.readings.forget(reading.ident)
        else:
            self._tell_passed(self.lane.replayed(reading, at - late_s), at)
            self._memory.keep()
        return Answer(open=False, kept=fate is True)

    def commanded(self) -> None:
        """Take that somebody has the gate opened by command."""
        at = self._port.clock.monotonic()
        self._tell_passed(self.lane.commanded(at), at)

    def look(self, scene: Scene) -> None:
        """Take what is seen of the gate now."""
        at = self._port.clock.monotonic()
        self._tell_passed(self.lane.look(scene, at), at)

    def lost(self) -> None:
        """Take that nothing is seen of the gate any more."""
        at = self._port.clock.monotonic()
        self._tell_passed(self.lane.lost(at), at)

    def _judge(self, sighting: Sighting, ident: str, at: float) -> Verdict:
        now = self._port.clock.now()
        case = Case(
            sighting=sighting,
            now=now,
            recorded=self._recorded(sighting, ident, at),
            inside=self._memory.inside.has,
        )
        lists = Lists(
            vehicles=self._index,
            levels=self._levels.entries,
            known=self._known,
            device=self._device,
        )
        return judge(case, lists, self._options)

    def _recorded(self, sighting: Sighting, ident: str, at: float) -> Reason | None:
        """Say why a sighting must not open anything, whoever it is; None if it may."""
        if not self._memory.readings.add(ident):
            return Reason.REPEAT
        if sighting.replay:
            return Reason.REPLAY
        if not self._memory.clock.is_live(sighting.taken_at, self._port.clock.now(), at):
            return Reason.REPLAY
        return Reason.REPEAT if self.lane.just_passed(sighting.plate, at) else None

    def _opens(self, verdict: Verdict) -> bool:
        let_in = verdict.decision is Decision.ADMITTED
        if self.lane.scene.to_all is Means.FIRE:
            let_in = verdict.decision is not Decision.RECORDED
        return let_in and self._barrier.may_open()

    async def _open(self, ident: str) -> None:
        try:
            await self._barrier.open()
        except (DeviceError, Refused) as failed:
            log.warning("%s: not opened for a vehicle that may pass: %s", self._port.name, failed)
            self._not_opened(ident)

    def _not_opened(self, ident: str) -> None:
        """Let somebody see to a vehicle that may pass and cannot."""
        self.lane.not_opened(ident)
        self._memory.keep_let_in(self.lane.let_in, self._port.clock.monotonic())
        self._barrier.show()

    def _tell_recognised(
        self, sighting: Sighting, verdict: Verdict, ident: str, time: datetime
    ) -> asyncio.Future[bool]:
        """Tell what was read; whether that is on disk."""
        kept = [self._writing.report(each) for each in telling.recognised(sighting, verdict, ident, time)]
        return kept[0]

    def _tell_passed(self, passed: list[Pass], at: float) -> None:
        for each in passed:
            for report in telling.passed(each, self._direction, self._port.clock.now(), at):
                self._writing.report(report)
            self._memory.note_pass(each, at)
        self._memory.keep_let_in(self.lane.let_in, at)

    @property
    def _known(self) -> bool:
        """Whether the host was given the lists: without the levels, nobody on the other may pass."""
        return self._vehicles.known and self._levels.known

    @property
    def _direction(self) -> Direction:
        return self._options.passing(None)

    async def _serve(self) -> None:
        while True:
            began_at = self._port.clock.monotonic()
            try:
                self.camera = self.camera or make_camera(self._options, self._port)
                await self.camera.serve(self.take, self._barrier.contact, self._heard)
            except DeviceError as lost:
                self._lose(str(lost))
            except Exception as wrong:
                log.exception("%s: the camera's wire has a bug", self._port.name)
                self._lose(f"driver error: {type(wrong).__name__}")
            if self._port.clock.monotonic() - began_at < AGAIN_S:
                await pause(self._port.clock, AGAIN_S)

    def _heard(self) -> None:
        if self.state is not CameraState.READY:
            self.state = CameraState.READY
            self._stir()

    def _lose(self, why: str) -> None:
        self.fault = why
        if self.state is not CameraState.SILENT:
            self.state = CameraState.SILENT
            self._stir()

    def _stir(self) -> None:
        self.stirred.set()
        self._barrier.show()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def gatehouse_of(port: Port, options: LaneOptions, barrier: Barrier) -> Gatehouse:
    """Return the gatehouse of a gate: one as long as the host runs, however often the gate is lost."""
    return port.shared(f"gatehouse:{port.name}", lambda: Gatehouse(port, options, barrier).start())


async def _fate(kept: asyncio.Future[bool]) -> bool | None:
    """Say whether a report is on disk; None if the disk takes too long to tell."""
    await asyncio.wait({kept}, timeout=PATIENCE_S)
    return kept.result() if kept.done() else None


def _reading(sighting: Sighting, verdict: Verdict, ident: str, *, opens: bool) -> Reading:
    entry = verdict.entry
    return Reading(
        ident=ident,
        plate=sighting.plate,
        admitted=opens and verdict.decision is Decision.ADMITTED,
        direction=sighting.direction,
        vehicle=entry.key if entry else "",
        person=(entry.person or "") if entry else "",
        category=entry.category.value if entry else "",
        listed=entry.plate if entry else "",
        passback=verdict.passback,
    )
