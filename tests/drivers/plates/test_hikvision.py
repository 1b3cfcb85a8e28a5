"""Hikvision's plate cameras, played by `curl`, and by an upstream of ours behind Apache with mod_auth_digest.

Transport and login are those of other authors; the documents are golden vectors composed by us (`shapes`),
and the barrier's request is from memory: no camera was at hand.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contract.clock import ManualClock
from contract.errors import DeviceUnreachable, Refused
from contract.passes import Direction
from drivers.isapi.answer import Rejected
from drivers.plates.hikvision import OPEN
from drivers.plates.make import make_camera
from drivers.plates.options import PlateOptions
from drivers.runtime.credentials import CredentialsRefused
from tests.broker import HOST, free_port
from tests.drivers.isapi.apache import US, Apache
from tests.drivers.isapi.shapes import HEARTBEAT, JSON, MAC, MOTION, PLATE, SCENE, anpr, form, mixed
from tests.drivers.isapi.upstream import Asked, Upstream, upstream
from tests.drivers.plates.desk import SECRET, Desk, ends, secret_file, serving
from tests.peers import require_program
from tests.waiting import eventually

BARRIER = "/ISAPI/Parking/channels/1/barrierGate"
PUT = Asked("PUT", BARRIER, "application/xml", OPEN)


@pytest_asyncio.fixture
async def behind() -> AsyncIterator[Upstream]:
    async with upstream() as server:
        yield server


@pytest.fixture
def port() -> int:
    return free_port()


class Camera:
    """A camera that pushes, played by curl."""

    def __init__(self, folder: Path, port: int, secret: str = SECRET) -> None:
        self._program = require_program("curl", "curl")
        self._url = f"http://{HOST}:{port}/{secret}"
        self._folder = folder
        self._count = 0

    async def post(self, *words: str) -> int:
        """Post what curl's own words say; the status of the answer."""
        process = await asyncio.create_subprocess_exec(
            *(
                self._program,
                "-sS",
                "--noproxy",
                "*",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                *words,
                self._url,
            ),
            stdout=asyncio.subprocess.PIPE,
        )
        return int((await process.communicate())[0])

    async def form(self, xml: bytes, *pictures: tuple[str, bytes], kind: str = "text/xml") -> int:
        """Post form data as cameras do."""
        words = ["-F", f"anpr.xml=@{self._file(xml)};type={kind};filename=anpr.xml"]
        for name, jpeg in pictures:
            words += ["-F", f"{name}=@{self._file(jpeg)};type=image/jpeg;filename={name}"]
        return await self.post(*words)

    async def bare(self, body: bytes, kind: str = "application/xml") -> int:
        """Post a document without parts."""
        return await self.post("-H", f"Content-Type: {kind}", "--data-binary", f"@{self._file(body)}")

    def _file(self, content: bytes) -> str:
        self._count += 1
        file = self._folder / f"sent-{self._count}"
        file.write_bytes(content)
        return str(file)


def pushing(folder: Path, port: int, **fields: Any) -> PlateOptions:
    return PlateOptions(
        wire="hikvision-push", listen=f"{HOST}:{port}", secret_file=secret_file(folder), **fields
    )


def streaming(folder: Path, url: str, **fields: Any) -> PlateOptions:
    file = fields.pop("credentials_file", None) or account(folder)
    return PlateOptions(wire="hikvision-stream", url=url, credentials_file=file, **fields)


def account(folder: Path, text: str = f"{US.user}:{US.password}") -> str:
    file = folder / "account"
    file.write_text(text)
    return str(file)


BOTH = (("licensePlatePicture.jpg", PLATE), ("detectionPicture.jpg", SCENE))


async def test_a_pushed_plate_is_taken_with_its_pictures(desk: Desk, port: int, tmp_path: Path) -> None:
    options = pushing(tmp_path, port, directions={"forward": Direction.IN})
    async with serving(desk, options) as camera:
        assert await Camera(tmp_path, port).form(anpr(), *BOTH) == 200
        assert not camera.opens
        with pytest.raises(Refused) as refused:
            await camera.open()
    (sighting,) = desk.sightings
    assert (sighting.plate, sighting.direction, sighting.replay) == ("浙B12345", Direction.IN, False)
    assert sighting.pictures == (SCENE, PLATE)
    assert (desk.nonsense, desk.signs, refused.value.code) == ([], 1, "not-supported")


async def test_what_cameras_push_in_many_shapes_is_taken(desk: Desk, port: int, tmp_path: Path) -> None:
    async with serving(desk, pushing(tmp_path, port)):
        camera = Camera(tmp_path, port)
        assert await camera.form(anpr("豫A12345", encoding="gbk"), kind="application/xml") == 200
        assert await camera.form(JSON, *BOTH, kind="application/json") == 200
        assert await camera.bare(anpr("无车牌")) == 200
        assert await camera.bare(JSON, "application/json; charset=UTF-8") == 200
        assert await camera.form(anpr(), ("vehiclePicture.jpg", b"no picture")) == 200
    assert [each.plate for each in desk.sightings] == ["豫A12345", "浙B12345", "", "浙B12345", "浙B12345"]
    assert [len(each.pictures) for each in desk.sightings] == [0, 2, 0, 0, 0]
    assert desk.nonsense == []


