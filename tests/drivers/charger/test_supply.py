"""Connectors on one supply: at no moment are they allowed more together than it has.

The arithmetic for any numbers; the rest on real storage with pretend posts without a wire (see `ground`).
"""

import asyncio
from collections.abc import AsyncIterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import DeviceError, Refused
from drivers.charger.link import Adjusts
from drivers.charger.options import ChargerOptions
from drivers.charger.supply.share import Share
from drivers.charger.supply.shares import SLOW_S, Draw, Usage, fits, shares
from drivers.charger.words import EndReason, Vehicle
from tests.drivers.charger.ground import ORDER, OTHER, Ground, Place, ground

limits = st.integers(0, 100_000)
draws = st.lists(
    st.tuples(st.integers(0, 22_000), st.integers(0, 4000), st.integers(0, 22_000), st.booleans()),
    max_size=12,
).map(
    lambda rows: [
        Draw(str(number), held, least, max(least, most), fixed)
        for number, (held, least, most, fixed) in enumerate(rows)
    ]
)


@given(limits, draws)
def test_shares_are_within_the_limit_of_use_and_fair(limit: int, drawn: list[Draw]) -> None:
    given_out = shares(limit, drawn)
    assert given_out.keys() == {each.name for each in drawn}
    bound = sum(each.held for each in drawn if each.fixed)
    free = [each for each in drawn if not each.fixed]
    assert sum(given_out[each.name] for each in free) <= max(0, limit - bound)
    for each in free:
        assert given_out[each.name] == 0 or each.least <= given_out[each.name] <= each.most
    served = [each for each in free if given_out[each.name]]
    for one, other in combinations(served, 2):
        less, more = sorted((one, other), key=lambda each: given_out[each.name])
        even = given_out[less.name] in (given_out[more.name], less.most)
        assert even or given_out[more.name] == more.least, "who gets less cannot use more"


@given(limits, draws, draws)
def test_who_fits_in_takes_nothing_that_another_needs(
    limit: int, drawn: list[Draw], newcomers: list[Draw]
) -> None:
    for each in newcomers:
        if not fits(limit, drawn, each):
            continue
        newcomer = each._replace(name="new", held=each.most)
        given_out = shares(limit, [*drawn, newcomer])
        assert sum(given_out.values()) <= limit
        assert given_out["new"] >= (newcomer.most if newcomer.fixed else newcomer.least)
        assert all(given_out[other.name] >= other.least for other in drawn if not other.fixed)


def test_what_a_vehicle_does_not_take_for_a_minute_it_does_not_need() -> None:
    usage = Usage()
    for second in range(200):
        usage.look(3000 if second < 10 else 2000.0, 7000, second)
        if second < SLOW_S:
            assert usage.needs(7000, second) == 7000
    assert usage.needs(7000, 200) == 2450
    usage.look(2400, 2450, 201)
    assert usage.needs(7000, 201) == 7000, "it takes all it may: perhaps it would take more"


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Ground]:
    async with ground(tmp_path) as opened:
        yield opened


async def cars(site: Ground, count: int, limit: int, **options: Any) -> list[Place]:
    found = []
    for number in range(count):
        place = await site.place(f"c{number}", supply_group="garage", supply_limit=limit, **options)
        place.post.plug(soc=10.0)
        found.append(place)
    return found


def order(number: int) -> str:
    return f"{number:016}"


def allowed(places: list[Place]) -> int:
    """Add up what the posts understand that they may give."""
    return sum(round(each.post.physics.limit or 0) for each in places if each.post.physics.closed)


async def test_ten_cars_that_start_at_once_never_take_more(site: Ground) -> None:
    limit = 20_000
    places = await cars(site, 10, limit)
    starting = [asyncio.create_task(each.start(order(n))) for n, each in enumerate(places)]
    watched = asyncio.gather(*starting)
    while not watched.done():
        assert allowed(places) <= limit
        await asyncio.sleep(0)
    assert {each.post.physics.limit for each in places} == {2000}
    await site.pass_time(10)
    assert sum(each.post.physics.power for each in places) <= limit
    for each in places[3:]:
        await each.post.end(EndReason.FULL)
    await site.pass_time(10)
    assert {round(each.post.physics.limit or 0) for each in places[:3]} == {6666}


