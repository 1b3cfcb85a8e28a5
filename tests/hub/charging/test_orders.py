"""An order from scanning to its receipt, and what becomes of it where something goes wrong."""

import uuid
from typing import Any

import pytest

from contract.charging import CHARGE_ENDED, METER_READ
from contract.messages import ActionStatus, AvailabilityStatus
from hub.charging.orders.decide import FORGOTTEN_S, NOT_SHOWN_S
from hub.charging.orders.lifecycle import CHAIN, State, Step
from hub.charging.refusals import ChargingRefused, ConnectorRefused, OrderUnknown, PaymentRefused
from hub.charging.service import Wanted
from hub.charging.settings import ChargingSettings
from tests.hub.charging.made import BIKE, LI, PREPAID, Place, Yard, at_ms, yard_on

QUARTER = 15
REPEATS = 5


async def refused(attempt: Any) -> tuple[str, int]:
    """Return code and HTTP status of what is refused."""
    with pytest.raises(ChargingRefused) as wrong:
        await attempt
    return wrong.value.code, wrong.value.status


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


@pytest.mark.parametrize(
    ("shown", "status", "code"),
    [
        ({"state": "faulted"}, "faulted", "connector-faulted"),
        ({"fault": "ground-failure"}, "faulted", "connector-faulted"),
        ({"lockout": "smoke"}, "faulted", "connector-faulted"),
        ({"state": "charging", "order": "x"}, "busy", "connector-busy"),
        ({"power-cut": True, "lockout": "power-cut"}, "power-cut", "power-cut"),
        ({"state": "unavailable"}, "out-of-service", "out-of-service"),
        ({"lockout": "supply"}, "no-supply", "no-supply"),
        (None, "offline", "connector-offline"),
    ],
)
async def test_a_connector_that_cannot_be_used_is_refused(
    quick: Yard, shown: dict[str, Any] | None, status: str, code: str
) -> None:
    sticker, purse = await quick.code(), await quick.purse()
    if shown is None:
        quick.available(AvailabilityStatus.DISCONNECTED)
    else:
        quick.show(**shown)
    assert (await quick.charging.scan(sticker)).status == status
    assert await refused(quick.place(sticker, purse)) == (code, 409)
    assert await quick.money(purse) == (10_000, 0)
    assert quick.asked == []


async def test_codes_are_good_as_long_as_they_say(yard: Yard) -> None:
    purse = await yard.purse()
    assert await refused(yard.charging.scan("0" * 20)) == ("code-unknown", 404)
    brief = await yard.code(minutes=10)
    assert (await yard.charging.scan(brief)).status == "plugged"
    yard.wait(10)
    assert await refused(yard.charging.scan(brief)) == ("code-expired", 410)
    once, request = await yard.code(once=True), str(uuid.uuid4())
    placed = await yard.place(once, purse, request)
    assert (await yard.place(once, purse, request)).key == placed.key, "the answer may have been lost"
    assert await refused(yard.place(once, purse)) == ("code-used", 410)
    stickers = await yard.charging.ensure_codes(["charger/garage-1", "charger/shed-1"], LI)
    assert await yard.charging.ensure_codes(["charger/garage-1", "charger/shed-1"], LI) == stickers
    assert len({each.code for each in stickers}) == 2
    for _ in range(2):
        revoked = await yard.charging.revoke_code(stickers[0].code, LI)
        assert (revoked.good, revoked.revoked_by) == (False, "user:li.wei")
    assert await refused(yard.place(stickers[0].code, purse)) == ("code-expired", 410)
    assert yard.audited().count("code.revoked") == 1
    known = await yard.charging.codes("charger/garage-1")
    assert {each.code: each.good for each in known} == {
        brief: False,
        once: False,
        stickers[0].code: False,
    }


async def test_an_order_must_be_paid_for(yard: Yard) -> None:
    code = await yard.code()
    empty = await yard.purse(99)
    for key, wanted in ((None, "account-needed"), ("?", "account-unknown"), (empty, "balance-too-low")):
        with pytest.raises(PaymentRefused) as wrong:
            await yard.place(code, key)
        assert (wrong.value.code, wrong.value.status) == (wanted, 402)
    assert yard.journal() == [], "what is refused leaves nothing"
    # All that is there is set aside, and the post is told what that buys.
    little = await yard.purse(124)
    number = (await yard.place(code, little)).order.number
    assert yard.asked[-1].input == {"order": number, "seconds": 43_200, "energy": 2000}
    assert await yard.money(little) == (124, 124)


