"""The two limits of an order, to respond and to resolve: how it stands, and what must be told when. Pure."""

from enum import StrEnum
from typing import NamedTuple

from msgspec.structs import replace

from hub.orders.order import Times, Told, WorkOrder


class Limit(StrEnum):
    """What has to be in time."""

    RESPOND = "respond"
    RESOLVE = "resolve"


class Due(StrEnum):
    """How an order stands in time."""

    IN_TIME = "in-time"
    NEAR_DUE = "near-due"
    OVERDUE = "overdue"


class Reminder(NamedTuple):
    """What people must be told of a limit, and from when on."""

    limit: Limit
    told: Told
    at_ms: int


def times_of(order: WorkOrder, limit: Limit) -> Times:
    """Return when a limit is."""
    return order.respond if limit is Limit.RESPOND else order.resolve


def waits(order: WorkOrder, limit: Limit) -> bool:
    """Whether that is still to be done."""
    met = order.responded_ms if limit is Limit.RESPOND else order.done_ms
    return order.open and met is None


def due(order: WorkOrder, now_ms: int) -> Due:
    """Tell how an order stands: by the worse of its limits."""
    stages = [_stage(times_of(order, limit), now_ms) for limit in Limit if waits(order, limit)]
    worst = max(stages, key=lambda told: told.rank, default=Told.NOTHING)
    return {Told.NOTHING: Due.IN_TIME, Told.NEAR_DUE: Due.NEAR_DUE, Told.OVERDUE: Due.OVERDUE}[worst]


def to_tell(order: WorkOrder, now_ms: int) -> Reminder | None:
    """Return what should have been told by now and was not, the oldest first.

    Once it is overdue, that it is near due is no news any more.
    """
    found = [each for limit in Limit if (each := _untold(order, limit, now_ms)) is not None]
    return min(found, key=lambda each: each.at_ms, default=None)


def next_ms(order: WorkOrder) -> int | None:
    """Return when there will be something to tell if nobody does anything before."""
    coming = [
        _at(times_of(order, limit), told)
        for limit in Limit
        if waits(order, limit)
        for told in (Told.NEAR_DUE, Told.OVERDUE)
        if told.rank > _told(order, limit).rank
    ]
    return min(coming, default=None)


def after_telling(order: WorkOrder, reminder: Reminder) -> WorkOrder:
    """Remember that a reminder was told."""
    if reminder.limit is Limit.RESPOND:
        return replace(order, respond_told=reminder.told)
    return replace(order, resolve_told=reminder.told)


def _untold(order: WorkOrder, limit: Limit, now_ms: int) -> Reminder | None:
    times = times_of(order, limit)
    stage = _stage(times, now_ms)
    if not waits(order, limit) or stage.rank <= _told(order, limit).rank:
        return None
    return Reminder(limit, stage, _at(times, stage))


def _told(order: WorkOrder, limit: Limit) -> Told:
    return order.respond_told if limit is Limit.RESPOND else order.resolve_told


def _stage(times: Times, now_ms: int) -> Told:
    if now_ms > times.by_ms:
        return Told.OVERDUE
    return Told.NEAR_DUE if now_ms >= times.near_ms else Told.NOTHING


def _at(times: Times, told: Told) -> int:
    return times.near_ms if told is Told.NEAR_DUE else times.by_ms + 1
