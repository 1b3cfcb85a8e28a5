"""How many devices there were, for how much of the time they were heard, and what was away longest."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from contract.topics import DRIVER_KIND, HUB_KIND, Address
from hub.commissioning.schema import devices
from hub.monthly.figuring import Asked, Measured, Said, compared, percent
from hub.monthly.kinds import kind_title
from hub.monthly.view import MonthColumn, MonthPart, MonthTable, Words
from hub.months import Stretch
from hub.questions.availability import Share, share
from hub.questions.gaps import absences, unheard
from hub.questions.kept import Kept, Series
from hub.questions.site import QuestionSite

logger = logging.getLogger(__name__)

MOST: Final = 10
"""Devices in the list of those that were away longest."""

HOUR_MS: Final = 3_600_000
_NO_DEVICES: Final = (DRIVER_KIND, HUB_KIND, "supply")
_read_words: Final = msgspec.json.Decoder(dict[str, str]).decode

FIGURES: Final = (
    Said(key="devices", title={"zh-CN": "设备数（期末）", "en": "Devices, at the end"}),
    Said(key="devices-new", title={"zh-CN": "新增设备", "en": "Devices added"}),
    Said(key="devices-gone", title={"zh-CN": "拆除设备", "en": "Devices taken away"}),
    Said(
        key="availability",
        title={"zh-CN": "设备在线率", "en": "Availability of devices"},
        unit="%",
        better="up",
        note={
            "zh-CN": "在线时间 ÷ 已知时间，按所有有记录的设备合计",
            "en": "time heard ÷ time known, of all devices of which it was kept",
        },
    ),
    Said(key="away", title={"zh-CN": "离线时间合计", "en": "Time away, in all"}, unit="h", better="down"),
    Said(
        key="unheard",
        title={"zh-CN": "无法判断的时间", "en": "Time nobody can tell of"},
        unit="h",
        better="down",
    ),
    Said(
        key="devices-unknown",
        title={"zh-CN": "没有在线记录的设备", "en": "Devices of which it is not known"},
        better="down",
    ),
)
_UNKNOWN: Final[Sequence[Words]] = (
    {
        "zh-CN": "设备或其驱动主机失联都算离线。中心停机或与消息代理断开期间无法判断，不计入在线率。",
        "en": "A device counts as away while it or its driver host was not heard. While the hub or its link"
        " to the broker was away nobody can tell: that time is in no availability.",
    },
    {
        "zh-CN": "开始记录在线状态之前的时间也无法判断。",
        "en": "Nor can anybody tell of the time before it was kept whether devices were heard.",
    },
)
_FAILED: Final[Words] = {
    "zh-CN": "历史数据读取失败，在线率未知；稍后再生成。",
    "en": "History could not be read, so that the availability is not known; make the report again later.",
}


class Device(NamedTuple):
    """A device that was ever found."""

    address: Address
    found_ms: int
    gone_ms: int | None
    title: Words

    def there(self, stretch: Stretch) -> Stretch | None:
        """Return when of a stretch it was there."""
        gone_ms = stretch.end_ms if self.gone_ms is None else self.gone_ms
        there = Stretch(max(self.found_ms, stretch.start_ms), min(gone_ms, stretch.end_ms))
        return there if there.start_ms < there.end_ms else None


Rows = Sequence[tuple[Device, Share]]


class DevicesPart:
    """One site's devices, and what history keeps of whether they were heard."""

    def __init__(self, site: QuestionSite, history: Series) -> None:
        self._site = site
        self._history = history

    def read(self, connection: Connection, asked: Asked) -> MonthPart:
        """Measure the month."""
        found, before, unknown = self._found(connection), asked.before, _UNKNOWN
        try:
            rows = self._shares(found, asked.now, asked.now_ms)
            earlier = [] if before is None else self._shares(found, before, asked.now_ms)
        except Exception:  # the store may be any database, away or full: the rest of the report stands
            logger.exception("history cannot be read for the monthly report")
            rows, earlier, unknown = [], [], (_FAILED,)
        then = None if before is None else _measure(found, earlier, before)
        return MonthPart(
            key="devices",
            title={"zh-CN": "设备", "en": "Devices"},
            figures=compared(FIGURES, _measure(found, rows, asked.now), then),
            tables=[_by_kind(rows), _away_longest(rows)],
            unknown=unknown,
        )

    def _found(self, connection: Connection) -> list[Device]:
        columns = (devices.c.device, devices.c.found_ms, devices.c.gone_ms, devices.c.title)
        query = select(*columns).where(devices.c.tenant == self._site.tenant).order_by(devices.c.device)
        rows = (
            Device(Address(*device.split("/")), found_ms, gone_ms, _read_words(title))
            for device, found_ms, gone_ms, title in connection.execute(query)
        )
        return [each for each in rows if each.address.kind not in _NO_DEVICES]

    def _shares(self, found: Sequence[Device], stretch: Stretch, now_ms: int) -> Rows:
        """Return how each device did of which something is known."""
        kept = Kept(self._history, now_ms, self._site.retention)
        absent = absences(kept, self._site, *stretch)
        shares = [
            (each, share(unheard(kept, self._site, each.address, *there, absent), there))
            for each in found
            if (there := each.there(stretch)) is not None
        ]
        return [(each, found) for each, found in shares if found.known_ms > 0]


