"""What a driver that dies at any moment knows at its next start. Pure, on a notebook instead of a disk."""

from typing import Any

from contract.clock import ManualClock
from contract.messages import Scalar
from drivers.runtime.interface import NO_DATA, Happening
from drivers.sprinkler import words
from drivers.sprinkler.memory import Memory
from drivers.sprinkler.options import SprinklerOptions
from drivers.sprinkler.run import Run
from drivers.sprinkler.zone import Zone
from tests.drivers.sprinkler.garden import TCP


class Died(Exception):
    """The driver was killed."""


class Notebook:
    """The facts that a port keeps; after `lives` more of them its driver is dead."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.facts: dict[str, Scalar] = {}
        self.lives = 1000

    def recall(self, key: str) -> Scalar:
        return self.facts.get(key)

    async def remember(self, key: str, value: Scalar) -> None:
        if self.lives == 0:
            raise Died
        self.lives -= 1
        self.facts[key] = value


def life(notebook: Any) -> tuple[Zone, Memory]:
    zone = Zone(SprinklerOptions(wire=TCP))
    return zone, Memory(notebook, zone)


async def begins(
    notebook: Notebook, happening: Happening, *, opened: bool, ending: str | None = None
) -> None:
    """Let a driver put down an event, in which it may die."""
    zone, memory = life(notebook)
    zone.run = Run(cause=words.Cause.MANUAL, began=0.0, until=300.0, sent=True)
    await memory.keep()
    zone.run.opened, zone.run.ending = opened, ending
    try:
        await memory.begin(happening)
    except Died:
        return


async def test_a_watering_that_was_told_to_begin_is_not_told_again() -> None:
    for lives in range(2, 4):
        notebook = Notebook()
        notebook.lives = lives
        await begins(notebook, Happening(words.WATERING_STARTED, NO_DATA), opened=True)
        zone, memory = life(notebook)
        assert memory.unsaid is not None
        assert zone.run is not None
        assert zone.run.opened, "or it would be told again"


async def test_a_watering_that_was_told_to_end_is_over() -> None:
    for lives in range(2, 4):
        notebook = Notebook()
        notebook.lives = lives
        await begins(notebook, Happening(words.WATERING_ENDED, NO_DATA), opened=True, ending=words.STOPPED)
        zone, memory = life(notebook)
        assert memory.unsaid is not None
        assert zone.run is None
