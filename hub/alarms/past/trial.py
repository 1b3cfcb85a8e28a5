"""One trial: a definition, and the one in force beside it, over the past of every device of either.

Blocking; runs in a thread of its own. It looks at no more than MAX_LOOKED values and events, and says so if
that was not all.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from typing import Final

from msgspec import Struct

from contract.things import Description
from contract.topics import Address
from hub.alarms.definition import Definition, leaves
from hub.alarms.past.answerable import unanswered
from hub.alarms.past.replay import Replay
from hub.alarms.past.sources import Past, Sample, Stretch, aggregates
from hub.alarms.past.tally import Mark
from hub.alarms.rules.occasion import Happening
from hub.alarms.rules.scope import applies

MAX_LOOKED: Final = 1_000_000
MAX_MARKS: Final = 500
YIELD_EVERY: Final = 200
"""After so many values others get their turn: Python lets one thread compute at a time."""

WARM_UP_MS: Final = 3_600_000
"""How long before the stretch is looked at as well, so that a delay that began there ends in it."""

BINS: Final = 30

Meant = tuple[Address, Description | None]


class Outcome(Struct, frozen=True, kw_only=True):
    """What one definition would have raised. `bins`: how many in each of equal parts of the stretch.

    `devices`: how many at which, most first. `marks`: the newest, at most MAX_MARKS. `unanswered`: what it
    asks for and the past does not know; then there may have been more, or fewer.
    """

    alarms: int
    bins: Sequence[int]
    devices: dict[str, int]
    marks: Sequence[Mark]
    unanswered: Sequence[str]


class Findings(Struct, frozen=True, kw_only=True):
    """Both definitions over the same past; `in_force` None: there is none of that key.

    `meant`: how many devices; `silent`: of how many of them nothing is kept. `looked`: values and events.
    `complete`: everything was looked at.
    """

    tried: Outcome
    in_force: Outcome | None
    meant: int
    silent: int
    looked: int
    complete: bool


class Progress(Struct, kw_only=True):
    """How far a trial is; written by its thread, read by anybody."""

    devices: int = 0
    done: int = 0
    looked: int = 0


class Trial:
    """A definition, the one in force beside it, and the devices that either may be about.

    `stop` is asked again and again and ends the trial by raising.
    """

    def __init__(
        self,
        tried: Definition,
        in_force: Definition | None,
        past: Past,
        stretch: Stretch,
        stop: Callable[[], None],
    ) -> None:
        self.progress = Progress()
        self._both = (tried,) if in_force is None else (tried, in_force)
        self._past = past
        self._stretch = stretch
        self._early = stretch._replace(start_ms=stretch.start_ms - WARM_UP_MS)
        self._stop = stop
        tests = [test for each in self._both for test in (each.raised_by, each.returned_by)]
        self._asked = aggregates(*tests)
        self._types = frozenset(leaf.event for test in tests if test for leaf in leaves(test) if leaf.event)

    def run(self, known: Sequence[Meant]) -> Findings:
        """Look at everything that is kept of those devices."""
        meant = [each for each in known if any(applies(one.on, *each) for one in self._both)]
        self.progress.devices = len(meant)
        marks: list[list[Mark]] = [[] for _ in self._both]
        happenings = self._past.happenings(self._types, self._early) if self._types else {}
        silent = 0
        for address, description in meant:
            silent += not self._device(address, description, happenings.get(address, []), marks)
            self.progress.done += 1
            if self.progress.looked >= MAX_LOOKED:
                break
        outcomes = [self._outcome(each, found) for each, found in zip(self._both, marks, strict=True)]
        return Findings(
            tried=outcomes[0],
            in_force=outcomes[1] if len(outcomes) > 1 else None,
            meant=len(meant),
            silent=silent,
            looked=self.progress.looked,
            complete=self.progress.done == len(meant) and self.progress.looked < MAX_LOOKED,
        )

    def _device(
        self,
        address: Address,
        description: Description | None,
        happenings: Sequence[Happening],
        marks: Sequence[list[Mark]],
    ) -> bool:
        """Look at one device; whether anything is kept of it."""
        replays = [self._replay(each, address, description) for each in self._both]
        anything = False
        for at_ms, item in self._items(address, description, happenings):
            anything = True
            for replay in replays:
                if replay is not None:
                    replay.take(at_ms, item)
            self.progress.looked += 1
            if self.progress.looked >= MAX_LOOKED:
                break
            if self.progress.looked % YIELD_EVERY == 0:
                self._stop()
                time.sleep(0)
        for replay, found in zip(replays, marks, strict=True):
            if replay is not None:
                replay.finish(self._stretch.end_ms)
                found += [each for each in replay.tally.marks if each.at_ms >= self._stretch.start_ms]
        return anything

    def _replay(
        self, definition: Definition, address: Address, description: Description | None
    ) -> Replay | None:
        if not applies(definition.on, address, description):
            return None
        return Replay(definition, address, description, self._early.start_ms)

    def _items(
        self, address: Address, description: Description | None, happenings: Sequence[Happening]
    ) -> Iterator[tuple[int, Sample | Happening]]:
        samples = self._past.samples(address, description, self._asked, self._early)
        return merge(
            ((each.received_ms, each) for each in happenings),
            ((each.at_ms, each) for each in samples),
            key=lambda item: item[0],
        )

    def _outcome(self, definition: Definition, marks: list[Mark]) -> Outcome:
        start_ms, end_ms = self._stretch.start_ms, self._stretch.end_ms
        bins = [0] * BINS
        for each in marks:
            bins[min(BINS - 1, (each.at_ms - start_ms) * BINS // (end_ms - start_ms))] += 1
        devices = Counter(each.device for each in marks)
        newest = sorted(marks, key=lambda each: each.at_ms, reverse=True)[:MAX_MARKS]
        return Outcome(
            alarms=len(marks),
            bins=bins,
            devices=dict(devices.most_common()),
            marks=newest,
            unanswered=unanswered(definition),
        )
