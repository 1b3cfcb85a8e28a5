"""A Zhenshi (臻识) camera that pushes over HTTP, played by `curl` and by sockets of our own.

The client is another author's, what it sends is composed by us: golden vectors and own simulator.
"""

import asyncio
import json
from pathlib import Path

import pytest

from contract.clock import ManualClock
from contract.errors import DeviceError, DeviceUnreachable, Refused
from drivers.plates.camera import Contact
from drivers.plates.zhenshi_http import SILENCE_S
from tests.broker import free_port
from tests.drivers.plates import pushes
from tests.drivers.plates.curl import Curl
from tests.drivers.plates.desk import Desk, ends, http_options, serving
from tests.drivers.plates.keeping import Kept
from tests.drivers.plates.pushes import SERIAL, b64, large_jpeg, push
from tests.waiting import eventually

RELAY = {"ivs_ioctrl": {"io": 0, "value": 2, "delay": 1000}}


@pytest.fixture
def port() -> int:
    return free_port()


async def test_a_plate_that_may_pass_is_answered_with_open(desk: Desk, port: int, tmp_path: Path) -> None:
    async with serving(desk, http_options(tmp_path, port)) as camera:
        answered = await Curl(tmp_path, port).push(push())
        assert answered.status == 200
        assert answered.said["info"] == "ok"
        assert answered.said["content"] == "retransfer_stop"
        assert desk.sightings[0].plate == pushes.PLATE
        assert desk.signs == 1
        assert camera.opens
    assert not desk.nonsense


async def test_one_that_may_not_is_denied(desk: Desk, port: int, tmp_path: Path) -> None:
    desk.admit = False
    async with serving(desk, http_options(tmp_path, port)):
        assert (await Curl(tmp_path, port).push(push())).said["info"] == "no"
    assert len(desk.sightings) == 1


async def test_a_replay_never_opens_whatever_the_gate_says(desk: Desk, port: int, tmp_path: Path) -> None:
    async with serving(desk, http_options(tmp_path, port)):
        said = (await Curl(tmp_path, port).push(push(isoffline=1, plateid=7))).said
    assert said["info"] == "no"
    assert said["ContinuePushOffline"] == {"plateid": 7, "continue": 1}
    assert desk.sightings[0].replay


async def test_what_is_sent_again_is_the_same_record(desk: Desk, port: int, tmp_path: Path) -> None:
    async with serving(desk, http_options(tmp_path, port)):
        curl = Curl(tmp_path, port)
        for offline in (0, 0, 1):
            await curl.push(push(isoffline=offline))
    assert len({each.record for each in desk.sightings}) == 1


async def test_vehicles_that_turn_back_are_no_sightings(desk: Desk, port: int, tmp_path: Path) -> None:
    async with serving(desk, http_options(tmp_path, port)):
        assert (await Curl(tmp_path, port).push(push(triggerType=66))).said["info"] == "no"
    assert not desk.sightings
    assert desk.signs == 1


async def test_pictures_of_two_megabytes_come_whole(desk: Desk, port: int, tmp_path: Path) -> None:
    """Asked first whether so much may be sent (`Expect: 100-continue`), the listener says yes."""
    large = large_jpeg(2 * 1024 * 1024)
    async with serving(desk, http_options(tmp_path, port)):
        answered = await Curl(tmp_path, port).push(
            push(imageFile=b64(large), imageFragmentFile=b64(large)), "-H", "Expect: 100-continue"
        )
    assert answered.said["info"] == "ok"
    assert desk.sightings[0].pictures == (large, large)


async def test_a_body_may_come_in_chunks(desk: Desk, port: int, tmp_path: Path) -> None:
    async with serving(desk, http_options(tmp_path, port)):
        answered = await Curl(tmp_path, port).push(push(), "-H", "Transfer-Encoding: chunked")
    assert answered.said["info"] == "ok"


async def test_a_broken_picture_is_counted_and_the_pass_kept(desk: Desk, port: int, tmp_path: Path) -> None:
    async with serving(desk, http_options(tmp_path, port)):
        assert (await Curl(tmp_path, port).push(push(imageFile="???"))).said["info"] == "ok"
    assert desk.sightings[0].pictures == (pushes.SMALL,)
    assert desk.nonsense == ["1 pictures that are no JPEG, or too large"]


async def test_odd_encodings(desk: Desk, port: int, tmp_path: Path) -> None:
    async with serving(desk, http_options(tmp_path, port)):
        curl = Curl(tmp_path, port)
        await curl.push(push().decode().encode("gbk"), kind="application/x-www-form-urlencoded")
        await curl.push(push(license=b64(pushes.PLATE.encode()), confidence="0.9"), path="")
        await curl.push(push(license="_无_", plateid=None, timeStamp=None), path="/")
    assert [each.plate for each in desk.sightings] == [pushes.PLATE, pushes.PLATE, ""]
    assert not desk.nonsense


async def test_heartbeats_and_inputs(desk: Desk, port: int, tmp_path: Path) -> None:
    async with serving(desk, http_options(tmp_path, port, serial=SERIAL)):
        curl = Curl(tmp_path, port)
        kind, beat = pushes.heartbeat()
        assert (await curl.push(beat, kind=kind)).body == b'{"status":"ok"}'
        assert (await curl.push(json.dumps(pushes.gio_in(2, 1)).encode())).body == b'{"status":"ok"}'
    assert desk.contacts == [Contact(2, closed=True)]
    assert desk.signs == 2


