"""Whether a plate may pass: by the lists, the camera's trust in its reading, its age, and who is inside."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.lists import Level, Period, Vehicle
from contract.passes import Decision, Direction, Reason
from drivers.lists.index import Index
from drivers.plates.age import APART_S, CameraClock
from drivers.plates.inside import KEPT, Inside
from drivers.plates.judge import Case, Lists, judge, words
from drivers.plates.readings import KEPT as READINGS_KEPT
from drivers.plates.readings import Readings, ident_of
from drivers.plates.rules import LaneOptions
from drivers.plates.sighting import Sighting
from drivers.runtime.listed import InMemory

NOW = datetime(2026, 7, 25, 4, 0, tzinfo=UTC)  # a Saturday, noon in Shanghai
PLATE = "粤A12345"
ALWAYS = Level(key="always", places=("gate/*",))
LEVELS = {
    "always": ALWAYS,
    "elsewhere": Level(key="elsewhere", places=("gate/west",)),
    "weekdays": Level(key="weekdays", places=("gate/east",), periods=(Period(days=("mon",)),)),
}


def rules(**fields: Any) -> LaneOptions:
    known = {"directions": {"up": Direction.OUT}, **fields}
    return LaneOptions(wire="zhenshi-mqtt", broker="mqtt://127.0.0.1", serial="1", **known)


def vehicle(key: str = "v1", plate: str = PLATE, **fields: Any) -> Vehicle:
    return Vehicle(key=key, plate=plate, **({"levels": ("always",)} | fields))


def sighting(plate: str = PLATE, **fields: Any) -> Sighting:
    every: dict[str, Any] = {"record": "7", "taken_at": NOW, "confidence": 95.0, "direction": Direction.IN}
    return Sighting(plate=plate, **(every | fields))


def verdict(
    *vehicles: Vehicle, seen: Sighting | None = None, known: bool = True, case: Any = None, **options: Any
) -> tuple[Decision, Reason, str]:
    """Judge `seen` and say what came of it, and by which entry."""
    listed = InMemory[Vehicle]("edition" if known else "", 1, {each.key: each for each in vehicles})
    lists = Lists(vehicles=Index(listed, words), levels=LEVELS, known=known, device="east")
    said = judge(Case(sighting=seen or sighting(), now=NOW, **(case or {})), lists, rules(**options))
    return said.decision, said.reason, said.entry.key if said.entry else ""


ADMITTED, REFUSED, RECORDED = Decision.ADMITTED, Decision.REFUSED, Decision.RECORDED


def test_a_listed_plate_is_let_in() -> None:
    assert verdict(vehicle()) == (ADMITTED, Reason.LISTED, "v1")


def test_an_unknown_plate_is_not() -> None:
    assert verdict(vehicle(), seen=sighting("京B88888")) == (REFUSED, Reason.UNKNOWN, "")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"blocked": True}, Reason.BLOCKED),
        ({"valid_from": NOW + timedelta(seconds=1)}, Reason.NOT_YET_VALID),
        ({"valid_until": NOW}, Reason.EXPIRED),
        ({"levels": ()}, Reason.NO_LEVEL),
        ({"levels": ("elsewhere", "unheard-of")}, Reason.NO_LEVEL),
        ({"levels": ("weekdays",)}, Reason.OUTSIDE_SCHEDULE),
    ],
)
def test_an_entry_that_does_not_let_it_pass_says_why(fields: dict[str, Any], reason: Reason) -> None:
    assert verdict(vehicle(**fields)) == (REFUSED, reason, "v1")


def test_blocked_wins_over_any_other_entry_of_the_plate() -> None:
    blocked = vehicle("b1", blocked=True, levels=())
    assert verdict(vehicle(), blocked) == verdict(blocked, vehicle()) == (REFUSED, Reason.BLOCKED, "b1")


def test_blocked_is_told_though_the_reading_is_doubtful_and_the_exit_free() -> None:
    blocked = vehicle("b1", blocked=True)
    doubtful = sighting(confidence=3.0, fake=True, direction=Direction.OUT)
    assert verdict(blocked, seen=doubtful, exit="free") == (REFUSED, Reason.BLOCKED, "b1")


@pytest.mark.parametrize("read", ["粤A1Z345", "粤AI2345", "A12345"])
@pytest.mark.parametrize("tolerant", [False, True])
def test_what_may_be_a_blocked_plate_is_taken_for_it_unless_it_is_listed_itself(
    read: str, tolerant: bool
) -> None:
    blocked, leaving = vehicle("b1", blocked=True), sighting(read, direction=Direction.OUT)
    free = {"exit": "free", "tolerant": tolerant}
    assert verdict(blocked, seen=leaving, **free) == (REFUSED, Reason.BLOCKED, "b1")
    assert verdict(blocked, vehicle("v2", "粤AL2345"), seen=leaving, **free) == (
        REFUSED,
        Reason.BLOCKED,
        "b1",
    )
    assert verdict(blocked, vehicle("v3", read), seen=leaving, **free) == (ADMITTED, Reason.LISTED, "v3")
    other = sighting("粤A12346", direction=Direction.OUT)
    assert verdict(blocked, seen=other, **free) == (ADMITTED, Reason.FREE_EXIT, "")


def test_any_entry_that_lets_it_pass_does() -> None:
    expired = vehicle("v0", valid_until=NOW - timedelta(days=1))
    assert verdict(expired, vehicle("v1")) == (ADMITTED, Reason.LISTED, "v1")
    assert verdict(vehicle("v2", levels=()), expired) == (REFUSED, Reason.EXPIRED, "v0")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"plate": ""}, Reason.NO_PLATE),
        ({"confidence": 59.9}, Reason.UNCERTAIN),
        ({"fake": True}, Reason.FAKE_PLATE),
    ],
)
def test_a_reading_that_cannot_be_trusted_opens_nothing(fields: dict[str, Any], reason: Reason) -> None:
    decision, told, _ = verdict(vehicle(), seen=sighting(**fields))
    assert (decision, told) == (REFUSED, reason)


def test_a_camera_that_does_not_say_how_sure_it_is_is_believed() -> None:
    assert verdict(vehicle(), seen=sighting(confidence=None))[0] is ADMITTED
    assert verdict(vehicle(), seen=sighting(confidence=40.0), min_confidence=40.0)[0] is ADMITTED


@pytest.mark.parametrize("reason", [Reason.REPLAY, Reason.REPEAT])
def test_what_is_recorded_opens_nothing_whoever_it_is(reason: Reason) -> None:
    free = {"exit": "free", "without_list": "admit"}
    for entry in (vehicle(), vehicle(blocked=True)):
        leaving = sighting(direction=Direction.OUT)
        assert verdict(entry, seen=leaving, case={"recorded": reason}, **free) == (RECORDED, reason, "v1")


def test_without_a_list_nobody_comes_in_unless_the_site_says_so() -> None:
    assert verdict(known=False) == (REFUSED, Reason.NO_LIST, "")
    assert verdict(known=False, without_list="admit") == (ADMITTED, Reason.NO_LIST, "")
    assert verdict(without_list="admit") == (REFUSED, Reason.UNKNOWN, ""), "an empty list is a list"


@pytest.mark.parametrize("plate", ["京B88888", "", PLATE])
def test_a_free_exit_lets_everybody_out(plate: str) -> None:
    expired = vehicle(valid_until=NOW)
    leaving = sighting(plate, direction=Direction.OUT, confidence=1.0)
    assert verdict(expired, seen=leaving, exit="free")[:2] == (ADMITTED, Reason.FREE_EXIT)
    assert verdict(expired, seen=leaving)[0] is REFUSED
    coming = sighting(plate, direction=Direction.IN, confidence=1.0)
    assert verdict(expired, seen=coming, exit="free")[0] is REFUSED


@pytest.mark.parametrize("lane", [{"direction": "in"}, {"direction": "camera", "directions": {}}])
def test_a_free_exit_is_no_way_in(lane: dict[str, Any]) -> None:
    """By default what moves up in the picture goes out: a car that backs up to an entry does that, too."""
    with pytest.raises(ValueError, match="exit"):
        rules(exit="free", **lane)
    assert rules(exit="free", direction="out", directions={})


def test_a_free_exit_says_whom_it_knows() -> None:
    leaving = sighting(direction=Direction.OUT)
    assert verdict(vehicle(), seen=leaving, exit="free") == (ADMITTED, Reason.LISTED, "v1")


@pytest.mark.parametrize("read", ["粤A1Z345", "粤AI2345", "A12345"])
def test_tolerance_takes_a_reading_for_the_one_plate_like_it(read: str) -> None:
    assert verdict(vehicle(), seen=sighting(read))[:2] == (REFUSED, Reason.UNKNOWN)
    assert verdict(vehicle(), seen=sighting(read), tolerant=True) == (ADMITTED, Reason.LISTED, "v1")


def test_tolerance_guesses_nothing() -> None:
    other = vehicle("v2", "湘A12345")
    assert verdict(vehicle(), other, seen=sighting("A12345"), tolerant=True)[1] is Reason.UNKNOWN
    assert verdict(vehicle(), seen=sighting("湘A12345"), tolerant=True)[1] is Reason.UNKNOWN
    assert verdict(vehicle(), seen=sighting("粤A12346"), tolerant=True)[1] is Reason.UNKNOWN
    twin = vehicle("v2", "粤A1Z345", blocked=True)
    assert verdict(vehicle(), twin, tolerant=True) == (ADMITTED, Reason.LISTED, "v1"), "its own entry counts"


def test_entries_are_found_however_people_write_the_plate() -> None:
    assert verdict(vehicle(plate="粤a·12345"))[0] is ADMITTED


def test_who_is_inside_does_not_come_in_again() -> None:
    inside = {"inside": lambda plate: plate == PLATE}
    assert verdict(vehicle(), case=inside) == (ADMITTED, Reason.LISTED, "v1")
    assert verdict(vehicle(), case=inside, passback="report")[0] is ADMITTED
    assert verdict(vehicle(), case=inside, passback="refuse") == (REFUSED, Reason.PASSBACK, "v1")
    out = sighting(direction=Direction.OUT)
    assert verdict(vehicle(), seen=out, case=inside, passback="refuse")[0] is ADMITTED
    outside = {"inside": lambda _plate: False}
    assert verdict(vehicle(), seen=out, case=outside, passback="refuse")[1] is Reason.PASSBACK
    for never_seen in (sighting(), out):
        assert verdict(vehicle(), seen=never_seen, passback="refuse")[0] is ADMITTED


# --- how old a reading is


def test_an_old_reading_is_not_live_and_a_slow_network_makes_none_old() -> None:
    clock = CameraClock(30.0)
    assert clock.is_live(NOW, NOW, 0.0)
    assert clock.is_live(NOW, NOW + timedelta(seconds=20), 20.0)
    assert not clock.is_live(NOW, NOW + timedelta(seconds=60), 60.0)


@pytest.mark.parametrize("off", [timedelta(hours=8), timedelta(days=20_000)])
def test_a_wrong_clock_locks_out_two_vehicles_and_no_more(off: timedelta) -> None:
    clock, step = CameraClock(30.0), timedelta(seconds=60)
    live = [clock.is_live(NOW + each * step - off, NOW + each * step, each * 60.0) for each in range(6)]
    assert live == [False, False, True, True, True, True]
    assert abs(clock.usual_s - off.total_seconds()) < 1


def test_a_clock_that_is_ahead_locks_nobody_out_and_is_known_when_it_is_set_right() -> None:
    clock, ahead, step = CameraClock(30.0), timedelta(hours=8), timedelta(seconds=60)
    assert all(clock.is_live(NOW + each * step + ahead, NOW + each * step, each * 60.0) for each in range(4))
    assert abs(clock.usual_s + ahead.total_seconds()) < 1
    live = [clock.is_live(NOW + each * step, NOW + each * step, each * 60.0) for each in range(4, 8)]
    assert live == [False, False, True, True]


def test_a_burst_of_old_readings_is_no_wrong_clock() -> None:
    clock = CameraClock(30.0)
    old = [NOW - timedelta(minutes=40 - each) for each in range(40)]
    assert not any(clock.is_live(each, NOW, number * 0.2) for number, each in enumerate(old))
    twins = [NOW - timedelta(minutes=40)] * 5
    assert not any(clock.is_live(each, NOW, 9 + number * 0.2) for number, each in enumerate(twins))


def test_old_readings_told_slowly_are_no_wrong_clock_either() -> None:
    clock = CameraClock(30.0)
    for number in range(20):
        now = NOW + timedelta(seconds=(APART_S + 1) * number)
        assert not clock.is_live(NOW - timedelta(minutes=20 - number), now, (APART_S + 1) * number)


def test_when_our_own_clock_is_set_back_what_is_old_stays_old() -> None:
    clock, hour = CameraClock(30.0), timedelta(hours=1)
    assert clock.is_live(NOW, NOW, 0.0)
    later = NOW + timedelta(seconds=60)
    assert clock.is_live(later, later - hour, 60.0)
    assert not clock.is_live(later - hour, later - hour, 60.1)


def test_what_waited_while_the_host_slept_is_old() -> None:
    clock, hour = CameraClock(30.0), timedelta(hours=1)
    assert clock.is_live(NOW, NOW, 0.0)
    assert not clock.is_live(NOW + timedelta(seconds=60), NOW + hour, 60.0)


# --- what is known of readings and vehicles, and is kept


def test_a_reading_is_the_same_however_often_it_is_said() -> None:
    first = sighting(record="7")
    again = sighting(record="7", replay=True, confidence=50.0)
    assert ident_of(first) == ident_of(again)
    later = sighting(record="7", taken_at=NOW + timedelta(minutes=5))
    assert len({ident_of(each) for each in (first, later, sighting("京B88888"), sighting(record="8"))}) == 4


def test_a_reading_without_a_time_of_its_own_is_the_same_too() -> None:
    said, again = (sighting(taken_at=NOW + timedelta(seconds=each), dated=False) for each in (0, 90))
    assert ident_of(said) == ident_of(again)
    assert ident_of(said) != ident_of(sighting("京B88888", dated=False))


def test_readings_are_known_again_after_a_restart() -> None:
    readings = Readings()
    for number in range(READINGS_KEPT + 10):
        assert readings.add(f"{number:020x}")
    assert not readings.add(f"{READINGS_KEPT + 9:020x}")
    after = Readings.from_text(readings.text())
    assert not after.add(f"{READINGS_KEPT:020x}")
    assert after.add(f"{0:020x}"), "the oldest are forgotten"
    assert Readings.from_text(None).add("x")


def test_who_is_inside_is_put_together_from_what_gates_kept() -> None:
    east, west, both = Inside(), Inside(), Inside()
    bucket = east.mark(PLATE, 100, inside=True)
    assert west.mark(PLATE, 200, inside=False) == bucket
    for each in (west, east):
        both.merge(each.text(bucket))
    assert both.has(PLATE) is False
    assert both.has("京B88888") is None


def test_what_happens_now_counts_though_the_hosts_clock_was_set_back() -> None:
    inside = Inside()
    inside.mark(PLATE, 86_500, inside=True)
    inside.mark(PLATE, 100, inside=False)
    assert inside.has(PLATE) is False
    inside.mark(PLATE, 90, inside=True, late=True)
    assert inside.has(PLATE) is False, "the camera tells of it later: it is older news"
    inside.mark(PLATE, 110, inside=True, late=True)
    assert inside.has(PLATE) is True


@given(st.one_of(st.none(), st.text(), st.floats(allow_nan=False), st.just('{"0000000000000000":[1,2]}')))
def test_what_makes_no_sense_of_it_is_left_out(text: object) -> None:
    inside = Inside()
    inside.merge(text)
    assert inside.has(PLATE) is None


def test_who_is_inside_is_bounded() -> None:
    inside, scratch = Inside(), Inside()
    every = (f"粤A{number:05}" for number in range(20_000))
    plates = [each for each in every if scratch.mark(each, 0, inside=True) == 7][: KEPT + 2]
    for since, plate in enumerate(plates):
        inside.mark(plate, since, inside=True)
    assert [inside.has(each) for each in plates[:3]] == [None, None, True], "the oldest are forgotten"
    assert inside.has(plates[-1]) is True
