"""Which readings of a camera were taken lately, so that one that it says again opens nothing. Pure."""

from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from drivers.plates.sighting import Sighting

KEPT: Final = 64
"""More than a camera reads in the time after which a reading is too old to open anything."""


def ident_of(sighting: Sighting) -> str:
    """Return what is the same for a reading however often the camera says it, and for no other.

    A camera that starts anew may begin its numbers anew: plate and time belong to it, if it has one.
    """
    time = int(sighting.taken_at.timestamp()) if sighting.dated else ""
    told = f"{sighting.record}\n{sighting.plate}\n{time}"
    return sha256(told.encode()).hexdigest()[:20]


class Readings:
    """The latest readings, by what `ident_of` says."""

    def __init__(self, idents: Iterable[str] = ()) -> None:
        self._idents: OrderedDict[str, None] = OrderedDict.fromkeys(idents)

    def add(self, ident: str) -> bool:
        """Take a reading; whether it is new."""
        if ident in self._idents:
            return False
        self._idents[ident] = None
        if len(self._idents) > KEPT:
            self._idents.popitem(last=False)
        return True

    def forget(self, ident: str) -> None:
        """Take that a reading was not kept: when the camera says it again, it is new."""
        self._idents.pop(ident, None)

    def text(self) -> str:
        """Write them down, oldest first, for `from_text`."""
        return " ".join(self._idents)

    @classmethod
    def from_text(cls, text: object) -> "Readings":
        """Read what `text` wrote; anything else is none."""
        return cls(text.split() if isinstance(text, str) else ())
