"""Stories: when what happens, and that chance follows the seed and not the machine."""

import pytest

from simulators.errors import BadOptions
from simulators.scenarios import DAY_S, Beat, Player, Scenario, load_scenario, scenario_names

GATES = ("gate/east-in", "gate/east-out", "gate/west-out")
RUSH = Beat(devices="gate/*-out", at="07:00", until="09:00", per_hour=120, happening="car-arrives")


def played(scenario: Scenario, until_s: float, tick_s: float) -> list[tuple[str, str | None]]:
    """Play a story looked at every `tick_s`; returns what happened, in order."""
    player, elapsed_s, heard = Player(scenario, GATES), 0.0, []
    while elapsed_s < until_s:
        elapsed_s += tick_s
        heard += [(device, beat.happening or beat.fault) for device, beat in player.due(elapsed_s)]
    return heard


def test_chance_follows_the_seed_and_not_the_speed() -> None:
    story = Scenario(title="rush", starts="06:50", seed=7, beats=[RUSH])
    slow, fast = played(story, 3 * 3600, 0.5), played(story, 3 * 3600, 600)
    assert slow == fast
    assert 180 < len(slow) < 300  # 240 are meant
    assert {device for device, _ in slow} == {"gate/east-out", "gate/west-out"}
    assert played(Scenario(title="rush", starts="06:50", seed=8, beats=[RUSH]), 3 * 3600, 600) != slow


def moments(beats: list[Beat], starts: str, until_s: float) -> list[int]:
    """Return at which seconds from the start something happened."""
    player, heard = Player(Scenario(title="t", starts=starts, beats=beats), GATES), []
    for elapsed_s in range(0, int(until_s), 60):
        heard += [elapsed_s for _ in player.due(elapsed_s)]
    return heard


def test_a_time_of_day_comes_every_day_from_wherever_the_story_starts() -> None:
    rain = Beat(devices="gate/*", at="14:00", first_only=True, happening="car-arrives")
    assert moments([rain], "13:00", 2 * DAY_S) == [3600, 3600 + DAY_S]
    assert moments([rain], "15:00", 2 * DAY_S) == [23 * 3600, 23 * 3600 + DAY_S]


def test_hours_may_reach_over_midnight_and_what_was_before_the_start_was_not() -> None:
    night = Beat(devices="gate/*", at="22:00", until="05:00", per_hour=60, happening="car-arrives")
    heard = moments([night], "23:00", DAY_S)
    assert min(heard) < 600
    assert min(moments([night], "01:00", 4 * 3600)) < 600, "the night that began the day before"
    assert max(second for second in heard if second < DAY_S / 2) <= 6 * 3600
    assert any(second >= 23 * 3600 for second in heard), "the next evening"


def test_another_start_can_be_asked_for() -> None:
    assert load_scenario("day", starts="17:30").starts == "17:30"
    with pytest.raises(BadOptions, match="write HH:MM"):
        load_scenario("day", starts="25:00")


@pytest.mark.parametrize(
    ("beat", "says"),
    [
        ({"happening": "x"}, "at_s .* or at"),
        ({"happening": "x", "at": "07:00", "at_s": 1}, "at_s .* or at"),
        ({"happening": "x", "at": "07:00", "until": "08:00"}, "until and per_hour go together"),
        ({"happening": "x", "at_s": 7, "until": "08:00", "per_hour": 2}, "until goes with at"),
        ({"happening": "x", "at": "07:00", "every_s": 7}, "every_s goes with at_s"),
        ({"at": "07:00"}, "a fault or a happening"),
    ],
)
def test_a_beat_that_makes_no_sense_is_refused(beat: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Beat(devices="*", **beat)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("name", scenario_names())
def test_every_story_can_be_read(name: str) -> None:
    assert load_scenario(name).title
