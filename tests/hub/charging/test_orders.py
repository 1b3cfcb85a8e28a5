"""An order from scanning to its receipt, and charges that nobody has ordered."""

import uuid

import pytest

from contract.charging import METER_READ
from contract.messages import ActionStatus
from hub.charging.orders.lifecycle import CHAIN, State, Step
from hub.charging.refusals import OrderUnknown
from hub.charging.service import Wanted
from tests.hub.charging.made import BIKE, LI, Place, Yard, yard_on
from tests.hub.charging.refused import refused

QUARTER = 15
REPEATS = 5


async def test_from_scan_to_receipt_over_a_restart_at_every_step(place: Place) -> None:
    async with yard_on(place) as yard:
        clock = yard.clock
        code, purse, request = await yard.code(), await yard.purse(), str(uuid.uuid4())
        scan = await yard.charging.scan(code)
        assert (scan.status, scan.payment.provider, scan.payment.hold_fen) == ("plugged", "prepaid", 3000)
        assert (scan.tariff.now, scan.tariff.free, scan.connector.max_power) == (1, False, 7000)
        assert scan.connector.area == {"zh-CN": "地下车库", "en": "Garage"}
        placed = await yard.place(code, purse, request)
        again = await yard.place(code, purse, request)
        assert (placed.new, again.new) == (True, False)
        assert (again.key, again.order.number) == (placed.key, placed.order.number)
        number = placed.order.number
        assert number.startswith("261124")
        assert placed.order.state == "starting"
        assert (await yard.charging.scan(code)).status == "busy"
        assert await refused(yard.place(code, purse)) == ("connector-busy", 409)
        # 3000 fen buy 48,387 Wh at the lowest price.
        assert [(each.action, each.input) for each in yard.asked] == [
            ("start", {"order": number, "seconds": 12 * 3600, "energy": 48_387})
        ]
        assert await yard.money(purse) == (10_000, 3000)
        yard.answer(ActionStatus.ACCEPTED)
        yard.answer(ActionStatus.SUCCEEDED)
        await yard.look()
        assert (await yard.order(number)).state == "charging"
    async with yard_on(place, clock) as yard:
        await yard.began(number)
        yard.wait(QUARTER)
        await yard.report(METER_READ, number, energy=1750)
        yard.show(energy=1800, soc=41.5)
        live = await yard.charging.by_key(placed.key)
        assert (live.energy_wh, live.power_w, live.soc, live.seconds) == (1800, 7000.0, 41.5, 900)
        assert (live.amount_fen, live.balance_fen, live.stale) == (216, 10_000, False)
    async with yard_on(place, clock) as yard:
        yard.wait(QUARTER)
        for repeat in range(REPEATS):
            end = {"at_ms": clock.now_ms(), "seconds": 1800}
            await yard.ended(number, 3500, **end)
            await yard.ended(number, 3500 + repeat, ident=f"again-{repeat}", **end)
    async with yard_on(place, clock) as yard:
        await yard.look()
        receipt = await yard.charging.by_key(placed.key)
        assert (receipt.state, receipt.energy_wh, receipt.amount_fen, receipt.seconds) == (
            "settled",
            3500,
            420,
            1800,
        )
        assert (receipt.why, receipt.estimated, receipt.problem) == ("full", False, None)
        assert await yard.money(purse) == (9580, 0)
        assert yard.journal() == [("hold", -3000), ("release", 3000), ("charge", -420)]
        assert [what for what in yard.audited() if what.startswith("charge.")] == [
            "charge.placed",
            "charge.began",
            "charge.settled",
        ]
        account = await yard.charging.account_by_key(purse)
        assert [each.number for each in account.orders] == [number]
        assert (await yard.charging.stop_by_key(placed.key, None)).state == "settled"
        for other in ("nothing", ""):
            assert await refused(yard.charging.by_key(other)) == ("unknown-charging-order", 404)


async def test_a_charge_of_nobody_is_an_order_of_nobody(yard: Yard) -> None:
    await yard.report(METER_READ, "", energy=700)
    await yard.ended("", 1200, why="local")
    await yard.ended("", 1200, why="local")
    await yard.ended("9" * 16, 50, transaction="t2")
    page = await yard.charging.orders(Wanted(state="settled"))
    assert [(each.energy_wh, each.amount_fen, each.placed, each.provider) for each in page.orders] == [
        (50, 0, False, "none"),
        (1200, 0, False, "none"),
    ]
    assert [each.problem and each.problem.code for each in page.orders] == ["unknown-order", None]
    # One under way can be ended by staff.
    await yard.began("", transaction="t3")
    (running,) = (await yard.charging.orders(Wanted(state="open"))).orders
    await yard.charging.stop(running.number, LI)
    await yard.look()
    assert (yard.asked[-1].action, yard.asked[-1].input) == ("stop", {"order": ""})
    first = await yard.charging.orders(Wanted(limit=2))
    assert (len(first.orders), first.next is None) == (2, False)
    rest = await yard.charging.orders(Wanted(limit=2, before=first.next))
    assert (len(rest.orders), rest.next) == (1, None)
    assert (await yard.charging.orders(Wanted(device="charger/shed-1"))).orders == []
    with pytest.raises(OrderUnknown):
        await yard.order("0" * 16)


async def test_a_second_charge_under_one_number_is_not_billed_to_the_first(quick: Yard) -> None:
    order, _, purse = await quick.ordered()
    await quick.began(order.number)
    await quick.ended(order.number, 1000)
    await quick.began(order.number, transaction="t2")
    await quick.ended(order.number, 8000, transaction="t2")
    await quick.ended(order.number, 9000, address=BIKE, transaction="t9")
    found = (await quick.charging.orders(Wanted())).orders
    assert [(each.energy_wh, each.problem and each.problem.code) for each in found] == [
        (9000, "second-charge"),
        (8000, "second-charge"),
        (1000, None),
    ]
    assert await quick.money(purse) == (9880, 0)


def test_every_step_leads_somewhere() -> None:
    for state in State:
        assert CHAIN[state].keys() == set(Step)
        assert CHAIN[CHAIN[state][Step.END]][Step.END] is State.SETTLED
    assert all(after is State.SETTLED for after in CHAIN[State.SETTLED].values()), "billed is billed"


async def test_a_driver_host_that_has_forgotten_the_order_tells_of_the_same_charge(yard: Yard) -> None:
    order, _, purse = await yard.ordered()
    await yard.began(order.number)
    await yard.report(METER_READ, "", energy=500)
    await yard.ended("", 1000)
    assert (await yard.order(order.number)).energy_wh == 1000
    assert await yard.money(purse) == (10_000 - 120, 0)
    await yard.ended("", 7000, ident="a-card-under-the-same-name")
    assert [each.placed for each in (await yard.charging.orders(Wanted())).orders] == [False, True]
    assert await yard.money(purse) == (10_000 - 120, 0)
