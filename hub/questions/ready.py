"""Ready answers to the questions that people ask most. Lives on the hub's event loop."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple, Protocol

from sqlalchemy import Connection, or_, select

from contract.clock import from_epoch_ms, rfc3339_ms
from contract.passes import DOOR_KIND
from contract.topics import DRIVER_KIND, Address
from hub.alarms.alarm import Alarm
from hub.alarms.desk import Desk
from hub.alarms.schema import alarms
from hub.charging.service import Charging
from hub.charging.view import ChargingDay
from hub.figures.board import by_hour
from hub.figures.water import WATER_TOTAL
from hub.history.store import Value
from hub.ledger.transactions import Transactions
from hub.months import Month, Stretch, month_at
from hub.passes.figures import Day, day_of
from hub.passes.record import Outcome
from hub.passes.schema import tallies
from hub.passes.service import Passes
from hub.passes.view import PassFigures
from hub.posts.reach import Reach
from hub.questions.availability import by_month, today
from hub.questions.gaps import absences, unheard
from hub.questions.service import Questions
from hub.questions.used import RAINING, litres, rained_s
from hub.questions.view import (
    AvailabilityMonths,
    ChargingMonth,
    ChargingMonths,
    DayOfZone,
    DeviceAvailability,
    DoorHours,
    DoorsView,
    FallCell,
    FallsOfCamera,
    FallsView,
    PassDay,
    PassesView,
    PassHour,
    WaterView,
    ZoneDays,
)
from hub.shadows.shadow import Shadow

FALLING: Final = "falling-object"
"""The key of its alarm."""

MOST_FALLS: Final = 5000
COLUMNS: Final = 12
ROWS: Final = 8
WEEK: Final = timedelta(days=7)
HOURS: Final = 24


class Shadows(Protocol):
    """Every device."""

    def __iter__(self) -> Iterator[Shadow]:
        """Go through all."""
        ...


class Sources(NamedTuple):
    """Where answers come from."""

    passes: Passes
    charging: Charging
    desk: Desk
    ledger: Transactions
    shadows: Shadows


class Ready:
    """Answers for one site; days and months are civil ones of its zone."""

    def __init__(self, questions: Questions, sources: Sources) -> None:
        self._questions = questions
        self._site = questions.site
        self._from = sources

    async def passes(self, day: date | None) -> PassesView:
        """Count a day by hour and the week that ends with it, each against a week before."""
        last = day or today(self._questions.kept().now_ms, self._site.zone)
        week = [last - timedelta(days=back) for back in range(13, -1, -1)]
        found = [await self._from.passes.figures(each) for each in week]
        hours = by_hour(found[-1], found[6], self._site.zone, HOURS)
        return PassesView(
            day=last.isoformat(),
            before=(last - WEEK).isoformat(),
            hours=[
                PassHour(
                    hour=each.hour,
                    in_=each.in_ or 0,
                    out=each.out or 0,
                    in_before=each.in_before,
                    out_before=each.out_before,
                )
                for each in hours
            ],
            days=[_pass_day(now, then) for now, then in zip(found[7:], found[:7], strict=True)],
        )

    async def charging(self, number: int) -> ChargingMonths:
        """Sum up charges by month."""
        now_ms = self._questions.kept().now_ms
        asked = self._months(number, now_ms)
        figures = await self._from.charging.figures(asked[0].begins_ms, asked[-1].so_far(now_ms).end_ms)
        return ChargingMonths(months=[_charging_month(str(each), figures.days) for each in asked])

    async def water(self, days: Sequence[Day]) -> WaterView:
        """Count water by zone and day, and how long it rained there."""
        zones = [each for each in self._from.shadows if _has(each, WATER_TOTAL) or _has(each, RAINING)]
        return await asyncio.to_thread(self._water, zones, days)

    async def availability(self, number: int) -> AvailabilityMonths:
        """Say in how much of each month each device was heard."""
        shadows = [each for each in self._from.shadows if each.address.kind != DRIVER_KIND]
        return await asyncio.to_thread(self._availability, shadows, number)

    async def doors(self, days: Sequence[Day]) -> DoorsView:
        """Count by door and hour of the clock."""
        rows = await self._from.ledger.read(lambda c: self._door_rows(c, days))
        used: dict[str, Counter[int]] = defaultdict(Counter)
        for hour_ms, device, number in rows:
            hour = from_epoch_ms(hour_ms).astimezone(self._site.zone).hour
            used[str(Address(self._site.id, DOOR_KIND, device))][hour] += number
        return DoorsView(
            start=days[0].day.isoformat(),
            end=days[-1].day.isoformat(),
            doors=[
                DoorHours(device=device, hours=[counts[hour] for hour in range(HOURS)])
                for device, counts in sorted(used.items())
            ],
        )

    async def falls(self, stretch: Stretch, reach: Reach) -> FallsView:
        """Count alarms of falling objects by where in the camera's picture they were."""
        seen = () if reach.areas is None else (or_(alarms.c.area.is_(None), alarms.c.area.in_(reach.areas)),)
        found = await self._from.desk.find(
            alarms.c.key == FALLING,
            alarms.c.raised_ms >= stretch.start_ms,
            *seen,
            before_ms=stretch.end_ms,
            limit=MOST_FALLS + 1,
        )
        titles = {each.address: each.description.titles for each in self._from.shadows if each.description}
        of_camera: dict[Address, list[Alarm]] = defaultdict(list)
        for alarm in found[:MOST_FALLS]:
            of_camera[alarm.address].append(alarm)
        return FallsView(
            start=rfc3339_ms(stretch.start_ms),
            end=rfc3339_ms(stretch.end_ms),
            columns=COLUMNS,
            rows=ROWS,
            cameras=[
                FallsOfCamera(
                    device=str(address),
                    title=titles.get(address, {}),
                    cells=list(cells_of(each.data for each in mine)),
                    nowhere=sum(cell_of(each.data) is None for each in mine),
                )
                for address, mine in sorted(of_camera.items())
            ],
            more=len(found) > MOST_FALLS,
        )

    def days(self, number: int) -> list[Day]:
        """Return today and the days before, oldest first."""
        last = today(self._questions.kept().now_ms, self._site.zone)
        return [day_of(last - timedelta(days=back), self._site.zone) for back in range(number - 1, -1, -1)]

    def _months(self, number: int, now_ms: int) -> list[Month]:
        last = month_at(now_ms, self._site.zone)
        return [last.moved(-each) for each in reversed(range(number))]

    def _water(self, zones: Sequence[Shadow], days: Sequence[Day]) -> WaterView:
        kept, tenant = self._questions.kept(), self._site.tenant
        whole = Stretch(days[0].from_ms, days[-1].to_ms)
        shown = []
        for shadow in zones:
            gaps = self._questions.unheard(kept, shadow.address, whole).gaps
            used = litres(kept, tenant, shadow.address, days)
            wet = rained_s(kept, tenant, shadow.address, days, gaps)
            by_day = [
                DayOfZone(day=day.day.isoformat(), litres=water, rained_s=rain)
                for day, water, rain in zip(days, used, wet, strict=True)
            ]
            shown.append(ZoneDays(device=str(shadow.address), title=_title(shadow), days=by_day))
        return WaterView(zones=sorted(shown, key=lambda each: each.device))

    def _availability(self, shadows: Sequence[Shadow], number: int) -> AvailabilityMonths:
        kept = self._questions.kept()
        asked = self._months(number, kept.now_ms)
        whole = Stretch(asked[0].begins_ms, kept.now_ms)
        absent = absences(kept, self._site, *whole)
        shown = [
            DeviceAvailability(
                device=str(each.address),
                title=_title(each),
                months=list(
                    by_month(unheard(kept, self._site, each.address, *whole, absent), asked, kept.now_ms)
                ),
            )
            for each in shadows
        ]
        return AvailabilityMonths(devices=sorted(shown, key=lambda each: each.device))

    def _door_rows(self, connection: Connection, days: Sequence[Day]) -> list[tuple[int, str, int]]:
        query = select(tallies.c.hour_ms, tallies.c.device, tallies.c.number).where(
            tallies.c.tenant == self._site.tenant,
            tallies.c.kind == DOOR_KIND,
            tallies.c.outcome == Outcome.PASSED.value,
            tallies.c.hour_ms >= days[0].from_ms,
            tallies.c.hour_ms < days[-1].to_ms,
        )
        return [(hour_ms, device, number) for hour_ms, device, number in connection.execute(query)]


