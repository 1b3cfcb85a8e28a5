"""How far one host has one list, and what to send it next. Pure: no clock, no wire, no ledger."""

from collections import deque
from typing import Final, NamedTuple

from contract.lists import Held
from hub.lists.reading import Head

WINDOW: Final = 4
"""Portions that a host has not said it has."""

PATIENCE_S: Final = 3.0
LONGEST_PATIENCE_S: Final = 60.0
"""Without progress, what a host lacks is sent again; ever more rarely, if that does not help either."""

NOTHING: Final = Held(edition="", revision=0, entries=0)


class Place(NamedTuple):
    """How far a host has come."""

    edition: str
    revision: int

    def beyond(self, other: "Place") -> bool:
        """Whether this is further in the same edition."""
        return self.edition == other.edition and self.revision > other.revision


class Wanted(NamedTuple):
    """Which portion to read: see `hub.lists.reading`."""

    after: int
    begun: int


class Following:
    """One list of one host. `now`: monotonic seconds."""

    def __init__(self) -> None:
        self.held = NOTHING
        self.behind_since_ms: int | None = None
        self._edition = ""
        self._begun = 0
        self._next = 0
        self._whole = False
        self._under_way: deque[int] = deque()
        self._quiet_since = 0.0
        self._patience_s = PATIENCE_S

    @property
    def pushing(self) -> bool:
        """Whether something is under way, and the host was not silent about it for long."""
        return bool(self._edition) and self._patience_s == PATIENCE_S

    def current(self, head: Head) -> bool:
        """Whether the host has all that there is."""
        return Place(self.held.edition, self.held.revision) == Place(head.edition, head.revision)

    def note(self, head: Head, now_ms: int) -> None:
        """Note since when the host lacks something."""
        if self.current(head):
            self.behind_since_ms = None
        elif self.behind_since_ms is None:
            self.behind_since_ms = now_ms

    def ahead(self, head: Head) -> bool:
        """Whether the host has what the ledger does not: that is then an older one."""
        return self._place(head.edition).beyond(Place(head.edition, head.revision))

    def heard(self, held: Held, now: float) -> None:
        """Take what the host says that it has."""
        before, self.held = self._place(self._edition), held
        place = self._place(self._edition)
        if place == before:
            return
        self._quiet_since, self._patience_s = now, PATIENCE_S
        if before.edition == self._edition and not place.beyond(before):
            self.forget()  # it started anew, or its file is gone
        while self._under_way and place.edition == self._edition and self._under_way[0] <= place.revision:
            self._under_way.popleft()

    def forget(self) -> None:
        """Take it that what is under way is lost: the host's word alone counts."""
        self._edition = ""
        self._under_way.clear()

    def wanted(self, head: Head, now: float) -> Wanted | None:
        """Return which portion to send now, if any."""
        if self.current(head):
            self.forget()
            self._patience_s = PATIENCE_S
            return None
        if head.revision == 0 and self.held.edition:
            return None  # a ledger that was lost, and begins empty, must not shut everybody out
        if self._edition == head.edition and self._overdue(now):
            self._patience_s = min(2 * self._patience_s, LONGEST_PATIENCE_S)
            self.forget()
        if self._edition != head.edition:
            self._resume(head, now)
        if len(self._under_way) >= WINDOW or (self._whole and self._next >= head.revision):
            return None
        return Wanted(self._next, self._begun)

    def sent(self, wanted: Wanted, head: Head, upto: int, now: float) -> None:
        """Take that the portion `wanted` was sent; it led to `upto` when the list was at `head`."""
        if self._edition != head.edition or self._next != wanted.after:
            return
        if not self._under_way:
            self._quiet_since = now
        self._under_way.append(upto)
        self._next, self._whole = upto, upto == head.revision

    def due(self, head: Head) -> float:
        """Return when, in monotonic seconds, patience ends; infinity if nothing is waited for."""
        waiting = self._edition and not self.current(head)
        return self._quiet_since + self._patience_s if waiting else float("inf")

    def _place(self, edition: str) -> Place:
        staged = self.held.staged
        if staged is not None and staged.edition == edition:
            return Place(staged.edition, staged.revision)
        return Place(self.held.edition, self.held.revision)

    def _overdue(self, now: float) -> bool:
        return (bool(self._under_way) or self._whole) and now >= self._quiet_since + self._patience_s

    def _resume(self, head: Head, now: float) -> None:
        place = self._place(head.edition)
        fits = place.edition == head.edition and place.revision <= head.revision
        self._edition = head.edition
        self._next = place.revision if fits else 0
        self._begun = 0 if self._next else head.revision
        self._whole = False
        self._quiet_since = now
