"""A feed and a library that fails in every way: each pass leaves once, or is set aside with a reason.

Golden vectors and own simulator: no library of any maker was at hand.
"""

import logging
from pathlib import Path

import pytest
from msgspec.structs import replace

from contract.topics import Address
from hub.passes.record import Outcome
from hub.viid.ids import local14
from hub.viid.settings import Allowed
from tests.hub.passes.made import LI, Gatehouse
from tests.hub.viid.made import EAST, LAWFUL, US, feeding, library_up, picture, plates, settings, vehicles
from tests.waiting import eventually

FLEET = [f"浙B{number:05}" for number in range(30)]


async def test_a_session_from_register_to_unregister(house: Gatehouse, tmp_path: Path) -> None:
    async with library_up() as library:
        async with feeding(house, settings(library.url, tmp_path), tmp_path) as desk:
            await desk.online()
            await eventually(lambda: any(each.path == "/VIID/System/Keepalive" for each in library.asked))
            assert desk.feed.session.offset_s is not None
            assert library.registered == {US}
        assert library.registered == set()
    said = {(each.path.removeprefix("/VIID/"), each.login) for each in library.asked}
    assert {
        ("System/Register", False),
        ("System/Register", True),
        ("System/Keepalive", False),
        ("System/Time", False),
        ("APEs", False),
        ("System/UnRegister", True),
    } <= said
    assert {each.who for each in library.asked} == {US}
    assert {each.kind for each in library.asked if each.method == "POST"} == {"application/VIID+JSON"}


async def test_devices_are_told_and_told_anew_when_one_is_lost(house: Gatehouse, tmp_path: Path) -> None:
    async with library_up() as library, feeding(house, settings(library.url, tmp_path), tmp_path) as desk:
        await eventually(lambda: EAST in library.shelves.objects)
        assert library.shelves.objects[EAST]["Name"] == "东门入口"
        assert library.shelves.objects[EAST]["IsOnline"] == "1"
        desk.standing["gate/east-in"] = "device-offline"
        await eventually(lambda: library.shelves.objects[EAST]["IsOnline"] == "2")


async def test_passes_leave_in_event_time_with_small_pictures(house: Gatehouse, tmp_path: Path) -> None:
    large = picture(tmp_path, 1500, 1000, noise=True)
    assert (tmp_path / large).stat().st_size > 500_000
    async with library_up() as library, feeding(house, settings(library.url, tmp_path), tmp_path) as desk:
        happened_ms = house.now_ms - 3_600_000
        await desk.drive("浙B12345", ago_s=3600, media=[large])
        await desk.settled(1)
        (told,) = vehicles(library)
        assert told["PassTime"] == local14(happened_ms)
        assert told["MotorVehicleID"].startswith(f"{EAST}02{local14(happened_ms)}")
        assert 50_000 < library.shelves.longest_picture <= 500_000
        (receipt,) = (await desk.desk.receipts(None, 10)).receipts
        assert (receipt.object_id, receipt.document) == (told["MotorVehicleID"], LAWFUL.document)
        assert (receipt.pictures, len(receipt.server_time)) == (1, 14)


async def test_a_library_that_is_down_for_a_while_gets_each_vehicle_once(
    house: Gatehouse, tmp_path: Path
) -> None:
    async with library_up() as library, feeding(house, settings(library.url, tmp_path), tmp_path) as desk:
        await desk.drive(*FLEET[:10])
        await desk.settled(10)
        await library.down()
        await desk.drive(*FLEET[10:])
        await eventually(lambda: desk.feed.failing and not desk.feed.online)
        shown = await desk.desk.view()
        assert (shown.state, shown.waiting) == ("offline", 20)
        await library.up()
        await desk.settled(30)
        assert plates(library) == FLEET
        assert {library.shelves.times[each["MotorVehicleID"]] for each in vehicles(library)} == {1}


async def test_a_session_lost_in_the_middle_is_made_anew(house: Gatehouse, tmp_path: Path) -> None:
    async with (
        library_up(forgetting=6) as library,
        feeding(house, settings(library.url, tmp_path, batch=4), tmp_path) as desk,
    ):
        await desk.drive(*FLEET)
        await desk.settled(30)
        assert desk.feed.session.registrations == 2
    assert sorted(plates(library)) == FLEET


