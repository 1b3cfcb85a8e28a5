"""What tests of charging are made of: a yard with connectors, on a real ledger, on a clock that a test moves.

Shadows, actions, alarms and events are the hub's own; what a test plays is the driver host behind the broker.
"""

import uuid
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Engine, select

from contract.charging import CHARGE_ENDED, CHARGE_STARTED, METER_READ
from contract.clock import ManualClock, epoch_ms, from_epoch_ms
from contract.codec import decode, encode
from contract.messages import (
    Action,
    ActionStatus,
    Availability,
    AvailabilityStatus,
    Event,
    Problem,
    Result,
    Scalar,
    State,
)
from contract.things import Location, Thing, read_description
from contract.topics import Address
from drivers.charger.model import CHARGER
from hub.actions.records import ActionRecord, ActionTable
from hub.actions.service import Actions
from hub.alarms.alarm import Actor
from hub.alarms.definition import Definition, by_key
from hub.alarms.desk import Desk
from hub.audit.schema import audit
from hub.charging.interlock import AlarmInterlock
from hub.charging.keys import hashed
from hub.charging.schema import money
from hub.charging.service import Charging, ChargingSite, Placed
from hub.charging.settings import ChargingSettings
from hub.charging.view import ChargingOrder, StaffChargingOrder
from hub.counters import Counters
from hub.ledger.commit import Arrival, EventWriter
from hub.ledger.transactions import Transactions
from hub.shadows.registry import Shadows

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
NOON: Final = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)
CAR: Final = Address("hemei", "charger", "garage-1")
BIKE: Final = Address("hemei", "charger", "shed-1")
TITLES: Final = {
    CAR: {"zh-CN": "车库 1 号", "en": "Garage 1"},
    BIKE: {"zh-CN": "车棚 1 号", "en": "Shed 1"},
}
LI: Final = Actor(who="user:li.wei", post="centre", address="192.0.2.7")
NAMED: Final = {"zh-CN": "段", "en": "Period"}
PREPAID: Final = msgspec.convert(
    {
        "payment": "prepaid",
        "hold_fen_car": 3000,
        "tariff": [
            {
                "id": "all",
                "title": NAMED,
                "period": [
                    {"from": "22:00", "to": "08:00", "title": NAMED, "energy_fen": 32, "service_fen": 30},
                    {"from": "08:00", "to": "22:00", "title": NAMED, "energy_fen": 85, "service_fen": 35},
                ],
            }
        ],
    },
    ChargingSettings,
)
"""120 fen a kWh by day, 62 by night."""


