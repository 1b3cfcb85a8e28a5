"""How long a property was what. Blocking."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from itertools import islice
from typing import Final

from contract.clock import rfc3339_ms
from contract.errors import InvalidMessage
from hub.months import Stretch
from hub.questions.gaps import Gap
from hub.questions.kept import Kept
from hub.questions.named import Named
from hub.questions.stays import Stay, by_day, stays, sums
from hub.questions.trend import BACK_MS
from hub.questions.view import DurationsView, HeldOfDay, HeldView

MOST_CHANGES: Final = 100_000
MOST_VALUES: Final = 100
"""What is more various is a measurement and no state."""


def durations(kept: Kept, of: Named, stretch: Stretch, gaps: Sequence[Gap], zone: tzinfo) -> DurationsView:
    """Sum up a property's values; InvalidMessage if there are too many of them, or too many changes."""
    carried = kept.before(of.series, stretch.start_ms, BACK_MS)
    changes = list(islice(kept.changes(of.series, *stretch), MOST_CHANGES + 1))
    if len(changes) > MOST_CHANGES:
        raise InvalidMessage(f"it changed more than {MOST_CHANGES} times; take less time", code="too-many")
    points = [
        each._replace(value=of.value(each.value)) for each in (*([carried] if carried else []), *changes)
    ]
    if len({each.value for each in points}) > MOST_VALUES:
        raise InvalidMessage("it is a measurement, no state; ask for its trend", code="no-state")
    found = list(stays(points, gaps, *stretch))
    return DurationsView(
        start=rfc3339_ms(stretch.start_ms),
        end=rfc3339_ms(stretch.end_ms),
        device=of.device,
        property=of.series.property,
        title=of.title,
        held=_held(found),
        days=[HeldOfDay(day=day.isoformat(), held=_held(mine)) for day, mine in by_day(found, zone)],
    )


def _held(found: Iterable[Stay]) -> list[HeldView]:
    return [
        HeldView(value=each.value, known=each.known, seconds=each.ms / 1000, times=each.times)
        for each in sums(found)
    ]
