"""Stories that the pretend hardware plays: small TOML files in `stories/`, each named as its scenario.

```toml
title = "One arm jams in the morning traffic"
[options.gate]            # laid over the options of every device of the family
autonomous = true
cars_per_minute = 4
[[beat]]                  # what happens when; `devices` is a pattern over kind/id
at_s = 20
devices = "gate/*"
first_only = true         # only the first device that fits
fault = "jam"             # or happening = "car-arrives"
every_s = 60              # optional: again and again
```
"""

import fnmatch
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from simulators.errors import SimulatorError, UnknownName

_FOLDER = Path(__file__).parent / "stories"


class Beat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One moment of a story; exactly one of `fault` and `happening`. Seconds from the start."""

    at_s: Annotated[float, Meta(ge=0)]
    devices: str
    first_only: bool = False
    fault: str | None = None
    happening: str | None = None
    every_s: Annotated[float, Meta(gt=0)] | None = None

    def __post_init__(self) -> None:
        if (self.fault is None) == (self.happening is None):
            raise ValueError("a beat has a fault or a happening, not both")


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One story."""

    title: str
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    beats: list[Beat] = field(default_factory=list, name="beat")


def scenario_names() -> list[str]:
    """All stories."""
    return sorted(file.stem for file in _FOLDER.glob("*.toml"))


def load_scenario(name: str | None) -> Scenario:
    """Read a story by its name; None is the story in which nothing happens."""
    if name is None:
        return Scenario(title="nothing in particular")
    if name not in scenario_names():
        raise UnknownName("scenario", name, scenario_names())
    text = (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), Scenario)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise SimulatorError(f"scenario {name}: {error}") from error


class Player:
    """Plays a scenario over devices named `kind/id`: asked what is due as time goes by."""

    def __init__(self, scenario: Scenario, devices: Sequence[str]) -> None:
        self._devices = devices
        self._due = [(beat.at_s, beat) for beat in scenario.beats]

    def all(self) -> Iterator[tuple[str, Beat]]:
        """Yield every device and beat of the story, due or not."""
        for _, beat in self._due:
            for device in self._fitting(beat):
                yield device, beat

    def due(self, elapsed_s: float) -> Iterator[tuple[str, Beat]]:
        """Yield each device and beat that is due, `elapsed_s` seconds after the start, once."""
        if not any(at_s <= elapsed_s for at_s, _ in self._due):
            return
        ripe = [(at_s, beat) for at_s, beat in self._due if at_s <= elapsed_s]
        self._due = [(at_s, beat) for at_s, beat in self._due if at_s > elapsed_s]
        for at_s, beat in ripe:
            if beat.every_s is not None:
                self._due.append((at_s + beat.every_s, beat))
            for device in self._fitting(beat):
                yield device, beat

    def _fitting(self, beat: Beat) -> list[str]:
        fitting = fnmatch.filter(self._devices, beat.devices)
        return fitting[:1] if beat.first_only else fitting