class Link:
    """The broker, as far as actions are published."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Action]] = []

    async def publish(self, topic: str, payload: bytes, **_: Any) -> None:
        """Take an action."""
        self.sent.append((topic, decode(Action, payload)))


class Place(NamedTuple):
    """Where a yard is: its ledger and its tenant."""

    engine: Engine
    tenant: str


class Yard:
    """Charging as a hub has it."""

    def __init__(
        self,
        ledger: Transactions,
        thread: ThreadPoolExecutor,
        clock: ManualClock,
        at: Place,
        settings: ChargingSettings = PREPAID,
        alarms: tuple[Definition, ...] = (),
    ) -> None:
        self.clock, self.at, self.link = clock, at, Link()
        self.shadows = Shadows(clock, at.tenant)
        self.actions = Actions(ActionTable(at.engine, at.tenant), thread, self.shadows, clock, Counters())
        self.alarms = Desk(ledger, clock, at.tenant)
        site = ChargingSite(
            id="hemei",
            tenant=at.tenant,
            title={"zh-CN": "和美小区", "en": "Hemei"},
            zone=SHANGHAI,
            areas={"garage": {"zh-CN": "地下车库", "en": "Garage"}},
            settings=settings,
        )
        interlock = AlarmInterlock(by_key(alarms), self.alarms.standing, self.shadows)
        self.charging = Charging(ledger, clock, site, self.actions, self.shadows, interlock)
        self._writer = EventWriter(at.engine, at.tenant)
        self._shown: dict[Address, dict[str, Scalar]] = {}
        self._seq = 0

    async def open(self) -> None:
        """Begin, as a hub does at its start, with both connectors free."""
        await self.alarms.open()
        await self.actions.resume()
        self.online(True)
        for address, vehicle in ((CAR, "car"), (BIKE, "e-bike")):
            thing = Thing(
                address=address, title=TITLES[address], model=CHARGER, location=Location(area="garage")
            )
            self.shadows.describe(self.shadows.of(address), read_description(thing.description()))
            self.available(AvailabilityStatus.READY, address)
            shown = {"state": "available", "order": "", "lockout": "none", "fault": "none"}
            self.show(
                address, vehicle=vehicle, plugged=True, **{"max-power": 7000, "power-cut": False}, **shown
            )

    def online(self, online: bool) -> None:
        """Have a link to the broker, or none."""
        self.shadows.set_link(online=online)
        link: Any = self.link if online else None
        self.actions.set_link(link)

    def available(self, status: AvailabilityStatus, address: Address = CAR) -> None:
        """Have a connector be heard of, or not."""
        shadow = self.shadows.of(address)
        self.shadows.available(shadow, Availability(status=status, ts=self.clock.now()))

    def show(self, address: Address = CAR, **shown: Scalar) -> None:
        """Have a connector show other values."""
        self._seq += 1
        known = self._shown.setdefault(address, {})
        known |= shown
        state = State(ts=self.clock.now(), boot=1, seq=self._seq, properties=known)
        shadow, now_ms = self.shadows.of(address), self.clock.now_ms()
        shadow.apply_state(state, now_ms, retained=False, now=self.clock.monotonic(), wall_ms=now_ms)
        self.shadows.heard(shadow)

    def wait(self, minutes: float) -> None:
        """Let time pass; connectors go on showing what they do."""
        self.clock.advance(minutes * 60)
        for address in list(self._shown):
            self.show(address)

    @property
    def asked(self) -> list[Action]:
        """What connectors were asked for."""
        return [action for _, action in self.link.sent]

    def answer(self, status: ActionStatus, code: str = "", of: Action | ActionRecord | None = None) -> None:
        """Say what became of what the car's connector was asked, last if nothing else is said."""
        error = Problem(code=code, message=f"because {code}") if code else None
        result = Result(id=(of or self.asked[-1]).id, status=status, ts=self.clock.now(), error=error)
        self.actions.on_result(CAR, result)

    async def look(self) -> None:
        """Have charging see what there is."""
        await self.actions.kept()
        await self.charging.look()

    async def report(
        self, of: str, order: str, address: Address = CAR, at_ms: int | None = None, **data: Any
    ) -> None:
        """Have an event of a charge come into the ledger, once however often, and be looked at.

        `ident`: another one than events of this charge have.
        """
        ident = data.pop("ident", "")
        said = {"transaction": "t1", "order": order} | data
        event = Event(
            specversion="1.0",
            id=f"{hashed(said['transaction'])}-{of}-{ident or (at_ms if of == METER_READ else '')}",
            source=str(address),
            type=of,
            time=from_epoch_ms(self.clock.now_ms() if at_ms is None else at_ms),
            data=said,
        )
        self.commit(event, address)
        await self.look()

    def commit(self, event: Event, address: Address = CAR) -> None:
        """Write an event as the hub does."""
        arrival = Arrival(
            address=address,
            tenant=self.at.tenant,
            event=event,
            payload=encode(event),
            received_ms=self.clock.now_ms(),
        )
        self._writer.commit([arrival])

    async def began(self, order: str, **data: Any) -> None:
        """Have a charge begin: the event, and what is shown."""
        self.show(state="charging", order=order, power=7000.0, energy=0)
        await self.report(CHARGE_STARTED, order, **data)

    async def ended(self, order: str, energy: int, why: str = "full", **data: Any) -> None:
        """Have a charge end: the event, and what is shown."""
        seconds = data.pop("seconds", 3600)
        await self.report(CHARGE_ENDED, order, energy=energy, seconds=seconds, why=why, **data)
        self.show(state="finishing", order="", power=0.0)

    async def purse(self, fen: int = 10_000) -> str:
        """Open an account with so much in it; return its key."""
        opened = await self.charging.open_account("3-2-501", LI)
        if fen:
            await self.charging.top_up(opened.account.id, fen, LI, "at the desk")
        return opened.key

    async def code(self, device: str = "charger/garage-1", **limits: Any) -> str:
        """Make a code."""
        given = {"once": False, "minutes": None} | limits
        return (await self.charging.make_code(device, who=LI, **given)).code

    async def place(self, code: str, purse: str | None, request: str | None = None) -> Placed:
        """Place an order."""
        return await self.charging.place(code, request or str(uuid.uuid4()), purse, "192.0.2.9")

    async def ordered(self, fen: int = 10_000) -> tuple[ChargingOrder, str, str]:
        """Place an order from a new account; return it, its key and the account's key."""
        purse = await self.purse(fen)
        placed = await self.place(await self.code(), purse)
        return placed.order, placed.key, purse

    async def order(self, number: str) -> StaffChargingOrder:
        """Return an order."""
        return await self.charging.order(number)

    async def money(self, purse: str) -> tuple[int, int]:
        """Return what is in an account, and what of it is set aside."""
        account = await self.charging.account_by_key(purse)
        return account.balance_fen, account.held_fen

    def journal(self) -> Sequence[tuple[str, int]]:
        """Return what was written of orders' money, in order."""
        query = select(money.c.kind, money.c.fen).where(money.c.tenant == self.at.tenant)
        with self.at.engine.connect() as connection:
            rows = connection.execute(query.where(money.c.order.is_not(None)).order_by(money.c.seq))
            return [(kind, fen) for kind, fen in rows]

    def audited(self) -> list[str]:
        """Return what the audit tells, in order."""
        query = select(audit.c.what).where(audit.c.tenant == self.at.tenant).order_by(audit.c.n)
        with self.at.engine.connect() as connection:
            return list(connection.execute(query).scalars())


@asynccontextmanager
async def yard_on(at: Place, clock: ManualClock | None = None, **fields: Any) -> AsyncIterator[Yard]:
    """Open a yard, as a hub does at its start."""
    with ThreadPoolExecutor(1) as thread:
        clock = clock or ManualClock(NOON)
        yard = Yard(Transactions(at.engine, thread), thread, clock, at, **fields)
        await yard.open()
        yield yard
        await yard.actions.kept()


def at_ms(text: str) -> int:
    """Return a moment of the site's zone: `2026-11-24T21:00`."""
    return epoch_ms(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))
