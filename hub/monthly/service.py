"""Makes monthly reports, one at a time and in a thread, and keeps each for a moment for all who ask."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, select

from contract.clock import Clock, rfc3339_ms
from contract.topics import Address
from hub.alarms.definition import Words
from hub.alarms.schema import entries
from hub.charging.schema import charging_orders
from hub.commissioning.schema import devices
from hub.figures.water import Series
from hub.ledger.schema import events
from hub.ledger.transactions import Transactions
from hub.monthly.figuring import Asked
from hub.monthly.page import monthly_page
from hub.monthly.parts.alarms import AlarmsPart
from hub.monthly.parts.charging import ChargingPart
from hub.monthly.parts.devices import DevicesPart
from hub.monthly.parts.falling import FallingPart
from hub.monthly.parts.lost import LostPart
from hub.monthly.parts.orders import OrdersPart
from hub.monthly.parts.passes import PassesPart
from hub.monthly.parts.water import WaterPart
from hub.monthly.view import MonthlyReport, MonthPart
from hub.monthly.wording import Language
from hub.months import Month, month_of
from hub.orders.schema import orders
from hub.passes.schema import tallies
from hub.questions.site import QuestionSite

KEPT_S: Final = 60.0
MOST_KEPT: Final = 24
_FIRSTS: Final = (
    (events.c.tenant, events.c.received_ms, events.c.seq),
    (entries.c.tenant, entries.c.ts_ms, entries.c.ts_ms),
    (devices.c.tenant, devices.c.found_ms, devices.c.found_ms),
    (tallies.c.tenant, tallies.c.hour_ms, tallies.c.hour_ms),
    (charging_orders.c.tenant, charging_orders.c.requested_ms, charging_orders.c.seq),
    (orders.c.tenant, orders.c.start_ms, orders.c.start_ms),
)
"""Where the oldest record may be: whose, its time, and by what the first is found."""


class MonthlySources(Struct, frozen=True, kw_only=True):
    """What the reports are made from. `meters`: whatever meters water now, and what it is called."""

    past: QuestionSite
    title: Words
    history: Series
    meters: Callable[[], Mapping[Address, Words | None]]
    dropped: Callable[[], Mapping[str, float]]


class _Kept(Struct):
    at_s: float
    making: asyncio.Task[MonthlyReport]


class MonthlyReports:
    """One tenant's monthly reports. Lives on the hub's event loop."""

    def __init__(self, ledger: Transactions, clock: Clock, sources: MonthlySources) -> None:
        tenant = sources.past.tenant
        self._ledger = ledger
        self._clock = clock
        self._from = sources
        self._parts = (
            DevicesPart(sources.past, sources.history),
            AlarmsPart(tenant),
            OrdersPart(tenant),
            ChargingPart(tenant),
            PassesPart(tenant),
        )
        self._water = WaterPart(tenant, sources.history)
        self._falling = FallingPart(tenant)
        self._lost = LostPart(tenant)
        self._one_at_a_time = asyncio.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    @property
    def zone(self) -> tzinfo:
        """The site's time zone."""
        return self._from.past.zone

    async def make(self, text: str) -> MonthlyReport:
        """Measure a month, `2026-11`; InvalidMessage if that is none, or has not begun."""
        month = month_of(text, self._clock.now_ms(), self.zone)
        kept = self._kept.get(text)
        if kept is None or (kept.making.done() and self._is_old(kept)):
            kept = _Kept(self._clock.monotonic(), asyncio.create_task(self._make(month)))
            self._kept[text] = kept
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return await asyncio.shield(kept.making)

    async def page(self, text: str, language: Language, made_by: str) -> str:
        """Write a month as one page to read and to print."""
        report = await self.make(text)
        return await asyncio.to_thread(monthly_page, report, language, made_by)

    async def pdf(self, text: str, language: Language, made_by: str) -> bytes:
        """Write the same as PDF, which brings its own letters."""
        report = await self.make(text)
        async with self._one_at_a_time:
            return await asyncio.to_thread(_pdf, report, language, made_by)

    def _is_old(self, kept: _Kept) -> bool:
        failed = kept.making.cancelled() or kept.making.exception() is not None
        return failed or self._clock.monotonic() - kept.at_s > KEPT_S

    async def _make(self, month: Month) -> MonthlyReport:
        meters, dropped = self._from.meters(), self._from.dropped()
        async with self._one_at_a_time:
            return await self._ledger.read(lambda connection: self._read(connection, month, meters, dropped))

    def _read(
        self,
        connection: Connection,
        month: Month,
        meters: Mapping[Address, Words | None],
        dropped: Mapping[str, float],
    ) -> MonthlyReport:
        now_ms = self._clock.now_ms()
        begun_ms = self._begun_ms(connection)
        before = month.before(now_ms)
        recorded = begun_ms is not None and begun_ms < before.end_ms
        asked = Asked(
            month=month, now=month.so_far(now_ms), before=before if recorded else None, now_ms=now_ms
        )
        parts: list[MonthPart] = [part.read(connection, asked) for part in self._parts]
        parts.append(self._water.read(connection, asked, meters))
        parts.append(self._falling.read(connection, asked))
        parts.append(self._lost.read(connection, asked, dropped))
        return self._report(asked, begun_ms, parts)

    def _report(self, asked: Asked, begun_ms: int | None, parts: list[MonthPart]) -> MonthlyReport:
        before = asked.before
        return MonthlyReport(
            month=str(asked.month),
            start=rfc3339_ms(asked.now.start_ms),
            end=rfc3339_ms(asked.now.end_ms),
            as_of=rfc3339_ms(asked.now_ms),
            ended=asked.now.end_ms == asked.month.whole.end_ms,
            timezone=str(self.zone),
            site=self._from.title,
            begun=None if begun_ms is None else rfc3339_ms(begun_ms),
            compared=None if before is None else (rfc3339_ms(before.start_ms), rfc3339_ms(before.end_ms)),
            parts=parts,
        )

    def _begun_ms(self, connection: Connection) -> int | None:
        found = []
        for tenant, time, first in _FIRSTS:
            query = select(time).where(tenant == self._from.past.tenant).order_by(first).limit(1)
            found.append(connection.execute(query).scalar())
        return min((each for each in found if each is not None), default=None)


def _pdf(report: MonthlyReport, language: Language, made_by: str) -> bytes:
    from hub.monthly.pdf import monthly_pdf  # noqa: PLC0415 - its library takes seconds to load, and many hubs never need it

    return monthly_pdf(report, language, made_by)
