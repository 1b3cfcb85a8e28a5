"""Charges that ended in the month: how many, the energy, the income. Energy in kWh, money in yuan."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, func, or_, select

from hub.charging.figures import Settled, settled_between
from hub.charging.orders.lifecycle import State
from hub.charging.schema import charging_orders
from hub.monthly.figuring import Asked, Measured, Said, by_day, compared, days_summed
from hub.monthly.view import MonthPart
from hub.months import Stretch

FIGURES: Final = (
    Said(key="charging-sessions", title={"zh-CN": "充电次数", "en": "Charges"}),
    Said(key="charging-energy", title={"zh-CN": "充电电量", "en": "Energy"}, unit="kWh"),
    Said(key="charging-income", title={"zh-CN": "充电收入", "en": "Income"}, unit="CNY"),
    Said(
        key="charging-guessed",
        title={"zh-CN": "其中估算结算", "en": "of these, billed by estimate"},
        better="down",
        note={
            "zh-CN": "电量是估算的，或桩没有报告结束",
            "en": "energy estimated, or the post never said that it ended",
        },
    ),
)
_WH: Final = 1000
_FEN: Final = 100


class ChargingPart:
    """One tenant's charges."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def read(self, connection: Connection, asked: Asked) -> MonthPart:
        """Measure the month."""
        now = settled_between(connection, self._tenant, *asked.now)
        return MonthPart(
            key="charging",
            title={"zh-CN": "充电", "en": "Charging"},
            figures=compared(
                FIGURES,
                self._measure(connection, now, asked.now),
                None if asked.before is None else self._before(connection, asked.before),
            ),
            bars=[
                by_day(
                    asked,
                    "charging-by-day",
                    {"zh-CN": "每日充电电量", "en": "Energy by day"},
                    "kWh",
                    [
                        (
                            {"zh-CN": "电量", "en": "Energy"},
                            days_summed(asked, ((end_ms, wh / _WH) for end_ms, wh, _ in now)),
                        )
                    ],
                )
            ],
            unknown=[
                {
                    "zh-CN": "一次充电计入它结束的那天；收入是账单金额，未扣平台手续费。",
                    "en": "A charge counts on the day when it ended, one under way not yet. Income is what"
                    " was billed, before any provider's fee.",
                }
            ],
        )

    def _before(self, connection: Connection, stretch: Stretch) -> Measured:
        return self._measure(connection, settled_between(connection, self._tenant, *stretch), stretch)

    def _measure(self, connection: Connection, settled: Sequence[Settled], stretch: Stretch) -> Measured:
        return {
            "charging-sessions": len(settled),
            "charging-energy": sum(wh for _, wh, _ in settled) / _WH,
            "charging-income": sum(fen for _, _, fen in settled) / _FEN,
            "charging-guessed": self._guessed(connection, stretch),
        }

    def _guessed(self, connection: Connection, stretch: Stretch) -> int:
        found = charging_orders.c
        query = select(func.count()).where(
            found.tenant == self._tenant,
            found.state == State.SETTLED.value,
            found.ended_ms >= stretch.start_ms,
            found.ended_ms < stretch.end_ms,
            or_(found.estimated, found.assumed),
        )
        return connection.execute(query).scalar_one()
