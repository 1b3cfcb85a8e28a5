"""What a gate with a plate camera remembers across restarts of its host."""

import asyncio
from typing import Final

from contract.passes import Direction
from contract.plates import normalised
from drivers.plates.age import CameraClock
from drivers.plates.inside import BUCKETS, Inside
from drivers.plates.passing import Pass
from drivers.plates.readings import Readings
from drivers.plates.rules import LaneOptions
from drivers.plates.writing import Writing
from drivers.runtime.interface import Port

CLOCK_STEP_S: Final = 2.0
"""By less a camera's clock may drift before we write it down."""


class Memory:
    """The latest readings, what the camera's clock is off by, and, with the area's gates, who is inside."""

    def __init__(self, port: Port, options: LaneOptions, writing: Writing) -> None:
        self._port = port
        self._writing = writing
        self._area = options.area if options.passback != "off" else None
        kept_s = port.recall("camera-clock")
        self._kept_s = float(kept_s) if isinstance(kept_s, int | float) else 0.0
        self.clock = CameraClock(options.oldest_s, self._kept_s)
        self.readings = Readings.from_text(port.recall("readings"))
        self.inside = port.shared(f"inside:{self._area}", Inside)
        if self._area is not None:
            for bucket in range(BUCKETS):
                self.inside.merge(port.recall(self._fact(bucket)))

    def keep(self) -> asyncio.Future[None]:
        """Write down the latest reading, and the clock if it is off by something else than before."""
        if abs(self.clock.usual_s - self._kept_s) >= CLOCK_STEP_S:
            self._kept_s = self.clock.usual_s
            self._remember("camera-clock", round(self._kept_s, 1))
        return self._remember("readings", self.readings.text())

    def note_pass(self, passing: Pass, at: float) -> None:
        """Take who passed which way, `at` being now on the lane's clock."""
        reading = passing.reading
        if self._area is None or not reading.listed or reading.direction is Direction.UNKNOWN:
            return
        when = self._port.clock.now().timestamp() - (at - passing.at)
        bucket = self.inside.mark(
            normalised(reading.listed), int(when), inside=reading.direction is Direction.IN
        )
        self._remember(self._fact(bucket), self.inside.text(bucket))

    def _fact(self, bucket: int) -> str:
        return f"inside:{self._area}:{bucket:02}"

    def _remember(self, key: str, value: float | str) -> asyncio.Future[None]:
        return self._writing.put(lambda: self._port.remember(key, value))
