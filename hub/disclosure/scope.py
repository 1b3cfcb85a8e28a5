"""What a disclosure is about: which data, of when, where and whom. Pure."""

import re
from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from msgspec import Struct

from contract.plates import folded
from hub.passes.pattern import ANY, ONE, plate_pattern

DAY_MS: Final = 86_400_000


class DataKind(StrEnum):
    """Kinds of data that can leave."""

    PASSES = "passes"
    EVENTS = "events"
    ALARMS = "alarms"
    HISTORY = "history"


class Scope(Struct, frozen=True, kw_only=True):
    """Which data. What is empty or None sets no limit; what is given must all hold at once.

    From `from_ms` until `to_ms`, ms since 1970, the end not included. `devices`: `gate/east-in`, `door/*`.
    `plate`: as in `hub.passes.pattern`. `person`, `vehicle`: keys of the register. `passes` (by their number
    in the record) and `alarms` (by id) were picked: of their kind then only these.
    """

    from_ms: int
    to_ms: int
    kinds: tuple[DataKind, ...]
    devices: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    plate: str | None = None
    person: str | None = None
    vehicle: str | None = None
    passes: tuple[int, ...] = ()
    alarms: tuple[str, ...] = ()
    pictures: bool = True
    clips: bool = False

    @property
    def days(self) -> float:
        """How long a stretch of time it is."""
        return (self.to_ms - self.from_ms) / DAY_MS

    @property
    def of_somebody(self) -> bool:
        """Whether it asks for what names a plate or somebody of the register, and for nothing else."""
        return bool(self.plate or self.person or self.vehicle)

    @property
    def named(self) -> bool:
        """Whether it names whom it is about: everybody else in it is a bystander."""
        return self.of_somebody or bool(self.passes or self.alarms)

    def within(self, other: "Scope") -> bool:
        """Whether nothing of it is wider than `other`."""
        return (
            other.from_ms <= self.from_ms
            and self.to_ms <= other.to_ms
            and set(self.kinds) <= set(other.kinds)
            and _covered(self.devices, other.devices)
            and _covered(self.areas, other.areas)
            and _plate_within(self.plate, other.plate)
            and other.person in (None, self.person)
            and other.vehicle in (None, self.vehicle)
            and _picked(self.passes, other.passes)
            and _picked(self.alarms, other.alarms)
            and (other.pictures or not self.pictures)
            and (other.clips or not self.clips)
        )


def folded_plate(typed: str | None) -> str | None:
    """Return the one plate that is meant, folded, so that a disclosure is found by it; None: several may be.

    A pattern with wildcards names nobody.
    """
    pattern = plate_pattern(typed) if typed else None
    return None if pattern is None or pattern.wild else folded(pattern.text)


def _covered(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    """Whether every name of `inner` is one of `outer`, which may hold `kind/*`; none means all."""
    if not outer:
        return True
    return bool(inner) and all(any(fnmatchcase(each, name) for name in outer) for each in inner)


def _picked(inner: Iterable[object], outer: Iterable[object]) -> bool:
    picked, allowed = set(inner), set(outer)
    return not allowed or (bool(picked) and picked <= allowed)


def _plate_within(inner: str | None, outer: str | None) -> bool:
    """Whether all plates that `inner` may mean are plates that `outer` means; in doubt not."""
    wide = plate_pattern(outer) if outer else None
    if wide is None:
        return True
    narrow = plate_pattern(inner) if inner else None
    if narrow is None:
        return False
    return narrow.text == wide.text or (not narrow.wild and _means(wide.sought, narrow.sought))


def _means(pattern: str, plate: str) -> bool:
    """Whether a pattern means a plate; nothing but `*` and `?` is special in it."""
    special = {ANY: ".*", ONE: "."}
    written = "".join(special.get(each) or re.escape(each) for each in pattern)
    return re.fullmatch(written, plate) is not None
