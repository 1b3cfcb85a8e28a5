"""The library is told of the devices themselves: their list, and each change of how they are heard.

Golden vectors and own simulator: no library of any maker was at hand.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from contract.clock import epoch_ms
from hub.viid.ids import local14
from hub.viid.items import Maker
from hub.viid.profile import shipped
from hub.viid.settings import Paper, ViidSettings, Watched
from hub.viid.store import FeedStore
from hub.viid.stream import Stream
from hub.viid.subscriptions.notice import Notice, Seen
from hub.viid.subscriptions.notices import NoticeStore
from hub.viid.subscriptions.notification import device_notification, notifications
from hub.viid.subscriptions.terms import Subscription, TermsRefused, terms_of
from simulators.viid.library import Library
from simulators.viid.told import DevicesTold
from tests.hub.passes.made import LI, NOON, Gatehouse
from tests.hub.viid.made import DEVICES, EAST, LOBBY_ID, US, WEST, Desk, feeding, library_up
from tests.hub.viid.made import settings as said
from tests.hub.viid.test_objects import AT_MS, GOLDEN, MORE
from tests.hub.viid.test_subscriptions import PAPER, ask, decided, only, served, so, told
from tests.hub.viid.test_terms import asked, site
from tests.waiting import eventually, eventually_told

LAWFUL = Paper(enabled=True, basis="《…条例》第…条", document="甬公通 2026-19")
BOTH = {"device_list": LAWFUL, "device_states": LAWFUL}
ALL_HEARD = dict.fromkeys((EAST, WEST, LOBBY_ID), "1")


@asynccontextmanager
async def watched(house: Gatehouse, library: Library, folder: Path, **fields: Any) -> AsyncIterator[Desk]:
    """Run a feed whose library is told of devices."""
    async with feeding(house, served(library, folder, **BOTH), folder) as desk:
        desk.titled = dict.fromkeys(desk.standing, "东门入口")
        await desk.online()
        assert await ask(desk, library, SubscribeDetail="3,4", **fields) == "0"
        await eventually(lambda: desk.feed.notifications.notifiers)
        yield desk


def papers(library: Library) -> list[dict[str, Any]]:
    return [each for each in told(library) if "DeviceStatusList" in each]


async def test_it_is_told_the_list_and_each_state_then_what_changes(house: Gatehouse, tmp_path: Path) -> None:
    async with library_up() as library, watched(house, library, tmp_path) as desk:
        devices = library.shelves.devices
        await eventually(lambda: devices.online == ALL_HEARD and len(devices.listed) == 3)
        assert devices.listed[EAST]["Name"] == "东门入口"
        await so(desk, lambda each: (each.sent, each.waiting) == (4, 0))
        desk.standing["gate/east-in"] = "device-offline"
        desk.feed.wake()
        await eventually(lambda: devices.online[EAST] == "2")
        (state,) = (each for each in papers(library) if '"2"' in json.dumps(each["DeviceStatusList"]))
        assert (state["InfoIDs"], state["SubscribeID"]) == (EAST, (await only(desk)).subscribe_id)
        assert state["DeviceStatusList"]["APEStatusObject"][0]["CurrentTime"] == state["TriggerTime"]
        desk.titled["gate/east-in"] = "东大门"
        desk.feed.wake()
        await eventually(lambda: devices.listed[EAST]["Name"] == "东大门")
        assert devices.listed[EAST]["IsOnline"] == "2"
        shown = await so(desk, lambda each: (each.sent, each.waiting, each.superseded) == (6, 0, 0))
        assert (shown.kinds, shown.document) == (["device-list", "device-states"], PAPER)
        receipts = (await desk.desk.receipts(None, 10)).receipts
        assert {(each.kind, each.event) for each in receipts} == {("device-list", 0), ("device-states", 0)}
        assert {library.shelves.times[each["NotificationID"]] for each in told(library)} == {1}


async def test_who_was_away_is_told_how_it_is_now_and_what_was_left_out_is_counted(
    house: Gatehouse, tmp_path: Path
) -> None:
    async with library_up() as library, library_up(open_door=True) as away:
        away.registered.add(US)
        receiver = f"{away.url}/VIID/SubscribeNotifications"
        async with watched(house, library, tmp_path, ReceiveAddr=receiver) as desk:
            devices = away.shelves.devices
            await eventually(lambda: devices.online == ALL_HEARD)
            await so(desk, lambda each: each.waiting == 0)
            await away.down()
            for missed, state in enumerate(("device-offline", "online", "driver-offline")):
                desk.standing["gate/east-in"] = state
                desk.feed.wake()
                await so(desk, lambda each, so_far=missed: (each.waiting, each.superseded) == (1, so_far))
            seen_ms = house.now_ms
            await away.up()
            away.registered.add(US)
            await so(desk, lambda each: each.waiting == 0)
            assert devices.online == ALL_HEARD | {EAST: "2"}
            newest = papers(away)[-1]
            assert newest["TriggerTime"] <= local14(seen_ms), "when it was seen, not when it was sent"


async def test_what_is_refused_is_set_aside_and_not_sent_when_something_newer_was(
    house: Gatehouse, tmp_path: Path
) -> None:
    async with library_up() as library, watched(house, library, tmp_path) as desk:
        devices = library.shelves.devices
        await so(desk, lambda each: (each.sent, each.waiting) == (4, 0))
        library.faults.refused["DeviceStatusList"] = 8
        desk.standing["gate/east-in"] = "device-offline"
        desk.feed.wake()
        (aside,) = await eventually_told(lambda: asides(desk), bool)
        assert (aside.kind, aside.object_id, aside.event) == ("device-states", EAST, 0)
        library.faults.refused.clear()
        await desk.desk.retry(aside.id, LI)
        await eventually_told(lambda: asides(desk), lambda found: found == [])
        assert devices.online[EAST] == "2"
        library.faults.refused["DeviceStatusList"] = 8
        desk.standing["gate/east-in"] = "online"
        desk.feed.wake()
        (late,) = await eventually_told(lambda: asides(desk), bool)
        library.faults.refused.clear()
        desk.standing["gate/east-in"] = "device-offline"
        desk.feed.wake()
        await so(desk, lambda each: (each.sent, each.waiting) == (6, 0))
        await desk.desk.retry(late.id, LI)
        await eventually_told(lambda: asides(desk), lambda found: [each.code for each in found] == ["gone"])
        assert devices.online[EAST] == "2"


async def asides(desk: Desk) -> Any:
    return (await desk.desk.set_aside(None, 10)).set_aside


async def test_after_a_start_nothing_is_told_again_and_not_to_know_yet_is_no_news(
    house: Gatehouse, tmp_path: Path
) -> None:
    async with library_up() as library:
        async with watched(house, library, tmp_path) as desk:
            await so(desk, lambda each: (each.sent, each.waiting) == (4, 0))
        fewer = served(library, tmp_path, **BOTH, device=DEVICES[:2])
        async with feeding(house, fewer, tmp_path) as desk:
            desk.standing.clear()
            desk.titled = dict.fromkeys(("gate/east-in", "gate/east-out"), "东门入口")
            await eventually(lambda: len(library.shelves.devices.listed) == 2)
            assert library.shelves.devices.online == ALL_HEARD
            house.clock.advance(61)
            desk.feed.wake()
            await eventually(lambda: library.shelves.devices.online == ALL_HEARD | {EAST: "9", WEST: "9"})
            seen = await only(desk)
            assert (seen.devices, seen.ended) == (("gate/east-in", "gate/east-out"), "")
            await desk.desk.stop(decided(seen, "试用结束"))
            desk.standing["gate/east-in"] = "online"
            desk.feed.wake()
        async with feeding(house, fewer, tmp_path) as desk:
            assert (await only(desk)).left == 0
        assert library.shelves.devices.online[EAST] == "9"


def notices_of(store: NoticeStore, engine: Engine, *states: str) -> Iterator[tuple[int, list[Notice]]]:
    """Have one device be in one state after the other; nothing is sent between."""
    for state in states:
        with engine.begin() as connection:
            seen = [Seen(subject="gate/east-in", mark=state, documents=[{"IsOnline": state}])]
            missed = store.see(connection, seen, {"gate/east-in"}, AT_MS)
            yield missed, store.due(connection, 10)


@contextmanager
def stream_of_states(house: Gatehouse, folder: Path) -> Iterator[NoticeStore]:
    stream = Stream(kind=Watched.STATES, subscription=1)
    with house.at.engine.begin() as connection:
        FeedStore(house.at.tenant, said("http://127.0.0.1:9", folder)).start(connection, stream)
    yield NoticeStore(house.at.tenant, stream)


async def test_what_may_have_arrived_is_told_again_though_it_is_as_it_was(
    house: Gatehouse, tmp_path: Path
) -> None:
    with stream_of_states(house, tmp_path) as store:
        ((_, (first,)),) = notices_of(store, house.at.engine, "1")
        with house.at.engine.begin() as connection:
            store.told(connection, [first.number])
        (missed, (second,)), (back, due) = notices_of(store, house.at.engine, "2", "1")
        assert (missed, back, due) == (0, 1, []), "never sent: it is as it was told"
        ((_, (third,)),) = notices_of(store, house.at.engine, "2")
        with house.at.engine.begin() as connection:
            store.sending(connection, [third.number])
        ((missed, (fourth,)),) = notices_of(store, house.at.engine, "1")
        assert (missed, fourth.documents) == (1, [{"IsOnline": "1"}])
        with house.at.engine.begin() as connection:
            store.told(connection, [third.number])
            assert store.due(connection, 10) == [fourth], (
                "an answer that comes late says nothing of what is new"
            )
        assert first.number < second.number < third.number < fourth.number


@pytest.mark.parametrize("what", list(Watched))
def test_notifications_of_devices(tmp_path: Path, what: Watched) -> None:
    settings = said("http://127.0.0.1:9", tmp_path, more=MORE)
    maker = Maker(settings, shipped("national"), lambda named: tmp_path / named)
    standing = {"gate/east-in": "online", "gate/east-out": "device-offline"}
    documents = (
        list(maker.apes({"gate/east-in": "东门入口"}, standing))
        if what is Watched.LIST
        else [dict(maker.states(standing, AT_MS))["gate/east-out"]]
    )
    terms = terms_of(asked(SubscribeDetail="3,4"), site(tmp_path, **BOTH), epoch_ms(NOON))
    one = Subscription(number=7, slot=2, terms=terms, document=PAPER, since_ms=AT_MS)
    notice = Notice(number=1_002, at_ms=AT_MS, documents=documents)
    item = device_notification(one, maker, US, what, notice)
    body = json.loads(notifications([item]))
    assert body == json.loads((GOLDEN / f"national-notified-{what}.json").read_text())
    shelf = DevicesTold()
    ((found,),) = (each.values() for each in body.values())
    shelf.take(found[0])
    assert (len(shelf.listed), shelf.online) == ((3, {}) if what is Watched.LIST else (0, {WEST: "2"}))


def test_each_has_a_switch_of_its_own(tmp_path: Path) -> None:
    half: dict[str, Any] = {"device_states": LAWFUL}
    assert terms_of(asked(SubscribeDetail="4"), site(tmp_path, **half), AT_MS).watched == (Watched.STATES,)
    with pytest.raises(TermsRefused, match="device-list do not leave"):
        terms_of(asked(SubscribeDetail="3,4"), site(tmp_path, **half), AT_MS)
    assert msgspec.convert({"enabled": True}, ViidSettings).watched() == []
    assert replace(site(tmp_path, **half), enabled=False).watched() == []
