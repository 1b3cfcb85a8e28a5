"""How each driver host does: heard, what waits in its outbox, how many of its devices answer, its clock."""

from collections.abc import Iterable
from typing import Any, Final

from contract.clock import Clock, rfc3339
from contract.topics import DRIVER_KIND
from hub.health.part import Group, Part, PartState, part
from hub.selfwatch.clocks import of_drivers
from hub.shadows.shadow import Connectivity, Shadow

BACKLOG: Final = 1000
CLOCK_S: Final = 2.0


def host_parts(shadows: Iterable[Shadow], clock: Clock) -> Iterable[Part]:
    """Return each driver host that was ever heard of in this run of the hub."""
    hosts = [each for each in shadows if each.address.kind == DRIVER_KIND]
    if not hosts:
        return [part(Group.HOSTS, "none", PartState.UNKNOWN, "no-hosts")]
    return [_host(each, clock) for each in sorted(hosts, key=lambda each: each.address)]


def _host(host: Shadow, clock: Clock) -> Part:
    told = {name: None if each.stale else each.value for name, each in host.readings.items()}
    ahead_s = of_drivers([host], clock)
    clock_s = None if ahead_s is None else round(-ahead_s, 3)
    state, says = _judge(host.connectivity, told, clock_s)
    newest = max((each.ts_ms for each in host.readings.values()), default=None)
    figures = {
        "outbox_waiting": told.get("outbox-waiting"),
        "outbox_bytes": told.get("outbox-bytes"),
        "devices": told.get("devices"),
        "devices_ready": told.get("devices-ready"),
        "clock_s": clock_s,
        "lag_s": None if newest is None else round(max(0.0, (clock.now_ms() - newest) / 1000), 1),
        "events_refused": told.get("events-refused"),
        "publishes_denied": told.get("publishes-denied"),
    }
    heard = host.availability
    return Part(
        group=Group.HOSTS,
        id=host.address.device,
        state=state,
        says=says,
        title=dict(host.description.titles) if host.description else {},
        figures=figures,
        since=None if heard is None else rfc3339(heard.ts),
    )


def _judge(connectivity: Connectivity, told: dict[str, Any], clock_s: float | None) -> tuple[PartState, str]:
    """Say what is worst first."""
    unknown = "outbox-waiting" not in told or clock_s is None
    looks = (
        (connectivity is Connectivity.DRIVER_OFFLINE, PartState.FAULT, "host-stopped"),
        (connectivity is not Connectivity.ONLINE, PartState.UNKNOWN, "host-unknown"),
        ((told.get("events-refused") or 0) > 0, PartState.FAULT, "host-refuses"),
        ((told.get("publishes-denied") or 0) > 0, PartState.FAULT, "host-denied"),
        ((told.get("outbox-waiting") or 0) > BACKLOG, PartState.ATTENTION, "host-backlog"),
        (abs(clock_s or 0.0) > CLOCK_S, PartState.ATTENTION, "host-clock"),
        (
            (told.get("devices-ready") or 0) < (told.get("devices") or 0),
            PartState.ATTENTION,
            "host-devices-away",
        ),
        (unknown, PartState.UNKNOWN, "host-unknown"),
    )
    return next(((state, says) for holds, state, says in looks if holds), (PartState.NORMAL, "host-ready"))
