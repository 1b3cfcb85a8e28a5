"""The iron of a barrier gate: boom, motor, limit switches, hand crank. No clock but `dt_s`, no I/O.

Position is in per mille of the way up: 0 lies on its post, 1000 stands upright.
"""

from dataclasses import dataclass
from enum import Enum

UPRIGHT = 1000.0
OBSTACLE_AT = 500.0  # a hatchback's roof below a boom of 4 m, in per mille


class Motor(Enum):
    """What the motor does with the boom."""

    OFF = 0
    UP = 1
    DOWN = -1


@dataclass(slots=True, kw_only=True)
class Boom:
    """The boom, its motor and what can be wrong with them.

    `open_s` and `close_s` are the seconds of a whole way, `crank_s` that of a person at the hand crank.
    `obstacle` stands below the boom until it is hit once; `struck` tells that the last step hit it.
    """

    open_s: float = 3.0
    close_s: float = 3.0
    crank_s: float = 5.0
    position: float = 0.0
    motor: Motor = Motor.OFF
    jammed: bool = False
    seized: bool = False
    obstacle: bool = False
    struck: bool = False
    cranked: bool = False

    @property
    def up_limit(self) -> bool:
        """Whether the upper limit switch is pressed."""
        return self.position >= UPRIGHT

    @property
    def down_limit(self) -> bool:
        """Whether the lower limit switch is pressed."""
        return self.position <= 0.0

    @property
    def over_current(self) -> bool:
        """Whether the motor draws more than it should: it is seized and told to turn."""
        return self.seized and self.motor is not Motor.OFF

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self.struck = False
        if self.cranked:
            self.position = min(UPRIGHT, self.position + UPRIGHT * dt_s / self.crank_s)
        elif self.motor is Motor.OFF or self.jammed or self.seized:
            return
        elif self.motor is Motor.UP:
            self.position = min(UPRIGHT, self.position + UPRIGHT * dt_s / self.open_s)
        else:
            self._sink(dt_s)

    def _sink(self, dt_s: float) -> None:
        before = self.position
        self.position = max(0.0, before - UPRIGHT * dt_s / self.close_s)
        if self.obstacle and self.position <= OBSTACLE_AT:
            self.position = min(before, OBSTACLE_AT)
            self.obstacle, self.struck = False, True
