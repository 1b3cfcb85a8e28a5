"""What a gate with a plate camera remembers across restarts of its host."""

from dataclasses import replace
from typing import Final

import msgspec

from contract.passes import Direction
from contract.plates import normalised
from drivers.plates.age import CameraClock
from drivers.plates.inside import BUCKETS, Inside
from drivers.plates.passing import LetIn, Pass
from drivers.plates.queue import WAITS_S
from drivers.plates.readings import Readings
from drivers.plates.rules import LaneOptions
from drivers.plates.writing import Writing
from drivers.runtime.interface import Port

CLOCK_STEP_S: Final = 2.0
"""By less a camera's clock may drift before we write it down."""


class Memory:
    """The latest readings, what the camera's clock is off by, and who was let in.

    With the other gates of its area: who is inside.
    """

    def __init__(self, port: Port, options: LaneOptions, writing: Writing) -> None:
        self._port = port
        self._writing = writing
        self._area = options.area if options.passback != "off" else None
        kept_s = port.recall("camera-clock")
        self._kept_s = float(kept_s) if isinstance(kept_s, int | float) else 0.0
        self.clock = CameraClock(options.oldest_s, self._kept_s)
        self.readings = Readings.from_text(port.recall("readings"))
        self._let_in: tuple[LetIn, ...] = ()
        self.inside = port.shared(f"inside:{self._area}", Inside)
        if self._area is not None:
            for bucket in range(BUCKETS):
                self.inside.merge(port.recall(self._fact(bucket)))

    def keep(self) -> None:
        """Write down the latest reading, and the clock if it is off by something else than before.

        After what was reported of it: a host that is killed in between must report it when it comes again.
        """
        if abs(self.clock.usual_s - self._kept_s) >= CLOCK_STEP_S:
            self._kept_s = self.clock.usual_s
            self._remember("camera-clock", round(self._kept_s, 1))
        self._remember("readings", self.readings.text())

    def keep_let_in(self, let_in: tuple[LetIn, ...], at: float) -> None:
        """Write down who was let in and has not passed, if that is news; `at` is now on the lane's clock."""
        if let_in != self._let_in:
            self._let_in = let_in
            gone_s = self._port.clock.now().timestamp() - at
            kept = [replace(each, at=each.at + gone_s) for each in let_in]
            self._remember("let-in", msgspec.json.encode(kept).decode())

    def let_in(self, at: float) -> list[LetIn]:
        """Return who was let in lately when the host last ran, `at` being now on the lane's clock."""
        text = self._port.recall("let-in")
        try:
            kept = msgspec.json.decode(text if isinstance(text, str) else "[]", type=list[LetIn])
        except msgspec.DecodeError:
            return []
        gone_s = self._port.clock.now().timestamp() - at
        return [replace(each, at=each.at - gone_s) for each in kept if 0 <= at + gone_s - each.at <= WAITS_S]

    def note_pass(self, passing: Pass, at: float) -> None:
        """Take who passed which way, `at` being now on the lane's clock."""
        reading = passing.reading
        if self._area is None or not reading.listed or reading.direction is Direction.UNKNOWN:
            return
        when = self._port.clock.now().timestamp() - (at - passing.at)
        bucket = self.inside.mark(
            normalised(reading.listed),
            int(when),
            inside=reading.direction is Direction.IN,
            late=passing.replay,
        )
        self._remember(self._fact(bucket), self.inside.text(bucket))

    def _fact(self, bucket: int) -> str:
        return f"inside:{self._area}:{bucket:02}"

    def _remember(self, key: str, value: float | str) -> None:
        self._writing.put(lambda: self._port.remember(key, value))
