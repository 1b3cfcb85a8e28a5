"""One lane to play with, and who steps it."""

from collections.abc import Callable
from typing import Any

from simulators.clock import VirtualClock
from simulators.gate.board import Coil
from simulators.gate.family import Gate, Options

TICK_S = 0.05


class LaneOnBench:
    """A gate without a wire: its board is written to directly, its time moved by hand."""

    def __init__(self, **options: Any) -> None:
        self.gate = Gate("bench", Options(wire="modbus-tcp://127.0.0.1:0", **options))
        self.clock = VirtualClock()

    def pulse(self, coil: Coil, *, on: bool = True) -> None:
        """Write one coil."""
        self.gate.board.write_coil(coil, on)

    def let(self, seconds: float) -> None:
        """Let time pass in ticks."""
        for _ in range(round(seconds / TICK_S)):
            self.clock.advance(TICK_S)
            self.gate.step(TICK_S)

    def until(self, condition: Callable[[], bool], within_s: float = 60.0) -> float:
        """Let time pass until `condition` holds; return the seconds that it took."""
        waited = 0.0
        while not condition():
            assert waited < within_s, f"not within {within_s} s: {self.gate.inspect()}"
            self.let(TICK_S)
            waited += TICK_S
        return waited

    def __getitem__(self, name: str) -> Any:
        return self.gate.inspect()[name]
