"""What is wrong with a test, as far as it shows by itself: which question it asks, and how it compares."""

import math
from collections.abc import Iterator
from typing import Final

from hub.alarms.definition import Test, leaves

QUESTIONS: Final = ("event", "property", "connectivity", "stale", "missed", "all", "any")
COMPARISONS: Final = ("equals", "in", "above", "below")


def has_event(test: Test) -> bool:
    """Whether an event is among what is asked for: that is true for a moment only."""
    return any(each.event for each in leaves(test))


def faults(test: Test, place: str) -> Iterator[str]:
    """Yield what is wrong with a test, each beginning with where it stands."""
    asked = [name for name in QUESTIONS if getattr(test, name)]
    if len(asked) != 1:
        said = f"asks {len(asked)} questions ({', '.join(asked)})" if asked else "asks nothing"
        yield f"{place}: {said}; allowed: exactly one of {', '.join(QUESTIONS)}"
    if test.where and test.event is None:
        yield f"{place} where: only an event has data; allowed: together with event"
    yield from _comparison_faults(test, place)
    for name in ("all", "any"):
        for number, each in enumerate(getattr(test, name), 1):
            yield from faults(each, f"{place}.{name} {number}")
    if sum(map(has_event, test.all)) > 1:
        yield f"{place} all: two events never happen at one moment; allowed: at most one event in all"


def _comparison_faults(test: Test, place: str) -> Iterator[str]:
    """Without a comparison, a property is asked whether it is true."""
    given = _given(test)
    if test.property is None:
        for name in given:
            yield f"{place} {name}: compares nothing; allowed: together with property"
    elif len(given) > 1 and given != ["above", "below"]:
        allowed = f"one of {', '.join(COMPARISONS)}, or above and below"
        yield f"{place}: compares by {' and '.join(given)}; allowed: {allowed}"
    yield from _band_faults(test, place)


def _given(test: Test) -> list[str]:
    held = (test.equals is not None, bool(test.in_), test.above is not None, test.below is not None)
    return [name for name, is_given in zip(COMPARISONS, held, strict=True) if is_given]


def _band_faults(test: Test, place: str) -> Iterator[str]:
    for name in ("above", "below"):
        limit = getattr(test, name)
        if limit is not None and not math.isfinite(limit):
            yield f"{place} {name} = {limit}: allowed: a finite number"
    if test.hysteresis and test.above is None and test.below is None:
        yield f"{place} hysteresis = {test.hysteresis:g}: allowed: together with above or below"
    if test.above is None or test.below is None:
        return
    band = test.below - test.above
    if band <= 0:
        yield (
            f"{place} above = {test.above:g}: no value is above that and below {test.below:g}; allowed: less"
            f" than {test.below:g}; for outside a band, any of two tests"
        )
    elif test.hysteresis > band:
        yield (
            f"{place} hysteresis = {test.hysteresis:g}: is larger than the band from {test.above:g} to"
            f" {test.below:g}; allowed: at most {band:g}"
        )
