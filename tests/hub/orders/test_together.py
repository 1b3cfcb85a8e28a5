"""Several hubs, or threads, at the same moment: the database itself keeps orders apart."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contract.clock import ManualClock
from hub.orders.book import Book, Draft
from hub.orders.calendar import Calendar
from hub.orders.kinds import WorkingHours
from hub.orders.lifecycle import Step
from hub.orders.order import OrderEntryKind, WorkOrder
from hub.orders.schema import orders
from hub.orders.store import OrderStore
from tests.hub.orders.made import LI, REPAIR, SHANGHAI, WANG, Premises, office_on

THREADS = 8
CALENDAR = Calendar(WorkingHours(), SHANGHAI)


def make_at_once(premises: Premises, *alarms: str | None) -> list[WorkOrder | None]:
    """Make orders at the same moment, each in a thread and over a connection of its own."""
    book = Book(OrderStore(premises.tenant), ManualClock(), CALENDAR)
    ready = Barrier(THREADS)

    def make(alarm: str | None) -> WorkOrder | None:
        draft = Draft(kind=REPAIR, site="hemei", title=REPAIR.title, start_ms=0, alarm=alarm)
        ready.wait()
        with premises.engine.begin() as connection:
            return book.make(connection, draft, LI)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(make, alarms))


def test_each_order_made_at_once_has_a_number_of_its_own(premises: Premises) -> None:
    made = make_at_once(premises, *[None] * THREADS)
    assert sorted(order.number for order in made if order) == list(range(1, THREADS + 1))


def test_an_alarm_ordered_by_all_at_once_has_one_order(premises: Premises) -> None:
    made = make_at_once(premises, *["a" * 32] * THREADS)
    assert len([order for order in made if order]) == 1
    with premises.engine.connect() as connection:
        (order,) = OrderStore(premises.tenant).find(connection)
        row = dict(connection.execute(select(orders).where(orders.c.id == order.id)).mappings().one())
        with pytest.raises(IntegrityError):
            connection.execute(orders.insert().values(row | {"id": "twin", "number": 2}))


async def test_two_hubs_that_let_somebody_take_it_at_once_let_one(premises: Premises) -> None:
    async with office_on(premises) as one, office_on(premises) as other:
        for _ in range(5):
            order = await one.steps(await one.report(), Step.ACCEPT)
            outcomes = await asyncio.gather(
                one.step(order, Step.TAKE, LI), other.step(order, Step.TAKE, WANG), return_exceptions=True
            )
            (won,) = [each for each in outcomes if isinstance(each, WorkOrder)]
            assert (await one.desk.get(order.id)) == won
            assert (await one.entries(order)).count(OrderEntryKind.TAKEN) == 1