def _measure(found: Sequence[Device], rows: Rows, stretch: Stretch) -> Measured:
    there = [each for each in found if each.there(stretch) is not None]
    known_ms = sum(each.known_ms for _, each in rows)
    silent_ms = sum(each.silent_ms for _, each in rows)
    return {
        "devices": sum(each.gone_ms is None or each.gone_ms >= stretch.end_ms for each in there),
        "devices-new": sum(each.found_ms >= stretch.start_ms for each in there),
        "devices-gone": sum(each.gone_ms is not None and each.gone_ms < stretch.end_ms for each in there),
        "availability": percent(known_ms - silent_ms, known_ms),
        "away": silent_ms / HOUR_MS if rows else None,
        "unheard": sum(each.unknown_ms for _, each in rows) / HOUR_MS if rows else None,
        "devices-unknown": len(there) - len(rows),
    }


def _by_kind(rows: Rows) -> MonthTable:
    kinds: defaultdict[str, list[Share]] = defaultdict(list)
    for device, each in rows:
        kinds[device.address.kind].append(each)
    return MonthTable(
        key="devices-by-kind",
        title={"zh-CN": "按种类", "en": "By kind"},
        columns=[
            MonthColumn(title={"zh-CN": "种类", "en": "Kind"}),
            MonthColumn(title={"zh-CN": "设备数", "en": "Devices"}, unit="1"),
            MonthColumn(title={"zh-CN": "在线率", "en": "Availability"}, unit="%"),
            MonthColumn(title={"zh-CN": "离线", "en": "Away"}, unit="h"),
        ],
        rows=[[kind_title(kind), *_summed(each)] for kind, each in sorted(kinds.items())],
    )


def _summed(group: Sequence[Share]) -> tuple[float, float | None, float]:
    known_ms, away_ms = sum(each.known_ms for each in group), sum(each.silent_ms for each in group)
    return len(group), percent(known_ms - away_ms, known_ms), away_ms / HOUR_MS


def _away_longest(rows: Rows) -> MonthTable:
    longest = sorted((each for each in rows if each[1].silent_ms), key=lambda each: -each[1].silent_ms)
    return MonthTable(
        key="away-longest",
        title={"zh-CN": "离线最久的设备", "en": "Away longest"},
        columns=[
            MonthColumn(title={"zh-CN": "设备", "en": "Device"}),
            MonthColumn(title={"zh-CN": "编号", "en": "Id"}),
            MonthColumn(title={"zh-CN": "离线", "en": "Away"}, unit="h"),
            MonthColumn(title={"zh-CN": "次数", "en": "Times"}, unit="1"),
            MonthColumn(title={"zh-CN": "在线率", "en": "Availability"}, unit="%"),
        ],
        rows=[
            [
                each.title or each.address.device,
                f"{each.address.kind}/{each.address.device}",
                seen.silent_ms / HOUR_MS,
                seen.times,
                seen.percent,
            ]
            for each, seen in longest[:MOST]
        ],
    )
