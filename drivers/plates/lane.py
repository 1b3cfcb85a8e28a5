"""Joins readings, boom and loop to one pass for each vehicle. Pure; given the time.

Times are seconds of a clock that never goes back. With a loop under the boom each vehicle that leaves it has
passed; which one it was follows from who was let in. Without a loop, all that is known is that the gate
opened for a vehicle.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from contract.passes import Means
from drivers.plates.alike import alike
from drivers.plates.passing import NOBODY, LetIn, Pass, Reading, Scene
from drivers.plates.queue import BEHIND_S, Queue, Vehicle
from drivers.plates.way import NEXT, UNASKED, Turn, Way

ECHO_S: Final = 5.0
"""A camera may still see a vehicle that was seen to pass."""

AGAIN_S: Final = 60.0
"""A plate that is read so soon after it is thought to have passed has not, or has been read twice."""

OPENS_S: Final = 15.0
"""A boom that was told to open does so within this time, and one that nobody sees is down again."""

GAP_S: Final = 0.3
"""A loop that is free for less is still below the same vehicle, where the site does not say otherwise."""

REMEMBERED: Final = 64
"""Vehicles that have passed."""


class Lane:
    """What is known of the vehicles at one gate."""

    def __init__(self, gap_s: float = GAP_S) -> None:
        self._gap_s = gap_s
        self.scene = Scene()
        self.way = Way.SHUT
        self._turned_at = float("-inf")
        self._queue = Queue()
        self._under = False
        """A vehicle is on the loop and could pass."""
        self._off_at: float | None = None
        """When it left the loop, if it may come back."""
        self._lost_at = float("-inf")
        self._ahead = ""
        """The plate of who passed last through this opening."""
        self._gone: deque[tuple[str, float, bool]] = deque(maxlen=REMEMBERED)
        """Plates that passed: when, and whether that was seen."""

    @property
    def waiting(self) -> bool:
        """Whether a vehicle that was not let in waits for somebody to decide."""
        return self._queue.waiting() is not None

    @property
    def let_in(self) -> tuple[LetIn, ...]:
        """Those who were let in and have not passed."""
        return tuple(
            LetIn(reading=each.reading, means=each.means, at=each.let_at)
            for each in self._queue
            if each.means is not None
        )

    def resume(self, let_in: Iterable[LetIn], now: float) -> None:
        """Take who was let in before we began to look; what became of them the first looks will show."""
        for each in let_in:
            self._queue.resume(each)
            self._turn(Turn.LET_IN, each.at)
            self.lost(now)

    def just_passed(self, plate: str, now: float) -> bool:
        """Whether a vehicle with this plate was seen to pass a moment ago."""
        return any(plate == gone and seen and now - at <= ECHO_S for gone, at, seen in self._gone)

    def read(self, reading: Reading, now: float) -> list[Pass]:
        """Take a reading of a vehicle that is there; who has passed by that."""
        if reading.admitted:
            self._turn(Turn.LET_IN, now)
        if self._is_echo(reading, now):
            return []
        vehicle = self._queue.take(reading, self.scene, now)
        if reading.admitted:
            self._let_in(vehicle, Means.PLATE, now)
        return self._unseen(now)

    def not_opened(self, ident: str) -> None:
        """Take that the gate could not be opened for a reading: its vehicle waits."""
        for each in self._queue:
            if each.reading.ident == ident:
                each.means = None

    def replayed(self, reading: Reading, at: float) -> list[Pass]:
        """Take a reading that tells of a vehicle that is long gone; it was there at `at`."""
        if any(reading.plate == gone and abs(at - when) <= AGAIN_S for gone, when, _ in self._gone):
            return []
        self._note_gone(reading.plate, at, seen=False)
        return [Pass(reading=reading, means=Means.UNKNOWN, at=at, confirmed=False, replay=True)]

    def commanded(self, now: float) -> list[Pass]:
        """Take that somebody has the gate opened: for who waits, else for whoever comes next."""
        waits = self._queue.waiting()
        if self.scene.down and self._queue.let_in() is not None:
            self._turn(Turn.LET_IN, now)
        elif waits is not None:
            self._let_in(waits, Means.COMMAND, now)
        else:
            self._turn(Turn.COMMANDED, now)
        return self._unseen(now)

    def look(self, scene: Scene, now: float) -> list[Pass]:
        """Take what is seen of the gate; who has passed since the look before."""
        before, self.scene = self.scene, scene
        passed = self._watch_loop(now)
        if scene.down is False and before.down is not False:
            self._turn(Turn.RAISED, now)
        if scene.down and not before.down:
            passed += self._lowered(now)
        if scene.down is not False and now - self._turned_at > OPENS_S:
            self.way = NEXT[self.way][Turn.LAPSED]
        passed += self._unseen(now)
        self._queue.forget(scene, now)
        return passed

    def lost(self, now: float) -> list[Pass]:
        """Take that nothing is seen of the gate any more, until the next look."""
        passed = self._settle_loop()
        self._under, self._lost_at = False, now
        self.scene = Scene(loop=False, to_all=self.scene.to_all)
        return passed

    def _turn(self, turn: Turn, now: float) -> None:
        self.way = NEXT[self.way][turn]
        self._turned_at = max(self._turned_at, now)

    def _let_in(self, vehicle: Vehicle, means: Means, now: float) -> None:
        vehicle.means = vehicle.means or means
        vehicle.let_at = now
        self._turn(Turn.LET_IN, now)

    def _is_echo(self, reading: Reading, now: float) -> bool:
        """Whether a reading is of a vehicle that has passed already."""
        if not reading.plate or self._queue.has(reading.plate):
            return False
        for plate, at, seen in self._gone:
            if plate == reading.plate and now - at <= (ECHO_S if seen else AGAIN_S):
                return True
            if plate and not reading.admitted and now - at <= BEHIND_S and alike(plate, reading.plate):
                return True
        return False

    def _watch_loop(self, now: float) -> list[Pass]:
        """Return the vehicle that has left the loop for good, if one has."""
        down, loop = self.scene.down, self.scene.loop
        passed: list[Pass] = []
        if self._off_at is not None and (now - self._off_at >= self._gap_s or down or loop is None):
            passed = self._settle_loop()
        if loop is None:
            self._under = False
        elif loop:
            self._off_at = None
            self._under = self._under or not down
        elif self._under:
            self._under, self._off_at = False, now
        return passed

    def _settle_loop(self) -> list[Pass]:
        if self._off_at is None:
            return []
        at, self._off_at = self._off_at, None
        return [self._pass(self._queue.let_in() or self._queue.waiting(), at, confirmed=True)]

    def _unseen(self, now: float) -> list[Pass]:
        """Return those for whom the gate is open, where no loop sees them pass."""
        if self.scene.loop is not None or self.scene.down:
            return []
        return [
            self._pass(each, now, confirmed=False)
            for each in self._queue
            if each.means is not None or self._opens_unasked()
        ]

    def _opens_unasked(self) -> bool:
        """Whether the gate is open for a vehicle that was not let in itself."""
        open_wide = self.way is Way.ANYBODY and self.scene.down is False
        return self.scene.to_all is not None or self.way is Way.ONE or open_wide

    def _pass(self, vehicle: Vehicle | None, at: float, *, confirmed: bool) -> Pass:
        reading = vehicle.reading if vehicle else NOBODY
        means = (vehicle.means if vehicle else None) or self._unasked(at)
        if vehicle is not None:
            self._queue.remove(vehicle)
            self._note_gone(reading.plate, at, seen=confirmed)
        before, self._turned_at = self._ahead, max(self._turned_at, at)
        if means is not Means.TAILGATING:
            self._ahead, before = reading.plate, ""
        dwell_s = max(0.0, at - vehicle.first_at) if vehicle else 0.0
        return Pass(reading=reading, means=means, at=at, dwell_s=dwell_s, confirmed=confirmed, before=before)

    def _unasked(self, at: float) -> Means:
        """Say by what a vehicle passes that was not let in itself."""
        if self.scene.to_all is not None:
            return self.scene.to_all
        means = UNASKED[self.way]
        self._turn(Turn.USED, at)
        return means

    def _lowered(self, now: float) -> list[Pass]:
        """Take that the boom is down; who was let in and may have passed while nobody looked."""
        blind = [each for each in self._queue if each.means is not None and each.let_at <= self._lost_at]
        passed = [self._pass(each, now, confirmed=False) for each in blind]
        self._turn(Turn.LOWERED, now)
        self._ahead = ""
        self._queue.too_late(self.scene, now)
        if self._queue.let_in() is not None:
            self._turn(Turn.LET_IN, now)
        return passed

    def _note_gone(self, plate: str, at: float, *, seen: bool) -> None:
        if plate:
            self._gone.append((plate, at, seen))
