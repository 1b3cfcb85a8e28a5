"""The pretend Zhenshi camera pushing over HTTP, beside a Modbus board and alone at its gate.

No camera of the vendor's could be had: the shapes are those of its public push document, composed by us. The
other end is an HTTP server of aiohttp's, and the pictures are read by OpenCV.
"""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import pytest_asyncio

from simulators.clock import VirtualClock
from simulators.errors import BadOptions, UnknownName
from simulators.gate.board import Coil
from simulators.gate.family import Gate
from simulators.host import Host
from tests.simulators.plates import (
    BLOCKED,
    OTHER,
    RESIDENT,
    SECRET,
    SERIAL,
    VISITOR,
    Receiver,
    camera_gate,
    camera_options,
    plate_options,
    receiving,
    secret_file,
    until,
)
from tests.simulators.wiring import gate, hosting

Bench = tuple[Host, Receiver]
OPEN = {"Response_AlarmInfoPlate": {"info": "ok"}}
MORE = {"Response_AlarmInfoPlate": {"info": "no", "ContinuePushOffline": {"plateid": 1, "continue": 1}}}


def options(folder: Path, receiver: Receiver, **more: Any) -> dict[str, Any]:
    plates = plate_options("zhenshi-http", listen=f"0.0.0.0:{receiver.port}", secret_file=secret_file(folder))
    return {"plates": plates, "camera": camera_options(folder, **more)}


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with receiving() as receiver, hosting(camera_gate(**options(tmp_path, receiver))) as (host, _):
        yield host, receiver


async def test_a_resident_is_read_let_in_and_shut_out_again_behind(bench: Bench) -> None:
    host, receiver = bench
    receiver.answer = lambda _push: OPEN
    host.happen("garage", "vehicle-arrives")
    await until(host, lambda: host.inspect("garage")["cars_passed"])
    await until(host, lambda: host.inspect("garage")["state"] == "closed")
    (result,) = receiver.results
    assert (result["license"], result["isoffline"], result["colorType"]) == (RESIDENT, 0, 1)
    assert host.inspect("garage")["open_pulses"] == 1
    assert {path.split("/")[1] for path, _, _ in receiver.bodies} == {SECRET}


async def test_whoever_is_not_let_in_turns_round(bench: Bench) -> None:
    host, receiver = bench
    for happening in ("stranger-arrives", "blocked-arrives", "visitor-arrives", "unreadable"):
        host.happen("garage", happening)
    await until(host, lambda: host.inspect("garage")["cars_turned_away"] == 4, within_s=60)
    licenses = [each["license"] for each in receiver.results]
    assert licenses[1:] == [BLOCKED, VISITOR, "_无_"]
    assert licenses[0] not in (RESIDENT, OTHER, VISITOR, BLOCKED)
    assert host.inspect("garage")["open_pulses"] == 0


async def test_a_tailgater_follows_through_the_same_opening(bench: Bench) -> None:
    host, receiver = bench
    receiver.answer = lambda push: (
        OPEN if push["AlarmInfoPlate"]["result"]["PlateResult"]["license"] == RESIDENT else {}
    )
    host.happen("garage", "tailgater")
    await until(host, lambda: host.inspect("garage")["cars_passed"] == 2)
    assert len({each["license"] for each in receiver.results}) == 2
    assert host.inspect("garage")["open_pulses"] == 1


async def test_inputs_and_both_pictures_are_told(bench: Bench) -> None:
    host, receiver = bench
    receiver.answer = lambda _push: {
        "Response_AlarmInfoPlate": {"ivs_ioctrl": {"io": 0, "value": 2, "delay": 1000}}
    }
    host.happen("garage", "vehicle-arrives")
    await until(host, lambda: host.inspect("garage")["cars_passed"])
    (result,) = receiver.results
    for name in ("imageFile", "imageFragmentFile"):
        jpeg = np.frombuffer(base64.b64decode(result[name]), np.uint8)
        assert cv2.imdecode(jpeg, cv2.IMREAD_COLOR) is not None
    inputs = [each["AlarmGioIn"] for each in receiver.pushes if "AlarmGioIn" in each]
    said = [tuple(each["result"]["TriggerResult"].values()) for each in inputs]
    assert said[:3] == [(0, 0), (1, 0), (2, 1)], "all of them at first"
    assert said[3:6] == [(2, 0), (1, 1), (0, 1)], "off the ground, up, and below it the car"
    assert {each["serialno"] for each in inputs} == {SERIAL}


async def test_what_nobody_took_is_told_later_one_by_one_as_the_answers_allow(bench: Bench) -> None:
    host, receiver = bench
    host.fault("garage", "network-loss")
    for _ in range(3):
        host.happen("garage", "stranger-arrives")
    await until(host, lambda: host.inspect("garage")["records_kept"] == 3)
    assert receiver.results == []
    receiver.answer = lambda _push: MORE if len(receiver.results) < 2 else {}
    host.fault("garage", "none")
    await until(host, lambda: len(receiver.results) == 2)
    await until(host, lambda: host.inspect("garage")["records_kept"] == 1)
    assert {each["isoffline"] for each in receiver.results} == {1}
    numbers = [each["plateid"] for each in receiver.results]
    assert numbers == sorted(set(numbers))
    polls = receiver.polls
    await until(host, lambda: receiver.polls > polls + 1)
    assert len(receiver.results) == 2, "an answer without `continue` ends it"


