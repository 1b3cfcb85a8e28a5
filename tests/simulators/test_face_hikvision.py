"""The pretend Hikvision face terminal, managed by curl with Digest as a real one would be.

curl proves transport and Digest; the words are those of public adapters, composed by us.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from simulators.clock import VirtualClock
from simulators.host import Host, SimulatedDevice
from simulators.isapi import iso
from tests.simulators.cameras import PASSWORD, USER, credentials
from tests.simulators.curls import Curl
from tests.simulators.plates import until
from tests.simulators.wiring import hosting
from tests.waiting import eventually

ACCESS = "/ISAPI/AccessControl"
STREAM = "/ISAPI/Event/notification/alertStream"
DOOR = f"{ACCESS}/RemoteControl/door/1"

Bench = tuple[Host, Curl]


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    options = {"wire": "http://127.0.0.1:0", "credentials_file": credentials(tmp_path), "slow_s": 0.2}
    device = SimulatedDevice(kind="door", id="lobby", family="face", options=options)
    async with hosting(device) as (host, wires):
        yield host, Curl(wires["door/lobby"], USER, PASSWORD)


def person(key: str, **more: Any) -> dict[str, Any]:
    return {"UserInfo": {"employeeNo": key, "name": key, "userType": "normal", "doorRight": "1", **more}}


async def given(curl: Curl, *keys: str) -> None:
    """Give the terminal people, each with a card, a code and, later, a face."""
    for nth, key in enumerate(keys):
        added = await curl.json(
            "POST", f"{ACCESS}/UserInfo/Record?format=json", person(key, password=f"135{nth}")
        )
        assert added["statusCode"] == 1
        card = {"CardInfo": {"employeeNo": key, "cardNo": str(1000 + nth), "cardType": "normalCard"}}
        assert (await curl.json("POST", f"{ACCESS}/CardInfo/Record?format=json", card))["statusCode"] == 1


async def search(curl: Curl, most: int = 30, start: int = 0, key: str | None = None) -> dict[str, Any]:
    cond: dict[str, Any] = {"searchID": "1", "searchResultPosition": start, "maxResults": most}
    if key is not None:
        cond["EmployeeNoList"] = [{"employeeNo": key}]
    answer = await curl.json("POST", f"{ACCESS}/UserInfo/Search?format=json", {"UserInfoSearchCond": cond})
    found: dict[str, Any] = answer["UserInfoSearch"]
    return found


async def events(curl: Curl, **cond: Any) -> dict[str, Any]:
    asked = {"searchID": "1", "searchResultPosition": 0, "maxResults": 30, "major": 5, "minor": 0, **cond}
    answer = await curl.json("POST", f"{ACCESS}/AcsEvent?format=json", {"AcsEventCond": asked})
    found: dict[str, Any] = answer["AcsEvent"]
    return found


async def test_people_are_added_changed_found_and_counted(bench: Bench) -> None:
    host, curl = bench
    await given(curl, "p1", "p2", "p3")
    again = await curl.json("POST", f"{ACCESS}/UserInfo/Record?format=json", person("p1"))
    assert (again["statusCode"], again["subStatusCode"]) == (6, "employeeNoAlreadyExist")
    nobody = await curl.json("PUT", f"{ACCESS}/UserInfo/Modify?format=json", person("p9"))
    assert nobody["subStatusCode"] == "employeeNoNotExist"
    barred = person("p2", userType="blackList")
    assert (await curl.json("PUT", f"{ACCESS}/UserInfo/Modify?format=json", barred))["statusCode"] == 1
    first, rest = await search(curl, most=2), await search(curl, most=2, start=2)
    assert (first["responseStatusStrg"], rest["responseStatusStrg"]) == ("MORE", "OK")
    found = first["UserInfo"] + rest["UserInfo"]
    assert [(each["employeeNo"], each["userType"], each["numOfCard"]) for each in found] == [
        ("p1", "normal", 1),
        ("p2", "blackList", 1),
        ("p3", "normal", 1),
    ]
    assert (await search(curl, key="p9"))["responseStatusStrg"] == "NO MATCH"
    count = await curl.json("GET", f"{ACCESS}/UserInfo/Count?format=json")
    assert count["UserInfoCount"]["userNumber"] == 3
    assert host.inspect("lobby")["barred"] == ["p2"]
    assert (await curl.json("POST", f"{ACCESS}/UserInfo/Record?format=json", []))["statusCode"] == 6
    assert (await curl.json("POST", f"{ACCESS}/CardInfo/Record?format=json", {}))["statusCode"] == 6


async def test_a_face_comes_from_a_person_or_a_picture_and_goes_with_the_person(bench: Bench) -> None:
    host, curl = bench
    await given(curl, "p1", "p2", "p3")
    host.happen("lobby", "enrol")
    assert host.inspect("lobby")["faces"] == ["p1"]
    about = json.dumps({"faceLibType": "blackFD", "FDID": "1", "FPID": "p2"})
    form = (
        "-F",
        f"FaceDataRecord={about};type=application/json",
        "-F",
        "FaceImage=@/dev/null;type=image/jpeg",
    )
    assert await curl.status("/ISAPI/Intelligent/FDLib/FaceDataRecord?format=json", *form) == 200
    assert host.inspect("lobby")["faces"] == ["p1", "p2"]
    cond = {"searchResultPosition": 0, "maxResults": 30, "faceLibType": "blackFD", "FDID": "1"}
    held = await curl.json("POST", "/ISAPI/Intelligent/FDLib/FDSearch?format=json", cond)
    assert held["MatchList"] == [{"FPID": "p1"}, {"FPID": "p2"}]
    gone = await curl.json(
        "PUT", "/ISAPI/Intelligent/FDLib/FDSearch/Delete?format=json", {"FPID": [{"value": "p2"}]}
    )
    assert (gone["statusCode"], host.inspect("lobby")["faces"]) == (1, ["p1"])
    await delete(curl, "p1", "p3")
    await until(host, lambda: host.inspect("lobby")["people"] == ["p2"])
    host.step(1)
    process = await curl.json("GET", f"{ACCESS}/UserInfoDetail/DeleteProcess?format=json")
    assert process == {"UserInfoDetailDeleteProcess": {"status": "success"}}
    assert host.inspect("lobby")["faces"] == []


async def delete(curl: Curl, *keys: str) -> None:
    detail = {"mode": "byEmployeeNo", "EmployeeNoList": [{"employeeNo": key} for key in keys]}
    answer = await curl.json("PUT", f"{ACCESS}/UserInfoDetail/Delete?format=json", {"UserInfoDetail": detail})
    assert answer["statusCode"] == 1


async def test_a_terminal_that_refuses_to_delete_says_so_afterwards(bench: Bench) -> None:
    host, curl = bench
    await given(curl, "p1")
    host.fault("lobby", "refuses-delete")
    await delete(curl, "p1")
    process = await curl.json("GET", f"{ACCESS}/UserInfoDetail/DeleteProcess?format=json")
    assert process["UserInfoDetailDeleteProcess"]["status"] == "processing"
    host.step(1)
    process = await curl.json("GET", f"{ACCESS}/UserInfoDetail/DeleteProcess?format=json")
    assert process["UserInfoDetailDeleteProcess"]["status"] == "failed"
    assert host.inspect("lobby")["people"] == ["p1"]


async def test_everybody_who_comes_is_heard_on_the_stream(bench: Bench) -> None:
    host, curl = bench
    await given(curl, "p1", "p2")
    host.happen("lobby", "enrol")
    async with curl.listening(STREAM) as heard:
        for happening in ("face-passes", "card-passes", "code-passes", "stranger", "spoof"):
            host.happen("lobby", happening)
        await until(host, lambda: host.inspect("lobby")["waiting"] == 0)
        await until(host, lambda: not host.inspect("lobby")["contact_open"])
        await until(host, lambda: not host.inspect("lobby")["unlocked"])
        last = str((await events(curl))["InfoList"][-1]["serialNo"]).encode()
        await eventually(lambda: last in heard)
    alerts = [
        json.loads(each[each.index("{") :]) for each in bodies(heard) if "AccessControllerEvent" in each
    ]
    told = [each["AccessControllerEvent"] for each in alerts]
    minors = [each["subEventType"] for each in told]
    assert [each for each in minors if each not in (0x15, 0x16, 0x19, 0x1A)] == [0x4B, 0x01, 0xB5, 0x4C, 0x68]
    assert minors[:3] == [0x4B, 0x15, 0x19], "the face, the lock, the door"
    assert told[0]["employeeNoString"] == "p1"
    assert "employeeNoString" not in next(each for each in told if each["subEventType"] == 0x4C)
    assert [each["serialNo"] for each in told] == list(range(told[0]["serialNo"], told[-1]["serialNo"] + 1))
    assert {each["currentEvent"] for each in told} == {True}
    assert b"\xff\xd8\xff" in heard
    truth = host.inspect("lobby")
    assert (truth["passed"], truth["gave_up"], truth["contact_open"]) == (3, 2, False)


def bodies(heard: bytearray) -> list[str]:
    """Return the parts of the stream that are text."""
    parts = [each.partition(b"\r\n\r\n")[2] for each in bytes(heard).split(b"--MIME_boundary")]
    return [each.decode() for each in parts if not each.startswith(b"\xff\xd8")]


async def test_who_may_not_pass_any_more_stays_outside(bench: Bench) -> None:
    host, curl = bench
    now_s = VirtualClock().now_s()
    valid = {"enable": True, "beginTime": iso(now_s - 7200)[:19], "endTime": iso(now_s - 3600)[:19]}
    assert (await curl.json("POST", f"{ACCESS}/UserInfo/Record", person("p1", Valid=valid)))[
        "statusCode"
    ] == 1
    host.happen("lobby", "enrol")
    host.happen("lobby", "face-passes")
    await until(host, lambda: host.inspect("lobby")["gave_up"])
    (row,) = (await events(curl))["InfoList"]
    assert (row["minor"], row["employeeNoString"]) == (0x08, "p1")


async def test_records_outlive_the_network_and_are_asked_for_page_by_page(bench: Bench) -> None:
    host, curl = bench
    await given(curl, "p1")
    host.happen("lobby", "enrol")
    host.fault("lobby", "network-loss")
    assert await curl.status(STREAM) == 0
    host.happen("lobby", "face-passes")
    await until(host, lambda: host.inspect("lobby")["passed"])
    await until(host, lambda: not host.inspect("lobby")["contact_open"])
    host.fault("lobby", "none")
    first = await events(curl, maxResults=3)
    serials = [each["serialNo"] for each in first["InfoList"]]
    assert (first["responseStatusStrg"], first["numOfMatches"]) == ("MORE", 3)
    rest = await events(curl, beginSerialNo=serials[-1] + 1)
    assert rest["responseStatusStrg"] == "OK"
    assert rest["InfoList"][0]["serialNo"] == serials[-1] + 1
    assert (await events(curl, beginSerialNo=rest["InfoList"][-1]["serialNo"] + 1))[
        "responseStatusStrg"
    ] == "NO MATCH"
    async with curl.listening(STREAM) as heard:
        await eventually(lambda: b'"currentEvent": false' in heard)


async def test_the_door_opens_by_command_and_is_held_by_fire(bench: Bench) -> None:
    host, curl = bench
    order = "<RemoteControlDoor><cmd>{}</cmd></RemoteControlDoor>"
    assert await curl.status(DOOR, "-X", "PUT", "-d", order.format("open")) == 200
    await until(host, lambda: host.inspect("lobby")["unlocked"])
    work = (await curl.json("GET", f"{ACCESS}/AcsWorkStatus?format=json"))["AcsWorkStatus"]
    assert work == {"doorLockStatus": [1], "doorStatus": [4], "magneticStatus": [0]}
    host.step(6)
    assert host.inspect("lobby")["unlocked"] is False
    assert await curl.status(DOOR, "-X", "PUT", "-d", order.format("alwaysOpen")) == 200
    host.step(20)
    truth = host.inspect("lobby")
    assert (truth["unlocked"], truth["held_open"], truth["strike_pulses"]) == (True, True, 1)
    assert await curl.status(DOOR, "-X", "PUT", "-d", order.format("close")) == 200
    host.step(1)
    assert host.inspect("lobby")["unlocked"] is False
    assert await curl.status(DOOR, "-X", "PUT", "-d", order.format("dance")) == 403
    assert await Curl(curl.base, USER, "guess").status(DOOR, "-X", "PUT", "-d", order.format("open")) == 401


async def test_a_full_disk_takes_neither_people_nor_records(bench: Bench) -> None:
    host, curl = bench
    await given(curl, "p1")
    host.happen("lobby", "enrol")
    host.fault("lobby", "disk-full")
    refused = await curl.json("POST", f"{ACCESS}/UserInfo/Record?format=json", person("p2"))
    assert refused["statusCode"] == 3
    host.happen("lobby", "face-passes")
    await until(host, lambda: host.inspect("lobby")["passed"])
    assert host.inspect("lobby")["records"] == 0
    assert host.inspect("lobby")["records_lost"]


async def test_a_slow_one_answers_in_the_end(bench: Bench) -> None:
    host, curl = bench
    host.fault("lobby", "slow")
    host.step(0.1)
    assert host.inspect("lobby")["faults"] == ["slow"]
    assert (await search(curl))["responseStatusStrg"] == "NO MATCH"
