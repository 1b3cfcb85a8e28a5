"""What tests of the register are made of: an office on a real ledger, on a clock that a test moves.

Lists, audit and events are the hub's own; what a test plays is the face terminal behind the broker.
"""

from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Engine, select

from contract import lists
from contract.clock import ManualClock, rfc3339_ms
from contract.codec import encode
from contract.lists import Entry, ListName
from contract.messages import Event
from contract.passes import ACCESS_GRANTED, FACE_REMOVED
from contract.things import Description, EventSeen
from contract.topics import Address
from hub.alarms.alarm import Actor
from hub.audit.schema import audit
from hub.ledger.commit import Arrival, EventWriter
from hub.ledger.transactions import Transactions
from hub.lists.schema import list_entries
from hub.register.importing.view import ImportView, ImportWhat
from hub.register.service import Register, RegisterSite
from hub.register.settings import RegisterSettings
from hub.register.view import HouseholdView, PersonView, VehicleView
from hub.register.wanted import NewVisit

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
NOON: Final = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)
LI: Final = Actor(who="user:li.wei", address="192.0.2.7", post="office")
LOBBY: Final = Address("hemei", "door", "lobby-3")
YARD: Final = Address("hemei", "door", "yard")
KINDS: Final[Mapping[ListName, type[Entry]]] = {
    ListName.LEVELS: lists.Level,
    ListName.PEOPLE: lists.Person,
    ListName.VEHICLES: lists.Vehicle,
}


class Place(NamedTuple):
    """Where a test works: a tenant of its own in a ledger."""

    engine: Engine
    tenant: str


class Office:
    """A register, and whoever works with it."""

    def __init__(self, ledger: Transactions, clock: ManualClock, at: Place, **settings: Any) -> None:
        self.at = at
        self.clock = clock
        self.woken = 0
        site = RegisterSite(
            id="hemei",
            tenant=at.tenant,
            title={"zh-CN": "和美小区", "en": "Hemei"},
            zone=SHANGHAI,
            settings=RegisterSettings(**settings),
        )
        self.register = Register(ledger, clock, site, self._wake)
        self._writer = EventWriter(at.engine, at.tenant)
        self._events = 0

    def _wake(self) -> None:
        self.woken += 1

    async def home(self, room: str = "3-2-501") -> HouseholdView:
        """Add a household."""
        building, unit, number = room.split("-")
        fields = {"building": building, "unit": unit, "number": number, "note": ""}
        return await self.register.households.add(fields, LI)

    async def person(self, name: str = "王芳", **fields: Any) -> PersonView:
        """Add a person."""
        return await self.register.people.add({"name": name, **fields}, LI)

    async def vehicle(self, plate: str = "浙B12345", **fields: Any) -> VehicleView:
        """Add a vehicle."""
        return await self.register.vehicles.add({"plate": plate, **fields}, LI)

    async def consents(self, key: str, given: bool = True, **said: Any) -> PersonView:
        """Record that somebody consents, or withdraws it; return them as they are then."""
        fields = {"given": given, "how": "paper", "text_version": "2026-01", **said}
        version = (await self.register.people.get(key)).person.version
        return (await self.register.consents.record(key, fields, version, LI)).person

    async def visit(self, **wanted: Any) -> Any:
        """Let a visitor in, by default with a code for an hour."""
        given = {"minutes": 60, "code": "plate" not in wanted} | wanted
        return await self.register.visits.add(NewVisit(**given), LI, names=True)

    async def terminal(self, address: Address = LOBBY) -> None:
        """Have a face terminal describe itself."""
        events = {FACE_REMOVED: EventSeen(), ACCESS_GRANTED: EventSeen()}
        described = Description(title="大堂", titles={"zh-CN": "大堂", "en": "Lobby"}, events=events)
        self.register.described(address, described)
        await self.register.look()

    async def removes(self, whose: PersonView, address: Address = LOBBY, **said: Any) -> str:
        """Have a terminal say that a face is gone; return the event's id."""
        data = {"person": whose.key, "since": whose.face_since, "acknowledged": True, "absent": True}
        return await self.report(FACE_REMOVED, address, **data | said)

    async def report(self, of: str, address: Address, ident: str = "", **data: Any) -> str:
        """Have an event come into the ledger and be looked at."""
        self._events += 1
        event = Event(
            specversion="1.0",
            id=ident or f"e{self._events}",
            source=str(address),
            type=of,
            time=self.clock.now(),
            data=data,
        )
        arrival = Arrival(
            address=address,
            tenant=self.at.tenant,
            event=event,
            payload=encode(event),
            received_ms=self.clock.now_ms(),
        )
        self._writer.commit([arrival])
        await self.register.look()
        return event.id

    async def imported(self, content: bytes, what: ImportWhat = "people") -> ImportView:
        """Upload a table; return the preview."""

        async def parts() -> AsyncIterator[bytes]:
            yield content

        made = await self.register.imports.upload(parts(), what, "list.csv", LI)
        await self.register.imports.work()
        return await self.register.imports.get(made.id)

    async def applied(self, content: bytes, what: ImportWhat = "people") -> ImportView:
        """Upload a table and confirm it; return what became of it."""
        preview = await self.imported(content, what)
        assert preview.plan is not None, preview.problem
        await self.register.imports.apply(preview.id, preview.plan, LI)
        await self.register.imports.work()
        return await self.register.imports.get(preview.id)

    def listed(self, name: ListName) -> dict[str, Any]:
        """Return what gates and doors are told, by key."""
        c = list_entries.c
        query = select(c.key, c.entry).where(c.tenant == self.at.tenant, c.list == name)
        with self.at.engine.connect() as connection:
            rows = connection.execute(query.where(c.entry.is_not(None))).all()
        return {key: msgspec.json.decode(entry, type=KINDS[name]) for key, entry in rows}

    @property
    def people(self) -> dict[str, lists.Person]:
        """Whom doors know."""
        return self.listed(ListName.PEOPLE)

    @property
    def vehicles(self) -> dict[str, lists.Vehicle]:
        """Which vehicles gates know."""
        return self.listed(ListName.VEHICLES)

    def audited(self, what: str = "") -> list[Mapping[str, Any]]:
        """Return what the audit tells, in order: of everything, or of what begins so."""
        query = select(audit.c.body).where(audit.c.tenant == self.at.tenant).order_by(audit.c.n)
        with self.at.engine.connect() as connection:
            bodies = [msgspec.json.decode(body) for body in connection.execute(query).scalars()]
        return [body for body in bodies if body["what"].startswith(what)]

    @property
    def now(self) -> str:
        """The time, as views write it."""
        return rfc3339_ms(self.clock.now_ms())


@asynccontextmanager
async def office_on(at: Place, **settings: Any) -> AsyncIterator[Office]:
    """Open a register, as a hub does at its start."""
    with ThreadPoolExecutor(1) as thread:
        office = Office(Transactions(at.engine, thread), ManualClock(NOON), at, **settings)
        await office.register.begin()
        yield office
