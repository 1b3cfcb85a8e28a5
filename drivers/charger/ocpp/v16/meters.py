"""Meter values of OCPP 1.6 as readings, each of its own moment."""

from collections.abc import Iterable, Iterator

from drivers.charger.link import Reading
from drivers.charger.ocpp.post import Post
from drivers.charger.ocpp.samples import reading, says_nothing
from drivers.charger.ocpp.v16.messages import MeterValue


def readings(values: Iterable[MeterValue], transaction: str | None, post: Post) -> Iterator[Reading]:
    """Give what is of use in the values; what is no number is counted."""
    for each in values:
        told = [sampled.sample() for sampled in each.sampled_value if sampled.format == "Raw"]
        samples = [sample for sample in told if sample is not None]
        if len(samples) < len(told):
            post.complain("a sampled value that is no number")
        read = reading(samples, transaction, post.when(each.timestamp))
        if not says_nothing(read):
            yield read
