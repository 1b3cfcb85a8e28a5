"""Whose cars come to the gates of one community: who is known, who visits, who is blocked, and who is inside.

A file says it, TOML or JSON, with the lists `residents`, `visitors` and `blocked`; it is read again when it
has changed, and cars of a file that is not there yet are strangers. Gates that name the same file share
their cars, so that whoever leaves by one gate may come back by another.
"""

import json
import logging
import random
import tomllib
from collections.abc import Collection
from pathlib import Path

import msgspec
from msgspec import Struct

from simulators.errors import BadOptions
from simulators.lpr.plates import stranger

log = logging.getLogger(__name__)


class Plates(Struct, frozen=True, kw_only=True):
    """Plates by what they may do."""

    residents: list[str] = []
    visitors: list[str] = []
    blocked: list[str] = []


class Fleet:
    """The cars of one community. In the beginning every second resident is at home."""

    def __init__(self, plates: Plates, file: Path | None = None) -> None:
        self._plates = plates
        self._file = file
        self._read_at = -1.0
        self._inside: set[str] = set(plates.residents[::2])
        self._under_way: set[str] = set()

    @property
    def plates(self) -> Plates:
        """The plates as the file has them now."""
        if self._file is not None and (changed := _changed_at(self._file)) != self._read_at:
            first, self._read_at = self._read_at < 0, changed
            self._read(self._file, first=first)
        return self._plates

    @property
    def inside(self) -> Collection[str]:
        """The plates that are inside, as they say themselves."""
        return self._inside

    def resident(self, dice: random.Random, *, leaving: bool | None) -> str:
        """Draw a resident from that side, None: from either; there are ways without a camera, too.

        Where nobody is left there it is one from the other side, and a stranger where there are no residents.
        """
        free = [each for each in self.plates.residents if each not in self._under_way]
        there = [each for each in free if leaving is None or (each in self._inside) is leaving]
        return self._sent(dice.choice(there or free)) if free else self.stranger(dice)

    def visitor(self, dice: random.Random) -> str:
        """Draw a visitor."""
        return self._sent(dice.choice(self.plates.visitors)) if self.plates.visitors else self.stranger(dice)

    def blocked(self, dice: random.Random) -> str:
        """Draw a car that must not come in."""
        return dice.choice(self.plates.blocked) if self.plates.blocked else self.stranger(dice)

    def stranger(self, dice: random.Random) -> str:
        """Draw a car that nobody knows."""
        plates = self.plates
        return stranger(dice, frozenset((*plates.residents, *plates.visitors, *plates.blocked)))

    def gone(self, plate: str, *, passed: bool, leaving: bool | None) -> None:
        """Take note that a car passed or turned round."""
        self._under_way.discard(plate)
        if passed and plate and leaving is not None:
            (self._inside.discard if leaving else self._inside.add)(plate)

    def _read(self, file: Path, *, first: bool) -> None:
        try:
            self._plates = read_plates(file)
        except BadOptions as wrong:
            log.warning("%s; the cars stay as they were", wrong)
        if first:
            self._inside = set(self._plates.residents[::2])

    def _sent(self, plate: str) -> str:
        self._under_way.add(plate)
        return plate


class Fleets:
    """The fleets of a process by the file that names their cars: `ports.of(Fleets)`."""

    def __init__(self) -> None:
        self._fleets: dict[Path, Fleet] = {}

    async def close(self) -> None:
        """Nothing is open."""

    async def tend(self) -> None:
        """Nothing goes away."""

    def of(self, file: Path) -> Fleet:
        """Return the fleet of a file."""
        return self._fleets.setdefault(file, Fleet(Plates(), file))


def read_plates(file: Path) -> Plates:
    """Read a file of plates; a missing one is empty, BadOptions says what is wrong with another."""
    try:
        text = file.read_text(encoding="utf-8")
        return msgspec.convert(json.loads(text) if file.suffix == ".json" else tomllib.loads(text), Plates)
    except FileNotFoundError:
        return Plates()
    except (OSError, ValueError) as wrong:
        raise BadOptions(f"cannot read plates_file {file}: {wrong}") from wrong


def _changed_at(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return -1.0
