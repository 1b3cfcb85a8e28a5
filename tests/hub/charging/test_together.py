"""Many at the same moment, and everything in any order: one order a connector, money to the fen."""

import asyncio
import secrets
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from contract.charging import CHARGE_ENDED, CHARGE_STARTED, METER_READ
from contract.clock import ManualClock
from contract.messages import ActionStatus
from contract.topics import Address
from hub.audit.writer import AuditWriter
from hub.charging.keys import hashed
from hub.charging.orders.book import Book, Placing
from hub.charging.orders.minder import Minder
from hub.charging.orders.order import ChargeOrder, Named, slot_of
from hub.charging.payment.money import Journal
from hub.charging.payment.provider import Means
from hub.charging.payment.providers import Providers
from hub.charging.refusals import ChargingRefused
from hub.charging.schema import charging_orders, money
from hub.charging.trail import ITSELF
from hub.ledger.tries import MAX_TRIES
from tests.hub.charging.made import CAR, LI, NOON, PREPAID, SHANGHAI, Place, Yard, yard_on

THREADS = 20


def place_at_once(at: Place, tries: list[tuple[str, str, str, Address]]) -> list[object]:
    """Place orders, each over a connection of its own: code, request, key of the account, connector."""
    trail = AuditWriter(at.tenant, ManualClock(NOON))
    book = Book(trail, Providers(Means(settings=PREPAID, journal=Journal(trail))), SHANGHAI)
    ready = Barrier(len(tries))

    def place(attempt: tuple[str, str, str, Address]) -> object:
        code, request, purse, address = attempt

        def draft(number: str) -> ChargeOrder:
            return ChargeOrder(
                tenant=at.tenant,
                number=number,
                **address._asdict(),
                request=hashed(request),
                key=hashed(number),
                slot=slot_of(address),
                connector=Named(title={"en": "x"}, vehicle="car"),
                tariff=PREPAID.tariff[0],
                provider="prepaid",
                shown_as=number,
                requested_ms=trail.clock.now_ms(),
            )

        placing = Placing(code=code, request=request, account_key=purse, draft=draft, most_wh=lambda fen: fen)
        ready.wait()
        try:
            with at.engine.begin() as connection:
                return book.place(connection, placing, ITSELF)
        except ChargingRefused as refused:
            return refused.code

    with ThreadPoolExecutor(len(tries)) as threads:
        return list(threads.map(place, tries))


async def test_twenty_who_scan_at_once_are_one_order(place: Place) -> None:
    async with yard_on(place) as yard:
        code, purse, request = await yard.code(once=True), await yard.purse(), str(uuid.uuid4())
        shed = await yard.code("charger/shed-1")
        others = [(code, str(uuid.uuid4()), purse, CAR) for _ in range(THREADS)]
        outcomes = await asyncio.to_thread(place_at_once, place, others)
        won = [each for each in outcomes if isinstance(each, tuple)]
        assert len(won) == 1
        assert {each for each in outcomes if isinstance(each, str)} <= {"connector-busy", "code-used"}
        assert await yard.money(purse) == (10_000, 3000)
        # The same request from twenty lost answers is the same order; once for the post, once for the money.
        bike = Address("hemei", "charger", "shed-1")
        same = await asyncio.to_thread(place_at_once, place, [(shed, request, purse, bike)] * THREADS)
        assert len({each[0].number for each in same if isinstance(each, tuple)}) == 1
        assert [each for each in same if isinstance(each, str)] == []
        assert sum(new for _, new in (each for each in same if isinstance(each, tuple))) == 1
        assert await yard.money(purse) == (10_000, 6000)
        # One account at many connectors sets aside what there is, and not a fen more.
        many = [Address("hemei", "charger", f"garage-{number}") for number in range(10, 30)]
        little = await yard.purse(5000)
        tries = [(shed, str(uuid.uuid4()), little, address) for address in many]
        outcomes = await asyncio.to_thread(place_at_once, place, tries)
        assert sorted(each[0].hold_fen for each in outcomes if isinstance(each, tuple)) == [2000, 3000]
        assert await yard.money(little) == (5000, 5000)


async def test_many_phones_on_one_hub(yard: Yard) -> None:
    code, purse = await yard.code(), await yard.purse(10**6)
    request = str(uuid.uuid4())
    requests = [request] * 5 + [str(uuid.uuid4()) for _ in range(15)]
    outcomes = await asyncio.gather(
        *(yard.place(code, purse, each) for each in requests), yard.look(), return_exceptions=True
    )
    placed = {each.order.number for each in outcomes if hasattr(each, "order")}
    assert len(placed) == 1
    assert [action.action for action in yard.asked] == ["start"], "one start, however many asked"


