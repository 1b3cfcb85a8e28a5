"""The book of plans: what there is, kept in memory as the live stream shows it, and every change of it.

A change and its entry in the audit are one transaction; every screen sees it as soon as that is durable.
"""

import asyncio
import secrets
from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from contract.clock import Clock
from contract.things import Location
from hub.alarms.alarm import Actor
from hub.alarms.definition import Words
from hub.audit.writer import AuditWriter
from hub.ledger.transactions import Transactions
from hub.plans.picture import Picture, read_picture, received
from hub.plans.records import SITE_PLAN, Placement, Plan, PlanRefused, UnknownPlan
from hub.plans.store import PlanStore
from hub.plans.view import AreaView, PlanView, Removed, plan_view

T = TypeVar("T")

MOST_PLANS: Final = 100
MOST_AREAS: Final = 1_000
TITLE: Final[Words] = {"zh-CN": "小区总平面", "en": "Site plan"}
PLACES: Final = 5
"""Digits of x and y: a hundredth of a millimetre on a plan one metre wide."""


class PlanSite(Struct, frozen=True, kw_only=True):
    """What the site file says: names of areas, and the picture of the first plan."""

    tenant: str
    areas: Mapping[str, Words]
    picture: Picture | None = None


class Plans:
    """One tenant's plans, on the hub's event loop. `areas`: every name, kept up to date in place.

    `on_change` is told of every change; what does not change is the same object as before.
    """

    def __init__(
        self, ledger: Transactions, clock: Clock, site: PlanSite, on_change: Callable[[], None]
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._site = site
        self._store = PlanStore(site.tenant)
        self._trail = AuditWriter(site.tenant, clock)
        self._on_change = on_change
        self._reading = asyncio.Lock()
        self._named: dict[str, Words] = {}
        self.placements: Mapping[str, Placement] = {}
        self.areas: dict[str, Words] = dict(site.areas)
        self._show([])

    async def begin(self) -> None:
        """Read what there is."""
        plans, self.placements, named = await self._ledger.read(
            lambda connection: (
                self._store.plans(connection),
                self._store.placements(connection),
                self._store.areas(connection),
            )
        )
        self._name(named)
        self._show(plans)
        self._on_change()

    def views(self) -> list[PlanView]:
        """Show every plan, in its order."""
        return [plan_view(each) for each in self.plans]

    def unplaced(self, devices: Iterable[tuple[str, Location | None]]) -> list[str]:
        """Say which of these stand nowhere: nobody placed them, nor do they say where they stand."""
        return sorted(
            key
            for key, at in devices
            if key not in self.placements and (at is None or at.x is None or at.y is None)
        )

    def area_views(self) -> list[AreaView]:
        """Show every area that has a name."""
        return [
            AreaView(id=each, title=title, by_people=each in self._named, in_file=each in self._site.areas)
            for each, title in sorted(self.areas.items())
        ]

    async def picture(self, plan: str) -> Picture | None:
        """Return a plan's picture, if it has one."""
        own = await self._ledger.read(lambda connection: self._store.picture(connection, plan))
        return self._site.picture if own is None and plan == SITE_PLAN else own

    async def add(self, ident: str | None, title: Words, parts: AsyncIterable[bytes], by: Actor) -> PlanView:
        """Add a plan with its picture, after all others; InvalidMessage, PlanRefused."""
        if len(self.plans) >= MOST_PLANS:
            raise PlanRefused(f"there may be {MOST_PLANS} plans; remove one first", code="too-many-plans")
        picture = await self._take(parts)
        plan = Plan(id=ident or f"p-{secrets.token_hex(6)}", title=title)

        def work(connection: Connection) -> list[Plan]:
            self._have_site(connection)
            if not self._store.add(connection, plan, self._clock.now_ms()):
                raise PlanRefused(f"there is a plan {plan.id!r} already", code="plan-known")
            self._store.show(connection, plan.id, picture, self._clock.now_ms())
            self._trail.write(connection, by, "plan.added", plan.id, title=title, **_told(picture))
            return self._store.plans(connection)

        await self._change(work)
        return self.view(plan.id)

    async def change(self, plan: str, values: Mapping[str, Any], by: Actor) -> PlanView:
        """Change title, building or floor; UnknownPlan."""

        def work(connection: Connection) -> list[Plan]:
            self._have(connection, plan)
            self._store.change(connection, plan, values, self._clock.now_ms())
            self._trail.write(connection, by, "plan.changed", plan, **values)
            return self._store.plans(connection)

        await self._change(work)
        return self.view(plan)

    async def show(self, plan: str, parts: AsyncIterable[bytes], by: Actor) -> PlanView:
        """Put a picture in the place of a plan's; what stands on it stays. InvalidMessage, PlanRefused."""
        self._known(plan)
        picture = await self._take(parts)

        def work(connection: Connection) -> list[Plan]:
            self._have(connection, plan)
            self._store.show(connection, plan, picture, self._clock.now_ms())
            self._trail.write(connection, by, "plan.picture-replaced", plan, **_told(picture))
            return self._store.plans(connection)

        await self._change(work)
        return self.view(plan)

    async def order(self, ids: Sequence[str], by: Actor) -> list[PlanView]:
        """Put all plans into an order; PlanRefused if these are not all there are."""

        def work(connection: Connection) -> list[Plan]:
            self._have_site(connection)
            if sorted(ids) != sorted(each.id for each in self._store.plans(connection)):
                raise PlanRefused(
                    "these are not all plans there are now; look again, then order them", code="plans-changed"
                )
            self._store.order(connection, ids)
            self._trail.write(connection, by, "plan.ordered", self._site.tenant, plans=list(ids))
            return self._store.plans(connection)

        await self._change(work)
        return self.views()

    async def remove(self, plan: str, by: Actor) -> Removed:
        """Remove a plan and placements on it; the first one is as the site file says again. UnknownPlan."""

        def work(connection: Connection) -> tuple[list[Plan], int]:
            gone, unplaced = self._store.remove(connection, plan)
            if not gone and plan != SITE_PLAN:
                raise _unknown(plan)
            self._trail.write(connection, by, "plan.removed", plan, unplaced=unplaced)
            return self._store.plans(connection), unplaced

        plans, unplaced = await self._ledger.write(work)
        self.placements = {key: each for key, each in self.placements.items() if each.plan != plan}
        self._show(plans)
        self._on_change()
        return Removed(unplaced)

    async def place(self, device: str, wanted: Placement, by: Actor) -> Placement:
        """Say where a device (`site/kind/device`) stands; UnknownPlan."""
        placement = Placement(wanted.plan, round(wanted.x, PLACES), round(wanted.y, PLACES))

        def work(connection: Connection) -> None:
            self._have(connection, placement.plan)
            self._store.place(connection, device, placement)
            self._trail.write(connection, by, "device.placed", device, **placement._asdict())

        await self._ledger.write(work)
        self.placements = {**self.placements, device: placement}
        self._on_change()
        return placement

    async def unplace(self, device: str, by: Actor) -> None:
        """Forget where people placed a device; UnknownPlan if they had not."""

        def work(connection: Connection) -> None:
            if not self._store.unplace(connection, device):
                raise UnknownPlan(f"nobody has placed {device}", code="unknown-placement")
            self._trail.write(connection, by, "device.unplaced", device)

        await self._ledger.write(work)
        self.placements = {key: each for key, each in self.placements.items() if key != device}
        self._on_change()

    async def name_area(self, area: str, title: Words, by: Actor) -> AreaView:
        """Say what an area is called; PlanRefused if there are too many."""
        if area not in self.areas and len(self.areas) >= MOST_AREAS:
            raise PlanRefused(f"there may be {MOST_AREAS} areas; remove one first", code="too-many-areas")

        def work(connection: Connection) -> dict[str, Words]:
            self._store.name(connection, area, title)
            self._trail.write(connection, by, "area.named", area, title=title)
            return self._store.areas(connection)

        self._name(await self._ledger.write(work))
        self._on_change()
        return next(each for each in self.area_views() if each.id == area)

    async def forget_area(self, area: str, by: Actor) -> None:
        """Forget the name that people gave an area: the site file's counts again. UnknownPlan."""

        def work(connection: Connection) -> dict[str, Words]:
            if not self._store.forget(connection, area):
                raise UnknownPlan(f"nobody has named the area {area!r} here", code="unknown-area")
            self._trail.write(connection, by, "area.forgotten", area)
            return self._store.areas(connection)

        self._name(await self._ledger.write(work))
        self._on_change()

    def view(self, plan: str) -> PlanView:
        """Show one plan; UnknownPlan."""
        return plan_view(self._known(plan))

    def _known(self, plan: str) -> Plan:
        found = next((each for each in self.plans if each.id == plan), None)
        if found is None:
            raise _unknown(plan)
        return found

    async def _take(self, parts: AsyncIterable[bytes]) -> Picture:
        """Read a picture; one at a time, as each may need a hundred megabytes."""
        content = await received(parts)
        async with self._reading:
            return await asyncio.to_thread(read_picture, content)

    async def _change(self, work: Callable[[Connection], list[Plan]]) -> None:
        self._show(await self._ledger.write(work))
        self._on_change()

    def _have(self, connection: Connection, plan: str) -> None:
        """Make sure that there is a row of a plan; UnknownPlan."""
        if plan == SITE_PLAN:
            self._have_site(connection)
        elif plan not in {each.id for each in self._store.plans(connection)}:
            raise _unknown(plan)

    def _have_site(self, connection: Connection) -> None:
        if self._store.add(connection, Plan(id=SITE_PLAN, title=TITLE), self._clock.now_ms()):
            ids = [each.id for each in self._store.plans(connection)]
            self._store.order(connection, sorted(ids, key=lambda each: each != SITE_PLAN))

    def _show(self, plans: Sequence[Plan]) -> None:
        """Take the plans as they are in the ledger; the first one is there in any case."""
        if all(each.id != SITE_PLAN for each in plans):
            plans = [Plan(id=SITE_PLAN, title=TITLE), *plans]
        self.plans = [self._with_picture(each) for each in plans]

    def _with_picture(self, plan: Plan) -> Plan:
        file = self._site.picture
        if plan.id != SITE_PLAN or plan.digest is not None or file is None:
            return plan
        return replace(plan, digest=file.digest, width=file.width, height=file.height)

    def _name(self, named: dict[str, Words]) -> None:
        self._named = named
        now = {**self._site.areas, **named}
        for area in self.areas.keys() - now.keys():
            del self.areas[area]
        self.areas.update(now)


def _unknown(plan: str) -> UnknownPlan:
    return UnknownPlan(f"there is no plan {plan!r}; it may have been removed")


def _told(picture: Picture) -> dict[str, Any]:
    return {"sha256": picture.digest, "bytes": len(picture.content), "type": picture.media_type}
