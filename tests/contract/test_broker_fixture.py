"""The private mosquitto does what the tests that use it rely on."""

from pathlib import Path

import pytest

from contract.errors import LinkError, LinkRefused
from contract.mqtt import Connection
from tests.broker import Mosquitto


async def test_comes_back_on_the_same_port(mosquitto: Mosquitto) -> None:
    await mosquitto.kill()
    with pytest.raises(LinkError):
        async with Connection(mosquitto.broker(), "a"):
            pass
    await mosquitto.start()
    async with Connection(mosquitto.broker(), "a") as link:
        assert link.alive


async def test_knows_users(tmp_path: Path) -> None:
    async with Mosquitto(tmp_path / "b", users={"guard": "secret"}) as broker:
        async with Connection(broker.broker("guard"), "a") as link:
            assert link.alive
        with pytest.raises(LinkRefused):
            async with Connection(broker.broker("guard", password="wrong"), "a"):
                pass


async def test_a_wrong_configuration_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no-such-option"):
        async with Mosquitto(tmp_path / "b", conf=["no-such-option 1"]):
            pass