def cells_of(seen: Iterable[dict[str, Value]]) -> Iterator[FallCell]:
    """Count by cell, those alone in which there was something. Pure."""
    counts = Counter(cell for each in seen if (cell := cell_of(each)) is not None)
    for (column, row), count in sorted(counts.items()):
        yield FallCell(column=column, row=row, count=count)


def cell_of(data: dict[str, Value]) -> tuple[int, int] | None:
    """Return in which cell an object was, by its share of the picture's width and height. Pure."""
    x, y = data.get("x"), data.get("y")
    if not isinstance(x, int | float) or not isinstance(y, int | float) or not (0 <= x <= 1 and 0 <= y <= 1):
        return None
    return min(COLUMNS - 1, int(x * COLUMNS)), min(ROWS - 1, int(y * ROWS))


def _pass_day(now: PassFigures, then: PassFigures) -> PassDay:
    return PassDay(
        day=now.day,
        in_=sum(each.in_ for each in now.hours),
        out=sum(each.out for each in now.hours),
        in_before=sum(each.in_ for each in then.hours),
        out_before=sum(each.out for each in then.hours),
    )


def _charging_month(name: str, days: Iterable[ChargingDay]) -> ChargingMonth:
    mine = [each for each in days if each.day.startswith(name)]
    return ChargingMonth(
        month=name,
        orders=sum(each.orders for each in mine),
        energy_wh=sum(each.energy_wh for each in mine),
        income_fen=sum(each.income_fen for each in mine),
    )


def _has(shadow: Shadow, name: str) -> bool:
    return name in shadow.readings or shadow.schema(name) is not None


def _title(shadow: Shadow) -> dict[str, str]:
    return shadow.description.titles if shadow.description is not None else {}
