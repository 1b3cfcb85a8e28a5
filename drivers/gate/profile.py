"""A barrier board's register map as data: which bit and which register means what.

A map is a TOML file in `profiles/`; another board is another file, and no code.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import field

from drivers.gate.faults import Fault
from drivers.modbus import registers
from drivers.modbus.registers import Bit, Number, Point, Strict, fields_of

FOLDER: Final = Path(__file__).parent / "profiles"


class Command(registers.Command, frozen=True):
    """What is written to move the boom."""

    raises: bool = False
    """For `hold-open`: the board raises the boom by itself when told to hold it."""


class Bits(Strict, frozen=True):
    """The contacts. Without limits, loop and beam no boom may be moved, so these must be there."""

    up_limit: Bit
    down_limit: Bit
    loop_a: Bit
    beam: Bit
    loop_b: Bit | None = None
    manual: Bit | None = None
    emergency_stop: Bit | None = None
    fault: Bit | None = None
    hold_open: Bit | None = None


class Numbers(Strict, frozen=True):
    """The registers; `position` in percent of the way up, after its scale."""

    position: Number | None = None
    fault_code: Number | None = None
    cycles: Number | None = None


class Commands(Strict, frozen=True):
    """What the board can be told."""

    open: Command
    close: Command
    stop: Command
    hold_open: Command | None = None


class Profile(Strict, frozen=True):
    """One kind of board."""

    title: str
    bits: Bits
    commands: Commands
    numbers: Numbers = field(default_factory=Numbers)
    fault_codes: dict[str, Fault] = field(default_factory=dict)

    def points(self) -> Iterator[Point]:
        """Yield every table and address that must be read."""
        for bit in fields_of(self.bits, Bit):
            yield from bit.points()
        for number in fields_of(self.numbers, Number):
            yield from number.points()


def known_profiles() -> list[str]:
    """Return the names of the maps that come with the product."""
    return registers.known_profiles(FOLDER)


def load_profile(name: str) -> Profile:
    """Read a map by its name or, for a board of one's own, by the path of its file; ValueError if wrong."""
    return registers.load_profile(FOLDER, name, Profile)