async def test_a_start_that_fails_costs_nothing_and_one_that_comes_late_is_billed(yard: Yard) -> None:
    order, key, purse = await yard.ordered(400)
    yard.answer(ActionStatus.FAILED, "no-answer")
    await yard.look()
    failed = await yard.charging.by_key(key)
    assert (failed.state, failed.problem and failed.problem.code) == ("cancelled", "no-answer")
    assert await yard.money(purse) == (400, 0)
    # The post begins all the same: the energy is taken, and owed.
    await yard.began(order.number)
    revived = await yard.charging.by_key(key)
    assert (revived.state, revived.problem) == ("charging", None)
    yard.wait(60)
    await yard.ended(order.number, 5000)
    assert await yard.money(purse) == (-200, 0)
    assert yard.journal() == [("hold", -400), ("release", 400), ("charge", -600)]
    yard.show(state="available")
    assert await refused(yard.place(await yard.code(), purse)) == ("balance-too-low", 402)


@pytest.mark.parametrize("status", [ActionStatus.REFUSED, ActionStatus.EXPIRED])
async def test_a_refused_start_says_why(quick: Yard, status: ActionStatus) -> None:
    _, key, purse = await quick.ordered()
    quick.answer(status, "power-cut")
    await quick.look()
    order = await quick.charging.by_key(key)
    assert (order.state, order.problem and order.problem.code) == ("cancelled", "power-cut")
    assert await quick.money(purse) == (10_000, 0)


async def test_without_a_broker_nothing_is_begun(quick: Yard) -> None:
    code, purse = await quick.code(), await quick.purse()
    quick.actions.set_link(None)
    placed = await quick.place(code, purse)
    assert (placed.order.state, placed.order.problem and placed.order.problem.code) == (
        "cancelled",
        "link-offline",
    )
    assert await quick.money(purse) == (10_000, 0)


async def test_a_start_of_unknown_outcome_waits_for_what_the_post_shows(quick: Yard) -> None:
    _, key, purse = await quick.ordered()
    quick.answer(ActionStatus.FAILED, "outcome-unknown")
    await quick.look()
    quick.available(AvailabilityStatus.DISCONNECTED)
    quick.wait(NOT_SHOWN_S / 60 + 1)
    await quick.look()
    assert (await quick.charging.by_key(key)).state == "starting", "the post is away: nobody knows"
    quick.available(AvailabilityStatus.READY)
    quick.wait(0)
    await quick.look()
    quick.wait(NOT_SHOWN_S / 60)
    await quick.look()
    assert (await quick.charging.by_key(key)).state == "cancelled"
    assert await quick.money(purse) == (10_000, 0)

    other, key, _ = await quick.ordered()
    quick.answer(ActionStatus.FAILED, "outcome-unknown")
    quick.show(state="charging", order=other.number)
    await quick.look()
    assert (await quick.charging.by_key(key)).state == "charging"


async def test_who_stops_before_it_begins_pays_nothing(quick: Yard) -> None:
    order, key, purse = await quick.ordered()
    assert (await quick.charging.stop_by_key(key, "192.0.2.9")).state == "stopping"
    await quick.look()
    start, stop = quick.asked
    assert (stop.action, stop.input, stop.issuer) == ("stop", {"order": order.number}, "resident")
    quick.answer(ActionStatus.FAILED, "stopped", start)
    await quick.look()
    assert (await quick.charging.by_key(key)).state == "cancelled"
    assert await quick.money(purse) == (10_000, 0)
    # It comes to life all the same: it is ended again.
    await quick.began(order.number)
    await quick.look()
    assert (await quick.charging.by_key(key)).state == "stopping"
    assert quick.asked[-1].action == "stop"


async def test_an_end_is_asked_for_until_the_post_is_back(quick: Yard) -> None:
    order, key, _ = await quick.ordered()
    await quick.began(order.number)
    quick.available(AvailabilityStatus.DISCONNECTED)
    assert (await quick.charging.stop(order.number, LI)).stopped_by == "user:li.wei"
    for _ in range(3):
        await quick.look()
    assert (await quick.charging.by_key(key)).stale
    assert [each.action for each in quick.asked] == ["start"]
    quick.available(AvailabilityStatus.READY)
    quick.wait(0)
    await quick.look()
    await quick.look()
    assert [each.action for each in quick.asked] == ["start", "stop"]
    assert quick.asked[-1].issuer == "user:li.wei"
    quick.wait(1)
    await quick.look()
    assert [each.action for each in quick.asked] == ["start", "stop", "stop"], "no answer: once more"
    await quick.ended(order.number, 100, why="stopped")
    quick.wait(60)
    await quick.look()
    assert len(quick.asked) == 3
    assert quick.audited().count("charge.stop-asked") == 1


async def test_a_charge_ends_before_it_comes_to_more_than_was_set_aside(quick: Yard) -> None:
    order, _, _ = await quick.ordered(600)
    await quick.began(order.number)
    # 7 kW at 120 fen: 14 fen a minute; at 593 fen, half a minute more would be too much.
    for energy, state in ((4870, "charging"), (4950, "stopping")):
        quick.wait(20)
        quick.show(energy=energy)
        await quick.look()
        assert (await quick.order(order.number)).state == state
    assert (await quick.order(order.number)).stopped_by == "charging"
    assert (quick.asked[-1].action, quick.asked[-1].issuer) == ("stop", "charging")
    free = ChargingSettings(longest_h_car=1)
    async with yard_on(quick.at, quick.clock, settings=free) as other:
        placed = await other.place(await other.code("charger/shed-1"), None)
        assert (placed.order.free, placed.order.hold_fen, placed.order.provider) == (True, 0, "free")
        assert other.asked[-1].input["energy"] == 5000, "what the settings allow an e-bike"


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


