"""A board's registers as data: which bit and which word means what, and which requests read them all.

The building blocks of the maps in each family's `profiles/`; another board is another file, and no code.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Meta, Struct

T = TypeVar("T")
ProfileT = TypeVar("ProfileT", bound=Struct)
Table = Literal["coil", "discrete", "holding", "input"]
Address = Annotated[int, Meta(ge=0, le=0xFFFF)]
Word = Annotated[int, Meta(ge=0, le=0xFFFF)]
Point = tuple[Table, int]
"""A table and an address in it."""

Registers = Mapping[Point, int]
"""What was read: table and address to bit (0 or 1) or word."""

NEAR: Final = 8
"""Points of a table at most this far apart are read together: a few unused ones cost less than a request."""

LONGEST: Final = 120
"""Points that one request reads at most; the protocol allows 125 words."""


class Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """A table of a profile: names with hyphens, and no others than those it knows."""


class Bit(Strict, frozen=True):
    """A contact: a coil or discrete input, or bit number `bit` of a register."""

    table: Table
    address: Address
    bit: Annotated[int, Meta(ge=0, le=15)] | None = None
    inverted: bool = False

    def __post_init__(self) -> None:
        if (self.bit is not None) != (self.table in ("holding", "input")):
            raise ValueError("`bit` goes with the tables holding and input, and only with them")

    def points(self) -> Iterator[Point]:
        """Yield what must be read."""
        yield self.table, self.address

    def value(self, registers: Registers) -> bool:
        """Whether the contact is closed."""
        word = registers[self.table, self.address]
        return bool(word >> (self.bit or 0) & 1) != self.inverted


class Number(Strict, frozen=True):
    """A register, or two (`words = 2`, low word first), with a sign where it is `signed`; times `scale`."""

    table: Literal["holding", "input"]
    address: Address
    words: Literal[1, 2] = 1
    low_word_first: bool = True
    signed: bool = False
    scale: float = 1.0

    def points(self) -> Iterator[Point]:
        """Yield what must be read."""
        for offset in range(self.words):
            yield self.table, self.address + offset

    def value(self, registers: Registers) -> float:
        """Return the number in the unit of whoever asks."""
        words = [registers[point] for point in self.points()]
        if self.low_word_first:
            words.reverse()
        value = 0
        for word in words:
            value = value << 16 | word
        if self.signed and value >> (16 * self.words - 1):
            value -= 1 << 16 * self.words
        return value * self.scale


class Command(Strict, frozen=True):
    """What is written to command something; after `pulse_s` follows `off` (0: the board does that itself)."""

    table: Literal["coil", "holding"]
    address: Address
    on: Word = 1
    off: Word = 0
    pulse_s: Annotated[float, Meta(ge=0, le=5)] = 0.0


class Block(NamedTuple):
    """`size` points of a table from `address`, read with one request."""

    table: Table
    address: int
    size: int


def plan(points: Iterable[Point]) -> list[Block]:
    """Return the fewest reasonable requests that read all `points`."""
    wanted = set(points)
    tables: tuple[Table, ...] = ("discrete", "coil", "input", "holding")
    return [
        block for table in tables for block in _runs(table, sorted(a for kind, a in wanted if kind == table))
    ]


def _runs(table: Table, addresses: list[int]) -> Iterator[Block]:
    while addresses:
        start = last = addresses[0]
        for before, after in pairwise(addresses):
            if after - before > NEAR or after - start >= LONGEST:
                break
            last = after
        yield Block(table, start, last - start + 1)
        addresses = addresses[addresses.index(last) + 1 :]


def known_profiles(folder: Path) -> list[str]:
    """Return the names of the maps in `folder`."""
    return sorted(file.stem for file in folder.glob("*.toml"))


def load_profile(folder: Path, name: str, kind: type[ProfileT]) -> ProfileT:
    """Read a map by its name or, for a board of one's own, by the path of its file; ValueError if wrong."""
    file = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    known = known_profiles(folder)
    if not name.endswith(".toml") and name not in known:
        raise ValueError(f"profile {name!r} must be one of {', '.join(known)}, or a path to *.toml")
    try:
        return msgspec.toml.decode(file.read_bytes(), type=kind)
    except OSError as wrong:
        raise ValueError(f"profile {name!r}: {wrong}") from wrong
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError) as wrong:
        raise ValueError(f"profile {file.name}: {wrong}") from wrong


def fields_of(struct: Struct, kind: type[T]) -> Iterator[T]:
    """Yield the fields of `struct` that are of `kind`, such as every Bit of a table of contacts."""
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, kind):
            yield value
