"""Events reach the rules in order and once each, also more of them than there is room for."""

from collections import Counter

import pytest

from contract.clock import ManualClock
from hub.alarms.rules import feed as feed_module
from hub.alarms.rules.feed import FIRST_LOOK_BACK_S, PAGE, Feed
from tests.hub.alarms.rules.house import GATE, Ledger


class Tap:
    """A feed on a ledger in memory."""

    def __init__(self, *, already: int = 0) -> None:
        self.clock = ManualClock()
        self.ledger = Ledger(self.clock)
        self.counts: Counter[str] = Counter()
        for _ in range(already):
            self.ledger.add(GATE, "hit")
        self.feed = Feed(self.ledger, "default", self.clock, {"hit"}, self.counts)  # type: ignore[arg-type]  # as much of it as a feed uses

    def commit(self, *types: str) -> None:
        self.feed.put([self.ledger.add(GATE, type_) for type_ in types])

    async def drain(self, most: int = 200) -> list[int]:
        seen: list[int] = []
        while not self.feed.idle:
            seen += [each.seq for each in await self.feed.take(most)]
        return seen


async def test_those_since_the_cursor_come_first_and_none_twice() -> None:
    tap = Tap(already=PAGE + 7)
    await tap.feed.begin(5)
    tap.commit("hit", "hit")
    assert await tap.drain() == list(range(6, PAGE + 10))
    tap.commit("hit")
    assert await tap.drain() == [PAGE + 10]
    assert tap.feed.upto == PAGE + 10


async def test_what_is_put_while_it_is_read_comes_once() -> None:
    tap = Tap(already=3)
    await tap.feed.begin(1)
    late = tap.ledger.add(GATE, "hit")
    assert [each.seq for each in await tap.feed.take(10)] == [2, 3, 4]
    tap.feed.put([late])
    assert await tap.drain() == []
    assert tap.feed.upto == 4


async def test_events_that_no_definition_names_only_move_the_cursor() -> None:
    tap = Tap()
    await tap.feed.begin(0)
    await tap.feed.take(1)
    tap.commit("passed", "passed")
    assert tap.feed.idle
    await tap.feed.take(1)
    assert tap.feed.upto == 2


async def test_more_than_there_is_room_for_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "MAX_WAITING", 10)
    tap = Tap()
    await tap.feed.begin(0)
    await tap.feed.take(1)
    for _ in range(40):
        tap.commit("hit")
    assert len(tap.feed) == 10
    assert tap.counts["events_reread"] == 1
    first = [each.seq for each in await tap.feed.take(4)]
    tap.commit("hit", "hit")
    assert first + await tap.drain(4) == list(range(1, 43))
    tap.commit("hit")
    assert len(tap.feed) == 1
    assert await tap.drain() == [43]


async def test_first_start_on_an_old_ledger_raises_nothing_of_long_ago() -> None:
    tap = Tap(already=PAGE + 3)
    tap.clock.advance(FIRST_LOOK_BACK_S + 1)
    tap.ledger.add(GATE, "hit")
    await tap.feed.begin(0)
    assert await tap.drain() == [PAGE + 4]


async def test_first_start_takes_what_just_happened() -> None:
    tap = Tap(already=2 * PAGE)
    await tap.feed.begin(0)
    assert len(await tap.drain()) == 2 * PAGE
    tap = Tap()
    await tap.feed.begin(0)
    assert await tap.drain() == []


async def test_age_of_an_event_read_back_is_kept() -> None:
    tap = Tap(already=1)
    tap.clock.advance(30)
    await tap.feed.begin(0)
    happening = (await tap.feed.take(1))[0]
    assert happening.at == 0.0
    assert happening.committed_ms is None
