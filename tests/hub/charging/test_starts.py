"""A charge that does not begin, begins late, or is stopped before it begins."""

import pytest

from contract.messages import ActionStatus, AvailabilityStatus
from hub.charging.orders.decide import NOT_SHOWN_S
from tests.hub.charging.made import Yard
from tests.hub.charging.refused import refused


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
