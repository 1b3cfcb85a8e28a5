"""What a camera may say, and what must never be said: nonsense is its error, a password is in no word."""

import asyncio
import logging
import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.errors import DeviceError, HemeiError
from drivers.camera.stream import Decoder, Garbled, Packet, Source, Stream
from drivers.runtime.credentials import Credentials
from tests.drivers.camera.bare import account, driven
from tests.drivers.camera.canned import Canned
from tests.drivers.camera.recordings import recorded
from tests.waiting import eventually

SECRET = "s3cret/:@#"


def open_and_read(url: str, packets: int, credentials: Credentials | None = None) -> None:
    source = Source(url=url, credentials=credentials, transport="tcp", timeout_s=0.5)
    with Stream(source) as stream:
        decoder = Decoder(stream.format)
        for _ in range(packets):
            decoder.decode(stream.read())


ANSWERS = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"",
            b'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="", nonce=""\r\n\r\n',
            b"RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: file:///etc/passwd\r\n\r\n",
            b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 99999999\r\n\r\n",
            b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 4\r\nContent-Type: application/sdp\r\n\r\nv=0\n",
            b"RTSP/1.0 500 No\r\nCSeq: 1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000,
            b"$\x00\xff\xff" + b"y" * 200,
        ]
    ),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers=st.lists(ANSWERS, min_size=1, max_size=4), seed=st.integers(0, 2**16))
def test_nonsense_for_an_answer_is_the_cameras_error(answers: list[bytes], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - hypothesis gives the seed

    def garble(answer: bytes) -> bytes:
        """Give nonsense, or the right answer with one byte wrong."""
        if chance.random() < 0.5:
            return answers[chance.randrange(len(answers))]
        at = chance.randrange(len(answer))
        return answer[:at] + bytes([chance.randrange(256)]) + answer[at + 1 :]

    async def talk() -> None:
        async with Canned(fps=500, answers=garble) as server:
            reading = asyncio.to_thread(open_and_read, server.url, 3, Credentials("guard", SECRET))
            work = asyncio.ensure_future(reading)
            await asyncio.wait({work}, timeout=0.2)
            await server.kill()  # what waits for more gets nothing more
            await server.start()
            with suppress(DeviceError):
                await work

    asyncio.run(talk())


def shows(decoder: Decoder, packet: Packet) -> bool:
    try:
        return decoder.decode(packet) is not None
    except Garbled:
        return False


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_broken_packets_are_garbled_or_shown_but_never_crash(data: st.DataObject) -> None:
    """A broken parameter set may make FFmpeg wait for more pictures, until the second whole one."""
    form, packets = recorded()
    decoder = Decoder(form)
    for packet in packets[:12]:
        broken = bytearray(packet.data)
        for _ in range(data.draw(st.integers(0, 4))):
            broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(0, len(broken)))
        shows(decoder, Packet(bytes(broken[:cut]) or b"\0", packet.ticks, packet.key))
    assert any(shows(decoder, packet) for packet in packets[20:])


async def test_broken_pictures_are_counted_and_the_next_good_ones_are_seen() -> None:
    chance = random.Random(4)  # noqa: S311 - breaks packets

    def breaks(packet: bytes) -> bytes:
        at = chance.randrange(14, len(packet)) if len(packet) > 40 else 0
        return packet[:at] + bytes(len(packet) - at) if at else packet

    async with Canned() as server, driven(server.url, learn_s=1) as (_, port):
        await eventually(lambda: port.is_ready)
        server.rtp = breaks
        await eventually(lambda: len(port.nonsense) > 5)
        server.rtp = lambda packet: packet
        seen = len(port.nonsense)
        await eventually(lambda: port.properties["picture"] == "ok")
    assert seen >= 5
    assert not any(isinstance(each, HemeiError) and each.code == "internal-error" for each in port.ended)


async def test_no_password_is_said_whatever_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    file = account(tmp_path, "guard", SECRET)
    asked = b'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'
    said = ""
    for answers in (
        lambda _: asked,
        lambda _: b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n",
        lambda _: b"\xff",
    ):
        async with Canned(answers=answers) as server:
            url = server.url
            async with driven(url, credentials_file=file, timeout_s=1) as (_, port):
                await eventually(lambda: port.ended)
                said += port.said()
    async with driven(url, credentials_file=file, timeout_s=1) as (_, port):  # nobody listens
        await eventually(lambda: port.ended)
        said += port.said()
    out, err = capfd.readouterr()
    for word in (SECRET, "s3cret", "guard:"):
        assert word not in said + caplog.text + out + err


def test_errors_carry_nothing_of_ffmpegs() -> None:
    with pytest.raises(DeviceError) as refused:
        open_and_read("rtsp://127.0.0.1:1/x", 1, Credentials("guard", SECRET))
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    assert "s3cret" not in repr(Credentials("guard", SECRET))