async def test_a_server_that_fails_gets_it_again_a_new_reading_first(bench: Bench) -> None:
    host, receiver = bench
    receiver.status = 503
    host.happen("garage", "stranger-arrives")
    await until(host, lambda: host.inspect("garage")["records_kept"] == 1)
    before = len(receiver.results)
    receiver.status, receiver.answer = 200, lambda _push: MORE
    host.happen("garage", "vehicle-arrives")
    await until(host, lambda: host.inspect("garage")["records_kept"] == 0)
    assert len(receiver.results) > before


async def test_a_poll_can_bring_an_order(tmp_path: Path) -> None:
    async with receiving() as receiver:
        plates = options(tmp_path, receiver, comet=True, poll_s=1.0)
        async with hosting(camera_gate(**plates)) as (host, _):
            await until(host, lambda: receiver.polls)
            receiver.to_polls = OPEN
            await until(host, lambda: host.inspect("garage")["open_pulses"])
        path, body, kind = next(each for each in receiver.bodies if "receivedeviceinfo" in each[0])
        assert (path.endswith("receivedeviceinfo.php"), kind) == (True, "multipart/form-data")
        assert SERIAL.encode() in body


async def test_a_wrong_clock_and_a_bad_lens_show_in_what_is_told(bench: Bench) -> None:
    host, receiver = bench
    receiver.answer = lambda _push: OPEN
    host.fault("garage", "clock-wrong")
    host.fault("garage", "misreads")
    assert host.inspect("garage")["faults"] == ["clock-wrong", "misreads"]
    host.happen("garage", "vehicle-arrives")
    await until(host, lambda: receiver.results)
    (result,) = receiver.results
    assert (result["license"], result["confidence"]) == ("浙B1234S", 71)
    time = result["timeStamp"]["Timeval"]
    assert time["sec"] == VirtualClock().now_s() - 8 * 3600
    assert (time["decyear"], time["dechour"]) == (2026, 0)


async def test_a_camera_without_power_sees_nothing(bench: Bench) -> None:
    host, receiver = bench
    host.fault("garage", "power-loss")
    host.happen("garage", "vehicle-arrives")
    await until(host, lambda: host.inspect("garage")["cars_turned_away"])
    assert receiver.results == []
    host.fault("garage", "none")
    receiver.answer = lambda _push: OPEN
    host.happen("garage", "vehicle-arrives")
    await until(host, lambda: host.inspect("garage")["cars_passed"])


async def test_a_picture_is_as_long_as_it_is_told_to_be(tmp_path: Path) -> None:
    size = 2 * 1024 * 1024
    async with receiving() as receiver:
        device = camera_gate(**options(tmp_path, receiver, picture_bytes=size))
        async with hosting(device) as (host, _):
            host.happen("garage", "vehicle-arrives")
            await until(host, lambda: receiver.results)
    (result,) = receiver.results
    jpeg = base64.b64decode(result["imageFile"])
    assert len(jpeg) == result["imageFileLen"] == size
    assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape == (240, 320, 3)


async def test_beside_a_board_the_camera_only_tells_and_the_board_opens(tmp_path: Path) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _push: OPEN
        device = gate("east-in", autonomous=True, **options(tmp_path, receiver))
        async with hosting(device) as (host, _):
            host.happen("east-in", "vehicle-arrives")
            await until(host, lambda: receiver.results)
            host.step(5)
            truth = host.inspect("east-in")
            assert (truth["state"], truth["loop_b"], truth["relay_pulses"]) == ("closed", True, 0)
            lane = host._devices["gate/east-in"]
            assert isinstance(lane, Gate)
            lane.board.write_coil(Coil.OPEN_PULSE, True)
            await until(host, lambda: host.inspect("east-in")["cars_passed"])
            await until(host, lambda: host.inspect("east-in")["state"] == "closed")
            host.fault("east-in", "camera-network-loss")
            assert host.inspect("east-in")["faults"] == ["camera-network-loss"]
            host.fault("east-in", "none")
            assert host.inspect("east-in")["faults"] == []


async def test_gates_of_one_community_share_their_cars(tmp_path: Path) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _push: OPEN
        inward, outward = options(tmp_path, receiver), options(tmp_path, receiver)
        outward["plates"] = outward["plates"] | {"direction": "out"}
        async with hosting(camera_gate("in", **inward), camera_gate("out", **outward)) as (host, _):
            for number in range(1, 4):
                host.happen("in" if number % 2 else "out", "vehicle-arrives")
                await until(host, lambda: host.inspect("in")["cars_passed"])
                await until(host, lambda n=number: len(receiver.results) == n)
                await until(
                    host, lambda: not any(host.inspect(each)["cars_waiting"] for each in ("in", "out"))
                )
    read = [each["license"] for each in receiver.results]
    assert read[0] == RESIDENT, "the only one who is not at home"
    assert read[1] in (RESIDENT, OTHER)
    assert read[2] == read[1], "who went out comes back"


@pytest.mark.parametrize(
    ("plates", "complaint"),
    [
        ({"wire": "zhenshi-http"}, "needs listen and secret_file"),
        ({"wire": "zhenshi-mqtt", "broker": "tcp://host"}, "must be mqtt://USER@HOST"),
        ({"wire": "hikvision-stream"}, "needs url"),
        ({"wire": "smoke-signals"}, "Invalid enum value"),
    ],
)
def test_wrong_options_are_explained(plates: dict[str, Any], complaint: str) -> None:
    from simulators.families import create

    with pytest.raises(BadOptions, match=complaint):
        create("lpr", "garage", {"plates": plates}, VirtualClock())


async def test_unknown_names_are_explained(bench: Bench) -> None:
    host, _ = bench
    with pytest.raises(UnknownName, match="allowed: clock-wrong, hit, jam, misreads"):
        host.fault("garage", "rust")
    with pytest.raises(UnknownName, match="blocked-arrives"):
        host.happen("garage", "parade")
