"""The library subscribes, and is notified once of each pass, until the end and no longer.

Golden vectors and own simulator: no library of any maker was at hand.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select

from contract.clock import epoch_ms
from hub.audit.schema import audit
from hub.viid.ids import LOCAL, local14
from hub.viid.refusals import NotBarred, StaleSubscription, SubscriptionOver
from hub.viid.settings import SubscriptionSettings, ViidSettings
from hub.viid.subscriptions.office import Decision
from hub.viid.subscriptions.terms import Ended, Subscription
from hub.viid.view import SubscriptionView
from simulators.viid.library import Library
from simulators.viid.subscriber import wish
from tests.hub.passes.made import LI, NOON, Gatehouse
from tests.hub.viid.made import EAST, US, Desk, feeding, library_up, picture, settings, vehicles
from tests.waiting import PATIENCE_S, eventually, eventually_told

PAPER = "甬公通 2026-18"
IDENT = "330299000000032026112412000000001"
ADDRESS = "192.0.2.9"
FLEET = [f"浙E{number:05}" for number in range(12)]
TILL = NOON + timedelta(hours=1)


def served(library: Library, folder: Path, **fields: Any) -> ViidSettings:
    paper = SubscriptionSettings(enabled=True, basis="…", document=PAPER, username="library")
    return settings(library.url, folder, subscriptions=paper, **fields)


async def ask(desk: Desk, library: Library, ident: str = IDENT, **fields: Any) -> str:
    """Subscribe; return the status code."""
    receiver = f"{library.url}/VIID/SubscribeNotifications"
    said = wish(ident, US, receiver, TILL.astimezone(LOCAL).strftime("%Y%m%d%H%M%S"), **fields)
    (outcome,) = await desk.feed.office.take([msgspec.json.encode(said)], ADDRESS)
    return outcome.code


def told(library: Library) -> list[dict[str, Any]]:
    """Return the notifications that a library has, as they came."""
    return [each for each in library.shelves.objects.values() if "NotificationID" in each]


def told_plates(library: Library) -> list[str]:
    found = (each["MotorVehicleObjectList"]["MotorVehicleObject"] for each in told(library))
    return [vehicle["PlateNo"] for (vehicle,) in found]


async def shown(desk: Desk, ident: str = IDENT) -> list[SubscriptionView]:
    """Return how a subscription is shown: once, and not at all before its notifier has begun."""
    found = [each for each in (await desk.desk.view()).subscriptions if each.subscribe_id == ident]
    assert len(found) <= 1
    return found


async def only(desk: Desk, ident: str = IDENT) -> SubscriptionView:
    (found,) = await shown(desk, ident)
    return found


async def so(desk: Desk, holds: Callable[[SubscriptionView], bool], ident: str = IDENT) -> SubscriptionView:
    """Wait until a subscription is so."""
    (found,) = await eventually_told(
        lambda: shown(desk, ident), lambda found: any(map(holds, found)), PATIENCE_S, 0.05
    )
    return found


def decided(seen: SubscriptionView, reason: str) -> Decision:
    return Decision(number=seen.number, version=seen.version, reason=reason, by=LI)


async def trail(house: Gatehouse) -> list[tuple[str, str]]:
    query = select(audit.c.what, audit.c.who).where(audit.c.tenant == house.at.tenant).order_by(audit.c.n)
    rows = await house.ledger.read(lambda connection: list(connection.execute(query)))
    return [(row.what, row.who) for row in rows]


async def test_who_subscribes_is_told_of_each_pass_in_event_time_until_they_cancel(
    house: Gatehouse, tmp_path: Path
) -> None:
    shown = picture(tmp_path)
    async with library_up() as library, feeding(house, served(library, tmp_path), tmp_path) as desk:
        await desk.drive(FLEET[0])
        await desk.settled(1)
        assert await ask(desk, library) == "0"
        happened_ms = house.now_ms - 600_000
        await desk.drive(FLEET[1], ago_s=600, media=[shown])
        await eventually(lambda: told(library))
        await desk.settled(2)
        (first,) = told(library)
        (vehicle,) = first["MotorVehicleObjectList"]["MotorVehicleObject"]
        assert (first["TriggerTime"], vehicle["PassTime"]) == (local14(happened_ms),) * 2
        assert (first["SubscribeID"], first["InfoIDs"]) == (IDENT, vehicle["MotorVehicleID"])
        assert (len(first["NotificationID"]), first["NotificationID"][12:14]) == (33, "04")
        assert vehicle["MotorVehicleID"] in library.shelves.objects, "the same object, under the same id"
        await so(desk, lambda each: (each.sent, each.waiting, each.document) == (1, 0, PAPER))
        papers = {each.document: each for each in (await desk.desk.receipts(None, 10)).receipts}
        assert papers[PAPER].object_id == vehicle["MotorVehicleID"]
        assert papers[PAPER].receiver.endswith("/SubscribeNotifications")
        assert await ask(desk, library, OperateType=1) == "0"
        await eventually(lambda: not desk.feed.notifications.notifiers)
        await desk.drive(FLEET[2])
        await desk.settled(3)
        assert told_plates(library) == [FLEET[1]]
        assert (await only(desk)).ended == "cancelled"
    assert await trail(house) == [
        ("feed.subscribed", "library:library"),
        ("feed.subscription-ended", "library:library"),
    ]


async def test_a_receiver_that_is_down_holds_nobody_back_and_gets_each_once(
    house: Gatehouse, tmp_path: Path
) -> None:
    async with library_up() as library, library_up(open_door=True) as other:
        other.registered.add(US)
        async with feeding(house, served(library, tmp_path), tmp_path) as desk:
            await desk.online()
            assert await ask(desk, library) == "0"
            assert await ask(desk, other, "7") == "0"
            await other.down()
            await desk.drive(*FLEET)
            await desk.settled(len(FLEET))
            await so(desk, lambda each: (each.sent, each.waiting, each.failing) == (12, 0, False))
            await so(desk, lambda each: (each.sent, each.waiting, each.failing) == (0, 12, True), "7")
            assert len(told(library)) == len(FLEET) == len(vehicles(library))
            assert "receivers of 1" in desk.feed.failing
            await other.up()
            other.registered.add(US)
            await eventually(lambda: len(told(other)) == len(FLEET))
            assert {other.shelves.times[each["NotificationID"]] for each in told(other)} == {1}
            ours = {each["NotificationID"] for each in told(library)}
            assert not ours & {each["NotificationID"] for each in told(other)}


async def test_what_a_receiver_refuses_is_set_aside_and_can_be_sent_again(
    house: Gatehouse, tmp_path: Path
) -> None:
    async with library_up() as library, feeding(house, served(library, tmp_path), tmp_path) as desk:
        await desk.online()
        assert await ask(desk, library, ResourceClass=1, ResourceURI=EAST) == "0"
        library.faults.refused[IDENT] = 8
        await desk.drive(FLEET[0])
        await desk.drive(FLEET[1], direction="out")
        await desk.settled(2, 1)
        (aside,) = (await desk.desk.set_aside(None, 10)).set_aside
        assert (aside.code, aside.subscription) == ("8", (await only(desk)).number)
        library.faults.refused.clear()
        await desk.desk.retry(aside.id, LI)
        await eventually(lambda: told_plates(library) == [FLEET[0]])


async def test_it_ends_when_its_time_is_over_and_tells_of_nothing_after(
    house: Gatehouse, tmp_path: Path
) -> None:
    async with library_up() as library, feeding(house, served(library, tmp_path), tmp_path) as desk:
        await desk.online()
        assert await ask(desk, library) == "0"
        house.clock.advance((epoch_ms(TILL) - house.now_ms) / 1000)
        await desk.drive(FLEET[0])
        await desk.drive(FLEET[1], ago_s=300)  # came a little late
        await so(desk, lambda each: each.sent == 1)
        house.clock.advance(120)
        shown = await so(desk, lambda each: each.ended == "over")
        assert (shown.sent, told_plates(library)) == (1, [FLEET[1]])
    assert ("feed.subscription-ended", "hub") in await trail(house)


async def test_one_that_ends_while_it_is_looked_at_is_shown_once(
    house: Gatehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with library_up() as library, feeding(house, served(library, tmp_path), tmp_path) as desk:
        await desk.online()
        assert await ask(desk, library) == "0"
        await so(desk, lambda each: not each.ended)
        office = desk.feed.office
        read = office.store.lasting

        def lasting(connection: Connection) -> list[Subscription]:
            found = read(connection)
            with house.at.engine.begin() as other:
                for each in found:
                    office.end(other, each, Ended.OVER)
            return found

        monkeypatch.setattr(office.store, "lasting", lasting)
        shown = await house.ledger.read(desk.feed.notifications.told)
        assert [each.subscription.terms.ident for each in shown] == [IDENT]


async def test_it_goes_on_after_a_start_if_the_site_still_allows_it(house: Gatehouse, tmp_path: Path) -> None:
    async with library_up() as library:
        said = served(library, tmp_path)
        async with feeding(house, said, tmp_path) as desk:
            assert await ask(desk, library) == "0"
            assert await ask(desk, library, ReportInterval=1) == "0", "changed"
        house.goes(FLEET[0])
        async with feeding(house, said, tmp_path) as desk:
            await desk.drive(FLEET[1])
            await eventually(lambda: told_plates(library) == FLEET[:2])
        off = replace(said, subscriptions=SubscriptionSettings())
        async with feeding(house, off, tmp_path) as desk:
            await desk.drive(FLEET[2])
            await desk.settled(3)
            assert (await only(desk)).ended == "withdrawn"
        assert told_plates(library) == FLEET[:2]
    assert [what for what, _ in await trail(house)] == [
        "feed.subscribed",
        "feed.subscription-changed",
        "feed.subscription-ended",
    ]


async def test_what_the_site_ended_stays_ended_until_somebody_lifts_it(
    house: Gatehouse, tmp_path: Path
) -> None:
    async with (
        library_up() as library,
        library_up() as away,
        feeding(house, served(library, tmp_path), tmp_path) as desk,
    ):
        await desk.online()
        assert await ask(desk, away) == "0"
        await away.down()
        await desk.drive(*FLEET[:3])
        seen = await so(desk, lambda each: each.waiting == 3)
        ended = await desk.desk.stop(decided(seen, "不再需要"))
        assert ended is not None
        assert (ended.ended, ended.barred, ended.ended_reason) == ("stopped", True, "不再需要")
        await eventually(lambda: not desk.feed.notifications.notifiers)
        await desk.drive(FLEET[4])
        await desk.settled(4)
        assert (await only(desk)).left == 3, "what came later is not counted"
        with pytest.raises(StaleSubscription):
            await desk.desk.stop(decided(seen, "a second press"))
        with pytest.raises(SubscriptionOver):
            await desk.desk.stop(decided(ended, "again"))
        assert await ask(desk, library) == "4"
        assert await ask(desk, library, "8") == "0", "another one is judged as ever"
        lifted = await desk.desk.lift(decided(ended, "又需要"))
        assert lifted is not None
        assert (lifted.barred, lifted.left) == (False, 3)
        with pytest.raises(NotBarred):
            await desk.desk.lift(decided(lifted, "again"))
        assert await ask(desk, library) == "0"
        assert await desk.desk.stop(Decision(number=99_999, version=1, reason="…", by=LI)) is None
    ours = [what for what, who in await trail(house) if who == LI.who]
    assert ours == ["feed.subscription-ended", "feed.subscription-lifted"]


async def test_what_may_not_be_had_is_refused_and_in_the_audit(house: Gatehouse, tmp_path: Path) -> None:
    async with library_up() as library, feeding(house, served(library, tmp_path), tmp_path) as desk:
        assert await ask(desk, library, SubscribeDetail="12") == "4"
        assert await ask(desk, library, ReceiveAddr="http://192.0.2.66/VIID/x") == "4"
        assert await ask(desk, library, EndTime="tomorrow") == "8"
        assert await ask(desk, library, "8", OperateType=1) == "4"
        for number in range(8):
            assert await ask(desk, library, str(number)) == "0"
        assert await ask(desk, library, "9") == "4"
        assert len(await desk.feed.office.lasting()) == 8
    assert [what for what, _ in await trail(house)].count("feed.subscription-refused") == 5