async def test_pictures_of_two_megabytes_come_whole(desk: Desk, port: int, tmp_path: Path) -> None:
    scene = b"\xff\xd8\xff" + os.urandom(2 * 1024 * 1024)
    async with serving(desk, pushing(tmp_path, port)):
        assert await Camera(tmp_path, port).form(anpr(), ("detectionPicture.jpg", scene), BOTH[0]) == 200
    assert desk.sightings[0].pictures == (scene, PLATE)


async def test_repeats_are_the_same_record_and_replays_are_said_so(
    desk: Desk, port: int, tmp_path: Path
) -> None:
    async with serving(desk, pushing(tmp_path, port)):
        camera = Camera(tmp_path, port)
        for count in ("1", "1", "2"):
            assert await camera.form(anpr(top={"activePostCount": count})) == 200
    assert len({each.record for each in desk.sightings}) == 1
    assert [each.replay for each in desk.sightings] == [False, False, True]


async def test_other_events_and_empty_pushes_are_signs_of_life(desk: Desk, port: int, tmp_path: Path) -> None:
    async with serving(desk, pushing(tmp_path, port)):
        camera = Camera(tmp_path, port)
        assert await camera.bare(HEARTBEAT) == 200
        assert await camera.form(MOTION) == 200
        assert await camera.bare(b"") == 200
    assert (desk.signs, desk.sightings, desk.nonsense) == (3, [], [])


async def test_a_push_that_lacks_its_end_is_taken_and_counted(desk: Desk, port: int, tmp_path: Path) -> None:
    cut = form(("anpr.xml", "text/xml", anpr()), ("detectionPicture.jpg", "image/jpeg", SCENE))[:-100]
    async with serving(desk, pushing(tmp_path, port)):
        assert await Camera(tmp_path, port).bare(cut, "multipart/form-data; boundary=boundary") == 200
    assert (len(desk.sightings), len(desk.nonsense)) == (1, 1)


NONSENSE = (
    b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;">]><EventNotificationAlert>&b;</EventNotificationAlert>',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Alert>&x;</Alert>',
    b"<a>" * 50_000,
    b"<html/>",
    b"plate=1",
    anpr(top={"ANPR": ""})[:-30],
)


async def test_attacks_are_refused_counted_and_no_signs_of_life(
    desk: Desk, port: int, tmp_path: Path
) -> None:
    async with serving(desk, pushing(tmp_path, port, serial=MAC)):
        camera = Camera(tmp_path, port)
        for nonsense in NONSENSE:
            assert await camera.form(nonsense) == 400
            assert await camera.bare(nonsense) == 400
        assert await camera.bare(b"--b\r\nbroken", "multipart/form-data; boundary=b") == 400
        assert await camera.form(anpr(top={"macAddress": "44:a6:42:00:00:02"})) == 403
        assert await Camera(tmp_path, port, "x" * 16).form(anpr()) == 404
        assert (desk.signs, desk.sightings) == (0, [])
        assert len(desk.nonsense) == 2 * len(NONSENSE) + 2
        assert await camera.form(anpr()) == 200
    assert len(desk.sightings) == 1


async def test_the_camera_opens_when_the_gate_says_so_and_only_then(
    behind: Upstream, desk: Desk, port: int, tmp_path: Path
) -> None:
    async with Apache(behind.url) as apache:
        options = pushing(tmp_path, port, url=apache.url, credentials_file=account(tmp_path))
        async with serving(desk, options) as camera:
            pushed = Camera(tmp_path, port)
            assert camera.opens
            await pushed.form(anpr())
            await eventually(lambda: behind.asked == [PUT])
            await pushed.form(anpr(top={"activePostCount": "2"}))
            desk.admit = False
            await pushed.form(anpr("浙B54321"))
            assert await camera.open()
        assert behind.asked == [PUT, PUT]
        assert "password mismatch" not in apache.log, "to see whether it lives needs no password"


