"""Kinds of work orders and the time each may take, as the site file says: city and contract differ."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hub.alarms.definition import Key, Words
from hub.posts.post import TimeOfDay

Minutes = Annotated[float, Meta(gt=0, le=366 * 1440)]


class WorkingHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[orders.working_hours]`: when working minutes count. `days`: 1 Monday to 7 Sunday."""

    days: tuple[Annotated[int, Meta(ge=1, le=7)], ...] = (1, 2, 3, 4, 5)
    begin: TimeOfDay = "09:00"
    end: TimeOfDay = "18:00"
    holidays: tuple[Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")], ...] = ()


class OrderKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[order_kind]]`: what has to be done by when.

    `respond_min` and `resolve_min` count from the alarm's raise or the report, in calendar or working
    minutes. `near_due`: the share of the time after which people are reminded.
    """

    key: Key
    title: Words
    respond_min: Minutes
    resolve_min: Minutes
    counting: Literal["calendar", "working"] = "calendar"
    near_due: Annotated[float, Meta(gt=0, lt=1)] = 0.75
    proof: tuple[Literal["note", "picture"], ...] = ("note",)
    tell: tuple[str, ...] = ()
