"""How the hub itself does: its link, queues, rules, viewers, and everything that it dropped. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from hub.health.growth import Growth
from hub.health.part import Group, Part, PartState, part
from hub.history.influx.view import ServerState, ServerView

BEHIND_S: Final = 5.0
SLOW_S: Final = 2.0
"""A viewer whose next frame has waited for so long is slow."""

SERVERS: Final = {
    ServerState.TAKES: (PartState.NORMAL, "history-taken"),
    ServerState.AWAY: (PartState.ATTENTION, "history-away"),
    ServerState.DENIES: (PartState.FAULT, "history-denied"),
}


class Inside(Struct, frozen=True, kw_only=True):
    """What the hub knows of itself. `viewers_s`: by how much each viewer is behind."""

    online: bool
    link_losses: int
    events_waiting: int
    samples_waiting: int
    events_behind_s: float
    samples_behind_s: float
    ledger_failing: bool
    history_failing: bool
    media_failing: bool
    rules_failing: bool
    rules_waiting: int
    definitions: int
    alarms_open: int
    viewers_s: Sequence[float]
    history_server: ServerView | None = None


def inside_parts(seen: Inside) -> Iterable[Part]:
    """Return the hub's own parts."""
    yield _link(seen)
    yield from _queues(seen)
    yield _rules(seen)
    yield _viewers(seen)


def _link(seen: Inside) -> Part:
    state, says = (PartState.NORMAL, "link-online") if seen.online else (PartState.FAULT, "link-offline")
    return part(Group.LINK, "broker", state, says, losses=seen.link_losses)


def _queues(seen: Inside) -> Iterable[Part]:
    queues = (
        ("events", seen.events_waiting, seen.events_behind_s, seen.ledger_failing, "ledger-failing"),
        ("samples", seen.samples_waiting, seen.samples_behind_s, seen.history_failing, "history-failing"),
    )
    for ident, waiting, behind_s, failing, fault in queues:
        state, says = PartState.NORMAL, "queue-flows"
        if failing:
            state, says = PartState.FAULT, fault
        elif behind_s > BEHIND_S:
            state, says = PartState.ATTENTION, "queue-behind"
        yield part(Group.QUEUES, ident, state, says, waiting=waiting, behind_s=round(behind_s, 1))
    state, says = (
        (PartState.FAULT, "media-failing") if seen.media_failing else (PartState.NORMAL, "media-kept")
    )
    yield part(Group.QUEUES, "media", state, says)
    if seen.history_server is not None:
        yield _history_server(seen.history_server)


def _history_server(server: ServerView) -> Part:
    state, says = SERVERS[server.state]
    if server.state is ServerState.TAKES and server.waiting_bytes:
        state, says = PartState.ATTENTION, "history-catches-up"
    figures = {"buffered_bytes": server.waiting_bytes, "room_bytes": server.limit_bytes}
    return part(
        Group.QUEUES,
        "history-server",
        state,
        says,
        **figures,
        **({"why": server.says} if server.says else {}),
    )


def _rules(seen: Inside) -> Part:
    state, says = (
        (PartState.FAULT, "rules-failing") if seen.rules_failing else (PartState.NORMAL, "rules-run")
    )
    return part(
        Group.RULES,
        "rules",
        state,
        says,
        waiting=seen.rules_waiting,
        definitions=seen.definitions,
        alarms_open=seen.alarms_open,
    )


def _viewers(seen: Inside) -> Part:
    slow = sum(each > SLOW_S for each in seen.viewers_s)
    state, says = (PartState.ATTENTION, "viewers-slow") if slow else (PartState.NORMAL, "viewers-follow")
    slowest = round(max(seen.viewers_s, default=0.0), 1)
    return part(
        Group.VIEWERS, "viewers", state, says, viewers=len(seen.viewers_s), slow=slow, slowest_s=slowest
    )


def dropped_parts(counts: Mapping[str, float], growth: Growth) -> Iterable[Part]:
    """Return whatever was dropped, refused or missed since the hub started, and within ten minutes."""
    for name, total in counts.items():
        recent = growth.of(name, total)
        state, says = (PartState.ATTENTION, "dropping") if recent else (PartState.NORMAL, "not-dropping")
        yield part(Group.DROPPED, name, state, says, total=int(total), recent=int(recent))
