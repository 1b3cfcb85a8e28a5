"""Alarms to look at: the list, one case with everything about it, and the page that is printed of it."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import ColumnElement, or_

from contract.clock import Clock
from hub.alarms.alarm import Alarm
from hub.alarms.board import Board
from hub.alarms.definition import Words
from hub.alarms.desk import Desk
from hub.alarms.schema import alarms
from hub.alarms.view import CaseView
from hub.commissioning.record_page import record_page
from hub.commissioning.view import CommissioningView
from hub.evidence.case_sheet import PageSettings
from hub.evidence.case_words import Language
from hub.evidence.cases import Cases
from hub.orders.service import Orders
from hub.orders.view import order_view
from hub.selfwatch.canary import KEY as CANARY


class SiteTitles(Struct, frozen=True, kw_only=True):
    """What a page calls the site and its areas, and the time zone of its times."""

    title: Words
    areas: Mapping[str, Words]
    zone: ZoneInfo


class Wanted(Struct, frozen=True, kw_only=True):
    """Which alarms: open, closed or all (None), whose columns `equal` these, of `areas` (None: all)."""

    opened: bool | None
    equal: Mapping[str, str]
    areas: frozenset[str] | None
    before_ms: int | None
    limit: int

    def where(self) -> list[ColumnElement[bool]]:
        """Return what the database is asked."""
        where: list[ColumnElement[bool]] = [alarms.c[name] == value for name, value in self.equal.items()]
        if "key" not in self.equal:
            where.append(alarms.c.key != CANARY)  # it is for nobody who does not ask for it
        if self.opened is not None:
            where.append(alarms.c.closed_ms.is_(None) if self.opened else alarms.c.closed_ms.is_not(None))
        if self.areas is not None:
            where.append(or_(alarms.c.area.is_(None), alarms.c.area.in_(self.areas)))
        return where


class Casework:
    """Reads; nothing is changed here."""

    def __init__(
        self, desk: Desk, board: Board, cases: Cases, orders: Orders, titles: SiteTitles, clock: Clock
    ) -> None:
        self._desk = desk
        self._board = board
        self._cases = cases
        self._orders = orders
        self._titles = titles
        self._clock = clock

    async def find(self, wanted: Wanted) -> list[Alarm]:
        """Return alarms, newest raise first; whoever reaches no area at all sees none."""
        if wanted.areas is not None and not wanted.areas:
            return []
        return await self._desk.find(*wanted.where(), before_ms=wanted.before_ms, limit=wanted.limit)

    async def case(self, alarm: Alarm) -> CaseView:
        """Show an alarm and everything about it."""
        timeline = await self._desk.timeline(alarm.id)
        pieces = await self._cases.pieces(alarm.id)
        now_ms = self._clock.now_ms()
        orders = [order_view(each, now_ms) for each in await self._orders.desk.of_alarm(alarm.id)]
        return self._board.case(alarm, timeline, pieces, orders)

    def commissioning(self, view: CommissioningView, language: Language, made_by: str) -> str:
        """Write the acceptance record of the devices as one page to print."""
        return record_page(view, self._settings(language, made_by))

    async def page(self, alarm: Alarm, language: Language, made_by: str) -> str:
        """Write a case as one page to print."""
        return await self._cases.page(await self.case(alarm), self._settings(language, made_by))

    def _settings(self, language: Language, made_by: str) -> PageSettings:
        return PageSettings(
            language=language,
            zone=self._titles.zone,
            site=self._titles.title,
            made=self._clock.now(),
            made_by=made_by,
            areas=self._titles.areas,
        )
