"""Whom the hub cannot reach: a notification that fails quietly is worse than none."""

from collections.abc import Callable, Iterable
from typing import Final

from contract.clock import Clock

FAILING_AFTER_S: Final = 300.0

OnChange = Callable[[tuple[str, ...]], None]


class Reach:
    """Which contacts fail: their address is wrong, their last message failed, or they take none for long.

    A contact fails until a message, or a test message, gets through. `on_change` is told all that fail
    whenever that changes.
    """

    def __init__(
        self, clock: Clock, on_change: OnChange = lambda _: None, after_s: float = FAILING_AFTER_S
    ) -> None:
        self._clock = clock
        self._after_ms = after_s * 1000
        self._faults: dict[str, str] = {}
        self._since_ms: dict[str, int] = {}
        self._lost: set[str] = set()
        self._shown: tuple[str, ...] = ()
        self.on_change = on_change

    def address(self, contact: str, fault: str | None) -> None:
        """Take what is wrong with a contact's address; None: nothing."""
        if fault is None:
            self._faults.pop(contact, None)
        else:
            self._faults[contact] = fault
        self.look()

    def got_through(self, contact: str) -> None:
        """Take that a message was taken."""
        self._faults.pop(contact, None)
        self._since_ms.pop(contact, None)
        self._lost.discard(contact)
        self.look()

    def tried(self, contact: str, since_ms: int) -> None:
        """Take that an attempt failed; the first one of its message was at `since_ms`."""
        self._since_ms[contact] = min(since_ms, self._since_ms.get(contact, since_ms))
        self.look()

    def lost(self, contacts: Iterable[str]) -> None:
        """Take that the last message to each of these failed for good."""
        self._lost.update(contacts)
        self.look()

    def faults(self) -> dict[str, str]:
        """Return what is wrong with whose address."""
        return dict(self._faults)

    def failing(self) -> tuple[str, ...]:
        """Return the contacts that fail, by name."""
        long_ago = self._clock.now_ms() - self._after_ms
        slow = {contact for contact, since_ms in self._since_ms.items() if since_ms <= long_ago}
        return tuple(sorted(self._faults.keys() | self._lost | slow))

    def look(self) -> None:
        """Say so if other contacts fail than before."""
        failing = self.failing()
        if failing != self._shown:
            self._shown = failing
            self.on_change(failing)
