"""What was dropped, refused or missed, so that nobody takes the other figures for more than they are."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, func, select

from hub.ledger.schema import rejected, sequences
from hub.monthly.figuring import Asked, Measured, Said, compared
from hub.monthly.view import MonthColumn, MonthPart, MonthTable, Words
from hub.months import Stretch

FIGURES: Final = (
    Said(
        key="rejected",
        title={"zh-CN": "被拒收的消息", "en": "Messages refused"},
        better="down",
        note={"zh-CN": "不合约定，内容留在台账中", "en": "they were not as agreed; the ledger keeps them"},
    ),
    Said(
        key="missed",
        title={"zh-CN": "缺号事件（自记录以来）", "en": "Events missed, since ever"},
        better="down",
        note={
            "zh-CN": "设备编了号却没有到；不按月记录",
            "en": "numbered by the device, and never came; not kept by month",
        },
    ),
)
_TITLES: Final[Mapping[str, Words]] = {
    "events_missed": {"zh-CN": "缺号事件", "en": "Events missed"},
    "telemetry_shed": {"zh-CN": "过载时丢弃的遥测", "en": "Telemetry shed under overload"},
    "samples_shed": {"zh-CN": "没能写入历史的样本", "en": "Samples that history could not take"},
    "commit_failures": {"zh-CN": "写台账失败（已重试）", "en": "Failed commits, tried again"},
    "late_results": {"zh-CN": "迟到的动作结果", "en": "Results of actions that came late"},
    "media_failures": {"zh-CN": "没能保存的图片", "en": "Pictures that could not be kept"},
    "messages_rejected": {"zh-CN": "被拒收的消息", "en": "Messages refused"},
    "viewers_dropped": {"zh-CN": "跟不上而断开的屏幕", "en": "Screens cut off because they were too slow"},
    "rules_signals_refused": {"zh-CN": "未能报出的信号", "en": "Signals that became no alarm"},
    "rules_faults": {"zh-CN": "规则故障", "en": "Faults of rules"},
    "notifications_failed": {"zh-CN": "未送达的通知", "en": "Notifications not delivered"},
    "passes_skipped": {"zh-CN": "未能登记的通行", "en": "Passes that could not be recorded"},
    "commissioning_skipped": {"zh-CN": "未能登记的调试", "en": "Proofs that could not be recorded"},
}
_NOT_BY_MONTH: Final[Words] = {
    "zh-CN": "过载丢弃等计数只从中心最近一次启动算起，不按月保存；往月的不知道。",
    "en": "What was shed under overload and the like is counted from the hub's last start, and not kept by"
    " month: of past months it is not known.",
}


class LostPart:
    """One tenant's losses."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def read(self, connection: Connection, asked: Asked, dropped: Mapping[str, float]) -> MonthPart:
        """Measure the month; `dropped`: counts since the hub's start."""
        goes_on = asked.now.end_ms < asked.month.whole.end_ms
        before = None if asked.before is None else self._refused(connection, asked.before)
        return MonthPart(
            key="lost",
            title={"zh-CN": "丢失与遗漏", "en": "Dropped and missed"},
            figures=compared(FIGURES, self._measure(connection, asked.now), before),
            tables=[_since_start(dropped)] if goes_on else [],
            unknown=[_NOT_BY_MONTH],
        )

    def _measure(self, connection: Connection, stretch: Stretch) -> Measured:
        query = select(func.sum(sequences.c.missed)).where(sequences.c.tenant == self._tenant)
        missed = connection.execute(query).scalar() or 0
        return {**self._refused(connection, stretch), "missed": int(missed)}

    def _refused(self, connection: Connection, stretch: Stretch) -> Measured:
        during = (rejected.c.received_ms >= stretch.start_ms, rejected.c.received_ms < stretch.end_ms)
        query = select(func.count()).where(rejected.c.tenant == self._tenant, *during)
        return {"rejected": connection.execute(query).scalar_one()}


def _since_start(dropped: Mapping[str, float]) -> MonthTable:
    return MonthTable(
        key="dropped-since-start",
        title={"zh-CN": "自中心最近一次启动", "en": "Since the hub's last start"},
        columns=[
            MonthColumn(title={"zh-CN": "项目", "en": "What"}),
            MonthColumn(title={"zh-CN": "数量", "en": "Number"}, unit="1"),
        ],
        rows=[[_TITLES.get(name, {"en": name}), count] for name, count in sorted(dropped.items())],
    )
