"""What was taken and earned by day."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from itertools import groupby

from sqlalchemy import Connection, select

from contract.clock import from_epoch_ms
from hub.charging.orders.lifecycle import State
from hub.charging.schema import charging_orders
from hub.charging.view import ChargingDay

Settled = tuple[int, int, int]
"""When it ended, in ms; Wh; fen."""


def settled_between(connection: Connection, tenant: str, from_ms: int, to_ms: int) -> Sequence[Settled]:
    """Read charges that ended from one moment until before another, by their end. Blocking."""
    orders = charging_orders.c
    where = (orders.tenant == tenant, orders.state == State.SETTLED.value)
    during = (orders.ended_ms >= from_ms, orders.ended_ms < to_ms)
    query = select(orders.ended_ms, orders.energy_wh, orders.amount_fen).where(*where, *during)
    return [(end, wh, fen) for end, wh, fen in connection.execute(query.order_by(orders.ended_ms))]


def by_day(settled: Iterable[Settled], zone: tzinfo) -> list[ChargingDay]:
    """Sum up by local day, oldest first; days without any are left out."""
    days = groupby(settled, key=lambda each: from_epoch_ms(each[0]).astimezone(zone).date())
    return [_day(day.isoformat(), list(each)) for day, each in days]


def _day(day: str, settled: Sequence[Settled]) -> ChargingDay:
    return ChargingDay(
        day=day,
        orders=len(settled),
        energy_wh=sum(wh for _, wh, _ in settled),
        income_fen=sum(fen for _, _, fen in settled),
    )
