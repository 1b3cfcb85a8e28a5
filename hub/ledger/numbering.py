"""Counting what a driver numbered: gaps in a device's events, and how far an outbox is complete. Pure."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field

MAX_PENDING: Final = 100_000
"""Numbers remembered beyond a gap; a host has at most its window outstanding."""


class Position(Struct, frozen=True, gc=False):
    """How far a device's events are known: the run of its driver and the highest number in it."""

    boot: str | None = None
    sequence: int = 0
    missed: int = 0

    def after(self, boot: str | None, sequence: int | None) -> "Position":
        """Return the position after one more event.

        A number left out counts as missed until it arrives late. The first event ever heard of a device
        says nothing about those before it; a later run begins at 1.
        """
        if sequence is None:
            return self
        if boot != self.boot:
            known = self.boot is not None
            return Position(boot, sequence, self.missed + (max(sequence - 1, 0) if known else 0))
        if sequence > self.sequence:
            return Position(boot, sequence, self.missed + sequence - self.sequence - 1)
        return Position(boot, self.sequence, max(self.missed - 1, 0))


class OutboxProgress(Struct, frozen=True):
    """Which numbers of one outbox are in the ledger: all up to `upto`, and those `beyond` a gap."""

    outbox: str
    upto: int = 0
    beyond: frozenset[int] = field(default_factory=frozenset)

    def with_numbers(self, numbers: Iterable[int], first_kept: int | None) -> "OutboxProgress":
        """Return the progress after more numbers; all below `first_kept` the host knows to be committed."""
        upto = max(self.upto, (first_kept or 1) - 1)
        beyond = {number for number in (*self.beyond, *numbers) if number > upto}
        while upto + 1 in beyond:
            upto += 1
            beyond.discard(upto)
        if len(beyond) > MAX_PENDING:
            beyond = set(sorted(beyond)[:MAX_PENDING])
        return OutboxProgress(self.outbox, upto, frozenset(beyond))
