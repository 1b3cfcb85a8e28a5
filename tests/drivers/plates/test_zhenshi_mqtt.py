"""A Zhenshi (臻识) camera at a real mosquitto, played by `mosquitto_pub` and `mosquitto_sub`.

Broker and clients are another author's, what they carry is composed by us: golden vectors and own simulator.
"""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from contract.clock import ManualClock
from contract.errors import DeviceError, DeviceUnreachable
from drivers.plates import zhenshi_mqtt
from drivers.plates.camera import Contact, PlateCamera
from drivers.plates.make import make_camera
from drivers.plates.options import PlateOptions
from drivers.plates.zhenshi_mqtt import SILENCE_S
from tests.broker import Mosquitto
from tests.drivers.plates import pushes
from tests.drivers.plates.desk import Desk, ends, serving
from tests.drivers.plates.mosquitto_camera import MosquittoCamera
from tests.drivers.plates.pushes import SERIAL, b64, envelope, large_jpeg, mqtt_result
from tests.waiting import eventually


def options(broker: Mosquitto, **fields: Any) -> PlateOptions:
    return PlateOptions(
        wire="zhenshi-mqtt", broker=f"mqtt://{broker.host}:{broker.port}", serial=SERIAL, **fields
    )


async def connected(camera: PlateCamera) -> None:
    """Wait until the camera's wire has subscribed."""
    assert isinstance(camera, zhenshi_mqtt.ZhenshiMqtt)
    await eventually(lambda: camera._link)


@pytest.mark.parametrize("serial_first", [False, True])
async def test_what_a_camera_says_in_either_layout(
    desk: Desk, mosquitto: Mosquitto, tmp_path: Path, serial_first: bool
) -> None:
    desk.admit = False
    device = MosquittoCamera(mosquitto, tmp_path, serial_first=serial_first)
    async with serving(desk, options(mosquitto)) as camera:
        await connected(camera)
        assert camera.opens
        await device.say("keep_alive", envelope("keep_alive", {"timestamp": pushes.SEC}))
        await device.say("barr_gate_status", envelope("barr_gate_status", {"gate_status": 1}))
        await device.say("gpio_in", envelope("gpio_in", pushes.gio_in(1, 1)))
        await device.say("ivs_result", mqtt_result())
        await eventually(lambda: desk.signs == 4)
    sighting = desk.sightings[0]
    assert (sighting.plate, sighting.pictures) == (pushes.PLATE, (pushes.JPEG, pushes.SMALL))
    assert desk.contacts == [Contact(1, closed=True)]
    assert not desk.nonsense


async def test_pictures_of_two_megabytes_come_whole(desk: Desk, mosquitto: Mosquitto, tmp_path: Path) -> None:
    desk.admit, large = False, large_jpeg(2 * 1024 * 1024)
    payload = mqtt_result(full_image_content=b64(large), small_image_content=b64(large))
    async with serving(desk, options(mosquitto)) as camera:
        await connected(camera)
        await MosquittoCamera(mosquitto, tmp_path).say("ivs_result", payload)
        await eventually(lambda: desk.sightings)
    assert desk.sightings[0].pictures == (large, large)


