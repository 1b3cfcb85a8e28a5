"""What tests of work orders are made of: kinds, an office on a real ledger, real alarms beside it."""

from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from contract.clock import ManualClock
from hub.alarms.alarm import Actor, Alarm, Change, Entry, EntryKind
from hub.alarms.definition import Words
from hub.alarms.desk import Desk
from hub.alarms.signals import Signal
from hub.ledger.transactions import Transactions
from hub.media import MediaStore
from hub.orders.desk import Report
from hub.orders.kinds import OrderKind
from hub.orders.lifecycle import Step
from hub.orders.moves import Press
from hub.orders.order import OrderEntryKind, WorkOrder
from hub.orders.pictures import Picture
from hub.orders.service import Orders, OrderSettings
from hub.orders.view import LiveOrder
from tests.hub.alarms.made import definition, over

SHANGHAI = ZoneInfo("Asia/Shanghai")
LI = Actor(who="user:li.wei", post="centre")
WANG = Actor(who="user:wang.fang", post="east-gate")
MINUTE = 60_000

REPAIR = OrderKind(
    key="repair",
    title={"zh-CN": "维修", "en": "Repair"},
    respond_min=30,
    resolve_min=120,
    tell=("foreman",),
    tell_overdue=("manager",),
)
CHECKED = OrderKind(
    key="checked",
    title={"zh-CN": "复核类", "en": "Checked"},
    respond_min=10,
    resolve_min=60,
    proof=("note", "picture"),
    review=True,
)
KINDS = (REPAIR, CHECKED)
FAULT = definition(order="repair")
PICTURE = Picture("ab" * 32, "image/jpeg", 1000)


class Message(NamedTuple):
    """What a teller was asked to tell."""

    subject: str
    news: str
    contacts: tuple[str, ...]
    text: Words


class Teller:
    """Keeps what it is to tell."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def plan(
        self, _connection: Connection, *, subject: str, news: str, contacts: Sequence[str], text: Words
    ) -> None:
        """Take a message."""
        self.messages.append(Message(subject, news, tuple(contacts), text))


class Premises(NamedTuple):
    """Where an office is: its ledger, the folder of its pictures, its tenant."""

    engine: Engine
    folder: Path
    tenant: str


class Office:
    """Work orders as a hub has them, beside the real alarm desk."""

    def __init__(self, ledger: Transactions, clock: ManualClock, at: Premises, **fields: Any) -> None:
        self.clock = clock
        self.ledger = ledger
        self.shown: list[LiveOrder] = []
        self.overdue: list[int] = []
        self.teller = Teller()
        self.changes: list[Change] = []
        self.alarms = Desk(ledger, clock, at.tenant, on_change=self.changes.extend)
        settings = OrderSettings(site="hemei", zone=SHANGHAI, kinds=fields.pop("kinds", KINDS))
        self.orders = Orders(
            ledger,
            clock,
            at.tenant,
            settings,
            definitions=(FAULT,),
            alarms=fields.pop("alarms", self.alarms),
            teller=self.teller,
            media=MediaStore(at.folder),
            on_change=self.shown.extend,
            on_overdue=self.overdue.append,
            **fields,
        )
        self.desk = self.orders.desk
        self.alarms.join(self.orders.planner)

    async def take(self, *signals: Signal) -> Alarm:
        """Let rules speak; return the last alarm that is open."""
        await self.alarms.take(signals, None)
        return list(self.alarms.standing().values())[-1]

    async def take_over(self) -> None:
        """Let rules say that the fault is over."""
        await self.alarms.take([over(FAULT, self.clock.now_ms())], None)

    async def report(self, kind: str = "repair", **fields: Any) -> WorkOrder:
        """Make an order of what a resident reports."""
        return await self.desk.report(kind, Report(text="楼道灯不亮", **fields), LI)

    async def step(self, order: WorkOrder, step: Step, by: Actor = LI, **fields: Any) -> WorkOrder:
        """Do a step of the order as it was seen."""
        return await self.desk.press(order.id, order.version, Press(step=step, **fields), by)

    async def steps(self, order: WorkOrder, *steps: Step, by: Actor = LI) -> WorkOrder:
        """Do steps one after another, each with a note."""
        for step in steps:
            to = by.who if step is Step.ASSIGN else None
            order = await self.step(order, step, by, note="看过了", to=to)
        return order

    async def only(self) -> WorkOrder:
        """Return the one order that there is."""
        (order,) = await self.desk.find()
        return order

    async def entries(self, order: WorkOrder) -> list[OrderEntryKind]:
        """Return what its timeline tells."""
        return [entry.kind for entry in await self.desk.timeline(order.id)]

    async def ordered(self, alarm: Alarm) -> list[Entry]:
        """Return what the alarm's timeline tells of orders."""
        return [each for each in await self.alarms.timeline(alarm.id) if each.kind is EntryKind.ORDERED]

    def advance(self, minutes: float) -> None:
        """Let time pass."""
        self.clock.advance(minutes * 60)


@asynccontextmanager
async def office_on(at: Premises, clock: ManualClock | None = None, **fields: Any) -> AsyncIterator[Office]:
    """Open an office, as a hub does at its start."""
    with ThreadPoolExecutor(1) as thread:
        office = Office(Transactions(at.engine, thread), clock or ManualClock(), at, **fields)
        await office.alarms.open()
        await office.orders.watch.look()
        yield office
