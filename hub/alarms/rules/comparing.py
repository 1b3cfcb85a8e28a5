"""Compares values, and joins answers of three values: True, False, or None for what nobody knows. Pure."""

from collections.abc import Callable, Iterable
from typing import TypeGuard

from contract.messages import Scalar
from contract.things import SchemaSeen
from hub.alarms.definition import Test

Truth = bool | None
Compare = Callable[[Scalar, float], Truth]
"""A value, and how far beyond the limit it still counts."""


def all_of(answers: Iterable[Truth]) -> Truth:
    """Join answers by "and": one False decides, else one that is unknown."""
    joined: Truth = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            joined = None
    return joined


def any_of(answers: Iterable[Truth]) -> Truth:
    """Join answers by "or": one True decides, else one that is unknown."""
    joined: Truth = False
    for answer in answers:
        if answer:
            return True
        if answer is None:
            joined = None
    return joined


def plausible(value: Scalar, schema: SchemaSeen | None) -> bool:
    """Whether a device that works can have this value."""
    if schema is None:
        return True
    if schema.enum and value not in schema.enum:
        return False
    if isinstance(value, int | float):
        below = schema.minimum is not None and value < schema.minimum
        above = schema.maximum is not None and value > schema.maximum
        return not (below or above)
    return True


def same(one: object, other: object) -> bool:
    """Whether two values are equal; unlike in Python, true is not 1."""
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def comparing(test: Test) -> Compare:
    """Make all comparisons of a test on a property one."""
    found = _comparisons(test)
    return found[0] if len(found) == 1 else _all(found)


def _comparisons(test: Test) -> tuple[Compare, ...]:
    found: list[Compare] = []
    if test.above is not None:
        found.append(_above(test.above))
    if test.below is not None:
        found.append(_below(test.below))
    if test.in_:
        found.append(_one_of(test.in_))
    if test.equals is not None or not found:
        found.append(_one_of((True if test.equals is None else test.equals,)))
    return tuple(found)


def _all(comparisons: tuple[Compare, ...]) -> Compare:
    return lambda value, slack: all_of(compare(value, slack) for compare in comparisons)


def _above(limit: float) -> Compare:
    return lambda value, slack: value > limit - slack if _is_number(value) else None


def _below(limit: float) -> Compare:
    return lambda value, slack: value < limit + slack if _is_number(value) else None


def _one_of(wanted: tuple[Scalar, ...]) -> Compare:
    return lambda value, _: None if value is None else any(same(value, each) for each in wanted)


def _is_number(value: Scalar) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
