"""The end of a charge: asked for, come of its own accord, never told, told as nonsense."""

from contract.charging import CHARGE_ENDED, METER_READ
from contract.messages import AvailabilityStatus
from hub.charging.orders.decide import FORGOTTEN_S, GIVEN_UP_S
from hub.charging.settings import ChargingSettings
from tests.hub.charging.made import LI, Yard, yard_on

QUARTER = 15
REPEATS = 5


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


async def test_money_is_not_set_aside_for_ever_for_a_post_that_does_not_come_back(quick: Yard) -> None:
    order, key, purse = await quick.ordered()
    await quick.began(order.number)
    quick.wait(QUARTER)
    await quick.report(METER_READ, order.number, energy=1000)
    quick.wait(QUARTER)
    end_ms = quick.clock.now_ms()
    quick.available(AvailabilityStatus.DISCONNECTED)
    quick.clock.advance(12 * 3600 + GIVEN_UP_S)
    await quick.look()
    assert (await quick.charging.by_key(key)).state == "stopping", "perhaps the hub itself was away"
    quick.clock.advance(FORGOTTEN_S)
    await quick.look()
    given_up = await quick.charging.by_key(key)
    assert (given_up.state, given_up.energy_wh, given_up.estimated) == ("settled", 1000, True)
    assert await quick.money(purse) == (10_000 - 120, 0)
    await quick.ended(order.number, 2000, seconds=1800, at_ms=end_ms)
    assert await quick.money(purse) == (10_000 - 240, 0)
