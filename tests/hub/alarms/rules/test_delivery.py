"""Signals reach the desk in order, also when the ledger was away; one that no database holds stops nobody."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from contract.clock import SystemClock
from hub.alarms.definition import Definition, Kind, Test
from hub.alarms.rules import delivery as delivery_module
from hub.alarms.rules import judge as judge_module
from hub.alarms.rules.delivery import CURSOR_S, MAX_GROUP, RETRY_S
from tests.hub.alarms.rules.house import GATE, HOST, House, definition
from tests.waiting import eventually

HIT = Test(event="hit")
AWAY = OperationalError("insert", {}, OSError("disk full"))


async def house(*definitions: Definition) -> House:
    made = House(*definitions)
    await made.rules.begin()
    made.speak()
    await made.rules.turn()
    return made


async def test_signals_wait_for_the_ledger_and_none_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    home = await house(definition(), definition(HIT, key="hit", kind=Kind.INCIDENT))
    home.desk.wrong = AWAY
    assert await home.show(fault="jammed") == []
    assert await home.happen("hit") == []
    assert home.rules.failing
    assert home.rules.waiting == 2
    assert home.rules.counts["desk_failures"] == 1
    await home.wait(RETRY_S, GATE)
    assert home.rules.counts["desk_failures"] == 2
    home.desk.wrong = None
    await home.wait(RETRY_S, GATE)
    assert home.desk.said == ["raise gate-jammed", "raise hit"]
    assert home.desk.seq == 1
    assert not home.rules.failing
    assert "2 signals wait" in caplog.text


async def test_whatever_is_wrong_with_the_ledger_it_is_asked_again() -> None:
    home = await house(definition())
    for number, wrong in enumerate((OSError("gone"), RuntimeError("thread"), AWAY), 1):
        home.desk.wrong = wrong
        home.clock.advance(RETRY_S)
        assert await home.show(fault="jammed") == []
        assert home.rules.counts["desk_failures"] == number
    home.desk.wrong = None
    assert await home.wait(RETRY_S, GATE) == ["raise gate-jammed"]


async def test_what_waits_is_bounded_and_the_rest_waits_in_the_ledger(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery_module, "MAX_WAITING", 5)
    home = await house(definition(HIT, key="hit", kind=Kind.INCIDENT), definition())
    home.desk.wrong = AWAY
    for _ in range(20):
        await home.happen("hit")
    await home.show(fault="jammed")
    assert home.rules.waiting <= 5 + 20 + 1
    home.desk.wrong = None
    await home.wait(2 * RETRY_S, GATE)
    assert home.desk.said.count("raise hit") == 20
    assert "raise gate-jammed" in home.desk.said


async def test_big_flood_is_taken_in_groups() -> None:
    home = await house(definition(HIT, key="hit", kind=Kind.INCIDENT))
    home.rules.committed([home.ledger.add(GATE, "hit") for _ in range(MAX_GROUP + 50)])
    await home.rules.turn()
    assert max(home.desk.groups) <= MAX_GROUP
    assert [signal.event_seq for signal in home.desk.signals] == list(range(1, MAX_GROUP + 51))
    assert home.desk.seq == MAX_GROUP + 50


async def test_cursor_stays_below_what_waits_in_the_group_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_module, "MAX_GROUP", 3)
    home = await house(*(definition(HIT, key=f"hit-{number}") for number in range(2)))
    cursors: list[int | None] = []
    take = home.desk.take

    async def noting(signals: Any, upto: int | None) -> None:
        cursors.append(upto)
        await take(signals, upto)

    home.desk.take = noting  # type: ignore[method-assign]  # it looks over the desk's shoulder
    home.rules.committed([home.ledger.add(GATE, "hit") for _ in range(3)])
    await home.rules.turn()
    assert cursors == [1, 3]


async def test_signal_that_no_database_holds_is_left_out_alone(caplog: pytest.LogCaptureFixture) -> None:
    home = await house(*(definition(HIT, key=key) for key in ("a", "poison", "b", "c")))
    home.desk.poison = "poison"
    assert await home.happen("hit") == ["raise a", "raise b", "raise c"]
    assert home.rules.counts["signals_refused"] == 1
    assert "poison" in caplog.text
    assert home.desk.seq == 1
    assert await home.happen("hit") == ["raise a", "raise b", "raise c"]


async def test_cursor_moves_now_and_then_though_nothing_is_raised() -> None:
    home = await house(definition(HIT))
    await home.happen("passed")
    assert home.desk.seq == 0
    await home.wait(CURSOR_S, GATE)
    assert home.desk.seq == 1
    assert home.desk.said == []


async def test_cursor_stays_below_an_event_whose_delay_is_not_over() -> None:
    home = await house(definition(HIT, Test(event="cleared"), on_delay_s=30))
    await home.happen("passed")
    await home.happen("hit")
    await home.happen("passed")
    await home.wait(29, GATE)
    assert home.desk.seq == 1
    await home.wait(1, GATE)
    assert home.desk.said == ["raise gate-jammed"]
    assert home.desk.seq == 3


async def test_events_that_wait_for_a_description_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_module, "MAX_PARKED", 2)
    home = House(definition(HIT))
    await home.rules.begin()
    for number in range(3):
        said = await home.happen("hit")
        assert said == ["raise gate-jammed"] * (3 if number == 2 else 0)


async def test_unreadable_ledger_is_read_later(caplog: pytest.LogCaptureFixture) -> None:
    home = House(definition(HIT))
    home.ledger.add(GATE, "hit")
    home.desk.seq = 0
    await home.rules.begin()
    home.speak()
    home.ledger.away = True
    await home.rules.turn()
    await home.rules.turn()
    assert home.rules.failing
    assert home.rules.counts["ledger_failures"] == 1
    home.ledger.away = False
    assert await home.wait(RETRY_S, GATE) == ["raise gate-jammed"]
    assert not home.rules.failing
    assert "cannot read the ledger" in caplog.text


class Running(House):
    """A house in which time passes by itself."""

    def __init__(self, *definitions: Definition) -> None:
        super().__init__(*definitions)
        self.clock = SystemClock()  # type: ignore[assignment]  # nobody moves it
        self.ledger.clock = self.clock  # type: ignore[assignment]  # the same
        self.restart()


async def test_rules_run_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.alarms.rules.engine.RETRY_S", 0.01)
    home = Running(definition(on_delay_s=0.05), definition(HIT, key="hit"))
    home.desk.wrong = AWAY
    task = asyncio.create_task(home.rules.run())
    try:
        await eventually(lambda: home.rules.counts["ledger_failures"] > 0)
        home.desk.wrong = None
        await eventually(lambda: not home.rules.failing)
        home.speak(GATE, {"fault": "jammed"})
        await eventually(lambda: home.desk.said == ["raise gate-jammed"])
        home.rules.committed([home.ledger.add(GATE, "hit")])
        await eventually(lambda: home.desk.said[1:] == ["raise hit"])
        home.state(GATE, {"fault": "none"})
        home.shadows.remove(GATE)
        home.rules.removed(GATE)
        await eventually(lambda: len(home.desk.said) == 4)
        monkeypatch.setattr(delivery_module, "RETRY_S", 0.01)
        monkeypatch.setattr(delivery_module, "MAX_WAITING", 1)
        home.desk.wrong = AWAY
        home.speak(GATE, {"fault": "none"})
        home.rules.committed([home.ledger.add(GATE, "hit")])
        await eventually(lambda: home.rules.counts["desk_failures"] > 1)
        home.desk.wrong = None
        await eventually(lambda: len(home.desk.said) == 5)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_delay_that_is_over_while_nothing_is_known_waits_for_news() -> None:
    home = await house(definition(on_delay_s=5))
    await home.show(fault="jammed")
    home.link(online=False)
    assert await home.wait(60) == []
    home.link(online=True)
    home.state(HOST, {})
    home.speak(GATE, {"fault": "jammed"})
    await home.rules.turn()
    assert home.desk.said == ["raise gate-jammed"]
