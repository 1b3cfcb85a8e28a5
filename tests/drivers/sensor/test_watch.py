"""What is believed of a sensor and what is news, look by look, at times that the test says."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.sensor.debounce import Debounced
from drivers.sensor.model import data_sheet
from drivers.sensor.profile import Profile, load_profile
from drivers.sensor.reading import Readings
from drivers.sensor.watch import LONGEST_TEST_S, Phase, Watch
from drivers.sensor.words import REPORTED, Flag, Quantity, SensorClass

SMOKE, CABLE, MANHOLE = load_profile("smoke"), load_profile("water-leak"), load_profile("manhole")
LEAVES = replace(SMOKE, latches=False, on_delay_s=1.0, off_delay_s=2.0)
"""A detector that does not latch."""


class Follower:
    """Takes looks, and keeps what was reported."""

    def __init__(self, profile: Profile, sensor_class: SensorClass = SensorClass.SMOKE) -> None:
        self.profile = profile
        self.watch = Watch(profile, sensor_class, low_battery=20.0)
        self.said = dict.fromkeys(REPORTED, Phase.OFF)
        self.values: dict[Quantity, float | None] = dict.fromkeys(profile.measurements, 50.0)
        self.told: list[tuple[float, str, dict[str, Any]]] = []

    def look(self, now: float, *on: str, nonsense: Iterable[Quantity] = ()) -> dict[Quantity, str]:
        flags = {flag: flag in on for flag in self.profile.contacts}
        readings = Readings(flags=flags, values=self.values, nonsense=dict.fromkeys(nonsense, "mad"))
        complaints = self.watch.look(readings, now)
        for news in self.watch.news(self.said):
            self.said[news.flag] = news.phase
            self.told.append((now, news.type.removeprefix("hemei.sensor."), dict(news.data)))
        return complaints

    @property
    def types(self) -> list[str]:
        return [each for _, each, _ in self.told]


def test_a_latched_alarm_is_believed_at_the_first_look_whatever_the_delay() -> None:
    smoke = Follower(replace(SMOKE, on_delay_s=30.0))
    smoke.look(0)
    smoke.look(0.5, "alarm")
    assert smoke.told == [(0.5, "smoke-detected", {"test": False})]


def test_an_alarm_that_is_there_at_the_start_is_reported() -> None:
    smoke = Follower(SMOKE)
    smoke.look(0, "alarm", "fault")
    smoke.look(1, "alarm", "fault")
    assert smoke.types == ["smoke-detected", "faulted"]


def test_what_was_reported_by_an_earlier_process_is_not_news_but_its_end_is() -> None:
    smoke = Follower(SMOKE)
    smoke.said[Flag.ALARM] = Phase.ON
    smoke.watch.resume(smoke.said)
    smoke.look(0, "alarm")
    assert not smoke.told
    for now in (1, 2, 3.5):
        smoke.look(now)
    assert smoke.types == ["smoke-cleared"]


def test_a_contact_that_does_not_latch_must_be_closed_for_a_while() -> None:
    smoke = Follower(LEAVES)
    smoke.look(0, "alarm")
    smoke.look(0.5)
    smoke.look(1.5)
    smoke.look(2.0, "alarm")
    assert not smoke.told
    smoke.look(3.0, "alarm")
    assert smoke.types == ["smoke-detected"]


def test_a_contact_that_chatters_is_one_alarm_and_one_end() -> None:
    smoke = Follower(LEAVES)
    for tenth in range(200):
        smoke.look(tenth / 10, *(["alarm"] if tenth % 3 else []))
    for tenth in range(200, 240):
        smoke.look(tenth / 10)
    assert smoke.types == ["smoke-detected", "smoke-cleared"]
    assert 1.0 <= smoke.told[0][0] <= 1.5
    assert 21.9 <= smoke.told[1][0] <= 22.5


def test_an_alarm_that_began_while_the_line_was_dead_is_reported_and_no_other() -> None:
    smoke = Follower(SMOKE)
    smoke.look(0, "tamper")
    smoke.look(1, "tamper")
    smoke.watch.lost()
    assert all(value is None for value in smoke.watch.properties().values())
    smoke.look(60, "alarm", "tamper")
    assert smoke.types == ["tampered", "smoke-detected"]


def test_no_delay_runs_while_the_line_is_dead() -> None:
    smoke = Follower(LEAVES)
    smoke.look(0, "alarm")
    smoke.watch.lost()
    smoke.look(60, "alarm")
    assert not smoke.told
    smoke.look(61, "alarm")
    smoke.look(62)
    smoke.watch.lost()
    smoke.look(100)
    assert smoke.types == ["smoke-detected"]


def test_an_alarm_of_a_test_says_so() -> None:
    smoke = Follower(SMOKE)
    smoke.look(0, "testing", "alarm")
    smoke.look(1, "testing", "alarm")
    smoke.look(2)
    smoke.look(5)
    assert [(what, data) for _, what, data in smoke.told] == [
        ("smoke-detected", {"test": True}),
        ("smoke-cleared", {"test": True}),
    ]


def test_an_alarm_that_outlasts_its_test_is_real() -> None:
    smoke = Follower(SMOKE)
    smoke.look(0, "testing", "alarm")
    for now in (1.0, 1.5, 2.0):
        smoke.look(now, "alarm")
    assert [data for _, _, data in smoke.told] == [{"test": True}, {"test": False}]


def test_a_test_during_an_alarm_changes_nothing() -> None:
    smoke = Follower(SMOKE)
    smoke.look(0, "alarm")
    for now in range(1, 20):
        smoke.look(now, "alarm", *(["testing"] if now < 10 else []))
    assert smoke.told == [(0, "smoke-detected", {"test": False})]


def test_a_detector_that_tests_itself_for_ever_still_alarms() -> None:
    smoke = Follower(SMOKE)
    for now in range(0, int(LONGEST_TEST_S) + 10, 5):
        smoke.look(now, "testing")
    smoke.look(200, "testing", "alarm")
    assert smoke.told == [(200, "smoke-detected", {"test": False})]


def test_a_battery_is_low_once_however_it_wavers() -> None:
    cover = Follower(
        replace(MANHOLE, contacts={Flag.ALARM: MANHOLE.contacts[Flag.ALARM]}), SensorClass.MANHOLE
    )
    for now, battery in enumerate([50, 21, 20, 22, 19, 24, None, 23]):
        cover.values[Quantity.BATTERY] = battery
        cover.look(now)
        for again in (0.3, 0.6):
            cover.look(now + again)
        assert cover.watch.properties()["low-battery"] is (None if battery is None else now >= 4)
    cover.values[Quantity.BATTERY] = 80
    for now in range(20, 30):
        cover.look(now)
    assert cover.types == ["battery-low", "battery-restored"]


def test_a_cover_is_open_or_closed_or_unknown() -> None:
    cover = Follower(MANHOLE, SensorClass.MANHOLE)
    cover.look(0)
    assert cover.watch.properties()["cover"] == "closed"
    cover.look(1, "alarm")
    cover.look(2, "alarm")
    assert (cover.watch.properties()["cover"], cover.types) == ("open", ["manhole-opened"])
    cover.watch.lost()
    assert cover.watch.properties()["cover"] is None


def test_nonsense_is_complained_of_once_per_change() -> None:
    cable = Follower(CABLE, SensorClass.WATER_LEAK)
    where = Quantity.LEAK_POSITION
    complaints = [
        bool(cable.look(now, nonsense=[where] if mad else [])) for now, mad in enumerate([0, 1, 1, 0, 1])
    ]
    assert complaints == [False, True, False, False, True]


def test_a_measurement_is_shown_anew_when_it_has_moved() -> None:
    smoke = Follower(SMOKE)
    shown = []
    for now, celsius in enumerate([20.0, 20.1, 19.9, 20.2, 20.3, 20.4, None, 20.4]):
        smoke.values = {**smoke.values, Quantity.TEMPERATURE: celsius}
        smoke.look(now)
        shown.append(smoke.watch.properties()["temperature"])
    assert shown == [20.0, 20.0, 20.0, 20.2, 20.2, 20.4, None, 20.4]


SCENES = st.lists(
    st.one_of(st.none(), st.tuples(st.floats(0.05, 4.0), st.sets(st.sampled_from(list(Flag))))), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(scenes=SCENES, latches=st.booleans())
def test_whatever_a_sensor_shows_its_news_take_turns_and_its_properties_fit(
    scenes: list[tuple[float, set[Flag]] | None], latches: bool
) -> None:
    """None is a dead line. An alarm is raised, perhaps once more as no test after all, and cleared."""
    profile = replace(SMOKE, latches=latches, on_delay_s=1.0)
    smoke, now = Follower(profile), 0.0
    for scene in scenes:
        if scene is None:
            smoke.watch.lost()
        else:
            now += scene[0]
            smoke.look(now, *scene[1])
        assert smoke.watch.properties().keys() == data_sheet(profile, SensorClass.SMOKE).properties.keys()
        assert smoke.watch.properties()["alarm"] in (None, smoke.said[Flag.ALARM] is not Phase.OFF)
    alarms = [(what, data["test"]) for _, what, data in smoke.told if what.startswith("smoke")]
    for (before, was_test), (after, is_test) in pairwise([("smoke-cleared", False), *alarms]):
        if after == "smoke-detected":
            assert before == "smoke-cleared" or (was_test, is_test) == (True, False)
        else:
            assert (before, was_test) == ("smoke-detected", is_test)
    for raised, cleared in (("tampered", "tamper-cleared"), ("faulted", "fault-cleared")):
        told = [what for what in smoke.types if what in (raised, cleared)]
        assert told == [raised, cleared] * (len(told) // 2) + [raised] * (len(told) % 2)


LOOKS = st.lists(st.tuples(st.floats(0.05, 3.0), st.booleans()), min_size=1, max_size=60)


@settings(max_examples=100, deadline=None)
@given(looks=LOOKS, on_s=st.sampled_from([0.0, 0.5, 2.0]), off_s=st.sampled_from([0.0, 1.0, 5.0]))
def test_what_is_steady_for_its_delay_is_believed_and_nothing_is_believed_sooner(
    looks: list[tuple[float, bool]], on_s: float, off_s: float
) -> None:
    contact, now, since, before = Debounced(on_s, off_s), 0.0, 0.0, None
    seen: list[tuple[float, bool]] = []
    for dt, closed in looks:
        now += dt
        was = contact.closed
        contact.look(closed, now)
        seen.append((now, closed))
        if closed is not before:
            since, before = now, closed
        if now - since >= (on_s if closed else off_s):
            assert contact.closed == closed, "steady for its delay"
        if contact.closed and not was:
            assert any(raw and now - at >= on_s for at, raw in seen), "seen closed that long ago"
        if was and not contact.closed:
            assert not any(raw for at, raw in seen if now - at < off_s), "open all that time"
