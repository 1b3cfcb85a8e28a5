"""Charges of one connector: begun, metered, ended, each reported once, over lost lines and restarts.

On real storage; the post is a pretend one without a wire (see `ground`).
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from contract.errors import DeviceError, Refused
from drivers.charger.charges.charge import LINGERS, Kept, Pending
from drivers.charger.link import Began, Ended, Reading, Status
from drivers.charger.words import ConnectorState, EndReason, Fault, Trouble
from drivers.runtime.database import StorageError
from drivers.runtime.settings import OutboxLimits
from tests.drivers.charger.ground import ORDER, OTHER, Ground, ground, reopened
from tests.waiting import PATIENCE_S, eventually

QUARTER = datetime(2026, 1, 1, 0, 15, tzinfo=UTC)


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Ground]:
    async with ground(tmp_path) as opened:
        yield opened


async def test_a_charge_from_the_order_to_the_bill(site: Ground) -> None:
    place = await site.place()
    place.post.plug()
    site.clock.set_wall(datetime(2026, 1, 1, 0, 5, tzinfo=UTC))
    await place.start(seconds=7200, energy=50_000)
    (_, order, limits) = place.post.asked[0]
    assert (order, limits.seconds, limits.energy, limits.power) == (ORDER, 7200, 50_000, 7000)
    await place.shows(state="charging", order=ORDER, plugged=True, power_limit=7000)
    await site.pass_time(1800, 15)
    await place.shows(power=7000, elapsed=1800)
    await place.do("stop", order=ORDER)
    await place.shows(state="finishing", order="", power=0, energy=0)
    (started,) = await place.reported("charge-started")
    reads = await place.reported("meter-read", 2)
    (ended,) = await place.reported("charge-ended")
    assert started.data["meter"] == 0
    assert [each.time for each in reads] == [QUARTER, QUARTER + timedelta(minutes=15)]
    assert 1100 < reads[0].data["energy"] < 1200
    assert ended.data == {
        "transaction": started.data["transaction"],
        "order": ORDER,
        "energy": place.post.physics.meter,
        "seconds": 1800,
        "why": "stopped",
        "estimated": False,
    }
    with pytest.raises(Refused) as again:
        await place.start()
    assert again.value.code == "order-used"


async def test_what_the_post_says_again_is_no_second_charge(site: Ground) -> None:
    place = await site.place()
    began = Began(transaction="7", order=None, at=site.clock.now(), meter=100)
    ended = Ended(transaction="7", order=None, at=site.clock.now(), why=EndReason.FULL, meter=100)
    for _ in range(2):
        await place.connector.began(began)
    for _ in range(5):
        await place.connector.ended(ended)
    await place.connector.began(began)
    await place.connector.metered(Reading(transaction="7", meter=90))
    assert (await place.reported("charge-started"))[0].data["order"] == "", "a card, perhaps"
    await place.reported("charge-ended")
    assert site.outlet.counters.malformed == 0


async def test_a_post_that_counts_anew_has_other_charges(site: Ground) -> None:
    """OCPP 1.6 numbers charges in 31 bits, and a post that was replaced begins again."""
    place = await site.place()
    for order in (ORDER, "CARD-7", OTHER):
        await place.connector.book.memory.change(lambda kept: Kept())
        at = site.clock.now()
        await place.connector.began(Began(transaction="7", order=order, at=at, meter=100))
        await place.connector.ended(Ended(transaction="7", order=None, at=at, why=EndReason.FULL, meter=100))
    assert [each.data["order"] for each in await place.reported("charge-started", 3)] == [ORDER, "", OTHER]
    assert [each.data["order"] for each in await place.reported("charge-ended", 3)] == [ORDER, "", OTHER]


async def test_a_post_that_uses_a_name_again_has_another_charge_if_it_was_ordered(site: Ground) -> None:
    place = await site.place()
    for order, energy in ((ORDER, 40), (OTHER, 30)):
        at = site.clock.now()
        told = Pending(order=order, until=at + timedelta(seconds=60), seconds=60, energy=100, power=7000)
        await place.connector.book.memory.change(partial(Kept.with_pending, pending=told))
        for _ in range(2):
            await place.connector.began(Began(transaction="7", order=order, at=at, meter=100))
        over = Ended(transaction="7", order=None, at=at, why=EndReason.FULL, meter=100 + energy)
        for _ in range(2):
            await place.connector.ended(over)
    ends = [(each.data["order"], each.data["energy"]) for each in await place.reported("charge-ended", 2)]
    assert ends == [(ORDER, 40), (OTHER, 30)]


async def test_a_start_that_a_crash_left_behind_is_not_billed_for_a_later_charge(site: Ground) -> None:
    """A post that does not say who charges has begun what it was told last, unless that is long ago."""
    place = await site.place()
    left = Pending(order=ORDER, until=site.clock.now(), seconds=60, energy=100, power=7000)
    await place.connector.book.memory.change(lambda kept: kept.with_pending(left))
    after = await reopened(site)
    place = await after.place()
    try:
        after.clock.advance(LINGERS.total_seconds() + 1)
        await place.connector.began(Began(transaction="1", order=None, at=after.clock.now()))
        assert (await place.reported("charge-started"))[0].data["order"] == ""
    finally:
        await after.close()
        await site.open()


async def test_a_post_that_was_away_loses_no_charge(site: Ground) -> None:
    """One under way when the line was lost; two more within the hour, one of them told by its end alone."""
    place = await site.place()
    place.post.plug()
    await place.start()
    first, went_at = str(place.post.transaction), site.clock.now()
    await place.die()
    site.clock.advance(3600)
    await place.live()

    def at(minutes: int) -> datetime:
        return went_at + timedelta(minutes=minutes)

    tell = place.connector
    why = EndReason.UNPLUGGED
    await tell.ended(Ended(transaction=first, order=None, at=at(10), why=why, meter=1000))
    await tell.began(Began(transaction="b", order="CARD-7", at=at(20), meter=1000))
    await tell.metered(Reading(transaction="b", at=at(30), meter=2000))
    await tell.ended(Ended(transaction="b", order=None, at=at(40), why=EndReason.FULL, meter=3000))
    await tell.ended(
        Ended(transaction="c", order=OTHER, at=at(55), why=EndReason.FULL, energy=500, seconds=600)
    )
    started = await place.reported("charge-started", 3)
    ended = await place.reported("charge-ended", 3)
    assert [each.data["order"] for each in started] == [ORDER, "", OTHER]
    assert [each.data["order"] for each in ended] == [ORDER, "", OTHER]
    assert [each.data["energy"] for each in ended] == [1000, 2000, 500]
    assert [each.data["seconds"] for each in ended] == [600, 1200, 600]
    assert [each.time for each in started] == [went_at, at(20), at(45)]
    assert [each.time for each in ended] == [at(10), at(40), at(55)]
    assert [each.time for each in await place.reported("meter-read")] == [at(30)]
    await place.reported("unplugged-while-charging")
    await place.shows(state="available", order="")


async def test_what_the_disk_does_not_take_must_be_said_again(tmp_path: Path) -> None:
    async with ground(tmp_path, OutboxLimits(max_rows=1)) as site:
        place = await site.place()
        began = Began(transaction="1", order=None, at=site.clock.now(), meter=0)
        ended = Ended(transaction="1", order=None, at=site.clock.now(), why=EndReason.FULL, meter=0)
        await place.connector.began(began)
        with pytest.raises(StorageError):
            await place.connector.ended(ended)
        assert place.connector.kept.open
        with pytest.raises(StorageError):
            await place.connector.trouble(Trouble.SMOKE, active=True)
        await place.shows(lockout="smoke")
        await site.outbox.confirm(1)
        place.connector.news.ring()
        assert (await place.reported("trouble"))[0].data == {"trouble": "smoke"}, (
            "not every post says it twice"
        )
        await site.outbox.confirm(2)
        await place.connector.trouble(Trouble.SMOKE, active=True)
        await place.connector.ended(ended)
        assert not place.connector.kept.open
        assert site.outbox.last == 3


async def test_a_restart_in_the_middle_goes_on_with_the_charge(site: Ground) -> None:
    place = await site.place()
    place.post.plug()
    await place.start()
    transaction = str(place.post.transaction)
    await site.pass_time(900, 15)
    await place.reported("meter-read")
    after = await reopened(site)
    after.places = site.places
    try:
        place = await after.place()
        assert place.connector.knows(transaction)
        place.post.say(ConnectorState.CHARGING)
        await place.shows(order=ORDER, state="charging")
        await place.connector.began(Began(transaction=transaction, order=ORDER, at=after.clock.now()))
        await after.pass_time(60, 15)
        await place.do("stop", order="")
        (ended,) = await place.reported("charge-ended")
        assert (ended.data["order"], ended.data["seconds"]) == (ORDER, 960)
        assert ended.data["energy"] == place.post.physics.meter
        await place.reported("charge-started")
    finally:
        await after.close()
        await site.open()


async def test_a_charge_that_does_not_begin_is_given_up_and_ended_if_it_does(site: Ground) -> None:
    place = await site.place(start_timeout_s=30)
    place.post.slow_to_begin = True
    starting = asyncio.create_task(place.start())
    await eventually(lambda: place.post.asked)
    assert place.connector.admits(ORDER)
    assert not place.connector.admits(OTHER)
    with pytest.raises(Refused) as busy:
        await place.start(OTHER)
    assert busy.value.code == "busy"
    await place.connector.metered(Reading(transaction="-1", power=1.0))
    assert not place.connector.knows("-1"), "what is about to begin, under a stopgap name"
    site.clock.advance(31)
    with pytest.raises(DeviceError) as late:
        await starting
    assert late.value.code == "did-not-begin"
    assert not place.connector.admits(ORDER)
    await place.post.begin(ORDER)
    (ended,) = await place.reported("charge-ended")
    assert (ended.data["order"], ended.data["why"]) == (ORDER, "stopped")


async def test_what_the_post_refuses_is_told_in_its_words(site: Ground) -> None:
    place = await site.place()
    place.post.refuses = "no charger is plugged in"
    with pytest.raises(DeviceError, match="no charger is plugged in") as refused:
        await place.start()
    assert refused.value.code == "refused-by-post"
    place.post.refuses = None
    await place.start(OTHER)
    with pytest.raises(Refused) as wrong:
        await place.do("stop", order=ORDER)
    assert wrong.value.code == "other-order"
    place.post.refuses = "no"
    with pytest.raises(DeviceError, match="no"):
        await place.do("stop", order=OTHER)
    place.post.refuses = None
    site.clock.advance(31)
    await place.reported("charge-ended")
    await place.do("stop", order=OTHER)


async def test_stopping_a_start_makes_it_be_given_up(site: Ground) -> None:
    place = await site.place()
    place.post.slow_to_begin = True
    starting = asyncio.create_task(place.start())
    await eventually(lambda: place.post.asked)
    with pytest.raises(Refused) as other:
        place.driver.check("stop", {"order": OTHER})
    assert other.value.code == "other-order", "or else it would end the start of this one"
    place.driver.check("stop", {"order": ORDER})
    starting.cancel()
    await asyncio.wait({starting})
    await place.do("stop", order=ORDER)
    assert not place.connector.admits(ORDER)
    await place.post.begin(ORDER)
    await place.reported("charge-ended")


async def test_meters_that_make_no_sense_are_counted_and_not_believed(site: Ground) -> None:
    place = await site.place()
    place.post.plug()
    await place.start()
    await site.pass_time(600, 15)
    energy = place.shown()["energy"]
    for meter in (10, 10_000_000):
        await place.post.read(meter=meter)
    await place.post.read(meter=5, at=site.clock.now() - timedelta(minutes=5))
    assert site.outlet.counters.malformed == 2, "the last one is only old"
    transaction = str(place.post.transaction)
    why = EndReason.FULL
    await place.connector.ended(
        Ended(transaction=transaction, order=None, at=site.clock.now(), why=why, meter=2)
    )
    (ended,) = await place.reported("charge-ended")
    assert (ended.data["energy"], ended.data["estimated"]) == (energy, True)


async def test_an_end_that_is_never_told_is_estimated(site: Ground) -> None:
    place = await site.place()
    place.post.plug()
    place.post.forgets_ends = True
    await place.start()
    await site.pass_time(300, 15)
    await place.do("stop", order=ORDER)
    assert place.connector.kept.open
    await site.pass_time(2200, 100, reading=False)
    (ended,) = await place.reported("charge-ended")
    assert (ended.data["why"], ended.data["estimated"], ended.data["seconds"]) == ("stopped", True, 300)
    assert ended.data["energy"] > 500


async def test_a_charge_that_nobody_ordered_is_shown_and_let_be(site: Ground) -> None:
    place = await site.place()
    place.post.plug()
    await place.post.begin("CARD-0001")
    await place.shows(state="charging", order="")
    with pytest.raises(Refused) as busy:
        await place.start()
    assert busy.value.code == "busy"
    await place.post.end(EndReason.LOCAL)
    place.post.say(ConnectorState.CHARGING)
    await place.connector.metered(Reading(transaction="lost", power=3000, energy=400))
    await place.shows(energy=400, power=3000)
    assert len(await place.reported("charge-started", 2)) == 2
    assert [each[0] for each in place.post.asked] == []


async def test_the_end_says_why_as_far_as_the_post_knows_better(site: Ground) -> None:
    place = await site.place()
    for why, told in ((EndReason.FULL, "full"), (EndReason.LOCAL, "time-limit")):
        await place.connector.began(Began(transaction=why, order=None, at=site.clock.now()))
        charge = place.connector.kept.charge(why)
        assert charge is not None
        await place.connector.book.end(charge, EndReason.TIME_LIMIT)
        end = Ended(transaction=why, order=None, at=site.clock.now(), why=why, energy=0)
        await place.connector.ended(end)
        ended = (await place.events("charge-ended"))[-1]
        assert ended.data["why"] == told


async def test_faults_come_and_go_and_another_post_is_told(site: Ground) -> None:
    place = await site.place()
    place.post.say(ConnectorState.FAULTED, fault=Fault.GROUND)
    await place.shows(fault="ground-failure", lockout="fault")
    with pytest.raises(Refused) as faulty:
        await place.start()
    assert faulty.value.code == "fault"
    await place.reported("faulted")
    place.connector.status(Status(state=ConnectorState.AVAILABLE))
    await place.reported("fault-cleared")
    await place.shows(lockout="none")
    await place.die()
    await place.live()
    assert await place.events("post-started") == []
    await place.die()
    place.life = asyncio.create_task(place.driver.run(place.port))
    place.connector.linked(place.post, product="Other Post 2.0")
    place.post.say(ConnectorState.AVAILABLE)
    (started,) = await place.reported("post-started")
    assert started.data == {"product": "Other Post 2.0"}


async def test_a_post_that_never_came_is_told_to_be_missing(site: Ground) -> None:
    place = await site.place(linked=False)
    site.clock.advance(11)
    assert place.life is not None
    await asyncio.wait({place.life}, timeout=PATIENCE_S)
    assert "has not connected" in str(place.life.exception())
    await place.live()
    assert place.port.answering.is_set()
