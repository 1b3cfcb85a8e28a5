"""One valve and its pipe, second by second: states, orders, leaks, dry pipes, litres; pure."""

from dataclasses import replace
from datetime import timedelta

import pytest

from drivers.sprinkler import words
from drivers.sprinkler.meter import Meter
from drivers.sprinkler.planner import Wish
from drivers.sprinkler.profile import load_board
from drivers.sprinkler.readings import Readings
from drivers.sprinkler.run import Run
from drivers.sprinkler.shown import properties
from drivers.sprinkler.state import NEXT, Sight, ZoneState
from drivers.sprinkler.words import Cause, Fault, Lock
from drivers.sprinkler.zone import INSIST_S, Order
from tests.drivers.sprinkler.bench import LEAKING, MONDAY, OPEN, SHUT, SOIL, STILL, Bench


def test_the_table_is_total() -> None:
    assert NEXT.keys() == set(ZoneState)
    assert all(moves.keys() == set(Sight) for moves in NEXT.values())


def test_a_whole_watering() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(60)
    assert (bench.look(SHUT), bench.orders) == ([], [Order.OPEN])
    assert bench.state == "closed"
    bench.look(SHUT)
    assert bench.state == "opening"
    assert bench.look(STILL) == [words.WATERING_STARTED]
    bench.look(OPEN, 30)
    assert bench.state == "watering"
    bench.look(OPEN, 40)
    assert bench.orders == [Order.OPEN, Order.CLOSE]
    bench.look(OPEN)
    assert bench.state == "closing"
    assert bench.look(replace(SHUT, rate=9.0)) == [words.WATERING_ENDED]
    ended = bench.happened[-1].data
    assert (ended["why"], ended["seconds"]) == ("finished", 72)
    assert ended["litres"] == pytest.approx(40 * 71 / 60, abs=0.1)
    assert bench.state == "closing", "the pipe runs empty"
    bench.look(SHUT)
    assert bench.state == "closed"
    assert bench.orders == [Order.OPEN, Order.CLOSE]


def test_a_zone_that_does_not_water_has_no_cause_and_one_that_is_not_seen_an_unknown_one() -> None:
    bench = Bench()

    def cause() -> object:
        return properties(bench.zone, bench.now, bench.wall)["cause"]

    assert cause() is None
    bench.look(SHUT)
    assert cause() == "none"
    bench.run(60)
    assert cause() == "manual"


def test_a_valve_that_stays_open_is_told_to_close_again_and_again() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(60)
    bench.look(SHUT)
    bench.look(OPEN)
    bench.zone.end(words.STOPPED)
    for _ in range(20):
        bench.look(OPEN)
    assert bench.orders.count(Order.CLOSE) == 20 / INSIST_S
    assert (bench.state, bench.zone.watch.fault) == ("fault", Fault.VALVE_STUCK_OPEN)
    assert bench.look(SHUT) == [words.FAULT_CLEARED, words.WATERING_ENDED]


def test_a_valve_that_stays_shut_is_told_once_and_then_let_alone() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(60)
    for _ in range(30):
        bench.look(SHUT)
    assert bench.orders == [Order.OPEN, Order.CLOSE]
    assert bench.zone.watch.fault is Fault.VALVE_STUCK_CLOSED
    assert bench.zone.run is None


def test_flow_for_a_moment_is_no_leak_and_a_leak_is_told_once() -> None:
    bench = Bench()
    assert bench.look(LEAKING) == bench.look(LEAKING, 4) == []
    assert bench.look(LEAKING) == [words.LEAK_DETECTED]
    assert (bench.look(LEAKING), bench.state) == ([], "leaking")
    assert bench.look(replace(SHUT, rate=None)) == [], "an unknown flow ends no leak"
    assert bench.look(SHUT) == [words.LEAK_ENDED]


def test_other_zones_water_on_a_common_meter_is_no_leak() -> None:
    bench = Bench()
    for _ in range(10):
        assert bench.look(Readings(valve_open=False, open_valves=2, rate=60.0)) == []
    assert (bench.state, bench.zone.total_litres) == ("closed", 0)


def test_common_water_is_shared_out() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(600)
    bench.look(SHUT)
    both = Readings(valve_open=True, open_valves=2, rate=60.0)
    bench.look(both)
    bench.look(both, 60)
    assert bench.zone.total_litres == pytest.approx(30, abs=1)


def test_no_water_after_the_grace_time_closes_and_locks() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(600)
    bench.look(SHUT)
    for _ in range(9):
        assert words.DRY_PIPE not in bench.look(STILL)
    assert words.DRY_PIPE in bench.look(STILL, 3)
    assert (bench.state, bench.orders[-1]) == ("fault", Order.CLOSE)
    bench.look(SHUT)
    assert bench.happened[-1].data["why"] == "dry-pipe"
    assert bench.zone.lockout(bench.now, bench.wall) is Lock.DRY_PIPE
    bench.run(600)
    bench.look(SHUT)
    bench.look(OPEN)
    assert not bench.zone.watch.dry, "water came: the lock is gone"


def test_a_meter_that_tells_nothing_dries_up_nothing() -> None:
    bench = Bench()
    bench.look(SHUT)
    bench.run(600)
    bench.look(SHUT)
    for _ in range(30):
        bench.look(replace(OPEN, rate=None))
    assert (bench.state, bench.orders) == ("watering", [Order.OPEN])


def test_a_longer_watering_takes_over_without_a_pause() -> None:
    bench = Bench(**SOIL)
    bench.feel(soil_moisture=5.0)
    bench.look(SHUT)
    bench.look(OPEN)
    ended = bench.zone.begin(Wish(cause=Cause.MANUAL, seconds=900), bench.now)
    assert [each.data["why"] for each in ended] == ["replaced"]
    bench.look(OPEN)
    assert words.WATERING_STARTED in bench.look(OPEN)
    assert bench.orders == [Order.OPEN, Order.OPEN], "that arms the board's timer anew"


def test_a_run_is_kept_over_a_restart_and_no_wrong_clock_makes_it_longer() -> None:
    run = Run(cause=Cause.SOIL, began=100.0, until=700.0, target=30.0, sent=True, opened=True)
    fact = run.kept(200.0, MONDAY)
    later = Run.recalled(fact, 5.0, MONDAY + timedelta(seconds=60), longest_s=3600)
    assert later
    assert (later.cause, later.target, later.opened, later.sent) == (Cause.SOIL, 30.0, True, True)
    assert (later.until - 5.0, 5.0 - later.began) == (440.0, 160.0)
    yesterday = Run.recalled(fact, 5.0, MONDAY - timedelta(days=1), longest_s=3600)
    assert yesterday
    assert yesterday.until - 5.0 <= 3600
    over = Run.recalled(fact, 5.0, MONDAY + timedelta(days=1), longest_s=3600)
    assert over
    assert over.remaining_s(5.0) == 0
    for rubbish in (None, 7, "", "{}", '{"cause":"rain"}'):
        assert Run.recalled(rubbish, 0.0, MONDAY, longest_s=3600) is None


def test_litres_from_a_counter_survive_its_turnover_and_a_new_board() -> None:
    meter = Meter(load_board("irrigation-board").meter)
    turns = (1 << 32) * 0.1
    assert meter.look(None, turns - 5, 0.0).litres == 0
    assert meter.look(None, 5.0, 10.0).litres == pytest.approx(10)
    assert meter.look(None, 45.0, 70.0).rate == pytest.approx(40)
    assert meter.look(None, 0.0, 71.0).litres == 0, "a new board counts from 0"
    assert meter.look(None, 1.0, 72.0).litres == 1
