"""Counting what a driver numbered: gaps in a device's events, and how far an outbox is complete. Pure."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field

MAX_PENDING: Final = 100_000
"""Numbers remembered beyond a gap; a host has at most its window outstanding."""

MAX_RUNS: Final = 8
"""Runs of a driver from which a late event is still counted in."""


class Run(Struct, frozen=True, gc=False):
    """A device's events in one run of its driver: the highest number heard, and how many below it missed."""

    boot: str | None
    highest: int
    missed: int = 0

    def after(self, sequence: int) -> "Run":
        """Return the run after one more event; a number left out counts as missed until it arrives late."""
        if sequence > self.highest:
            return Run(self.boot, sequence, self.missed + sequence - self.highest - 1)
        return Run(self.boot, self.highest, max(self.missed - 1, 0))


class Position(Struct, frozen=True):
    """How far a device's events are known: its driver's runs, oldest first, and what older ones missed.

    After a broker lost its store, events of a new run may arrive before the last ones of the run before.
    """

    runs: tuple[Run, ...] = ()
    settled: int = 0

    @property
    def missed(self) -> int:
        """How many events were numbered but never came."""
        return self.settled + sum(run.missed for run in self.runs)

    def after(self, boot: str | None, sequence: int | None) -> "Position":
        """Return the position after one more event.

        The first event ever heard of a device says nothing about those before it; a later run begins at 1.
        """
        if sequence is None:
            return self
        for place, run in enumerate(self.runs):
            if run.boot == boot:
                moved = (*self.runs[:place], run.after(sequence), *self.runs[place + 1 :])
                return Position(moved, self.settled)
        begun = Run(boot, 0).after(sequence) if self.runs else Run(boot, sequence)
        too_old = self.runs[: max(0, len(self.runs) + 1 - MAX_RUNS)]
        settled = self.settled + sum(run.missed for run in too_old)
        return Position((*self.runs[len(too_old) :], begun), settled)


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
