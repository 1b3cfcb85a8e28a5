"""A tariff's periods on the calendar: which is on at a moment, and when the next ones begin. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta, tzinfo

from contract.clock import epoch_ms, from_epoch_ms
from hub.charging.settings import Period


def period_at(periods: Sequence[Period], zone: tzinfo, at_ms: int) -> int:
    """Return the place in `periods` of the one that is on at a moment."""
    local = from_epoch_ms(at_ms).astimezone(zone)
    minute = local.hour * 60 + local.minute
    begun = [place for place, each in enumerate(periods) if each.begin_min <= minute]
    # Before the first of the day, the one goes on that began last yesterday.
    return max(begun or range(len(periods)), key=lambda place: periods[place].begin_min)


def edges(periods: Sequence[Period], zone: tzinfo, from_ms: int, to_ms: int) -> list[int]:
    """Return the moments between the two, both left out, at which a period begins, in order."""
    found = {moment for moment in _begins(periods, zone, from_ms, to_ms) if from_ms < moment < to_ms}
    return sorted(found)


def _begins(periods: Sequence[Period], zone: tzinfo, from_ms: int, to_ms: int) -> Iterator[int]:
    day = from_epoch_ms(from_ms).astimezone(zone).date()
    last = from_epoch_ms(to_ms).astimezone(zone).date()
    while day <= last:
        for period in periods:
            hour, minute = divmod(period.begin_min, 60)
            yield epoch_ms(datetime.combine(day, time(hour, minute), zone))
        day += timedelta(days=1)
