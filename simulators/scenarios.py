"""Stories that the pretend hardware plays: small TOML files in `stories/`, each named as its scenario.

```toml
title = "One arm jams in the morning traffic"
starts = "06:30"          # what time of day it is when the story begins; it goes on day after day
[options.gate]            # laid over the options of every device of the family
autonomous = true
[[beat]]                  # what happens when; `devices` is a pattern over kind/id
at_s = 20                 # seconds from the start
devices = "gate/*"
first_only = true         # only the first device that fits
fault = "jam"             # or happening = "car-arrives"
every_s = 60              # optional: again and again
[[beat]]
at = "07:00"              # a time of day instead, every day
devices = "sprinkler/*"
happening = "rain-starts"
[[beat]]
at = "07:00"
until = "09:00"           # spread by chance over these hours, each at one of `devices`:
per_hour = 90             # so many an hour, the same ones for the same seed
devices = "gate/*-out"
happening = "car-arrives"
```
"""

import fnmatch
import heapq
import itertools
import random
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta, Struct, field

from simulators.errors import BadOptions, SimulatorError, UnknownName

_FOLDER = Path(__file__).parent / "stories"
DAY_S: Final = 86_400.0

TimeOfDay = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""`HH:MM`."""


class Beat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One moment of a story, or the many of one kind in some hours of its day."""

    devices: str
    at_s: Annotated[float, Meta(ge=0)] | None = None
    at: TimeOfDay | None = None
    until: TimeOfDay | None = None
    per_hour: Annotated[float, Meta(gt=0)] | None = None
    every_s: Annotated[float, Meta(gt=0)] | None = None
    first_only: bool = False
    fault: str | None = None
    happening: str | None = None

    def __post_init__(self) -> None:
        if (self.fault is None) == (self.happening is None):
            raise ValueError("a beat has a fault or a happening, not both")
        if (self.at_s is None) == (self.at is None):
            raise ValueError("a beat has at_s (seconds from the start) or at (a time of day), not both")
        if (self.until is None) != (self.per_hour is None):
            raise ValueError("until and per_hour go together")
        if self.at is None and self.until is not None:
            raise ValueError("until goes with at")
        if self.at is not None and self.every_s is not None:
            raise ValueError("every_s goes with at_s: what has a time of day comes every day")


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One story. `seed` decides what is left to chance."""

    title: str
    starts: TimeOfDay = "00:00"
    seed: int = 1
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    beats: list[Beat] = field(default_factory=list, name="beat")


def scenario_names() -> list[str]:
    """All stories."""
    return sorted(file.stem for file in _FOLDER.glob("*.toml"))


def load_scenario(name: str | None, *, starts: str | None = None) -> Scenario:
    """Read a story by its name, to begin at `starts`; None is the story in which nothing happens."""
    if name is None:
        return Scenario(title="nothing in particular")
    if name not in scenario_names():
        raise UnknownName("scenario", name, scenario_names())
    text = (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    try:
        scenario = msgspec.convert(tomllib.loads(text), Scenario)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise SimulatorError(f"scenario {name}: {error}") from error
    return scenario if starts is None else _starting(scenario, starts)


class _Due(NamedTuple):
    at_s: float
    order: int
    device: str
    beat: Beat


class Player:
    """Plays a scenario over devices named `kind/id`: asked what is due as time goes by."""

    def __init__(self, scenario: Scenario, devices: Sequence[str]) -> None:
        self._scenario = scenario
        self._devices = devices
        self._order = itertools.count()
        self._due: list[_Due] = []
        self._planned_days = -1  # a night may have begun the evening before
        self._starts_s = _seconds(scenario.starts)
        for beat in scenario.beats:
            if beat.at_s is not None:
                self._push(beat.at_s, beat)

    def all(self) -> Iterator[tuple[str, Beat]]:
        """Yield every device and beat of the story, due or not."""
        for beat in self._scenario.beats:
            for device in self._fitting(beat):
                yield device, beat

    def due(self, elapsed_s: float) -> Iterator[tuple[str, Beat]]:
        """Yield each device and beat that is due, `elapsed_s` seconds after the start, once."""
        while self._planned_days * DAY_S <= elapsed_s + self._starts_s:
            self._plan_day(self._planned_days)
            self._planned_days += 1
        while self._due and self._due[0].at_s <= elapsed_s:
            due = heapq.heappop(self._due)
            if due.beat.every_s is not None:
                again = due._replace(at_s=due.at_s + due.beat.every_s, order=next(self._order))
                heapq.heappush(self._due, again)
            yield due.device, due.beat

    def _plan_day(self, day: int) -> None:
        """Put down what happens on one day of the story; what was before its start did not happen."""
        chance = random.Random(f"{self._scenario.seed}/{day}")  # noqa: S311 - a story, not a key
        midnight_s = day * DAY_S - self._starts_s
        for beat in self._scenario.beats:
            if beat.at is None:
                continue
            at_s = midnight_s + _seconds(beat.at)
            if beat.until is None:
                self._push(at_s, beat)
            else:
                self._spread(at_s, midnight_s + _seconds(beat.until), beat, chance)

    def _spread(self, at_s: float, until_s: float, beat: Beat, chance: random.Random) -> None:
        assert beat.per_hour is not None  # noqa: S101 - checked by the beat itself
        fitting = self._fitting(beat)
        until_s += DAY_S if until_s <= at_s else 0
        at_s += chance.expovariate(beat.per_hour / 3600)
        while fitting and at_s < until_s:
            self._put(at_s, chance.choice(fitting), beat)
            at_s += chance.expovariate(beat.per_hour / 3600)

    def _push(self, at_s: float, beat: Beat) -> None:
        for device in self._fitting(beat):
            self._put(at_s, device, beat)

    def _put(self, at_s: float, device: str, beat: Beat) -> None:
        if at_s >= 0:
            heapq.heappush(self._due, _Due(at_s, next(self._order), device, beat))

    def _fitting(self, beat: Beat) -> list[str]:
        fitting = fnmatch.filter(self._devices, beat.devices)
        return fitting[:1] if beat.first_only else fitting


def _starting(scenario: Scenario, starts: str) -> Scenario:
    changed = msgspec.to_builtins(scenario) | {"starts": starts}
    try:
        return msgspec.convert(changed, Scenario)
    except msgspec.ValidationError as error:
        raise BadOptions(f"the story cannot start at {starts!r}: write HH:MM") from error


def _seconds(time_of_day: str) -> float:
    hours, minutes = time_of_day.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60.0
