"""The figures of the wall: each is counted when somebody asks, and kept for some seconds for all who do."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final, NamedTuple, Protocol

from contract.clock import Clock, from_epoch_ms, rfc3339_ms
from contract.topics import Address
from hub.charging.seen import is_connector, seen
from hub.charging.service import Charging
from hub.figures.view import (
    EnergyOfDay,
    Figure,
    HourOfDay,
    PassesByHour,
    WallFigures,
    WaterOfDay,
    ZoneWater,
)
from hub.figures.water import WATER_TOTAL, Series, used_since
from hub.passes.figures import Day, day_of
from hub.passes.service import Passes
from hub.passes.view import PassFigures
from hub.shadows.shadow import Shadow

logger = logging.getLogger(__name__)

KEPT_S: Final = 10.0
HOURS: Final = 24
WEEK: Final = timedelta(days=7)


class Shadows(Protocol):
    """Every device."""

    def __iter__(self) -> Iterator[Shadow]:
        """Go through all."""
        ...


class Sources(NamedTuple):
    """Where the figures come from."""

    passes: Passes
    charging: Charging
    history: Series
    shadows: Shadows


class Today(NamedTuple):
    """The day that it is at the site, and the moment."""

    day: Day
    now_ms: int

    @property
    def head(self) -> dict[str, str]:
        """Return what every figure begins with."""
        return {"as_of": rfc3339_ms(self.now_ms), "day": self.day.day.isoformat()}


class _Kept(NamedTuple):
    at: float
    counting: asyncio.Task[Figure | None]


class FigureBoard:
    """One site's figures of the day. Lives on the hub's event loop; databases are read in threads."""

    def __init__(self, tenant: str, zone: tzinfo, clock: Clock, sources: Sources) -> None:
        self._tenant = tenant
        self._zone = zone
        self._clock = clock
        self._from = sources
        self._kept: dict[str, _Kept] = {}
        self._counted: Mapping[str, Callable[[Today], Awaitable[Figure]]] = {
            "passes": self._passes,
            "energy": self._energy,
            "water": self._water,
        }

    async def shown(self, wanted: Collection[str]) -> WallFigures:
        """Return the figures `wanted`, at most `KEPT_S` old; one that cannot be counted is in `failed`."""
        found = dict(zip(wanted, await asyncio.gather(*map(self._figure, wanted)), strict=True))
        figures: dict[str, Any] = {name: figure for name, figure in found.items() if figure is not None}
        return WallFigures(**figures, failed=sorted(found.keys() - figures.keys()))

    async def _figure(self, name: str) -> Figure | None:
        now, kept = self._clock.monotonic(), self._kept.get(name)
        if kept is None or (kept.counting.done() and now - kept.at >= KEPT_S):
            kept = self._kept[name] = _Kept(now, asyncio.create_task(self._count(name)))
        return await asyncio.shield(kept.counting)

    async def _count(self, name: str) -> Figure | None:
        now_ms = self._clock.now_ms()
        today = Today(day_of(from_epoch_ms(now_ms).astimezone(self._zone).date(), self._zone), now_ms)
        try:
            return await self._counted[name](today)
        except (
            Exception
        ):  # a database that is gone, a fault of ours: the other figures are shown all the same
            logger.exception("the figure %s could not be counted", name)
            return None

    async def _passes(self, today: Today) -> Figure:
        before = today.day.day - WEEK
        now = await self._from.passes.figures(today.day.day)
        then = await self._from.passes.figures(before)
        hours = by_hour(now, then, self._zone, from_epoch_ms(today.now_ms).astimezone(self._zone).hour)
        return PassesByHour(**today.head, before=before.isoformat(), hours=hours)

    async def _energy(self, today: Today) -> Figure:
        ended = await self._from.charging.figures(today.day.from_ms, today.day.to_ms)
        connectors = [seen(each) for each in self._from.shadows if is_connector(each.address)]
        under_way = sum(each.energy_wh or 0 for each in connectors if each.ready and each.charges)
        return EnergyOfDay(**today.head, ended_wh=ended.energy_wh, under_way_wh=under_way)

    async def _water(self, today: Today) -> Figure:
        meters = {each.address: _litres(each) for each in self._from.shadows if is_meter(each)}
        zones = await asyncio.to_thread(
            used_since, self._from.history, self._tenant, meters, today.day.from_ms, today.now_ms
        )
        return WaterOfDay(
            **today.head,
            litres=round(sum(litres or 0.0 for litres in zones.values()), 1),
            unknown=sum(litres is None for litres in zones.values()),
            zones=[_zone_water(address, litres) for address, litres in sorted(zones.items())],
        )


def by_hour(now: PassFigures, then: PassFigures, zone: tzinfo, hour_now: int) -> list[HourOfDay]:
    """Put two days side by side, hour by hour of the site's clock. Pure."""
    (ins, outs), (ins_before, outs_before) = _hours(now, zone), _hours(then, zone)
    return [
        HourOfDay(
            hour=hour,
            in_=ins[hour] if hour <= hour_now else None,
            out=outs[hour] if hour <= hour_now else None,
            in_before=ins_before[hour],
            out_before=outs_before[hour],
        )
        for hour in range(HOURS)
    ]


def _hours(figures: PassFigures, zone: tzinfo) -> tuple[Counter[int], Counter[int]]:
    """Count by hour of the clock: where that is put back, an hour comes twice."""
    ins: Counter[int] = Counter()
    outs: Counter[int] = Counter()
    for each in figures.hours:
        hour = datetime.fromisoformat(each.start).astimezone(zone).hour
        ins[hour] += each.in_
        outs[hour] += each.out
    return ins, outs


def is_meter(shadow: Shadow) -> bool:
    """Whether a device meters water."""
    return WATER_TOTAL in shadow.readings or shadow.schema(WATER_TOTAL) is not None


def _litres(shadow: Shadow) -> float | None:
    """Return what a meter shows now; None: it is not heard."""
    reading = shadow.readings.get(WATER_TOTAL)
    if reading is None or reading.stale or not isinstance(reading.value, int | float):
        return None
    return float(reading.value)


def _zone_water(address: Address, litres: float | None) -> ZoneWater:
    site, kind, device = address
    return ZoneWater(site=site, kind=kind, device=device, litres=None if litres is None else round(litres, 1))
