"""Objects that were seen falling (高空抛物): by day, and by the camera that saw them."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, select

from hub.ledger.schema import events
from hub.monthly.figuring import Asked, Said, by_day, compared, days_summed
from hub.monthly.view import MonthColumn, MonthPart, MonthTable
from hub.months import Stretch

OBJECT_FALLING: Final = "hemei.camera.object-falling"
FIGURES: Final = (Said(key="falling", title={"zh-CN": "高空抛物", "en": "Falling objects"}, better="down"),)

Seen = Sequence[tuple[int, str]]
"""When, by the camera's clock, and which camera."""


class FallingPart:
    """One tenant's falling objects."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def read(self, connection: Connection, asked: Asked) -> MonthPart:
        """Measure the month."""
        now = self._seen(connection, asked.now)
        before = None if asked.before is None else {"falling": len(self._seen(connection, asked.before))}
        days = days_summed(asked, ((at_ms, 1) for at_ms, _ in now))
        title = {"zh-CN": "高空抛物", "en": "Falling objects"}
        return MonthPart(
            key="falling",
            title=title,
            figures=compared(FIGURES, {"falling": len(now)}, before),
            bars=[
                by_day(asked, "falling-by-day", {"zh-CN": "每日次数", "en": "By day"}, "1", [(title, days)])
            ],
            tables=[_cameras(now)] if now else [],
            unknown=[
                {
                    "zh-CN": "为摄像机识别的次数，可能有误报；没有摄像机看到的不在其中。",
                    "en": "As often as a camera said so, which may be wrong; what none saw is not in it.",
                }
            ],
        )

    def _seen(self, connection: Connection, stretch: Stretch) -> Seen:
        query = select(events.c.time_ms, events.c.device).where(
            events.c.tenant == self._tenant,
            events.c.type == OBJECT_FALLING,
            events.c.time_ms >= stretch.start_ms,
            events.c.time_ms < stretch.end_ms,
        )
        return [(at_ms, device) for at_ms, device in connection.execute(query)]


def _cameras(now: Seen) -> MonthTable:
    return MonthTable(
        key="falling-by-camera",
        title={"zh-CN": "按摄像机", "en": "By camera"},
        columns=[
            MonthColumn(title={"zh-CN": "摄像机", "en": "Camera"}),
            MonthColumn(title={"zh-CN": "次数", "en": "Times"}, unit="1"),
        ],
        rows=[[device, count] for device, count in Counter(device for _, device in now).most_common()],
    )
