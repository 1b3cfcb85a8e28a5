"""What ends a charge and forbids another, and whether it has really ended.

On real storage; the post is a pretend one without a wire (see `ground`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contract.errors import DeviceError, Refused
from drivers.charger.link import Reading
from drivers.charger.words import ConnectorState, EndReason, Trouble
from tests.drivers.charger.ground import ORDER, OTHER, Ground, Place, ground, reopened


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Ground]:
    async with ground(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture
async def place(site: Ground) -> Place:
    """Give a connector in the middle of a charge."""
    place = await site.place(longest_s=3600)
    place.post.plug(soc=20)
    await place.start(seconds=1200)
    await site.pass_time(30, 15)
    return place


Happens = Callable[[Place], Awaitable[None]]


async def too_hot(place: Place) -> None:
    place.post.physics.overheats, place.post.physics.temperature = True, 90.0
    await place.ground.pass_time(6)


async def too_much(place: Place) -> None:
    place.post.physics.over_current = True
    await place.ground.pass_time(8)


async def pulled(place: Place) -> None:
    place.post.say(ConnectorState.CHARGING, plugged=False)
    await place.ground.pass_time(5)


@pytest.mark.parametrize(
    ("happens", "why", "lockout"),
    [
        (lambda place: place.connector.trouble(Trouble.SMOKE, active=True), "smoke", "smoke"),
        (lambda place: place.connector.trouble(Trouble.HEAT, active=True), "over-temperature", "heat"),
        (lambda place: place.connector.trouble(Trouble.FLOOD, active=True), "flood", "flood"),
        (lambda place: place.do("cut-power", active=True), "power-cut", "power-cut"),
        (too_hot, "over-temperature", "heat"),
        (too_much, "over-current", "none"),
        (pulled, "unplugged", "none"),
        (lambda place: place.ground.pass_time(1200, 60), "time-limit", "none"),
    ],
)
async def test_what_ends_a_charge(place: Place, happens: Happens, why: str, lockout: str) -> None:
    await happens(place)
    (ended,) = await place.reported("charge-ended")
    assert ended.data["why"] == why
    await place.shows(lockout=lockout, order="", power=0)
    assert [each[0] for each in place.post.asked].count("stop") == 1
    if lockout != "none":
        with pytest.raises(Refused) as locked:
            await place.start(OTHER)
        assert locked.value.code == lockout


async def test_an_energy_limit_ends_the_charge(site: Ground) -> None:
    place = await site.place()
    place.post.plug()
    await place.start(energy=300)
    await site.pass_time(180, 15)
    (ended,) = await place.reported("charge-ended")
    assert ended.data["why"] == "energy-limit"
    assert 300 <= ended.data["energy"] < 360


async def test_one_high_number_ends_nothing(place: Place) -> None:
    await place.post.read(temperature=300, current=80)
    await place.ground.pass_time(10, reading=False)
    assert ("refresh",) in place.post.asked
    assert await place.events("charge-ended") == []
    assert await place.events("trouble") == []


async def test_danger_is_told_once_and_ends_with_its_end(place: Place) -> None:
    for _ in range(3):
        await place.connector.trouble(Trouble.SMOKE, active=True)
    await place.connector.trouble(Trouble.DOOR, active=True)
    await place.connector.trouble(Trouble.SMOKE, active=False)
    told = [each.data["trouble"] for each in await place.reported("trouble", 2)]
    assert told == ["smoke", "door"]
    await place.reported("trouble-ended")
    await place.shows(lockout="none")
    place.post.say(ConnectorState.AVAILABLE)
    await place.start(OTHER)


async def test_a_cut_and_a_danger_outlive_the_process(place: Place, site: Ground) -> None:
    """The post charges on its own meanwhile: it is ended as soon as it is seen."""
    await place.do("cut-power", active=True)
    await place.connector.trouble(Trouble.FLOOD, active=True)
    after = await reopened(site)
    after.places = site.places
    try:
        place = await after.place()
        place.post.say(ConnectorState.CHARGING)
        await place.post.begin("CARD-1")
        assert len(await place.reported("charge-ended", 2)) == 2
        await place.shows(power_cut=True, lockout="power-cut")
        await place.do("cut-power", active=False)
        await place.shows(power_cut=False, lockout="flood")
        await place.reported("power-cut")
        await place.reported("power-restored")
        await place.connector.trouble(Trouble.FLOOD, active=False)
        await place.shows(lockout="none")
    finally:
        await after.close()
        await site.open()


async def test_a_cut_while_the_post_is_away_is_applied_when_it_comes_back(place: Place) -> None:
    """The one who cuts is told at once that the post has not shown it."""
    await place.die()
    with pytest.raises(DeviceError) as away:
        await place.do("cut-power", active=True)
    assert away.value.code == "device-unreachable"
    await place.reported("power-cut")
    await place.live(linked=False)
    with pytest.raises(DeviceError):
        await place.do("cut-power", active=True)
    place.connector.linked(place.post, product="")
    place.post.say(ConnectorState.CHARGING)
    (ended,) = await place.reported("charge-ended")
    assert ended.data["why"] == "power-cut"


async def test_a_charge_that_does_not_stop_is_told_and_told_again_to(place: Place, site: Ground) -> None:
    place.post.physics.stuck = True
    await place.connector.trouble(Trouble.SMOKE, active=True)
    await site.pass_time(40)
    (told,) = await place.reported("did-not-stop")
    assert told.data == {"order": ORDER}
    await place.shows(fault="power-switch", lockout="smoke")
    assert [each[0] for each in place.post.asked].count("stop") == 2
    place.post.physics.stuck = False
    await place.post.end(EndReason.STOPPED)
    await site.pass_time(2)
    await place.shows(fault="none")
    await place.reported("charge-ended")


async def test_stopping_fails_where_the_post_goes_on(place: Place, site: Ground) -> None:
    place.post.physics.stuck = True
    wrong: list[DeviceError] = []

    async def stop() -> None:
        with pytest.raises(DeviceError) as failed:
            await place.do("stop", order=ORDER)
        wrong.append(failed.value)

    stopping = asyncio.create_task(stop())
    await site.pass_time(60, 5)
    await stopping
    assert wrong[0].code == "did-not-stop"
    await place.reported("did-not-stop")


async def test_power_without_a_charge_is_a_stuck_switch(place: Place, site: Ground) -> None:
    await place.do("stop", order=ORDER)
    place.post.physics.stuck = True
    await site.pass_time(15)
    await place.reported("did-not-stop")
    await place.shows(fault="power-switch", lockout="fault")
    place.post.physics.unplug()
    await site.pass_time(2)
    await place.shows(fault="none")


async def test_a_post_that_shows_a_charge_without_a_name_is_told_to_end_it(site: Ground) -> None:
    place = await site.place()
    place.post.say(ConnectorState.CHARGING)
    await place.do("set-available", available=False)
    await place.shows(lockout="out-of-service")
    asked: list[Any] = place.post.asked
    assert asked == []
    await place.connector.trouble(Trouble.SMOKE, active=True)
    await place.shows(state="finishing")
    assert asked == [("stop", "", None)]


async def test_nobody_unlocks_a_plug_under_load(place: Place) -> None:
    with pytest.raises(Refused) as busy:
        await place.do("unlock")
    assert busy.value.code == "busy"
    await place.do("stop", order="")
    await place.do("unlock")
    await place.do("reset")
    await place.do("refresh")
    assert [each[0] for each in place.post.asked][-3:] == ["unlock", "reset", "refresh"]


async def test_a_full_vehicle_that_is_unplugged_is_no_incident(place: Place) -> None:
    place.post.say(ConnectorState.SUSPENDED_EV)
    await place.post.end(EndReason.UNPLUGGED)
    await place.reported("charge-ended")
    assert await place.events("unplugged-while-charging") == []


async def test_warnings_and_nonsense_are_passed_on(place: Place) -> None:
    await place.connector.warned("TamperDetectionActivated")
    place.connector.malformed("half a frame")
    await place.connector.metered(Reading(transaction="unknown", at=None, power=1.0))
    (warned,) = await place.reported("post-warned")
    assert warned.data == {"what": "TamperDetectionActivated"}
    assert place.ground.outlet.counters.malformed == 1


async def test_danger_while_the_others_make_way_begins_no_charge(site: Ground) -> None:
    shared = {"supply_group": "garage", "supply_limit": 9000}
    first, second = await site.place(**shared), await site.place("garage-2", **shared)
    first.post.plug()
    await first.start()
    await site.pass_time(5)
    await first.shows(power_limit=7000)
    lowered = first.post.limit

    async def smoke_meanwhile(transaction: str, power: int) -> None:
        await second.connector.trouble(Trouble.SMOKE, active=True)
        await lowered(transaction, power)

    first.post.limit = smoke_meanwhile  # type: ignore[method-assign]  # this post is slow to make way
    with pytest.raises(Refused) as locked:
        await second.start(OTHER)
    assert locked.value.code == "smoke"
    assert second.post.asked == []
    assert not second.connector.admits(OTHER)