async def test_an_opening_that_fails_is_said_and_harms_nothing(
    behind: Upstream, desk: Desk, port: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    behind.say(b"<ResponseStatus><statusCode>4</statusCode></ResponseStatus>", status=403)
    async with serving(desk, pushing(tmp_path, port, url=behind.url)) as camera:
        await Camera(tmp_path, port).form(anpr())
        await eventually(lambda: "did not open" in caplog.text)
        with pytest.raises(Rejected):
            await camera.open()
        behind.hang_up()
        await Camera(tmp_path, port).form(anpr())
        await eventually(lambda: "did not confirm" in caplog.text)
        before = len(behind.asked)
        assert not await camera.open()
        assert [each.method for each in behind.asked[before:]] == ["PUT"]


async def test_an_opening_under_way_ends_with_the_serving(
    behind: Upstream, desk: Desk, port: int, tmp_path: Path
) -> None:
    behind.hang()
    async with serving(desk, pushing(tmp_path, port, url=behind.url)):
        await Camera(tmp_path, port).form(anpr())
        await eventually(lambda: PUT in behind.asked)
    assert not [task for task in asyncio.all_tasks() if task.get_name().endswith("opens")]


async def test_no_answer_to_an_open_is_no_confirmation(behind: Upstream, tmp_path: Path) -> None:
    clock = ManualClock()
    behind.hang()
    camera = make_camera(streaming(tmp_path, behind.url, channel=2, reply_s=2), Desk(clock).port)
    opening = asyncio.create_task(camera.open())
    await eventually(lambda: behind.asked)
    clock.advance(2)
    assert not await opening
    assert [each.path for each in behind.asked] == ["/ISAPI/Parking/channels/2/barrierGate"]


async def test_the_event_channel_tells_of_plates_too(behind: Upstream, desk: Desk, tmp_path: Path) -> None:
    scene, plate = mixed(SCENE, "image/jpeg"), mixed(PLATE, "image/jpeg")
    behind.stream(mixed(HEARTBEAT), mixed(b"<html/>"), mixed(anpr()) + plate + scene, mixed(HEARTBEAT))
    desk.admit = False
    async with Apache(behind.url) as apache, serving(desk, streaming(tmp_path, apache.url)):
        await eventually(lambda: desk.signs == 4)
    assert [(each.plate, each.pictures) for each in desk.sightings] == [("浙B12345", (SCENE, PLATE))]
    assert len(desk.nonsense) == 1


async def test_a_channel_that_is_lost_or_refused_ends_the_serving(
    behind: Upstream, desk: Desk, tmp_path: Path
) -> None:
    behind.stream(mixed(HEARTBEAT)).set()
    assert isinstance(await ends(desk, streaming(tmp_path, behind.url)), DeviceUnreachable)
    async with Apache(behind.url) as apache:
        options = streaming(tmp_path, apache.url, credentials_file=account(tmp_path, "hemei:another"))
        assert isinstance(await ends(desk, options), CredentialsRefused)
    assert isinstance(await ends(desk, streaming(tmp_path, apache.url)), DeviceUnreachable)


async def test_a_camera_that_pushes_is_alive_while_it_answers(
    behind: Upstream, port: int, tmp_path: Path
) -> None:
    clock = ManualClock()
    desk = Desk(clock)
    ended = asyncio.create_task(ends(desk, pushing(tmp_path, port, url=behind.url)))
    for signs in range(1, 5):
        await eventually(lambda: desk.signs == signs)  # noqa: B023 - awaited within the loop
        clock.advance(20)
        behind.say(b"", status=401)  # whoever asks for a password is there
    behind.hang_up()
    await eventually(lambda: clock.advance(5) or ended.done())
    error = await ended
    assert isinstance(error, DeviceUnreachable)
    assert "said nothing for 70 s" in str(error)
    await desk.aclose()


async def test_one_that_pushes_and_cannot_be_asked_may_be_silent_for_ever(port: int, tmp_path: Path) -> None:
    clock = ManualClock()
    desk = Desk(clock)
    async with serving(desk, pushing(tmp_path, port)):
        clock.advance(1_000_000)
        await asyncio.sleep(0.6)  # two looks at the clock: nothing to await, for nothing happens
        assert await Camera(tmp_path, port).form(anpr()) == 200
    await desk.aclose()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"wire": "hikvision-stream", "url": "http://192.0.2.4"}, "needs credentials_file"),
        ({"wire": "hikvision-push"}, "needs listen, secret_file"),
        ({"url": "http://us:secret@192.0.2.4"}, "must not hold an account"),
        ({"url": "192.0.2.4"}, "url must be http"),
        ({"timezone": "Asia/Nowhere"}, "timezone 'Asia/Nowhere' is not known"),
        ({"broker": "mqtt://192.0.2.4"}, "broker is not for hikvision-stream"),
        ({"directions": {"left": Direction.IN}}, "allowed: forward, reverse"),
    ],
)
def test_wrong_options_are_said(fields: dict[str, Any], said: str, tmp_path: Path) -> None:
    whole = {"wire": "hikvision-stream", "url": "http://192.0.2.4", "credentials_file": account(tmp_path)}
    given = fields if "wire" in fields else whole | fields
    with pytest.raises(ValueError, match=said) as wrong:
        PlateOptions(**given)
    assert "secret@" not in str(wrong.value)


def test_an_account_that_digest_cannot_say_is_refused(tmp_path: Path) -> None:
    file = account(tmp_path, 'user = "a:b"\npassword = "secret"\n')
    with pytest.raises(ValueError, match="colon") as wrong:
        PlateOptions(wire="hikvision-stream", url="http://192.0.2.4", credentials_file=file)
    assert "secret" not in str(wrong.value)
