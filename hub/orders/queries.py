"""Finds work orders for lists and figures."""

from datetime import date, datetime, tzinfo
from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, false, or_, true

from contract.clock import epoch_ms
from contract.errors import InvalidMessage
from hub.orders.schema import orders
from hub.orders.store import OPEN, overdue_at

StateWanted = Literal["open", "overdue", "closed", "all"]

MONTHS: Final = 60
"""Of figures in one answer."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which orders. `areas`: those of these and of none (None: all); `before`: with lower numbers."""

    state: StateWanted = "open"
    kind: str | None = None
    assignee: str | None = None
    alarm: str | None = None
    areas: frozenset[str] | None = None
    before: int | None = None

    def where(self, now_ms: int) -> list[ColumnElement[bool]]:
        """Say it in SQL."""
        conditions = [_STATES[self.state] if self.state != "overdue" else overdue_at(now_ms)]
        equal = {"kind": self.kind, "assigned_to": self.assignee, "alarm": self.alarm}
        conditions += [orders.c[name] == value for name, value in equal.items() if value is not None]
        if self.before is not None:
            conditions.append(orders.c.number < self.before)
        return [*conditions, within(self.areas)]


def within(areas: frozenset[str] | None) -> ColumnElement[bool]:
    """Ask for the orders of areas; what is of no area concerns whoever looks after any."""
    if areas is None:
        return true()
    return or_(orders.c.area.is_(None), orders.c.area.in_(areas)) if areas else false()


def months(first: str | None, last: str | None, today: date, zone: tzinfo) -> list[ColumnElement[bool]]:
    """Ask for orders from the month `first` to the month `last`, `2026-11`; default: twelve, up to now."""
    end = _month(last) if last else today.replace(day=1)
    begin = _month(first) if first else _later(end, -11)
    count = (end.year - begin.year) * 12 + end.month - begin.month + 1
    if not 0 < count <= MONTHS:
        raise InvalidMessage(f"`from` must not be after `to`, and at most {MONTHS} months", code="bad-months")
    since, until = (epoch_ms(_midnight(day, zone)) for day in (begin, _later(end, 1)))
    return [orders.c.start_ms >= since, orders.c.start_ms < until]


_STATES: Final = {"open": OPEN, "closed": orders.c.closed_ms.is_not(None), "all": true()}


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _later(month: date, count: int) -> date:
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
