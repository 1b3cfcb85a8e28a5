"""Kinds of work orders and the time each may take, as the site file says: city and contract differ."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hub.alarms.definition import Key, Words
from hub.posts.post import TimeOfDay

Minutes = Annotated[float, Meta(gt=0, le=366 * 1440)]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]

Counting = Literal["calendar", "working"]


class WorkingHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[orders.working_hours]`: when working minutes count. `days`: 1 Monday to 7 Sunday.

    `holidays` are days off whatever their weekday, `extra_days` those worked all the same (调休). An `end`
    that is not after `begin` is on the next day.
    """

    days: tuple[Annotated[int, Meta(ge=1, le=7)], ...] = (1, 2, 3, 4, 5)
    begin: TimeOfDay = "09:00"
    end: TimeOfDay = "18:00"
    holidays: tuple[Day, ...] = ()
    extra_days: tuple[Day, ...] = ()


class OrderKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[order_kind]]`: what has to be done by when.

    `respond_min` and `resolve_min` count from the alarm's raise or the report, in calendar or working
    minutes; `respond_at` is the step that counts as the response. `near_due`: the share of the time after
    which people are reminded. `proof` is needed to say that it is done; `review`: another person than who did
    it closes it (回访, 复核). `tell` are told when it is near due and overdue, `tell_overdue` only then.
    """

    key: Key
    title: Words
    respond_min: Minutes
    resolve_min: Minutes
    respond_at: Literal["accepted", "taken", "on-site"] = "taken"
    counting: Counting = "calendar"
    near_due: Annotated[float, Meta(gt=0, lt=1)] = 0.75
    proof: tuple[Literal["note", "picture"], ...] = ("note",)
    review: bool = False
    tell: tuple[str, ...] = ()
    tell_overdue: tuple[str, ...] = ()
