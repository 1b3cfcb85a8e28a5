"""The tables of the site file that are about alarms, and about whoever deals with them."""

from typing import Any

from msgspec import Struct, field

from hub.alarms.definition import Definition
from hub.alarms.supply import Supply
from hub.notify.contact import Contact
from hub.orders.kinds import OrderKind, WorkingHours
from hub.posts.post import Post


class OrdersTable(Struct, frozen=True, kw_only=True):
    """`[orders]`: when working minutes count."""

    working_hours: WorkingHours = field(default_factory=WorkingHours)


class AlarmTables(Struct, frozen=True, kw_only=True):
    """`[[alarm]]` adds definitions; `[alarm_change.KEY]` gives single fields of a shipped one anew."""

    alarm: list[Definition] = field(default_factory=list)
    alarm_change: dict[str, dict[str, Any]] = field(default_factory=dict)
    contact: list[Contact] = field(default_factory=list)
    post: list[Post] = field(default_factory=list)
    supply: list[Supply] = field(default_factory=list)
    order_kind: list[OrderKind] = field(default_factory=list)
    orders: OrdersTable = field(default_factory=OrdersTable)
