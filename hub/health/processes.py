"""How the product's processes do, as their supervisor tells. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from hub.health.part import Group, Part, PartState, part

RECENT: Final = timedelta(minutes=10)
"""A restart is worth a look for this long."""

_STATES: Final[Mapping[str, tuple[PartState, str]]] = {
    "running": (PartState.NORMAL, "process-running"),
    "restarting": (PartState.ATTENTION, "process-restarting"),
    "stopped": (PartState.FAULT, "process-stopped"),
}


def process_parts(processes: Sequence[Mapping[str, Any]], now: datetime, *, watched: bool) -> Iterable[Part]:
    """Return each process; `watched`: whether the site has a supervisor that tells of them."""
    if not watched:
        return [part(Group.PROCESSES, "supervisor", PartState.OFF, "no-supervisor")]
    if not processes:
        return [part(Group.PROCESSES, "supervisor", PartState.UNKNOWN, "supervisor-silent")]
    return [_process(each, now) for each in processes]


def _process(told: Mapping[str, Any], now: datetime) -> Part:
    state, says = _STATES.get(str(told.get("state")), (PartState.UNKNOWN, "process-unknown"))
    since = told.get("since")
    restarts = told.get("restarts") or 0
    if state is PartState.NORMAL and restarts and since and now - datetime.fromisoformat(since) < RECENT:
        state, says = PartState.ATTENTION, "process-restarted"
    return Part(
        group=Group.PROCESSES,
        id=str(told.get("name")),
        state=state,
        says=says,
        figures={"restarts": restarts, "last_exit": told.get("last_exit")},
        since=since,
    )