async def test_a_plate_that_may_pass_opens_once(desk: Desk, mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with MosquittoCamera.at(mosquitto, tmp_path) as device, serving(desk, options(mosquitto)) as camera:
        await connected(camera)
        await device.say("ivs_result", mqtt_result())
        await eventually(lambda: device.told)
        await device.reply()
        await device.say("keep_alive", envelope("keep_alive", {}))
        await eventually(lambda: desk.signs == 3)
    assert [each["payload"] for each in device.told] == [
        {"type": "gpio_out", "body": {"io": 0, "value": 2, "delay": 1000}}
    ]
    assert device.topics == [f"device/{SERIAL}/message/down/gpio_out"]


async def test_one_that_does_not_confirm_is_logged(
    desk: Desk, mosquitto: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slow = options(mosquitto, reply_s=0.5)
    async with MosquittoCamera.at(mosquitto, tmp_path) as device, serving(desk, slow) as camera:
        await connected(camera)
        await device.say("ivs_result", mqtt_result())
        await eventually(lambda: "did not confirm" in caplog.text)
        await device.say("ivs_result", mqtt_result(plateid=2))
        await eventually(lambda: len(device.told) == 2)
        await device.reply(500)
        await eventually(lambda: "code 500" in caplog.text)
    assert pushes.PLATE not in caplog.text


@pytest.mark.parametrize("how", ["offline", "offline_record", "retained"])
async def test_replays_never_open(desk: Desk, mosquitto: Mosquitto, tmp_path: Path, how: str) -> None:
    async with MosquittoCamera.at(mosquitto, tmp_path) as device:
        if how == "retained":
            await device.say("ivs_result", mqtt_result(), retain=True)
            await device.say("gpio_in", envelope("gpio_in", pushes.gio_in()), retain=True)
            await device.say("keep_alive", envelope("keep_alive", {}), retain=True)
        async with serving(desk, options(mosquitto)) as camera:
            await connected(camera)
            if how == "offline":
                await device.say("ivs_result", mqtt_result(isoffline="1"))
            if how == "offline_record":
                await device.say("offline_record", mqtt_result())
            await eventually(lambda: desk.sightings)
            await device.say("keep_alive", envelope("keep_alive", {}))
            await eventually(lambda: desk.signs == 2)
    assert [each.replay for each in desk.sightings] == [True]
    assert not device.told
    assert not desk.contacts


async def test_what_was_said_while_we_were_away_is_not_lost(
    desk: Desk, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    desk.admit, device = False, MosquittoCamera(mosquitto, tmp_path)
    async with serving(desk, options(mosquitto)) as camera:
        await connected(camera)
        await device.say("ivs_result", mqtt_result(plateid=1))
        await eventually(lambda: desk.sightings)
    await device.say("ivs_result", mqtt_result(plateid=2))
    await device.say("ivs_result", mqtt_result(plateid=3, timeStamp=None, isoffline=None))
    untimed = mqtt_result(plateid=4, timeStamp=None).replace(str(pushes.SEC).encode(), b"0")
    await device.say("ivs_result", untimed)
    async with serving(desk, options(mosquitto)):
        await eventually(lambda: len(desk.sightings) == 4)
    assert [each.record.split("-")[2] for each in desk.sightings] == ["1", "2", "3", "4"]
    assert [each.replay for each in desk.sightings] == [False, False, False, True]


async def test_what_a_gate_has_not_dealt_with_comes_again(
    desk: Desk, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    device, never = MosquittoCamera(mosquitto, tmp_path), asyncio.Event()
    desk.admit, taking = False, desk.take

    async def dawdle(sighting: Any) -> Any:
        desk.signs += 100
        await never.wait()

    desk.take = dawdle  # type: ignore[method-assign]  # a gate that is stopped while it decides
    async with serving(desk, options(mosquitto)) as camera:
        await connected(camera)
        await device.say("ivs_result", mqtt_result())
        await eventually(lambda: desk.signs > 100)
    desk.take = taking  # type: ignore[method-assign]  # its own again
    async with serving(desk, options(mosquitto)):
        await eventually(lambda: desk.sightings)


async def test_a_message_that_brings_us_down_does_not_come_again(
    desk: Desk, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    device = MosquittoCamera(mosquitto, tmp_path)
    taking = desk.take

    async def fail(sighting: Any) -> Any:
        if sighting.record.split("-")[2] == "1":
            raise ZeroDivisionError
        return await taking(sighting)

    desk.take, desk.admit = fail, False  # type: ignore[method-assign]  # a gate with a bug

    camera = make_camera(options(mosquitto), desk.port)
    falling = asyncio.create_task(camera.serve(desk.take, desk.contacts.append, desk.heard))
    await connected(camera)
    await device.say("ivs_result", mqtt_result(plateid=1))
    await device.say("ivs_result", mqtt_result(plateid=2))
    with pytest.raises(ZeroDivisionError):
        await falling
    async with serving(desk, options(mosquitto)):
        await eventually(lambda: desk.sightings)


async def test_nonsense_is_counted_and_no_sign_of_life(
    desk: Desk, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    desk.admit, device = False, MosquittoCamera(mosquitto, tmp_path)
    async with serving(desk, options(mosquitto)) as camera:
        await connected(camera)
        await device.say("ivs_result", b"hello")
        await device.say("ivs_result", envelope("ivs_result", {}))
        await device.say("keep_alive", envelope("keep_alive", {}, sn="another"))
        await device.say("keep_alive", b"\xff\xfe")
        await device.publish(f"{device.base}/down/gpio_out/reply", b"{}")
        await device.publish("device/another/message/up/keep_alive", envelope("keep_alive", {}))
        await device.say("ivs_result", mqtt_result(full_image_content="?"))
        await eventually(lambda: desk.signs)
    assert (desk.signs, len(desk.nonsense), len(desk.sightings)) == (1, 6, 1)
    assert not any(pushes.PLATE in each for each in desk.nonsense)


async def test_open_is_confirmed_refused_or_uncertain(
    desk: Desk, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with MosquittoCamera.at(mosquitto, tmp_path, serial_first=True) as device:
        direct = options(mosquitto, reply_s=0.5, direct_open=True)
        async with serving(desk, direct) as camera:
            await connected(camera)
            with pytest.raises(DeviceUnreachable):
                await camera.open()
            await device.say("keep_alive", envelope("keep_alive", {}))
            await eventually(lambda: desk.signs)
            assert await camera.open() is False
            for code in (200, 400):
                opening = asyncio.create_task(camera.open())
                count = len(device.told)
                await eventually(lambda: len(device.told) > count)  # noqa: B023 - called at once
                await device.reply(code)
                if code == 200:
                    assert await opening
            with pytest.raises(DeviceError, match="400"):
                await opening
    assert [each["name"] for each in device.told] == ["gate_direct_open"] * 3
    assert set(device.topics) == {f"{SERIAL}/device/message/down/gate_direct_open"}
    assert len({each["id"] for each in device.told}) == 3


async def test_an_open_that_a_camera_does_not_take_is_thrown_away(
    desk: Desk, mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker keeps messages for a camera that is away: an "open" must not be among them."""
    monkeypatch.setattr(zhenshi_mqtt, "VALID_S", 1)
    async with MosquittoCamera.at(mosquitto, tmp_path, session="camera") as device:
        pass
    async with serving(desk, options(mosquitto, reply_s=2.5)) as camera:
        await connected(camera)
        await device.say("keep_alive", envelope("keep_alive", {}))
        await eventually(lambda: desk.signs)
        assert await camera.open() is False
        async with MosquittoCamera.at(mosquitto, tmp_path, session="camera") as back:
            await back.publish(f"device/{SERIAL}/message/down/last", b"{}")
            await eventually(lambda: back.told)
    assert back.topics == [f"device/{SERIAL}/message/down/last"]


async def test_a_silent_camera_is_lost(mosquitto: Mosquitto, tmp_path: Path) -> None:
    clock = ManualClock()
    desk, device = Desk(clock), MosquittoCamera(mosquitto, tmp_path)
    ending = asyncio.create_task(ends(desk, options(mosquitto)))
    while not desk.signs:
        await device.say("keep_alive", envelope("keep_alive", {}))
    clock.advance(SILENCE_S - 1)
    signs = desk.signs
    await device.say("keep_alive", envelope("keep_alive", {}))
    await eventually(lambda: desk.signs > signs)
    clock.advance(SILENCE_S - 1)
    assert not ending.done()
    clock.advance(2)
    assert "said nothing for 35 s" in str(await ending)


async def test_a_broker_that_dies_is_told_and_found_again(
    desk: Desk, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    ending = asyncio.create_task(ends(desk, options(mosquitto)))
    device = MosquittoCamera(mosquitto, tmp_path)
    while not desk.signs:
        await device.say("keep_alive", envelope("keep_alive", {}))
    await mosquitto.kill()
    assert isinstance(await ending, DeviceUnreachable)
    assert isinstance(await ends(desk, options(mosquitto)), DeviceUnreachable)
    await mosquitto.start()
    async with serving(desk, options(mosquitto)) as camera:
        await connected(camera)
    with pytest.raises(DeviceUnreachable):
        await camera.open()
