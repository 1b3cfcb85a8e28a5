"""How many devices there were, for how long they could be heard, and what was away longest."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, or_, select

from contract.topics import DRIVER_KIND, HUB_KIND, Address
from hub.alarms.alarm import EntryKind
from hub.alarms.definition import Definition, leaves
from hub.alarms.rules.scope import may_apply
from hub.alarms.schema import alarms, entries
from hub.commissioning.schema import devices
from hub.monthly.availability import Span, Told, Watched, clipped, spans_by_device, watched
from hub.monthly.figuring import Asked, Measured, Said, compared, percent
from hub.monthly.kinds import kind_title
from hub.monthly.view import MonthColumn, MonthPart, MonthTable, Words
from hub.months import Stretch

MOST: Final = 10
"""Devices in the list of those that were away longest."""

HOUR_MS: Final = 3_600_000
_NO_DEVICES: Final = (DRIVER_KIND, HUB_KIND, "supply")
_BEGINS: Final = (EntryKind.RAISED.value, EntryKind.REPEATED.value)
_ENDS: Final = (EntryKind.RETURNED.value, EntryKind.CLOSED.value)
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
            "zh-CN": "在线时间 ÷ 已知时间，按所有受监视设备合计",
            "en": "time heard ÷ time known, of all devices that are watched",
        },
    ),
    Said(key="away", title={"zh-CN": "离线时间合计", "en": "Time away, in all"}, unit="h", better="down"),
    Said(
        key="unheard",
        title={"zh-CN": "无法判断的时间", "en": "Time nobody can tell of"},
        unit="h",
        better="down",
    ),
    Said(key="unwatched", title={"zh-CN": "未设离线报警的设备", "en": "Devices without an alarm for it"}),
)
_UNKNOWN: Final[Sequence[Words]] = (
    {
        "zh-CN": "离线从报警发出时算起，比设备实际失联略晚；驱动主机中断期间无法判断，不计入在线率。",
        "en": "A device counts as away from the raise of its alarm, a little after it fell silent. While its"
        " driver host is away nobody can tell: that time is in no availability.",
    },
    {
        "zh-CN": "中心自身停机期间没有记录，未从在线率中扣除。",
        "en": "While the hub itself stood still nothing was recorded; that time is not taken out.",
    },
)


class Device(NamedTuple):
    """A device that was ever found. `driver`: the host that drives it."""

    address: Address
    found_ms: int
    gone_ms: int | None
    title: Words
    driver: str | None

    def there(self, stretch: Stretch) -> Span | None:
        """Return when of a stretch it was there."""
        gone_ms = stretch.end_ms if self.gone_ms is None else self.gone_ms
        spans = clipped([(self.found_ms, gone_ms)], stretch)
        return spans[0] if spans else None


Rows = Sequence[tuple[Device, Watched]]


class DevicesPart:
    """One tenant's devices. `definitions`: what alarms there may be."""

    def __init__(self, tenant: str, definitions: Iterable[Definition]) -> None:
        self._tenant = tenant
        self._away = [
            each
            for each in definitions
            if each.enabled and any(leaf.connectivity for leaf in leaves(each.raised_by))
        ]

    def read(self, connection: Connection, asked: Asked) -> MonthPart:
        """Measure the month."""
        found = self._found(connection)
        rows = self._watched(connection, found, asked.now)
        before = asked.before
        return MonthPart(
            key="devices",
            title={"zh-CN": "设备", "en": "Devices"},
            figures=compared(
                FIGURES,
                self._measure(found, rows, asked.now),
                None
                if before is None
                else self._measure(found, self._watched(connection, found, before), before),
            ),
            tables=[_by_kind(rows), _away_longest(rows)],
            unknown=_UNKNOWN,
        )

    def _measure(self, found: Sequence[Device], rows: Rows, stretch: Stretch) -> Measured:
        there = [each for each in found if each.there(stretch) is not None]
        known_ms = sum(each.known_ms for _, each in rows)
        away_ms = sum(each.away_ms for _, each in rows)
        return {
            "devices": sum(each.gone_ms is None or each.gone_ms >= stretch.end_ms for each in there),
            "devices-new": sum(each.found_ms >= stretch.start_ms for each in there),
            "devices-gone": sum(each.gone_ms is not None and each.gone_ms < stretch.end_ms for each in there),
            "availability": percent(known_ms - away_ms, known_ms),
            "away": away_ms / HOUR_MS if rows else None,
            "unheard": sum(each.unknown_ms for _, each in rows) / HOUR_MS if rows else None,
            "unwatched": len(there) - len(rows),
        }

    def _found(self, connection: Connection) -> list[Device]:
        columns = (devices.c.device, devices.c.found_ms, devices.c.gone_ms, devices.c.title, devices.c.driver)
        query = select(*columns).where(devices.c.tenant == self._tenant).order_by(devices.c.device)
        rows = (
            Device(Address(*device.split("/")), found_ms, gone_ms, _read_words(title), driver)
            for device, found_ms, gone_ms, title, driver in connection.execute(query)
        )
        return [each for each in rows if each.address.kind not in _NO_DEVICES]

    def _watched(self, connection: Connection, found: Sequence[Device], stretch: Stretch) -> Rows:
        """Return how each device did that some alarm watches."""
        away = spans_by_device(self._told(connection, stretch), stretch.end_ms)
        return [
            (each, watched(there, away.get(str(each.address), ()), away.get(_host(each), ())))
            for each in found
            if (there := each.there(stretch)) is not None
            and any(may_apply(definition.on, each.address) for definition in self._away)
        ]

    def _told(self, connection: Connection, stretch: Stretch) -> list[Told]:
        """Read what alarms say of who is away, from the first entry of each that lasted into the stretch."""
        device = alarms.c.site + "/" + alarms.c.device_kind + "/" + alarms.c.device
        query = (
            select(entries.c.alarm, device, entries.c.ts_ms, entries.c.kind)
            .join(alarms, (alarms.c.id == entries.c.alarm) & (alarms.c.tenant == entries.c.tenant))
            .where(
                entries.c.tenant == self._tenant,
                alarms.c.key.in_([each.key for each in self._away]),
                or_(alarms.c.closed_ms.is_(None), alarms.c.closed_ms >= stretch.start_ms),
                entries.c.ts_ms < stretch.end_ms,
                entries.c.kind.in_((*_BEGINS, *_ENDS)),
            )
            .order_by(entries.c.alarm, entries.c.n)
        )
        return [
            Told(alarm, device, ts_ms, kind in _BEGINS)
            for alarm, device, ts_ms, kind in connection.execute(query)
        ]


def _host(device: Device) -> str:
    return str(Address(device.address.site, DRIVER_KIND, device.driver or ""))


def _by_kind(rows: Rows) -> MonthTable:
    kinds: defaultdict[str, list[Watched]] = defaultdict(list)
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


def _summed(group: Sequence[Watched]) -> tuple[float, float | None, float]:
    known_ms, away_ms = sum(each.known_ms for each in group), sum(each.away_ms for each in group)
    return len(group), percent(known_ms - away_ms, known_ms), away_ms / HOUR_MS


def _away_longest(rows: Rows) -> MonthTable:
    longest = sorted((each for each in rows if each[1].away), key=lambda each: -each[1].away_ms)
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
                seen.away_ms / HOUR_MS,
                len(seen.away),
                percent(seen.known_ms - seen.away_ms, seen.known_ms),
            ]
            for each, seen in longest[:MOST]
        ],
    )
