"""A gate that its plate camera opens: by the answer to a plate, and by its relay.

No plate camera of another author runs on a test machine: `curl` pushes what we composed from the vendor's
document, and our own simulator plays a camera with a barrier behind its relay.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract import passes
from contract.errors import ConfigurationError
from contract.messages import Result
from drivers.gate.state import GateState
from drivers.gate.watch import CLOSED, OPENED
from drivers.lpr.contacts import Contacts
from drivers.lpr.options import Inputs, LprOptions
from drivers.lpr.shown import properties
from drivers.plates.camera import Contact
from drivers.plates.passing import Scene
from drivers.plates.rules import LaneOptions
from drivers.runtime.families import make_driver
from simulators.host import SimulatedDevice
from tests.broker import Mosquitto
from tests.drivers.gate.entrance import (
    GATE,
    LISTED,
    UNKNOWN,
    Entrance,
    camera_options,
    gate_device,
    port_of,
)
from tests.drivers.plates import pushes
from tests.drivers.plates.curl import Curl
from tests.drivers.stage import Pretend, listening, pretending, succeeded

INPUTS = {"loop": 0, "up": 1, "down": 2}


class CameraGate(Entrance):
    """A gate of family lpr. `curl` plays its camera, or a pretend one does."""

    async def contact(self, number: int, closed: bool) -> None:
        """Let an input of the camera change."""
        body = msgspec.json.encode(pushes.gio_in(number, int(closed)))
        assert (await self.camera.push(body)).status == 200

    async def wake(self) -> None:
        """Let the camera say that it is there; a pretend one does that itself."""
        kind, body = pushes.heartbeat()
        while not self.pretend.wires and (await self.camera.push(body, kind=kind)).status != 200:
            continue


class Open:
    """Opens gates for a test."""

    def __init__(self, broker: Mosquitto, folder: Path) -> None:
        self._broker, self._folder = broker, folder

    @asynccontextmanager
    async def bare(self, **options: Any) -> AsyncIterator[CameraGate]:
        """Run a gate whose camera is `curl`."""
        async with (
            pretending() as pretend,
            self._made(pretend, camera_options(self._folder), options) as made,
        ):
            yield made

    @asynccontextmanager
    async def pretended(self, **options: Any) -> AsyncIterator[CameraGate]:
        """Run a gate whose camera and barrier are pretended; the cars that come are listed."""
        said = camera_options(self._folder)
        cars = self._folder / "cars.json"
        cars.write_bytes(msgspec.json.encode({"residents": ["粤A54321", LISTED]}))
        camera = {"comet": True, "poll_s": 0.4, "plates_file": str(cars)}
        own = {"plates": said, "camera": camera}
        device = SimulatedDevice(kind="gate", id="east", family="lpr", options=own)
        async with (
            pretending(device) as pretend,
            self._made(pretend, said, {"inputs": INPUTS, **options}) as made,
        ):
            yield made

    @asynccontextmanager
    async def _made(
        self, pretend: Pretend, said: dict[str, Any], options: dict[str, Any]
    ) -> AsyncIterator[CameraGate]:
        async with listening(self._broker.broker()) as ear:
            made = CameraGate(
                pretend=pretend,
                ear=ear,
                folder=self._folder,
                broker=self._broker,
                camera=Curl(self._folder, port_of(said)),
                device=gate_device("lpr", {"plates": said, **options}),
            )
            async with made.running_host():
                yield made


@pytest.fixture
def opened(mosquitto: Mosquitto, tmp_path: Path) -> Open:
    return Open(mosquitto, tmp_path)


def code(result: Result) -> tuple[str, str | None]:
    return result.status.value, result.error.code if result.error else None


async def test_a_listed_car_is_let_in_and_its_contacts_show_it(opened: Open) -> None:
    async with opened.pretended() as east:
        east.pretend.happen("gate/east", "vehicle-arrives")
        (passed,) = await east.passes()
        assert (passed["plate"], passed["means"], passed["confirmed"]) == (LISTED, "plate", True)
        await east.opened_times(1)
        (up,) = await east.events(OPENED)
        (down,) = await east.events(CLOSED)
        assert (up.data, down.data) == ({"commanded": True}, {"commanded": False})
        await east.shows(state="closed", position=0, vehicle_under_boom=False, list="good")


async def test_open_succeeds_when_a_contact_shows_it(opened: Open) -> None:
    async with opened.pretended() as east:
        assert succeeded(await east.ear.do(GATE, "open"))
        assert east.truth("up_limit")
        await east.opened_times(1)


async def test_a_boom_that_does_not_move_is_no_success_whatever_the_relay_says(opened: Open) -> None:
    async with opened.pretended(move_timeout_s=1.5) as east:
        east.pretend.fault("gate/east", "jam")
        assert code(await east.ear.do(GATE, "open")) == ("failed", "outcome-unknown")
        await east.opened_times(1)


async def test_without_contacts_no_more_is_claimed_than_is_seen(opened: Open) -> None:
    async with opened.pretended(inputs={}) as east:
        assert code(await east.ear.do(GATE, "open")) == ("failed", "outcome-unknown")
        await east.opened_times(1)
        await east.shows(state="unknown", position=None, vehicle_under_boom=None)


async def test_without_contacts_an_admission_is_a_pass_that_nobody_saw(opened: Open) -> None:
    async with opened.bare() as east:
        assert not await east.lets_in(UNKNOWN)
        await east.shows(waiting=True)
        assert await east.lets_in(LISTED)
        (passed,) = await east.passes()
        assert (passed["plate"], passed["means"], passed["confirmed"]) == (LISTED, "plate", False)
        assert await east.lets_in(LISTED), "it came down before it went"
        await east.events(passes.PLATE_RECOGNISED, 3)
        await east.passes()


async def test_a_camera_that_cannot_be_told_to_open_says_so(opened: Open) -> None:
    async with opened.bare() as east:
        assert code(await east.ear.do(GATE, "open")) == ("refused", "not-supported")


async def test_fire_lets_everybody_pass_until_it_is_over(opened: Open) -> None:
    async with opened.pretended() as east:
        assert succeeded(await east.ear.do(GATE, "fire-release", {"active": True}))
        await east.shows(fire=True, state="open")
        await east.stop()
        await east.start()
        await east.shows(fire=True)
        assert await east.lets_in(UNKNOWN)
        assert succeeded(await east.ear.do(GATE, "fire-release", {"active": False}))
        assert not await east.lets_in("沪D11111")


async def test_contacts_tell_of_the_camera_that_is_there(opened: Open) -> None:
    async with opened.bare(inputs=INPUTS, normally_closed=("loop",)) as east:
        await east.contact(2, True)
        await east.shows(state="closed", position=0)
        await east.contact(2, False)
        await east.shows(state="unknown", position=None)
        await east.contact(1, True)
        await east.shows(state="open", position=100)
        await east.contact(0, False)
        await east.shows(vehicle_under_boom=True)
        await east.contact(9, True)
        await east.shows(vehicle_under_boom=True, state="open")


# --- what contacts mean


def contacts(*changes: tuple[int, bool], **inputs: int) -> Contacts:
    plates = LaneOptions(wire="zhenshi-mqtt", broker="mqtt://127.0.0.1", serial="1")
    made = Contacts(LprOptions(plates=plates, inputs=Inputs(**inputs)))
    for number, closed in changes:
        made.take(Contact(number, closed))
    return made


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ((), GateState.UNKNOWN),
        (((1, True),), GateState.OPEN),
        (((2, True),), GateState.CLOSED),
        (((2, True), (2, False)), GateState.UNKNOWN),
        (((1, False), (2, True), (2, False)), GateState.OPENING),
        (((2, False), (1, True), (1, False)), GateState.CLOSING),
        (((1, True), (2, True)), GateState.UNKNOWN),
    ],
)
def test_limits_show_the_boom(changes: tuple[tuple[int, bool], ...], state: GateState) -> None:
    assert contacts(*changes, **INPUTS).state is state


def test_one_limit_shows_what_it_can() -> None:
    down = contacts((2, True), down=2)
    assert (down.is_open, down.scene(fire=False).down, down.state) == (False, True, GateState.CLOSED)
    down.take(Contact(2, False))
    assert (down.is_open, down.scene(fire=False).down, down.state) == (True, False, GateState.UNKNOWN)
    up = contacts((1, True), up=1)
    assert (up.is_open, up.scene(fire=False).down) == (True, False)
    up.take(Contact(1, False))
    assert (up.is_open, up.scene(fire=False).down) == (False, None), "it may be anywhere below"


def test_a_camera_that_is_lost_shows_nothing() -> None:
    lost = contacts((2, True), (0, True), **INPUTS)
    lost.lost()
    assert lost.scene(fire=False) == Scene(loop=False)
    shown = properties(lost, fire=False)
    assert (shown["state"], shown["position"], shown["vehicle-under-boom"]) == ("unknown", None, None)
    assert lost.scene(fire=True).to_all is passes.Means.FIRE


def test_a_camera_that_cannot_open_is_no_gate(tmp_path: Path) -> None:
    camera = camera_options(tmp_path, wire="hikvision-push")
    with pytest.raises(ConfigurationError, match="url"):
        make_driver(gate_device("lpr", {"plates": camera}))


@pytest.mark.parametrize("inputs", [{"up": 16}, {"loop": 1, "up": 1}, {"pedal": 3}])
def test_wrong_inputs_are_named(tmp_path: Path, inputs: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError, match="inputs"):
        make_driver(gate_device("lpr", {"plates": camera_options(tmp_path), "inputs": inputs}))
