"""Where each figure is asked. Everything answers at once, on the hub's event loop."""

import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry

from hub.alarms.alarm import Alarm
from hub.alarms.definition import Priority
from hub.alarms.lifecycle import State
from hub.core import Core
from hub.metrics.collector import Ask, registry
from hub.shadows.shadow import Shadow
from hub.vitals import events_behind_s

if TYPE_CHECKING:
    from hub.room import ControlRoom

UNACKNOWLEDGED: Final = frozenset({State.UNACKNOWLEDGED, State.RETURNED_UNACKNOWLEDGED})

Labelled = Mapping[tuple[str, ...], float]


def registry_of(room: "ControlRoom") -> CollectorRegistry:
    """Make the registry of a hub."""
    return registry(room.core.counters, figures_of(room))


def figures_of(room: "ControlRoom") -> dict[str, Ask]:
    """Return every figure by its name in the catalogue."""
    core, live = room.core, room.live
    return {
        **room.figures(),
        **room.health.figures(),
        "build": build,
        "devices": lambda: devices(core.shadows),
        "alarms_open": lambda: by_priority(room.desk.standing().values()),
        "alarms_unacknowledged": lambda: by_priority(
            each for each in room.desk.standing().values() if each.state in UNACKNOWLEDGED
        ),
        "orders_overdue": lambda: room.orders_overdue,
        "canary_late": lambda: room.canary.late,
        "link_online": lambda: core.online,
        "events_waiting": lambda: core.committer.waiting,
        "events_lag_seconds": lambda: events_behind_s(room),
        "samples_waiting": lambda: core.recorder.waiting,
        "samples_lag_seconds": lambda: core.recorder.behind_s,
        "history_buffered_bytes": lambda: history_buffered(core),
        "previews_watched": lambda: core.previews.watched,
        "previews_looking": lambda: core.previews.looking,
        "viewers": lambda: len(live.viewers),
        "viewers_dropped": lambda: live.viewers_dropped,
        "frames_made": lambda: live.frames_made,
    }


def build() -> Labelled:
    """Return the versions that run."""
    return {(version("hemei-hub"), platform.python_version()): 1}


def history_buffered(core: Core) -> int | None:
    """Return how many bytes wait for the server of history; None: history is embedded."""
    return None if core.history_server is None else core.history_server().waiting_bytes


def devices(shadows: Iterable[Shadow]) -> Labelled:
    """Count devices by kind and by whether they are in touch; what is not known is not online."""
    counts = Counter((each.address.kind, each.connectivity.value) for each in shadows)
    return dict(sorted(counts.items()))


def by_priority(alarms: Iterable[Alarm]) -> Labelled:
    """Count alarms by priority; a priority without any is 0, so that its end is seen too."""
    counts = Counter(each.priority for each in alarms)
    return {(each.value,): counts[each] for each in Priority}
