"""Devices' own connections to a broker, against a real mosquitto."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from contract.clock import ManualClock, SystemClock
from contract.errors import DeviceError, DeviceUnreachable
from contract.mqtt import Broker, Connection
from drivers.mqtt.endpoint import parse_broker
from drivers.mqtt.link import linked
from tests.broker import Mosquitto

DEVICE = "hemei/gate/east-in"
RULES = "user ours\ntopic readwrite device/#\n"


@pytest_asyncio.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    users = {"ours": "a-password-of-ours", "camera": "c"}
    async with Mosquitto(tmp_path / "guarded", users=users, acl=RULES) as broker:
        yield broker


async def told(broker: Broker, topic: str, payload: bytes) -> None:
    async with Connection(broker, "device") as device:
        await device.publish(topic, payload)


async def test_what_is_not_taken_comes_again(mosquitto: Mosquitto) -> None:
    clock = SystemClock()
    async with linked(mosquitto.broker(), DEVICE, ["device/#"], clock) as link:
        await told(mosquitto.broker(), "device/a", b"1")
        await told(mosquitto.broker(), "device/a", b"2")
        said = link.messages()
        link.taken(await anext(said))
        assert (await anext(said)).payload == b"2"
    await told(mosquitto.broker(), "device/a", b"3")
    async with linked(mosquitto.broker(), DEVICE, ["device/#"], clock) as link:
        said = link.messages()
        assert [(await anext(said)).payload for _ in range(2)] == [b"2", b"3"]


async def test_what_has_waited_does_not_keep_us_out(mosquitto: Mosquitto) -> None:
    clock = SystemClock()
    async with linked(mosquitto.broker(), DEVICE, ["device/#"], clock):
        pass
    for number in range(5):
        await told(mosquitto.broker(), "device/a", str(number).encode())
    async with linked(mosquitto.broker(), DEVICE, ["device/#"], clock) as link:
        said = link.messages()
        assert [(await anext(said)).payload for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]


async def test_on_3_1_1_nothing_is_kept_and_commands_are_not_confirmed(mosquitto: Mosquitto) -> None:
    old, clock = mosquitto.broker(protocol="3.1.1"), SystemClock()
    async with linked(old, DEVICE, ["device/#"], clock) as link:
        assert await link.publish("device/a", b"1")
        assert not await link.publish("device/a", b"2", valid_s=3)
        said = link.messages()
        assert [(each.qos, each.payload) for each in [await anext(said), await anext(said)]] == [
            (1, b"1"),
            (0, b"2"),
        ]
    async with linked(old, DEVICE, ["device/#"], clock) as link:
        await told(old, "device/a", b"3")
        assert (await anext(link.messages())).payload == b"3"


async def test_who_we_are_comes_from_address_and_file(guarded: Mosquitto, tmp_path: Path) -> None:
    file = tmp_path / "ours.mqtt"
    file.write_text("a-password-of-ours\n")
    broker = parse_broker(f"mqtt://ours@{guarded.host}:{guarded.port}", str(file))
    async with linked(broker, DEVICE, ["device/#"], SystemClock()) as link:
        assert await link.publish("device/a", b"1")
        with pytest.raises(DeviceError) as denied:
            await link.publish("elsewhere", b"1")
    assert denied.value.code == "publish-denied"


async def test_a_wrong_password_is_told_without_it(guarded: Mosquitto) -> None:
    wrong = Broker(host=guarded.host, port=guarded.port, username="ours", password="a-wrong-one")
    with pytest.raises(DeviceUnreachable) as refused:
        async with linked(wrong, DEVICE, ["device/#"], SystemClock()):
            raise AssertionError("let in")
    assert "a-wrong-one" not in str(refused.value)


async def test_a_broker_that_goes_is_told_to_whoever_listens(mosquitto: Mosquitto) -> None:
    async with linked(mosquitto.broker(), DEVICE, ["device/#"], SystemClock()) as link:
        said = link.messages()
        listening = asyncio.ensure_future(anext(said))
        await mosquitto.kill()
        with pytest.raises(DeviceUnreachable):
            await listening
        with pytest.raises(DeviceUnreachable):
            await link.publish("device/a", b"1")
    with pytest.raises(DeviceUnreachable):
        async with linked(mosquitto.broker(), DEVICE, ["device/#"], SystemClock()):
            raise AssertionError("let in")


async def test_a_broker_that_confirms_nothing_leaves_it_open(mosquitto: Mosquitto) -> None:
    clock = ManualClock()
    async with linked(mosquitto.broker(), DEVICE, ["device/#"], clock) as link:
        mosquitto.freeze()
        try:
            sending = asyncio.create_task(link.publish("device/a", b"1"))
            while not sending.done():
                clock.advance(1)
                await asyncio.wait({sending}, timeout=0.01)
            assert await sending is False
        finally:
            mosquitto.thaw()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("192.0.2.5", "mqtt://USER@HOST"),
        ("http://192.0.2.5", "mqtt://USER@HOST"),
        ("mqtt://", "mqtt://USER@HOST"),
        ("mqtt://192.0.2.5:99999", "mqtt://USER@HOST"),
        ("mqtt://192.0.2.5/cameras", "mqtt://USER@HOST"),
        ("mqtt://ours@192.0.2.5", "password_file go together"),
        ("mqtt://ours:secret@192.0.2.5", "must not hold a password"),
        ("mqtts://192.0.2.5", "ca_file go together"),
        ("mqtt://192.0.2.5?protocol=3", "5 or 3.1.1"),
        ("mqtt://192.0.2.5?qos=1", "unknown qos"),
    ],
)
def test_addresses_that_are_none(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as wrong:
        parse_broker(url)
    assert ":secret@" not in str(wrong.value)


def test_addresses(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("p\n")
    plain = parse_broker("mqtt://192.0.2.5?protocol=3.1.1")
    assert (plain.host, plain.port, plain.username, plain.protocol) == ("192.0.2.5", 1883, None, "3.1.1")
    safe = parse_broker("mqtts://a%40b@broker.example", str(file), "ca.pem")
    assert (safe.port, safe.username, safe.password, safe.ca_file) == (8883, "a@b", "p", "ca.pem")
    for text in ("", "two\nlines"):
        file.write_text(text)
        with pytest.raises(ValueError, match="one line"):
            parse_broker("mqtt://a@192.0.2.5", str(file))
    with pytest.raises(ValueError, match="cannot be read"):
        parse_broker("mqtt://a@192.0.2.5", str(tmp_path / "none"))
