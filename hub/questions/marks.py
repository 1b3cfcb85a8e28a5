"""Alarms of a device that stood in a stretch, as marks on its trend."""

from typing import Final

from sqlalchemy import func, or_

from contract.topics import Address
from hub.alarms.alarm import Alarm
from hub.alarms.desk import Desk
from hub.alarms.schema import alarms
from hub.posts.reach import Reach
from hub.questions.view import AlarmMark

MOST: Final = 200
"""Of one device; a chart with more says nothing."""


async def marks(desk: Desk, address: Address, start_ms: int, end_ms: int, reach: Reach) -> list[AlarmMark]:
    """Return alarms within reach that stood in the stretch, newest raise first; at most one over `MOST`."""
    if reach.areas is not None and not reach.areas:
        return []
    seen = () if reach.areas is None else (or_(alarms.c.area.is_(None), alarms.c.area.in_(reach.areas)),)
    ended = func.coalesce(alarms.c.returned_ms, alarms.c.closed_ms)
    found = await desk.find(
        alarms.c.site == address.site,
        alarms.c.device_kind == address.kind,
        alarms.c.device == address.device,
        or_(ended.is_(None), ended >= start_ms),
        *seen,
        before_ms=end_ms,
        limit=MOST + 1,
    )
    return [_mark(each) for each in found]


def _mark(alarm: Alarm) -> AlarmMark:
    return AlarmMark(
        id=alarm.id,
        key=alarm.key,
        title=alarm.title,
        priority=alarm.priority,
        raised=alarm.raised_ms,
        returned=alarm.returned_ms or alarm.closed_ms,
    )
