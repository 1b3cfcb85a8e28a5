"""Counts alarms as people would have had them: a repeat soon after the last is none of its own."""

from msgspec import Struct

from contract.topics import Address
from hub.alarms.definition import Definition, Kind
from hub.alarms.signals import Raise, Signal


class Mark(Struct, kw_only=True):
    """One alarm that would have been: when, in ms since 1970, at which device (`site/kind/id`).

    `until_ms`: when it would have returned to normal; None: it would last, or a person ends it. `count`: how
    often it was raised in that time.
    """

    device: str
    at_ms: int
    until_ms: int | None = None
    count: int = 1


class Tally:
    """The alarms of one definition at one device."""

    def __init__(self, definition: Definition) -> None:
        self.marks: list[Mark] = []
        self._incident = definition.kind is Kind.INCIDENT
        self._repeat_ms = definition.repeat_within_s * 1000
        self._last_ms = 0
        self._open = False

    def take(self, signal: Signal) -> None:
        """Take what the rules say; as in `moves.again`, a later raise alerts anew."""
        if not isinstance(signal, Raise):
            self._return(signal.at_ms)
            return
        at_ms = signal.at_ms
        repeats = self._open and at_ms - self._last_ms <= self._repeat_ms
        if repeats and not self._incident:
            self.marks[-1].count += 1
        else:
            self.marks.append(Mark(device=_name(signal.address), at_ms=at_ms))
        self._open, self._last_ms = True, at_ms

    def _return(self, at_ms: int) -> None:
        if self._open and self.marks:
            self.marks[-1].until_ms = at_ms
        self._open = False


def _name(address: Address) -> str:
    return f"{address.site}/{address.kind}/{address.device}"
