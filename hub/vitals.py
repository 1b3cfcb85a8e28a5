"""How the parts of a control room do: for the hub's own shadow, which rules watch, and for the health page.

Everything answers at once, on the hub's event loop, and only when it is asked.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hub.health.dropped import dropped
from hub.health.inside import Inside
from hub.health.service import HealthSources
from hub.history.influx.view import ServerState
from hub.selfwatch.disk import free_percent
from hub.selfwatch.watch import Probe

if TYPE_CHECKING:
    from hub.room import ControlRoom


def probes_of(room: "ControlRoom") -> Mapping[str, Probe]:
    """Return what the hub's own properties are asked of, by their names."""
    core = room.core
    return {
        "ledger-failing": lambda: core.committer.failing or room.rules.failing,
        "history-failing": lambda: core.recorder.failing or _history_denied(room),
        "media-failing": lambda: core.media_failing,
        "behind-s": lambda: max(events_behind_s(room), core.recorder.behind_s),
        "link-online": lambda: core.online,
        "notify-failing": lambda: room.notifier.failing,
        "webhook-failing": lambda: room.outside.webhooks.failing,
        "canary-late": lambda: room.canary.late,
        "presence-missed": lambda: bool(room.duty.missed),
        "orders-overdue": lambda: room.orders_overdue,
        **room.police.feed.probes(),
    }


def slow_probes_of(room: "ControlRoom") -> Mapping[str, Probe]:
    """Return what may block: a disk, the clock's keeper."""
    data_dir = room.core.settings.data_dir
    return {
        "disk-free-percent": lambda: free_percent(data_dir),
        "clock-offset-s": room.clocks.seconds,
        "clock-source": room.clocks.source,
    }


def health_sources_of(room: "ControlRoom") -> HealthSources:
    """Return where the health page asks."""
    core, live, notifier = room.core, room.live, room.notifier
    return HealthSources(
        inside=lambda: inside_of(room),
        dropped=lambda: dropped(core.counters, room.figures(), live.viewers_dropped),
        processes=lambda: live.boards.processes,
        shadows=core.shadows,
        canary=lambda: room.canary.view,
        contacts=tuple(notifier.lanes),
        failing=lambda: notifier.failing_contacts,
        notifications=lambda: notifier.waiting,
        lists=lambda: room.lists.view().hosts,
        webhooks=room.outside.webhooks.views,
    )


def inside_of(room: "ControlRoom") -> Inside:
    """Look at the hub's own parts."""
    core = room.core
    return Inside(
        online=core.online,
        link_losses=core.counters.link_losses,
        events_waiting=core.committer.waiting,
        samples_waiting=core.recorder.waiting,
        events_behind_s=events_behind_s(room),
        samples_behind_s=core.recorder.behind_s,
        ledger_failing=core.committer.failing,
        history_failing=core.recorder.failing,
        history_server=core.history_server() if core.history_server else None,
        media_failing=core.media_failing,
        rules_failing=room.rules.failing,
        rules_waiting=room.rules.waiting,
        definitions=sum(each.enabled for each in room.definitions.values()),
        alarms_open=len(room.desk.standing()),
        viewers_s=room.live.behind_s(),
    )


def _history_denied(room: "ControlRoom") -> bool:
    """Whether history cannot be written until somebody mends a token, a bucket or an address."""
    server = room.core.history_server
    return server is not None and server().state is ServerState.DENIES


def events_behind_s(room: "ControlRoom") -> float:
    """Return the age of the oldest event that is not in the ledger yet, in seconds."""
    oldest_ms = room.core.committer.oldest_ms
    return 0.0 if oldest_ms is None else max(0.0, (room.clock.now_ms() - oldest_ms) / 1000)