async def test_what_has_nothing_left_refuses(site: Ground) -> None:
    first, second, third = await cars(site, 3, 2800)
    await first.start(order(1))
    await second.start(order(2))
    await site.pass_time(1)
    await third.shows(lockout="supply")
    with pytest.raises(Refused) as refused:
        await third.start(order(3))
    assert refused.value.code == "no-supply"
    assert third.post.asked == []
    await first.post.end(EndReason.FULL)
    await third.start(order(3))


async def test_a_post_that_does_not_obey_or_is_gone_keeps_what_it_has(site: Ground) -> None:
    first, second, third = await cars(site, 3, 8000)
    await first.start(order(1))
    await site.pass_time(4)
    first.post.refuses = "not now"
    with pytest.raises(Refused) as refused:
        await second.start(order(2))
    assert refused.value.code == "no-supply"
    first.post.refuses = None
    await site.pass_time(20)
    await second.start(order(2))
    await site.pass_time(4)
    await first.die()
    await site.pass_time(5)
    await third.start(order(3))
    await site.pass_time(4)
    assert [each.post.physics.limit for each in (first, second, third)] == [4000, 2000, 2000]
    await second.post.end(EndReason.FULL)
    await site.pass_time(5)
    assert third.post.physics.limit == 4000, "the other half may still be taken by the one that is gone"


async def test_what_a_full_car_does_not_take_the_others_get(site: Ground) -> None:
    first, second = await cars(site, 2, 8000)
    await first.start(order(1))
    await second.start(order(2))
    assert first.post.physics.vehicle is not None
    first.post.physics.vehicle.fill()
    await site.pass_time(80)
    assert (first.post.physics.limit, second.post.physics.limit) == (1380, 6620)
    first.post.physics.vehicle.soc = 50
    await site.pass_time(10)
    assert (first.post.physics.limit, second.post.physics.limit) == (4000, 4000)


async def test_what_cannot_be_lowered_is_set_aside_in_full(site: Ground) -> None:
    shed = {"adjusts": Adjusts.NO, "vehicle": Vehicle.E_BIKE, "max_power": 500}
    places = await cars(site, 3, 1100, **shed)
    await places[0].start(order(0))
    await places[1].start(order(1))
    with pytest.raises(Refused):
        await places[2].start(order(2))
    assert [each.post.physics.limit for each in places] == [500, 500, None]


async def test_a_supply_that_is_overloaded_all_the_same_is_relieved(site: Ground) -> None:
    """Posts that take more than they may: first all are lowered, then the newest charge ends."""
    first, second = await cars(site, 2, 8000, over_current=1000.0)
    await first.start(order(1))
    await site.pass_time(5)
    await second.start(order(2))
    for each in (first, second):
        each.post.physics.over_current = True
    await site.pass_time(4)
    assert sum(each.post.physics.power for each in (first, second)) > 8000
    await site.pass_time(10)
    assert sum(each.post.physics.power for each in (first, second)) < 8000
    first.post.physics.over_current = False
    second.post.disobeys, second.post.physics.limit = True, None
    await site.pass_time(20)
    await second.reported("charge-ended")
    assert await first.events("charge-ended") == []


async def test_a_charge_that_nobody_asked_for_must_fit_in(site: Ground) -> None:
    first, second = await cars(site, 2, 8000)
    await first.start(ORDER)
    await second.post.begin("CARD-1")
    await site.pass_time(4)
    assert allowed([first, second]) <= 8000
    assert second.post.physics.limit == 4000


async def test_all_must_agree_on_the_limit(site: Ground) -> None:
    (place,) = await cars(site, 1, 8000)
    odd = await site.place("c9", linked=False)
    stray = ChargerOptions(wire="dny://127.0.0.1:1/04AB373B", supply_group="garage", supply_limit=9000)
    odd.connector.options = stray
    with pytest.raises(DeviceError, match="c0 says 8000 W") as wrong:
        Share(odd.connector).join()
    assert wrong.value.code == "configuration"
    await place.start(OTHER)