async def test_who_looks_while_an_order_is_being_asked_for_leaves_it_alone(
    quick: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Minder.begin

    async def late(minder: Minder, order: ChargeOrder) -> ChargeOrder:
        await quick.look()
        return await begin(minder, order)

    monkeypatch.setattr(Minder, "begin", late)
    order, _, _ = await quick.ordered()
    assert order.state == "starting"
    assert len(quick.asked) == 1


async def test_what_the_hub_had_no_time_to_ask_for_never_begins(quick_place: Place) -> None:
    async with yard_on(quick_place) as yard:
        purse, code = await yard.purse(), await yard.code()
        asked = place_at_once(quick_place, [(code, str(uuid.uuid4()), purse, CAR)])
        assert isinstance(asked[0], tuple)
        number, clock = asked[0][0].number, yard.clock
        assert await yard.money(purse) == (10_000, 3000)
    async with yard_on(quick_place, clock) as yard:
        await yard.look()
        order = await yard.order(number)
        assert (order.state, order.problem and order.problem.code) == ("cancelled", "not-asked")
        assert await yard.money(purse) == (10_000, 0)
        assert yard.asked == []


def test_the_journal_of_money_and_the_one_order_are_kept_by_the_database(place: Place) -> None:
    with place.engine.connect() as connection:
        row = {"tenant": place.tenant, "account": "a", "kind": "hold", "fen": 1, "ts_ms": 0}
        row |= {"who": "x", "note": "", "order": "1"}
        connection.execute(money.insert().values(row))
        connection.commit()
        for statement in ("UPDATE charging_money SET fen = 0", "DELETE FROM charging_money"):
            with pytest.raises(DBAPIError, match="append-only"):
                connection.exec_driver_sql(statement)
            connection.rollback()
        with pytest.raises(DBAPIError):
            connection.execute(money.insert().values(row))


def test_what_the_database_complains_of_tells_no_code(place: Place) -> None:
    with place.engine.connect() as connection, pytest.raises(DBAPIError) as wrong:
        connection.execute(text("SELECT :code FROM nowhere"), {"code": "k3v9x8"})
    assert "k3v9x8" not in str(wrong.value)


async def test_an_event_that_cannot_be_taken_does_not_hold_up_the_others(
    quick: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, _, _ = await quick.ordered()

    def fail(*_: Any) -> None:
        raise KeyError("a fault of ours")

    with monkeypatch.context() as broken:
        broken.setattr("hub.charging.settlement.intake.Intake._take", fail)
        for _ in range(MAX_TRIES - 1):
            with pytest.raises(KeyError):
                await quick.began(order.number)
        await quick.look()
    await quick.ended(order.number, 1000)
    assert (await quick.order(order.number)).state == "settled"
    assert quick.audited().count("charge.unreadable") == 1
    assert quick.charging.gauges()["charging_events_skipped"]() == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["start", "read", "end", "shown", "fail", "unknown", "succeed", "stop", "wait", "restart"]
        ),
        st.integers(0, 9000),
        st.integers(-600, 600),
    ),
    max_size=14,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_whatever_happens_in_whatever_order_money_is_right(one_ledger: Engine, steps: Any) -> None:
    """Each end is told three times; clocks err by ten minutes; the hub is started anew in between."""
    place, clock = Place(one_ledger, f"tenant-{secrets.token_hex(6)}"), ManualClock(NOON)
    async with yard_on(place, clock) as yard:
        order, _, purse = await yard.ordered(5000)
    for what, amount, skew_s in [*steps, ("end", 7000, 0), ("end", 9000, 5)]:
        async with yard_on(place, clock) as yard:
            await happen(yard, order.number, what, amount, clock.now_ms() + skew_s * 1000)
            balance_fen, held_fen = await yard.money(purse)
            assert held_fen in (0, 3000)
            now = await yard.order(order.number)
            assert (held_fen == 3000) <= (now.state not in ("settled", "cancelled"))
    ends = [amount for what, amount, _ in [*steps, ("end", 7000, 0)] if what == "end"]
    assert (now.state, now.energy_wh) == ("settled", ends[0]), "the first end is the one"
    assert sum(line.energy_wh for line in now.lines) == now.energy_wh
    assert sum(line.amount_fen for line in now.lines) == now.amount_fen
    assert (balance_fen, held_fen) == (5000 - now.amount_fen, 0)
    with one_ledger.connect() as connection:
        query = select(charging_orders.c.slot).where(charging_orders.c.tenant == place.tenant)
        assert connection.execute(query).scalars().all() == [None]


async def happen(yard: Yard, number: str, what: str, amount: int, at_ms: int) -> None:
    """Let one thing happen, and the hub look at it."""
    start = (await yard.actions.outcome(_start_of(yard, number))) or None
    if what == "start":
        await yard.report(CHARGE_STARTED, number, at_ms=at_ms)
    elif what == "read":
        await yard.report(METER_READ, number, at_ms=at_ms, energy=amount)
    elif what == "end":
        for _ in range(3):
            said = {"energy": amount, "seconds": 60, "why": "full", "ident": secrets.token_hex(4)}
            await yard.report(CHARGE_ENDED, number, at_ms=at_ms, **said)
    elif what == "shown":
        yard.show(state="charging", order=number, energy=amount)
    elif what in ANSWERS and start is not None:
        yard.answer(*ANSWERS[what], start)
    elif what == "stop":
        await yard.charging.stop(number, LI)
    elif what == "wait":
        yard.wait(amount / 100)
    await yard.look()


ANSWERS = {
    "fail": (ActionStatus.FAILED, "no-answer"),
    "unknown": (ActionStatus.FAILED, "outcome-unknown"),
    "succeed": (ActionStatus.SUCCEEDED, ""),
}


def _start_of(yard: Yard, number: str) -> str:
    query = select(charging_orders.c.action).where(charging_orders.c.number == number)
    with yard.at.engine.connect() as connection:
        return str(connection.execute(query.where(charging_orders.c.tenant == yard.at.tenant)).scalar())
