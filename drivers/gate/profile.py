"""A board's register map as data: which bit and which register means what.

A map is a TOML file in `profiles/`; another board is another file, and no code.
"""

import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from drivers.gate.faults import Fault

FOLDER: Final = Path(__file__).parent / "profiles"

T = TypeVar("T")
Table = Literal["coil", "discrete", "holding", "input"]
Address = Annotated[int, Meta(ge=0, le=0xFFFF)]
Word = Annotated[int, Meta(ge=0, le=0xFFFF)]

NEAR: Final = 8
"""Points of a table at most this far apart are read together: a few unused ones cost less than a request."""


class _Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    pass


class Bit(_Strict, frozen=True):
    """A contact: a coil or discrete input, or bit number `bit` of a register."""

    table: Table
    address: Address
    bit: Annotated[int, Meta(ge=0, le=15)] | None = None
    inverted: bool = False

    def __post_init__(self) -> None:
        if (self.bit is not None) != (self.table in ("holding", "input")):
            raise ValueError("`bit` goes with the tables holding and input, and only with them")


class Number(_Strict, frozen=True):
    """A register, or two (`words = 2`, low word first); times `scale`."""

    table: Literal["holding", "input"]
    address: Address
    words: Literal[1, 2] = 1
    low_word_first: bool = True
    scale: float = 1.0


class Command(_Strict, frozen=True):
    """What is written to command something; after `pulse_s` follows `off` (0: the board does that itself)."""

    table: Literal["coil", "holding"]
    address: Address
    on: Word = 1
    off: Word = 0
    pulse_s: Annotated[float, Meta(ge=0, le=5)] = 0.0
    raises: bool = False
    """For `hold-open`: the board raises the boom by itself when told to hold it."""


class Bits(_Strict, frozen=True):
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


class Numbers(_Strict, frozen=True):
    """The registers; `position` in percent of the way up, after its scale."""

    position: Number | None = None
    fault_code: Number | None = None
    cycles: Number | None = None


class Commands(_Strict, frozen=True):
    """What the board can be told."""

    open: Command
    close: Command
    stop: Command
    hold_open: Command | None = None


class Profile(_Strict, frozen=True):
    """One kind of board."""

    title: str
    bits: Bits
    commands: Commands
    numbers: Numbers = field(default_factory=Numbers)
    fault_codes: dict[str, Fault] = field(default_factory=dict)

    def points(self) -> Iterator[tuple[Table, int]]:
        """Yield every table and address that must be read."""
        for bit in _fields(self.bits, Bit):
            yield bit.table, bit.address
        for number in _fields(self.numbers, Number):
            for offset in range(number.words):
                yield number.table, number.address + offset


class Block(NamedTuple):
    """`size` points of a table from `address`, read with one request."""

    table: Table
    address: int
    size: int


def plan(profile: Profile) -> list[Block]:
    """Return the fewest reasonable requests that read all points."""
    blocks: list[Block] = []
    tables: tuple[Table, ...] = ("discrete", "coil", "input", "holding")
    for table in tables:
        addresses = sorted({address for kind, address in profile.points() if kind == table})
        if not addresses:
            continue
        cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(addresses)) if b - a > NEAR), len(addresses)]
        for first, last in pairwise(cuts):
            start, end = addresses[first], addresses[last - 1]
            blocks.append(Block(table, start, end - start + 1))
    return blocks


def known_profiles() -> list[str]:
    """Return the names of the maps that come with the product."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def load_profile(name: str) -> Profile:
    """Read a map by its name or, for a board of one's own, by the path of its file; ValueError if wrong."""
    file = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not name.endswith(".toml") and name not in known_profiles():
        raise ValueError(
            f"profile {name!r} must be one of {', '.join(known_profiles())}, or a path to *.toml"
        )
    try:
        return msgspec.toml.decode(file.read_bytes(), type=Profile)
    except OSError as wrong:
        raise ValueError(f"profile {name!r}: {wrong}") from wrong
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError) as wrong:
        raise ValueError(f"profile {file.name}: {wrong}") from wrong


def _fields(struct: Struct, kind: type[T]) -> Iterator[T]:
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, kind):
            yield value
