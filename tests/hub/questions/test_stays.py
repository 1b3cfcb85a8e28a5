"""How long something was what: nothing is lost, nothing is counted twice, gaps belong to nobody."""

from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.history.store import Point
from hub.passes.figures import day_of
from hub.questions.gaps import Gap, cut, merged, silences
from hub.questions.kept import DAY_MS, HOUR_MS, finest, parts, step_for
from hub.questions.stays import Stay, by_day, stays, sums
from hub.settings import Retention

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
START, END = 1_000_000, 2_000_000

moments = st.integers(900_000, 2_100_000)
gaps = st.lists(
    st.builds(
        lambda one, other, why: Gap(min(one, other), max(one, other) + 1, why),
        moments,
        moments,
        st.sampled_from(["not-heard", "nobody-knows"]),
    ),
    max_size=8,
).map(merged)
points = st.lists(st.builds(Point, moments, st.sampled_from(["open", "closed", None])), max_size=12).map(
    lambda found: sorted(found, key=lambda each: each.ts_ms)
)


@given(gaps)
def test_gaps_are_in_order_and_none_is_over_another(found: list[Gap]) -> None:
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(found))
    assert all(each.start_ms < each.end_ms for each in found)


@given(gaps)
def test_what_is_cut_out_and_what_is_left_are_the_whole(found: list[Gap]) -> None:
    whole = Gap(START, END, "not-heard")
    left = list(cut(whole, found))
    inside = sum(max(0, min(each.end_ms, END) - max(each.start_ms, START)) for each in found)
    assert sum(each.end_ms - each.start_ms for each in left) + inside == END - START


@given(points, gaps)
def test_stays_are_the_whole_stretch(said: list[Point], found: list[Gap]) -> None:
    made = list(stays(said, found, START, END))
    assert (made[0].start_ms, made[-1].end_ms) == (START, END)
    assert all(one.end_ms == other.start_ms for one, other in pairwise(made))
    assert sum(each.ms for each in sums(made)) == END - START
    unheard = sum(max(0, min(each.end_ms, END) - max(each.start_ms, START)) for each in found)
    assert sum(each.ms for each in sums(made) if not each.known) >= unheard


@settings(max_examples=30)
@given(st.integers(1_760_000_000_000, 1_780_000_000_000), st.integers(1, 5 * DAY_MS))
def test_days_are_cut_at_the_sites_midnights(start_ms: int, long_ms: int) -> None:
    """Berlin has days of 23 and 25 hours."""
    whole = Stay(start_ms, start_ms + long_ms, "open", known=True)
    for day, mine in by_day([whole], BERLIN):
        of = day_of(day, BERLIN)
        assert all(of.from_ms <= each.start_ms < each.end_ms <= of.to_ms for each in mine)
    assert sum(each.end_ms - each.start_ms for _, mine in by_day([whole], BERLIN) for each in mine) == long_ms


def test_a_value_holds_until_the_next_and_not_over_a_gap() -> None:
    said = [Point(START - 5, "closed"), Point(START + 100, "open"), Point(START + 300, "closed")]
    made = stays(said, [Gap(START + 150, START + 250, "not-heard")], START, START + 400)
    assert [(each.value, each.known, each.end_ms - each.start_ms) for each in made] == [
        ("closed", True, 100),
        ("open", True, 50),
        (None, False, 100),
        ("open", True, 50),
        ("closed", True, 100),
    ]


def test_what_nobody_knows_is_not_the_devices_fault() -> None:
    said = [Point(0, 1), Point(10, 0), Point(20, -1), Point(30, 1)]
    assert list(silences(said, 0, 40)) == [Gap(10, 20, "not-heard"), Gap(20, 30, "nobody-knows")]


@given(st.integers(0, 10**13), st.integers(1, 5 * 366 * DAY_MS), st.integers(2, 10_000))
def test_there_are_never_more_points_than_wanted(start_ms: int, long_ms: int, wanted: int) -> None:
    step_ms = step_for(start_ms, start_ms + long_ms, wanted)
    first, last = start_ms // step_ms, (start_ms + long_ms - 1) // step_ms
    assert last - first + 1 <= wanted


@given(st.integers(0, 400 * DAY_MS), st.integers(1, 400 * DAY_MS))
def test_parts_are_the_stretch_from_coarse_to_fine(start_ms: int, long_ms: int) -> None:
    now_ms = 401 * DAY_MS
    found = parts(start_ms, start_ms + long_ms, now_ms, Retention())
    assert (found[0].start_ms, found[-1].end_ms) == (start_ms, start_ms + long_ms)
    assert all(one.end_ms == other.start_ms for one, other in pairwise(found))
    assert [each.step_ms for each in found] == sorted(
        (each.step_ms for each in found), key=lambda s: -(s or 0)
    )


def test_what_is_older_is_asked_in_longer_steps() -> None:
    now_ms = 400 * DAY_MS
    assert finest(now_ms - HOUR_MS, now_ms, Retention()) == 1000
    assert finest(now_ms - 8 * DAY_MS, now_ms, Retention()) == 60_000
    assert finest(now_ms - 91 * DAY_MS, now_ms, Retention()) == HOUR_MS
    assert step_for(0, HOUR_MS, 10_000, HOUR_MS) == HOUR_MS
