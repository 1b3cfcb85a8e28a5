"""The line and its keys: secure channel, loss, noise, several readers; on readers of libosdp's own.

The peer is libosdp's peripheral device in a process of its own.
"""

import asyncio
import logging
import threading
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from contract.messages import State
from drivers.door import events
from tests.broker import Mosquitto
from tests.drivers.door.third_party import (
    ALICE,
    CONTACT,
    KEY,
    OTHER_KEY,
    STRANGER,
    door,
    house,
)
from tests.drivers.stage import HOST_ADDRESS, succeeded
from tests.peers import require_program
from tests.waiting import eventually


async def test_a_wrong_key_is_told_and_never_shown(
    mosquitto: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with house(mosquitto, tmp_path) as home:
        await home.start(home.device(key=OTHER_KEY), ready=False)
        lost = await home.ear.status(door(1), "disconnected")
        assert lost.reason
        assert "does not have the key" in lost.reason
        offline = await home.event(events.READER_OFFLINE)
        assert offline.data == {"reason": "wrong-key"}
        home.readers.card(ALICE)
        assert home.properties()["secure-channel"] is False
        assert not home.readers.seen("output")
        spoken = b"".join(each.payload for each in home.ear.heard)
        for said in (caplog.text, "".join(capfd.readouterr()), spoken.decode(errors="replace")):
            assert OTHER_KEY not in said.lower()
            assert repr(bytes.fromhex(OTHER_KEY))[2:-1] not in said


async def test_clear_text_is_refused(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path, {"address": 1, "secure": False}) as home:
        for install in (False, True):
            await home.start(home.device(install=install), ready=False)
            home.readers.card(ALICE)
            lost = await home.ear.status(door(1), "disconnected")
            assert lost.reason
            assert "only clear text" in lost.reason
            await home.stop()
        assert not home.readers.seen("output")


async def test_a_new_reader_is_keyed_only_where_that_is_allowed(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path, {"address": 1, "install": True}) as home:
        await home.start(ready=False)
        lost = await home.ear.status(door(1), "disconnected")
        assert lost.reason
        assert "refused" in lost.reason
        assert not home.readers.seen("keyset")
        await home.stop()
        await home.start(home.device(install=True))
        await home.event(events.READER_KEYED)
        assert home.readers.seen("keyset", key=KEY)
        await home.stop()
        await home.start()
        home.readers.card(ALICE)
        await home.event(events.GRANTED)


@pytest.mark.parametrize("how", ["hang up", "silence"])
async def test_a_reader_that_was_pulled_comes_back_as_it_is(
    mosquitto: Mosquitto, tmp_path: Path, how: str
) -> None:
    two = [{"address": address, "key": KEY} for address in (1, 2)]
    async with house(mosquitto, tmp_path, *two) as home:
        await home.start(home.device(1), home.device(2))
        await home.shows(1, state="closed")
        await home.shows(2, state="closed")
        pull: dict[str, Any] = {"hang_up": True} if how == "hang up" else {"silent": [1]}
        home.readers.tell(**pull)
        await home.ear.status(door(1), "disconnected")
        await home.shows(1, state="unknown", locked=None, secure_channel=False)
        await home.event(events.READER_OFFLINE)
        if how == "silence":
            home.readers.card(ALICE, address=2)
            await home.event(events.GRANTED, address=2)
            assert not home.events(events.READER_OFFLINE, 2), "the neighbour does not notice"
        home.readers.tell(address=1, input=CONTACT, on=1)
        home.readers.tell(silent=[])
        await home.event(events.READER_ONLINE)
        await home.shows(1, state="open", secure_channel=True)
        assert (await home.event(events.OPENED)).data == {"cause": "unknown"}
        assert succeeded(await home.do("unlock"))


async def test_an_open_whose_answer_is_lost_is_not_said_again(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start()
        await home.shows(state="closed")
        home.readers.tell(silent=[1])
        lost = await home.do("unlock")
        assert (lost.status, lost.error and lost.error.code) == ("failed", "outcome-unknown")
        home.readers.tell(silent=[])
        await home.event(events.READER_ONLINE)
        home.readers.card(STRANGER)
        await home.event(events.DENIED)
        assert not home.readers.seen("output"), "late is never"


async def test_noise_on_the_line_is_counted_and_harmless(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        home.readers.tell(noise="00ff1753a7")
        await home.start()
        home.readers.card(ALICE)
        await home.event(events.GRANTED)
        await eventually(
            lambda: (
                (host := home.ear.last(State, HOST_ADDRESS)) and int(str(host.properties["malformed"])) > 3
            ),
            10,
        )
        home.readers.tell(noise="")
        assert succeeded(await home.do("unlock"))


async def test_starting_often_costs_nothing(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        me = psutil.Process()
        used = []
        for _ in range(6):
            await home.start()
            await home.stop()
            threads = [each for each in threading.enumerate() if not each.name.startswith("asyncio")]
            used.append((me.num_fds(), len(threads)))
        assert min(used[3:]) <= max(used[:3]), f"what is left open adds up: {used}"
        assert not [each for each in asyncio.all_tasks() if "door" in repr(each.get_coro())]


async def test_over_a_serial_line(mosquitto: Mosquitto, tmp_path: Path) -> None:
    """A pair of pseudo-terminals stands for the adapter; they know no speed and no collisions."""
    socat = require_program("socat", "socat")
    async with house(mosquitto, tmp_path) as home:
        end = tmp_path / "panel-end"
        joint = await asyncio.create_subprocess_exec(
            socat, f"pty,raw,echo=0,link={end}", f"tcp:127.0.0.1:{home.readers.port}"
        )
        try:
            await eventually(end.exists)
            device = home.device()
            wire = f"osdp-serial://{end}?address=1"
            await home.start(msgspec.structs.replace(device, options={**device.options, "wire": wire}))
            assert succeeded(await home.do("unlock"))
        finally:
            joint.terminate()
            await joint.wait()
        lost = await home.ear.status(door(1), "disconnected")
        assert lost.reason


async def test_four_readers_share_a_line(mosquitto: Mosquitto, tmp_path: Path) -> None:
    four = [{"address": address, "key": KEY} for address in range(1, 5)]
    async with house(mosquitto, tmp_path, *four) as home:
        await home.start(*(home.device(address) for address in range(1, 5)))
        for address in range(1, 5):
            await home.ear.status(door(address), "ready")
            await home.shows(address, state="closed", secure_channel=True)
            home.readers.card(ALICE, address=address)
        for address in range(1, 5):
            await home.event(events.GRANTED, address=address)
            await eventually(lambda at=address: home.readers.seen("output", address=at))  # type: ignore[misc]  # bound now
        assert len([each for each in home.readers.saw if each.get("saw") == "output"]) == 4
