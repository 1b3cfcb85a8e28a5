"""Figures of a charge that lasts, and of days."""

from contract.messages import AvailabilityStatus
from tests.hub.charging.made import Yard, at_ms


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