async def test_nonsense_and_strangers_are_counted_and_are_no_sign_of_life(
    desk: Desk, port: int, tmp_path: Path
) -> None:
    async with serving(desk, http_options(tmp_path, port, serial=SERIAL)):
        curl = Curl(tmp_path, port)
        kind, beat = pushes.heartbeat("another")
        assert (await curl.push(b'{"AlarmInfoPlate":{}}')).status == 400
        assert (await curl.push(b"hello")).status == 400
        assert (await curl.push(beat, kind=kind)).status == 403
        assert (await curl.push(json.dumps(pushes.alarm(serial="another")).encode())).status == 403
    assert len(desk.nonsense) == 4
    assert not any("hunter2" in each or pushes.PLATE in each for each in desk.nonsense)
    assert (desk.signs, desk.sightings) == (0, [])


async def test_a_camera_that_does_not_poll_cannot_be_told_to_open(
    desk: Desk, port: int, tmp_path: Path
) -> None:
    async with serving(desk, http_options(tmp_path, port)) as camera:
        kind, beat = pushes.heartbeat()
        await Curl(tmp_path, port).push(beat, kind=kind)
        with pytest.raises(Refused) as refused:
            await camera.open()
    assert refused.value.code == "not-supported"


async def test_a_camera_that_polls_opens_once_and_confirms_by_asking_again(
    desk: Desk, port: int, tmp_path: Path
) -> None:
    async with serving(desk, http_options(tmp_path, port)) as camera, Kept.at(port) as kept:
        polling = asyncio.create_task(kept.poll())
        await eventually(lambda: desk.signs == 2)
        assert await camera.open()
        assert await camera.open()
        polling.cancel()
    opened = [each for each in kept.answers if "Response_AlarmInfoPlate" in each]
    assert opened == [{"Response_AlarmInfoPlate": RELAY}] * 2


async def test_one_that_asks_again_over_another_connection_may_not_have_heard(
    desk: Desk, port: int, tmp_path: Path
) -> None:
    async with serving(desk, http_options(tmp_path, port)) as camera:
        async with Kept.at(port) as kept:
            await kept.ask()
            asked = asyncio.create_task(kept.ask())
            await eventually(lambda: desk.signs == 2)
            opening = asyncio.create_task(camera.open())
            await asked
        async with Kept.at(port) as other:
            await other.ask()
        assert await opening is False
        assert kept.answers[-1] == {"Response_AlarmInfoPlate": RELAY}


async def test_an_open_that_no_poll_takes_is_withdrawn(port: int, tmp_path: Path) -> None:
    desk = Desk(clock := ManualClock())
    async with serving(desk, http_options(tmp_path, port)) as camera:
        async with Kept.at(port) as kept:
            await kept.ask()
            asked = asyncio.create_task(kept.ask())
            await eventually(lambda: desk.signs == 2)
            clock.advance(1.5)
            await asked
            opening = asyncio.create_task(camera.open())
            await asyncio.sleep(0)
            with pytest.raises(Refused):
                await camera.open()
            clock.advance(3.1)
            with pytest.raises(DeviceUnreachable):
                await opening
            await kept.ask()
        assert kept.answers == [{"status": "ok"}] * 3
    await desk.aclose()


async def test_a_silent_camera_is_lost(port: int, tmp_path: Path) -> None:
    desk = Desk(clock := ManualClock())
    options = http_options(tmp_path, port)
    ending = asyncio.create_task(ends(desk, options))
    curl = Curl(tmp_path, port)
    while (await curl.push()).status != 200:
        pass
    clock.advance(SILENCE_S - 1)
    assert (await curl.push()).status == 200
    clock.advance(SILENCE_S - 1)
    assert (await curl.push()).status == 200
    clock.advance(SILENCE_S + 1)
    assert isinstance(await ending, DeviceUnreachable)
    assert (await curl.push(push())).status == 503
    async with serving(desk, options):
        await eventually(lambda: desk.signs == 3)
        assert (await curl.push(push())).said["info"] == "ok"
    await desk.aclose()


async def test_two_cameras_share_a_listener_and_not_a_secret(desk: Desk, port: int, tmp_path: Path) -> None:
    other = desk.beside("hemei/gate/east-out")
    own = http_options(tmp_path, port, "another-camera-s-secret")
    async with serving(desk, http_options(tmp_path, port)), serving(other, own):
        await Curl(tmp_path, port).push(push(plateid=1))
        await Curl(tmp_path, port, "another-camera-s-secret").push(push(plateid=2))
        assert [each.record.split("-")[2] for each in desk.sightings] == ["1"]
        assert [each.record.split("-")[2] for each in other.sightings] == ["2"]
        same = await ends(desk.beside("hemei/gate/west"), own)
    assert isinstance(same, DeviceError)
    assert same.code == "configuration"


async def test_an_address_that_is_taken_is_told(desk: Desk, port: int, tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    assert isinstance(await ends(desk, http_options(tmp_path, port)), DeviceUnreachable)
    taken.close()
    await taken.wait_closed()
    async with serving(desk, http_options(tmp_path, port)):
        assert (await Curl(tmp_path, port).push(push())).status == 200
