"""What people ask of the record and say about it. Lives on the hub's event loop."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, func, select

from hub.alarms.alarm import Actor
from hub.audit.writer import AuditWriter
from hub.ledger.transactions import Transactions
from hub.passes.figures import Figures, day_of, is_of
from hub.passes.pattern import ESCAPE
from hub.passes.places import Places
from hub.passes.presence import Presence, Stay, stay_of
from hub.passes.record import Pass
from hub.passes.refusals import NotInside, StaleStay
from hub.passes.schema import inside
from hub.passes.search import find
from hub.passes.settings import group_of
from hub.passes.sheet import pass_sheet
from hub.passes.show import pass_view, stay_view
from hub.passes.store import HOUR_MS, PassStore
from hub.passes.trail import EXPORTED, LEFT
from hub.passes.view import InsideList, InsideView, PassFigures, PassPage
from hub.passes.wanted import InsideWanted, Spot, Wanted


class PassDesk:
    """One tenant's record, for the API. `on_change` is called when somebody has put the count right."""

    def __init__(
        self,
        ledger: Transactions,
        store: PassStore,
        presence: Presence,
        figures: Figures,
        trail: AuditWriter,
        places: Places,
        on_change: Callable[[], None],
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._presence = presence
        self._figures = figures
        self._trail = trail
        self._places = places
        self._on_change = on_change

    async def find(self, wanted: Wanted) -> PassPage:
        """Search passes, the newest first."""
        found = await self._find(replace(wanted, limit=wanted.limit + 1))
        shown = found[: wanted.limit]
        more = len(found) > wanted.limit
        return PassPage(
            passes=[pass_view(each, self._places) for each in shown],
            next=str(Spot(shown[-1].at_ms, shown[-1].seq)) if more else None,
        )

    async def sheet(self, wanted: Wanted, by: Actor, about: str, filters: Mapping[str, Any]) -> str:
        """Write what is found for a spreadsheet; who takes it away, and what, is in the audit first."""
        found = await self._find(wanted)
        details: dict[str, Any] = {"rows": len(found), "asked": dict(filters)}
        await self._ledger.write(lambda c: self._trail.write(c, by, EXPORTED, about, "", **details))
        shown = (pass_view(each, self._places) for each in found)
        return await asyncio.to_thread(pass_sheet, shown)

    async def figures(self, day: date | None) -> PassFigures:
        """Count what passed on a day, by default today, and what is inside now; InvalidMessage."""
        now_ms = self._trail.clock.now_ms()
        wanted = self._figures.today(now_ms) if day is None else day_of(day, self._store.zone)
        return await self._ledger.read(lambda c: self._figures.of_day(c, wanted, now_ms))

    async def inside(self, wanted: InsideWanted) -> InsideList:
        """List vehicles that are inside, the longest first."""
        now_ms = self._trail.clock.now_ms()

        def read(connection: Connection) -> tuple[list[Stay], int]:
            query = self._presence.inside(*self._which(wanted, now_ms))
            total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            rows = connection.execute(query.limit(wanted.limit)).mappings()
            return [stay_of(row) for row in rows], total

        stays, total = await self._ledger.read(read)
        return InsideList(vehicles=[self._shown(each, now_ms) for each in stays], total=total)

    async def has_left(self, ident: int, version: int, by: Actor, reason: str) -> InsideView | None:
        """Take that a vehicle, seen at `version`, is not inside any more; None if there is no such vehicle.

        NotInside, StaleStay.
        """
        now_ms = self._trail.clock.now_ms()

        def work(connection: Connection) -> Stay | None:
            stay = self._presence.get(connection, ident)
            if stay is None:
                return None
            if stay.version != version:
                raise StaleStay("the vehicle has passed since you saw it; look again")
            if not stay.inside:
                raise NotInside("the vehicle is not inside")
            after = self._presence.leave(connection, stay, now_ms)
            about = stay.plate or stay.vehicle or stay.subject
            self._trail.write(connection, by, LEFT, about, reason, since_ms=stay.at_ms, version=version)
            return after

        after = await self._ledger.write(work)
        self._on_change()
        return self._shown(after, now_ms) if after is not None else None

    async def _find(self, wanted: Wanted) -> list[Pass]:
        if wanted.areas is not None:
            wanted = replace(wanted, places=[*(wanted.places or ()), *self._places.within(wanted.areas)])
        return await self._ledger.read(lambda c: find(c, self._store.tenant, wanted))

    def _which(self, wanted: InsideWanted, now_ms: int) -> Iterator[ColumnElement[bool]]:
        if wanted.group is not None:
            yield is_of(wanted.group)
        if wanted.longer_than_hours is not None:
            yield inside.c.at_ms < now_ms - wanted.longer_than_hours * HOUR_MS
        if wanted.long_stay:
            yield self._figures.stays_long(now_ms)
        if wanted.plate is not None:
            yield inside.c.folded.like(wanted.plate.like, escape=ESCAPE)

    def _shown(self, stay: Stay, now_ms: int) -> InsideView:
        long = stay.inside and self._figures.is_long(group_of(stay.category), stay.at_ms, now_ms)
        return stay_view(stay, now_ms, long=long)