async def test_each_item_is_judged_by_its_own_status(
    house: Gatehouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refused = {FLEET[3]: 8, FLEET[17]: 4}
    async with (
        library_up(refused=refused, numbers=True) as library,
        feeding(house, settings(library.url, tmp_path), tmp_path) as desk,
    ):
        await desk.drive(*FLEET)
        await desk.settled(28, 2)
        aside = (await desk.desk.set_aside(None, 10)).set_aside
        assert [(each.code, each.reason) for each in aside] == [
            ("4", "InvalidOperation"),
            ("8", "Invalid JSON content"),
        ]
        assert sorted([*plates(library), *refused]) == FLEET
        library.faults.refused.clear()
        for each in aside:
            assert await desk.desk.retry(each.id, LI) is not None
        await desk.settled(30)
    assert sorted(plates(library)) == FLEET
    assert not any(plate in caplog.text for plate in FLEET)


async def test_poison_and_silence_hold_nobody_else_back(house: Gatehouse, tmp_path: Path) -> None:
    async with (
        library_up(crashing={FLEET[5]}, silent={FLEET[25]}) as library,
        feeding(house, settings(library.url, tmp_path), tmp_path) as desk,
    ):
        await desk.drive(*FLEET)
        await desk.settled(28, 2)
        aside = {each.code: each.tries for each in (await desk.desk.set_aside(None, 10)).set_aside}
    assert aside == {"http-500": 5, "none": 5}
    assert sorted([*plates(library), FLEET[5], FLEET[25]]) == FLEET


async def test_a_library_that_crashes_at_everything_loses_nothing(house: Gatehouse, tmp_path: Path) -> None:
    async with (
        library_up(crashing={"浙"}) as library,
        feeding(house, settings(library.url, tmp_path), tmp_path) as desk,
    ):
        await desk.drive(*FLEET[:20])
        await eventually(lambda: len(desk.pauses) > 40)
        library.faults.crashing.clear()
        await desk.settled(17, 3)


async def test_a_busy_library_is_left_alone_ever_longer(house: Gatehouse, tmp_path: Path) -> None:
    async with (
        library_up(single=True) as library,
        feeding(house, settings(library.url, tmp_path), tmp_path) as desk,
    ):
        await eventually(lambda: EAST in library.shelves.objects)
        library.faults.busy = 4
        desk.pauses.clear()
        await desk.drive(*FLEET)
        await desk.settled(30)
        waits = [each for each in desk.pauses if each > 0.9]
        assert len(waits) == 4
        assert waits[3] > waits[0]
    assert plates(library) == FLEET


async def test_a_slow_library_is_given_up_and_asked_again_with_the_same_ids(
    house: Gatehouse, tmp_path: Path
) -> None:
    async with (
        library_up() as library,
        feeding(house, settings(library.url, tmp_path, timeout_s=1), tmp_path) as desk,
    ):
        await eventually(lambda: EAST in library.shelves.objects)
        library.faults.slow_s = 3
        await desk.drive(*FLEET)
        await eventually(desk.feed.figures()["feed_requests_failed"])
        library.faults.slow_s = 0
        await desk.settled(30)
    assert sorted(plates(library)) == FLEET


async def test_a_wrong_password_is_said_and_never_told(
    house: Gatehouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with library_up() as library:
        said = settings(library.url, tmp_path, password="wrong word")
        async with feeding(house, said, tmp_path) as desk:
            await eventually(lambda: len(desk.pauses) > 3)
            assert (desk.feed.session.state, desk.feed.online) == ("offline", False)
            assert desk.feed.failing == "the library refuses id or password (401)"
            assert desk.feed.probes()["feed-failing"]() is True
            (tmp_path / "viid.password").write_text("a word of the test\n")
            await desk.online()
    assert "wrong word" not in caplog.text


async def test_what_may_not_leave_stays(house: Gatehouse, tmp_path: Path) -> None:
    """Faces only where switched on; what came before never leaves; a device without id keeps its passes."""
    shown = picture(tmp_path)
    off = settings("http://127.0.0.1:9", tmp_path, enabled=False)
    async with feeding(house, off, tmp_path) as desk:
        assert (await desk.desk.view()).state == "off"
        await desk.drive("浙B00001")
    async with library_up() as library:
        said = settings(library.url, tmp_path)
        async with feeding(house, said, tmp_path) as desk:
            house.lets_in("p-1", media=[shown], means="face")
            await desk.drive("浙B00002")
            await desk.drive("浙B00003", at=house_gate("nowhere"))
            await desk.settled(1)
            await eventually(lambda: desk.feed.nameless() == {"gate/nowhere": 1})
        lawful = replace(said, faces=LAWFUL, motor_vehicles=Allowed())
        async with feeding(house, lawful, tmp_path) as desk:
            house.lets_in("p-2", media=[shown], means="face")
            house.lets_in("p-3", media=[shown], means="card")
            await desk.drive("浙B00004")
            await desk.settled(1)
    assert plates(library) == ["浙B00002"]
    (face,) = [each for each in library.shelves.objects.values() if "FaceID" in each]
    assert "p-2" not in str(face)


async def test_refused_entries_leave_only_if_wanted(house: Gatehouse, tmp_path: Path) -> None:
    wanted = replace(LAWFUL, outcomes=(Outcome.PASSED, Outcome.REFUSED))
    async with library_up() as library:
        said = settings(library.url, tmp_path, motor_vehicles=wanted)
        async with feeding(house, said, tmp_path) as desk:
            house.reads("浙B00009", "refused", reason="unknown")
            await desk.drive("浙B00010")
            await desk.settled(2)
    assert sorted(plates(library)) == ["浙B00009", "浙B00010"]


async def test_the_regional_profile_is_data(house: Gatehouse, tmp_path: Path) -> None:
    more = {"community": "33029900002160000001", "data_source": "3302990001"}
    async with library_up() as library:
        said = settings(library.url, tmp_path, more=more)
        async with feeding(house, said, tmp_path, profile="community") as desk:
            await desk.drive("浙B00011", direction="out")
            await desk.settled(1)
    assert {"/VIID/Community/DoorDevices", "/VIID/Community/DoorInfos"} <= {
        each.path for each in library.asked
    }
    (told,) = vehicles(library)
    assert (told["CommunityID"], told["InOut"], told["DataStatus"]) == (more["community"], "out", 0)


def house_gate(name: str) -> Address:
    return Address("hemei", "gate", name)
