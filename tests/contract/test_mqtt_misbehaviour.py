"""The one MQTT connection against brokers that misbehave, and over TLS."""

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from pathlib import Path

import pytest
from msgspec.structs import replace

import contract.mqtt
from contract.errors import LinkError, LinkRefused
from contract.mqtt import Connection
from tests.broker import Mosquitto
from tests.certificates import Authority
from tests.contract.scripted import CONNACK, packet, publish, scripted
from tests.contract.test_mqtt import drain, take
from tests.waiting import PATIENCE_S


async def connect(broker: contract.mqtt.Broker) -> None:
    """Connect and leave."""
    async with Connection(broker, "x"):
        pass


async def listen(broker: contract.mqtt.Broker) -> None:
    """Connect and read until the link ends."""
    async with asyncio.timeout(60), Connection(broker, "x") as link:
        await drain(link)


async def test_a_broker_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract.mqtt, "CONNECT_TIMEOUT_S", 0.1)

    async def silent(reader: StreamReader, _writer: StreamWriter) -> None:
        await reader.read()

    async with scripted(silent) as broker:
        with pytest.raises(LinkError, match="does not answer"):
            await connect(broker)


async def test_a_connect_that_is_given_up_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = asyncio.Event()

    async def silent(reader: StreamReader, _writer: StreamWriter) -> None:
        await packet(reader)
        connecting.cancel()
        assert await reader.read() == b""
        gone.set()

    async with scripted(silent) as broker:
        connecting = asyncio.create_task(connect(broker))
        with pytest.raises(asyncio.CancelledError):
            await connecting
        async with asyncio.timeout(PATIENCE_S):
            await gone.wait()


async def test_a_connect_that_is_given_up_in_its_handshake_leaves_nothing(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def silent(reader: StreamReader, _writer: StreamWriter) -> None:
        assert await reader.read(1)
        connecting.cancel()
        await asyncio.wait([connecting])
        gone.set()  # and hangs up, which ends the handshake

    async with scripted(silent) as broker:
        connecting = asyncio.create_task(connect(replace(broker, ca_file=str(Authority(tmp_path).ca_file))))
        with pytest.raises(asyncio.CancelledError):
            await connecting
        async with asyncio.timeout(PATIENCE_S):
            await gone.wait()


async def test_a_broker_that_hangs_up_at_once() -> None:
    async def curt(_reader: StreamReader, _writer: StreamWriter) -> None:
        pass

    async with scripted(curt) as broker:
        with pytest.raises(LinkError):
            await connect(broker)


@pytest.mark.parametrize(
    "garbage",
    [
        b"HTTP/1.1 400 Bad Request\r\n" + b"Server: something else\r\n" * 4,
        bytes.fromhex("20 02 00 01"),  # a 3.1.1 broker's "unacceptable protocol version"
        bytes.fromhex("20 00"),
        CONNACK + bytes.fromhex("90 00"),
        CONNACK + bytes.fromhex("40 01 00"),
        CONNACK + bytes.fromhex("30 01 ff"),
        CONNACK + bytes.fromhex("ff ff ff ff ff ff"),
        CONNACK + bytes.fromhex("90 ff ff ff 7f"),
        CONNACK + bytes.fromhex("34 05 0001 74 0001"),
    ],
    ids=lambda garbage: garbage.hex()[:24],
)
async def test_bytes_that_are_not_mqtt_end_the_link(garbage: bytes) -> None:
    async def broken(reader: StreamReader, writer: StreamWriter) -> None:
        await packet(reader)
        writer.write(garbage)
        await reader.read()

    async with scripted(broken) as broker:
        with pytest.raises(LinkError):
            await listen(broker)


async def test_a_refused_subscription_is_seen() -> None:
    async def refusing(reader: StreamReader, writer: StreamWriter) -> None:
        await packet(reader)
        writer.write(CONNACK)
        request = await packet(reader)
        writer.write(b"\x90\x04" + request[2:4] + b"\x00\x87")  # SUBACK: not authorized
        await reader.read()

    async with scripted(refusing) as broker, Connection(broker, "x") as link:
        with pytest.raises(LinkRefused, match="Not authorized"):
            await link.subscribe(["secret/#"])


async def test_a_topic_that_is_not_utf8_comes_as_no_topic() -> None:
    async def odd(reader: StreamReader, writer: StreamWriter) -> None:
        await packet(reader)
        writer.write(CONNACK + publish(b"\xff\xfe", b"1") + publish(b"t", b"2"))
        await reader.read()

    async with scripted(odd) as broker, Connection(broker, "x") as link:
        assert [(each.topic, each.payload) for each in await take(link, 2)] == [("", b"1"), ("t", b"2")]


async def test_what_the_broker_says_twice_or_unasked_is_ignored() -> None:
    async def eager(reader: StreamReader, writer: StreamWriter) -> None:
        await packet(reader)
        writer.write(CONNACK * 2 + bytes.fromhex("40 02 00 09 90 04 00 09 00 01") + publish(b"t", b"1"))
        await reader.read()

    async with scripted(eager) as broker, Connection(broker, "x") as link:
        assert len(await take(link, 1)) == 1


async def test_what_tls_decrypted_at_once_is_read_at_once(tmp_path: Path) -> None:
    count = 600
    authority = Authority(tmp_path)
    finished = asyncio.Event()

    async def burst(reader: StreamReader, writer: StreamWriter) -> None:
        await packet(reader)
        writer.write(CONNACK + publish(b"t", b"x") * count)  # below 16 KiB: one TLS record
        await finished.wait()

    async with scripted(burst, tls=authority.server_context("localhost")) as broker:
        trusting = replace(broker, ca_file=str(authority.ca_file))
        queue = contract.mqtt.Queue(limit=100)
        for connection in (Connection(trusting, "x"), Connection(trusting, "x", queue=queue)):
            async with connection as link:
                assert len(await take(link, count, within_s=10)) == count
        finished.set()


async def test_over_tls_to_mosquitto(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("localhost")
    conf = [f"certfile {certificate}", f"keyfile {key}"]
    async with Mosquitto(tmp_path / "b", conf=conf) as mosquitto:
        broker = mosquitto.broker(host="localhost", ca_file=str(authority.ca_file))
        async with Connection(broker, "x") as link:
            await link.subscribe(["t"])
            for number in range(500):
                link.start_publish("t", b"%d" % number)
            assert [int(each.payload) for each in await take(link, 500)] == list(range(500))
        stranger = Authority(tmp_path / "stranger")
        with pytest.raises(LinkError, match="certificate verify failed"):
            await connect(replace(broker, ca_file=str(stranger.ca_file)))
        with pytest.raises(LinkError, match="not valid for"):
            await connect(replace(broker, host="127.0.0.1"))


def test_the_certificates_of_tests_are_good(tmp_path: Path) -> None:
    assert isinstance(Authority(tmp_path).server_context("localhost"), ssl.SSLContext)
