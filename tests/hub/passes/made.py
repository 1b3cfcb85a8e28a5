"""What tests of passes are made of: a gatehouse, on a real ledger, on a clock that a test moves.

Events are written as the hub writes them; what a test plays are the gates and doors that tell them.
"""

from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Engine, select

from contract.clock import ManualClock, epoch_ms, from_epoch_ms
from contract.codec import encode
from contract.messages import Event
from contract.passes import ACCESS_GRANTED, GATE_PASSED, PLATE_RECOGNISED
from contract.things import Location, Thing, ThingModel, read_description
from contract.topics import Address
from hub.alarms.alarm import Actor
from hub.audit.schema import audit
from hub.ledger.commit import Arrival, EventWriter
from hub.ledger.transactions import Transactions
from hub.passes.pattern import plate_pattern
from hub.passes.service import Passes, PassSite
from hub.passes.settings import PassSettings
from hub.passes.view import InsideView, PassCounts, PassView
from hub.passes.wanted import InsideWanted, Wanted
from hub.shadows.registry import Shadows

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
NOON: Final = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)
EAST_IN: Final = Address("hemei", "gate", "east-in")
EAST_OUT: Final = Address("hemei", "gate", "east-out")
GARAGE: Final = Address("hemei", "gate", "garage-in")
LOBBY: Final = Address("hemei", "door", "b3-lobby")
AREAS: Final = {EAST_IN: "east", EAST_OUT: "east", GARAGE: "garage", LOBBY: "b3"}
LI: Final = Actor(who="user:li.wei", post="centre", address="192.0.2.7")
DAYS: Final = 90
PICTURE: Final = "ab" * 32
MINUTE: Final = 60.0
HOUR: Final = 3600.0


class Ground(NamedTuple):
    """Where a gatehouse is: its ledger and its tenant."""

    engine: Engine
    tenant: str


class Gatehouse:
    """The record of passes as a hub has it."""

    def __init__(
        self, ledger: Transactions, clock: ManualClock, at: Ground, settings: PassSettings | None = None
    ) -> None:
        self.clock, self.at, self.ledger = clock, at, ledger
        self.shown: list[PassCounts] = []
        shadows = Shadows(clock, at.tenant)
        for address, area in AREAS.items():
            thing = Thing(
                address=address,
                title={"zh-CN": "门", "en": "Gate"},
                model=ThingModel(properties={}, actions={}, events={}),
                location=Location(area=area),
            )
            shadows.describe(shadows.of(address), read_description(thing.description()))
        site = PassSite(tenant=at.tenant, zone=SHANGHAI, days=DAYS, settings=settings or PassSettings())
        self.passes = Passes(ledger, clock, site, shadows, self.shown.append)
        self._number = 0
        self.restart()

    def restart(self) -> None:
        """Have whoever writes events remember nothing."""
        self.writer = EventWriter(self.at.engine, self.at.tenant)

    @property
    def now_ms(self) -> int:
        """Return the time."""
        return self.clock.now_ms()

    def numbered(self, sequence: int) -> str:
        """Have a vehicle go in; the gate's driver numbers that."""
        said = {"plate": "浙B11111", "direction": "in", "means": "plate"}
        return self.tell(EAST_IN, GATE_PASSED, said, sequence=sequence)

    def tell(
        self,
        address: Address,
        of: str,
        data: Mapping[str, Any],
        *,
        ident: str = "",
        ago_s: float = 0,
        sequence: int | None = None,
    ) -> str:
        """Have an event come into the ledger, of something that was so long ago; return its id."""
        self._number += 1
        event = Event(
            specversion="1.0",
            id=ident or f"e{self._number}",
            source=str(address),
            type=of,
            time=from_epoch_ms(self.now_ms - round(ago_s * 1000)),
            data=dict(data),
            sequence=sequence,
        )
        arrival = Arrival(
            address=address,
            tenant=self.at.tenant,
            event=event,
            payload=encode(event),
            received_ms=self.now_ms,
        )
        self.writer.commit([arrival])
        return event.id

    def goes(self, plate: str, direction: str = "in", *, ago_s: float = 0, **data: Any) -> str:
        """Have a vehicle go through the gate of that direction, or the one that is named as `at`."""
        gate: Address = data.pop("at", EAST_IN if direction == "in" else EAST_OUT)
        ident: str = data.pop("ident", "")
        said = {"plate": plate, "direction": direction, "means": "plate"} | _kebab(data)
        return self.tell(gate, GATE_PASSED, said, ident=ident, ago_s=ago_s)

    def reads(self, plate: str, decision: str = "admitted", *, ago_s: float = 0, **data: Any) -> str:
        """Have a gate's camera read a plate."""
        gate: Address = data.pop("at", EAST_IN)
        ident: str = data.pop("ident", "")
        said = {"plate": plate, "decision": decision, "reason": "listed"} | _kebab(data)
        return self.tell(gate, PLATE_RECOGNISED, said, ident=ident, ago_s=ago_s)

    def lets_in(self, holder: str, *, ago_s: float = 0, **data: Any) -> str:
        """Have a door open to somebody."""
        return self.tell(LOBBY, ACCESS_GRANTED, {"holder": holder} | _kebab(data), ago_s=ago_s)

    async def look(self) -> PassCounts:
        """Have the record take what there is; return what is counted then."""
        await self.passes.look()
        return self.shown[-1]

    async def found(self, plate: str = "", *, exact: bool = False, **wanted: Any) -> list[PassView]:
        """Search the record."""
        pattern = plate_pattern(plate, exact=exact) if plate else None
        return list((await self.passes.find(Wanted(plate=pattern, **wanted))).passes)

    async def only(self, plate: str = "", **wanted: Any) -> PassView:
        """Return the one pass that there is."""
        (found,) = await self.found(plate, **wanted)
        return found

    async def inside(self, **wanted: Any) -> list[InsideView]:
        """List vehicles that are inside."""
        return list((await self.passes.inside(InsideWanted(**wanted))).vehicles)

    async def plates_inside(self) -> list[str | None]:
        """List their plates, the longest first."""
        return [each.plate for each in await self.inside()]

    def audited(self) -> list[dict[str, Any]]:
        """Return what the audit tells, in order."""
        query = select(audit.c.body).where(audit.c.tenant == self.at.tenant).order_by(audit.c.n)
        with self.at.engine.connect() as connection:
            return [msgspec.json.decode(body) for body in connection.execute(query).scalars()]


def _kebab(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in data.items()}


@asynccontextmanager
async def gatehouse_on(at: Ground, settings: PassSettings | None = None) -> AsyncIterator[Gatehouse]:
    """Open a gatehouse at noon."""
    with ThreadPoolExecutor(1) as thread:
        yield Gatehouse(Transactions(at.engine, thread), ManualClock(NOON), at, settings)


def moment(text: str) -> int:
    """Return a moment of the site's zone: `2026-11-24T21:00`."""
    return epoch_ms(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))
