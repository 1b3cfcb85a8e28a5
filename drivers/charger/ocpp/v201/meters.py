"""Meter values of OCPP 2.0.1 as readings, each of its own moment, in order of time."""

from collections.abc import Iterable

from drivers.charger.link import Reading
from drivers.charger.ocpp.post import Post
from drivers.charger.ocpp.samples import reading, says_nothing
from drivers.charger.ocpp.v201.messages import MeterValue


def readings(values: Iterable[MeterValue], transaction: str | None, post: Post) -> list[Reading]:
    """Return what is of use in the values."""
    told = [(post.when(each.timestamp), each) for each in values]
    made = [
        reading((sampled.sample() for sampled in each.sampled_value), transaction, at)
        for at, each in sorted(told, key=lambda pair: pair[0])
    ]
    return [each for each in made if not says_nothing(each)]
