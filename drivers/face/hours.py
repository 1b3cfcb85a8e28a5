"""Whose hours begin or end: people by the access levels whose hours decide about them. Pure."""

from collections.abc import Mapping
from datetime import datetime

from contract.lists import Level, Person
from drivers.face.rights import deciding_hours
from drivers.lists.permit import holds


class Hours:
    """Those at `door/device`."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._levels_of: dict[str, tuple[str, ...]] = {}
        self._people_of: dict[str, dict[str, None]] = {}
        self._held: dict[str, bool] = {}
        """Of each level, whether its hours held at the last look."""

    def clear(self) -> None:
        """Forget everybody."""
        for kind in (self._levels_of, self._people_of, self._held):
            kind.clear()

    def watch(self, key: str, person: Person | None, levels: Mapping[str, Level], now: datetime) -> None:
        """Note by which hours a person may pass; None: by none any more."""
        mine = deciding_hours(person, levels, self._device) if person else ()
        if mine == self._levels_of.get(key, ()):
            return
        for level in self._levels_of.pop(key, ()):
            self._people_of[level].pop(key, None)
        if mine:
            self._levels_of[key] = mine
        for level in mine:
            self._people_of.setdefault(level, {})[key] = None
            self._held.setdefault(level, holds(levels[level], now))

    def turned(self, levels: Mapping[str, Level], now: datetime) -> list[str]:
        """Return of whom hours have begun or ended since the last look."""
        people: list[str] = []
        for key, held in self._held.items():
            level = levels.get(key)
            holds_now = level is not None and holds(level, now)
            if holds_now is not held:
                self._held[key] = holds_now
                people += self._people_of[key]
        return people
