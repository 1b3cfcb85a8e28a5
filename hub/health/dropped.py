"""Everything that the hub drops, refuses or misses, by name: none of it is silent. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

from hub.counters import Counters

COUNTED: Final = (
    "events_missed",
    "telemetry_shed",
    "samples_shed",
    "samples_refused",
    "commit_failures",
    "late_results",
    "media_failures",
)
FIGURES: Final = (
    "rules_signals_refused",
    "rules_faults",
    "notifications_failed",
    "passes_skipped",
    "commissioning_skipped",
    "webhooks_given_up",
    "feed_left_out",
    "feed_pictures_left_out",
)
"""Names of `ControlRoom.figures`."""


def dropped(
    counters: Counters, figures: Mapping[str, Callable[[], float]], viewers_dropped: int
) -> Mapping[str, float]:
    """Return the counts since the start of the hub."""
    counts: dict[str, float] = {name: getattr(counters, name) for name in COUNTED}
    counts["messages_rejected"] = counters.rejected.total()
    counts["viewers_dropped"] = viewers_dropped
    return counts | {name: figures[name]() for name in FIGURES if name in figures}