async def test_what_makes_no_sense_is_left_out_and_told(yard: Yard) -> None:
    order, _, purse = await yard.ordered()
    for data in ({"energy": -5}, {"energy": "much"}, {"energy": 5, "why": 7, "transaction": "t8"}):
        await yard.report(CHARGE_ENDED, order.number, **({"seconds": 1, "why": "full"} | data))
    assert yard.audited().count("charge.unreadable") == 1 + 1, "the same event again is none"
    odd = {"transaction": "t\0\u2028" + "x" * 300, "why": "\0" + "y" * 300}
    await yard.ended(order.number, 10, **odd, at_ms=yard.clock.now_ms() + 1)
    assert (await yard.order(order.number)).state == "settled"
    assert await yard.money(purse) == (9999, 0)


async def test_an_end_that_never_comes_is_assumed_and_put_right_if_it_does(quick: Yard) -> None:
    for billed, told, kind in ((4000, 3000, "refund"), (4000, 5000, "supplement")):
        order, key, purse = await quick.ordered()
        await quick.began(order.number, transaction=kind)
        quick.wait(QUARTER)
        await quick.report(METER_READ, order.number, energy=billed, transaction=kind)
        quick.show(state="available", order="", power=0.0)
        await quick.look()
        quick.wait(FORGOTTEN_S / 60)
        await quick.look()
        assumed = await quick.charging.by_key(key)
        assert (assumed.state, assumed.energy_wh, assumed.estimated) == ("settled", billed, True)
        assert assumed.problem is not None
        assert assumed.problem.code == "end-not-reported"
        assert await quick.money(purse) == (10_000 - 480, 0)
        for repeat in range(REPEATS):
            await quick.ended(order.number, told + repeat, transaction=kind, ident=f"{kind}-{repeat}")
        right = await quick.charging.by_key(key)
        assert (right.energy_wh, right.estimated, right.problem) == (told, False, None)
        assert await quick.money(purse) == (10_000 - told * 120 // 1000, 0)
        assert quick.journal()[-1][0] == kind


async def test_figures_are_of_the_last_moment_that_the_post_was_heard(quick: Yard) -> None:
    order, key, _ = await quick.ordered()
    await quick.began(order.number)
    quick.wait(10)
    quick.show(energy=1000)
    assert (await quick.charging.by_key(key)).energy_wh == 1000
    quick.show(energy=900)
    live = await quick.charging.by_key(key)
    assert (live.energy_wh, live.amount_fen, live.stale) == (1000, 120, False), "it never falls"
    quick.available(AvailabilityStatus.DISCONNECTED)
    quick.clock.advance(3600)
    away = await quick.charging.by_key(key)
    assert (away.energy_wh, away.amount_fen, away.seconds, away.stale) == (1000, 120, 600, True)


async def test_figures_by_day(yard: Yard) -> None:
    for number, energy in enumerate((1000, 2000, 3000)):
        order, _, _ = await yard.ordered()
        await yard.began(order.number, transaction=f"d{number}")
        yard.wait(60)
        await yard.ended(order.number, energy, transaction=f"d{number}")
        yard.wait(7 * 60)
    order, _, _ = await yard.ordered()
    await yard.began(order.number, transaction="d9")
    figures = await yard.charging.figures(at_ms("2026-11-24T00:00"), at_ms("2026-11-26T00:00"))
    assert [(each.day, each.orders, each.energy_wh, each.income_fen) for each in figures.days] == [
        ("2026-11-24", 2, 3000, 360),
        ("2026-11-25", 1, 3000, 186),
    ]
    assert (figures.energy_wh, figures.income_fen, figures.open_orders) == (6000, 546, 1)
    assert figures.connectors == {"busy": 1, "plugged": 1}
    assert figures.power_w == 7000.0


def test_every_step_leads_somewhere() -> None:
    for state in State:
        assert CHAIN[state].keys() == set(Step)
        assert CHAIN[CHAIN[state][Step.END]][Step.END] is State.SETTLED
    assert all(after is State.SETTLED for after in CHAIN[State.SETTLED].values()), "billed is billed"


async def test_a_tariff_is_needed_where_it_is_to_be_paid(quick_place: Place) -> None:
    async with yard_on(quick_place, settings=ChargingSettings(payment="prepaid")) as yard:
        code, purse = await yard.code(), await yard.purse()
        assert (await yard.charging.scan(code)).status == "out-of-service"
        with pytest.raises(ConnectorRefused):
            await yard.place(code, purse)
    assert PREPAID.tariff_of("charger/garage-1", "car") is not None
