"""Work orders whose time began in the month, and whether they were done in time (限时处置)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from hub.monthly.figuring import Asked, Measured, Said, compared
from hub.monthly.view import MonthColumn, MonthPart, MonthTable
from hub.months import Stretch
from hub.orders.figures import summed_up
from hub.orders.order import WorkOrder
from hub.orders.schema import orders
from hub.orders.store import OrderStore

FIGURES: Final = (
    Said(key="orders", title={"zh-CN": "新开工单", "en": "Opened"}),
    Said(key="orders-in-time", title={"zh-CN": "按时办结", "en": "Done in time"}, better="up"),
    Said(
        key="orders-late",
        title={"zh-CN": "超时", "en": "Overdue"},
        better="down",
        note={
            "zh-CN": "超时办结、返工或到期未办结",
            "en": "done late, reopened, or not done though its time is over",
        },
    ),
    Said(key="orders-open", title={"zh-CN": "尚未关闭", "en": "Still open"}, better="down"),
    Said(key="orders-rejected", title={"zh-CN": "不予受理", "en": "Rejected"}),
    Said(
        key="orders-response", title={"zh-CN": "按时响应率", "en": "Responded in time"}, unit="%", better="up"
    ),
    Said(
        key="orders-resolution",
        title={"zh-CN": "按时办结率", "en": "Resolved in time"},
        unit="%",
        better="up",
    ),
    Said(key="orders-satisfaction", title={"zh-CN": "满意率", "en": "Satisfied"}, unit="%", better="up"),
)


class OrdersPart:
    """One tenant's work orders."""

    def __init__(self, tenant: str) -> None:
        self._store = OrderStore(tenant)

    def read(self, connection: Connection, asked: Asked) -> MonthPart:
        """Measure the month; what became of an order counts as it is now."""
        now = self._of(connection, asked.now)
        before = None if asked.before is None else self._of(connection, asked.before)
        return MonthPart(
            key="orders",
            title={"zh-CN": "工单", "en": "Work orders"},
            figures=compared(
                FIGURES,
                _measure(now, asked.now_ms),
                None if before is None else _measure(before, asked.now_ms),
            ),
            tables=[_by_kind(now, asked.now_ms)],
            unknown=[
                {
                    "zh-CN": "尚在时限内的工单既不算按时也不算超时；没有回访的工单不计入满意率。",
                    "en": "What still has time is neither in time nor overdue; whoever was not asked is in no"
                    " share of satisfied.",
                }
            ],
        )

    def _of(self, connection: Connection, stretch: Stretch) -> list[WorkOrder]:
        begun = (orders.c.start_ms >= stretch.start_ms, orders.c.start_ms < stretch.end_ms)
        return self._store.find(connection, *begun)


def _measure(group: Sequence[WorkOrder], now_ms: int) -> Measured:
    found = summed_up(list(group), now_ms)
    return {
        "orders": found.orders,
        "orders-in-time": found.resolved_in_time,
        "orders-late": found.resolved_late,
        "orders-open": found.open,
        "orders-rejected": found.rejected,
        "orders-response": _percent(found.response_rate),
        "orders-resolution": _percent(found.resolution_rate),
        "orders-satisfaction": _percent(found.satisfaction_rate),
    }


def _percent(rate: float | None) -> float | None:
    return None if rate is None else 100 * rate


def _by_kind(now: Sequence[WorkOrder], now_ms: int) -> MonthTable:
    kinds: Mapping[str, list[WorkOrder]] = defaultdict(list)
    for order in now:
        kinds[order.kind].append(order)
    measured = {kind: _measure(group, now_ms) for kind, group in kinds.items()}
    names = ("orders", "orders-in-time", "orders-late", "orders-resolution")
    said = {each.key: each for each in FIGURES}
    return MonthTable(
        key="orders-by-kind",
        title={"zh-CN": "按种类", "en": "By kind"},
        columns=[
            MonthColumn(title={"zh-CN": "种类", "en": "Kind"}),
            *(MonthColumn(title=said[name].title, unit=said[name].unit) for name in names),
        ],
        rows=[
            [kinds[kind][0].terms.title, *(each[name] for name in names)]
            for kind, each in sorted(measured.items())
        ],
    )
