"""Visitors' passes for whoever makes them: guards, and households by their links."""

from collections.abc import Sequence
from typing import Final, Literal

from sqlalchemy import Connection

from contract.clock import rfc3339_ms
from hub.access.secret import digest
from hub.alarms.alarm import Actor
from hub.register.keeping import Keeping, there
from hub.register.records import Household, Visit
from hub.register.refusals import LinkUnknown, RegisterRefused
from hub.register.schema import households, visits
from hub.register.searching import page_of, visits_where
from hub.register.show import Shower, moment
from hub.register.trail import RESIDENT
from hub.register.visit_view import HouseholdVisits, OwnVisit, VisitPage, VisitView
from hub.register.visiting import Host, host_of, make_visit, open_by_link, revoke_visit
from hub.register.wanted import NewVisit, VisitsWanted, Window

NEWEST: Final = 50
"""Passes that a household is shown."""


class Visits:
    """One tenant's passes, for staff. `names`: whether whoever asks may see names."""

    def __init__(self, keeping: Keeping, shower: Shower) -> None:
        self._keeping = keeping
        self._shower = shower
        self._rows = keeping.tables.visits

    async def find(self, wanted: VisitsWanted, window: Window, *, names: bool) -> VisitPage:
        """List passes, the newest first."""

        def read(connection: Connection) -> VisitPage:
            now_ms = self._keeping.clock.now_ms()
            where = visits_where(self._rows.tenant, wanted, now_ms)
            order = (visits.c.seq.desc(),)
            keys, total = page_of(connection, visits, visits.c.key, where, order, window)
            found, upto = self._rows.by_key(connection, keys), window.after + window.limit
            shown = self._show(connection, [found[key] for key in keys], names=names)
            return VisitPage(visits=shown, total=total, next=upto if upto < total else None)

        return await self._keeping.read(read)

    async def get(self, key: str, *, names: bool) -> VisitView:
        """Show a pass. Unknown."""

        def read(connection: Connection) -> VisitView:
            return self._show(connection, [there(self._rows.get(connection, key), "visit")], names=names)[0]

        return await self._keeping.read(read)

    async def add(self, wanted: NewVisit, who: Actor, *, names: bool) -> VisitView:
        """Make a pass. InvalidMessage, RegisterRefused."""

        def work(connection: Connection) -> VisitView:
            host = host_of(self._keeping, connection, wanted)
            made = make_visit(self._keeping, connection, wanted, host, who, by_link=False)
            return self._show(connection, [made], names=names)[0]

        return await self._keeping.write(work)

    async def revoke(self, key: str, who: Actor, *, names: bool) -> VisitView:
        """Have a pass open nothing any more; again, or after its end, is no error. Unknown."""

        def work(connection: Connection) -> VisitView:
            visit = there(self._rows.hold(connection, key), "visit")
            revoked = revoke_visit(self._keeping, connection, visit, who)
            return self._show(connection, [revoked], names=names)[0]

        return await self._keeping.write(work)

    def _show(self, connection: Connection, found: Sequence[Visit], *, names: bool) -> list[VisitView]:
        rooms = self._shower.rooms(connection, (each.household for each in found))
        hosts = self._shower.names(connection, (each.person for each in found)) if names else {}
        now_ms = self._keeping.clock.now_ms()
        return [
            VisitView(
                id=each.key,
                state=visit_state(each, now_ms),
                household=each.household,
                room=rooms.get(each.household or ""),
                host=hosts.get(each.person or ""),
                visitor=each.visitor if names else None,
                phone=each.phone if names else None,
                plate=each.plate,
                code=each.code,
                start=rfc3339_ms(each.from_ms),
                end=rfc3339_ms(each.until_ms),
                made=rfc3339_ms(each.made_ms),
                made_by=each.made_by,
                by_link=each.by_link,
                revoked=moment(each.revoked_ms),
                used=moment(each.used_ms),
            )
            for each in found
        ]


class OwnVisits:
    """Passes of households by their links. `key`: the link's secret; LinkUnknown if it is none."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._rows = keeping.tables.visits

    async def of(self, key: str) -> HouseholdVisits:
        """Show the passes that a household made, and what it may."""
        settings, site = self._keeping.site.settings, self._keeping.site

        def read(connection: Connection) -> HouseholdVisits:
            household = self._household(connection, key)
            mine = (visits.c.household == household.key, visits.c.by_link.is_(True))
            found = self._rows.find(connection, *mine, order=[visits.c.seq.desc()], limit=NEWEST)
            return HouseholdVisits(
                site=site.title,
                room=household.room,
                visits=[self._own(each) for each in found],
                open=open_by_link(self._keeping, connection, household),
                most_open=settings.visits_open,
                longest_minutes=int(settings.visit_longest_h * 60),
                ahead_days=settings.visit_ahead_days,
            )

        return await self._keeping.read(read)

    async def add(self, key: str, wanted: NewVisit, address: str) -> OwnVisit:
        """Make a pass. InvalidMessage, RegisterRefused."""

        def work(connection: Connection) -> OwnVisit:
            household = self._held(connection, key)
            if open_by_link(self._keeping, connection, household) >= self._keeping.site.settings.visits_open:
                raise RegisterRefused("so many passes are open already", code="too-many-visits")
            by, host = Actor(who=RESIDENT, address=address), Host(household=household.key)
            return self._own(make_visit(self._keeping, connection, wanted, host, by, by_link=True))

        return await self._keeping.write(work)

    async def revoke(self, key: str, visit: str, address: str) -> OwnVisit:
        """Have a pass open nothing any more; again, or after its end, is no error. Unknown."""

        def work(connection: Connection) -> OwnVisit:
            household = self._household(connection, key)
            found = self._rows.hold(connection, visit)
            mine = found is not None and found.by_link and found.household == household.key
            by = Actor(who=RESIDENT, address=address)
            own = there(found if mine else None, "visit")
            return self._own(revoke_visit(self._keeping, connection, own, by))

        return await self._keeping.write(work)

    def _household(self, connection: Connection, key: str) -> Household:
        rows = self._keeping.tables.households
        household = rows.first(connection, households.c.link == digest(key))
        if household is None:
            raise LinkUnknown("there is no such link")
        return household

    def _held(self, connection: Connection, key: str) -> Household:
        """Read a household; nobody else makes passes for it before this transaction ends."""
        household = self._household(connection, key)
        return there(self._keeping.tables.households.hold(connection, household.key), "household")

    def _own(self, visit: Visit) -> OwnVisit:
        return OwnVisit(
            id=visit.key,
            state=visit_state(visit, self._keeping.clock.now_ms()),
            visitor=visit.visitor,
            plate=visit.plate,
            code=visit.code,
            start=rfc3339_ms(visit.from_ms),
            end=rfc3339_ms(visit.until_ms),
            used=moment(visit.used_ms),
        )


def visit_state(visit: Visit, now_ms: int) -> Literal["coming", "open", "over", "revoked"]:
    """Say how a pass is now."""
    if visit.revoked_ms is not None:
        return "revoked"
    if visit.until_ms <= now_ms:
        return "over"
    return "coming" if visit.from_ms > now_ms else "open"
