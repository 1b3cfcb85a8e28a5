"""What is wired to a camera's inputs, and what that shows of boom and lane. Pure.

A camera tells changes alone: of a contact that has not changed since we listen, nothing is known.
"""

import msgspec

from contract.passes import Means
from drivers.gate.state import NEXT, GateState, Sight
from drivers.lpr.options import LprOptions
from drivers.plates.camera import Contact
from drivers.plates.passing import Scene


class Contacts:
    """The contacts by name, and the boom's state as far as they show it."""

    def __init__(self, options: LprOptions) -> None:
        wired = msgspec.structs.asdict(options.inputs)
        self._names = {number: name for name, number in wired.items() if number is not None}
        self._inverted = frozenset(options.normally_closed)
        self._on: dict[str, bool] = {}
        self.state = GateState.UNKNOWN

    @property
    def sees_moves(self) -> bool:
        """Whether any contact tells that the boom moved."""
        return not {"up", "down"}.isdisjoint(self._names.values())

    @property
    def is_open(self) -> bool | None:
        """Whether the boom is seen to be open: up, or, where that is not wired, no longer down."""
        if "up" in self._names.values():
            return self["up"]
        down = self["down"]
        return None if down is None else not down

    def __getitem__(self, name: str) -> bool | None:
        """Whether a contact tells that it is so; None if it does not tell."""
        return self._on.get(name)

    def take(self, contact: Contact) -> bool:
        """Take an input that changed; whether it is one that means something here."""
        name = self._names.get(contact.number)
        if name is None:
            return False
        self._on[name] = contact.closed != (name in self._inverted)
        self.state = self._next()
        return True

    def lost(self) -> None:
        """Take that the camera does not answer: nothing is known."""
        self._on.clear()
        self.state = GateState.UNKNOWN

    def scene(self, *, fire: bool) -> Scene:
        """Say what they mean for vehicles."""
        down = self["down"]
        if down is None and self["up"]:
            down = False
        # A loop that is wired counts as there from the start: it has not changed, so it is free.
        loop = self._on.get("loop", False) if "loop" in self._names.values() else None
        return Scene(down=down, loop=loop, approach=self["approach"], to_all=Means.FIRE if fire else None)

    def _next(self) -> GateState:
        up, down = self["up"], self["down"]
        if up and down:
            return NEXT[self.state][Sight.CONTRADICTION]
        if up or down:
            return NEXT[self.state][Sight.AT_TOP if up else Sight.AT_BOTTOM]
        if up is None or down is None:
            return GateState.UNKNOWN
        return NEXT[self.state][Sight.BETWEEN]
