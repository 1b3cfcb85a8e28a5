"""What people tell a gate through the API, and what its boom does: the whole product as it runs.

Real mosquitto and real processes. The boom is our own simulator; what its limit switches say at the moments
that matter is read from its board by Debian's mbpoll.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import pytest_asyncio

from contract.messages import ActionStatus, Availability, Result
from contract.mqtt import Broker
from contract.topics import Address
from hemei.settings import simulator_settings
from hemei.site import read_site
from simulators.control import ask_truth
from tests.drivers.stage import Ear, listening
from tests.freezing import freeze
from tests.hemei.demos import RunningDemo, running_demo
from tests.peers import require_program
from tests.simulators.wiring import Mbpoll
from tests.waiting import PATIENCE_S, eventually

pytestmark = [pytest.mark.xdist_group("lane-1"), pytest.mark.asyncio(loop_scope="module")]

LANES = ("west-in", "west-out", "east-out", "east-in", "garage-1-out")
"""Where no car comes in the first minutes of the story."""
STORY = ("--scenario", "quiet-night", "--kinds", "gate", "--gates", "8")
DRIVERS = "drivers-gates"


class Limits(NamedTuple):
    """The limit switches of a boom."""

    up: bool
    down: bool


UP, DOWN = Limits(up=True, down=False), Limits(up=False, down=True)


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A gate of the running community: its API, its board, and what is heard of it on MQTT."""

    demo: RunningDemo
    guard: httpx.AsyncClient
    ear: Ear
    control: Path
    name: str

    @property
    def address(self) -> Address:
        return Address("hemei", "gate", self.name)

    @property
    def path(self) -> str:
        return f"/api/v1/devices/{self.address}"

    async def post(self, action: str, wait_s: float | None = None, **body: Any) -> httpx.Response:
        wait = {} if wait_s is None else {"wait": wait_s}
        return await self.guard.post(f"{self.path}/actions/{action}", params=wait, json=body)

    async def outcome(self, action: str, **body: Any) -> dict[str, Any]:
        """Ask for an action and wait for what becomes of it."""
        answer = await self.post(action, wait_s=30, **body)
        assert answer.status_code == 200, answer.text
        outcome: dict[str, Any] = answer.json()
        return outcome

    async def limits(self) -> Limits:
        """Ask the board itself."""
        read = await Mbpoll(self.demo.ready["devices"][str(self.address)]["wire"]).inputs(count=2)
        assert read.code == 0, read.text
        return Limits(up=bool(read.values[0]), down=bool(read.values[1]))

    async def opens(self) -> int:
        """Count how often the board was told to open."""
        return int((await ask_truth(self.control, f"gate/{self.name}"))["open_pulses"])

    async def breaks(self, fault: str) -> None:
        """Break it as a user would; `none` mends it."""
        site = str(self.demo.folder / "data" / "site.toml")
        command = (sys.executable, "-m", "hemei", "simulators", "--config", site)
        process = await asyncio.create_subprocess_exec(
            *command, "--fault", f"gate/{self.name}={fault}", stdout=asyncio.subprocess.DEVNULL
        )
        assert await process.wait() == 0

    def results(self, ident: str) -> list[Result]:
        """Return what the driver itself has said of an action."""
        return [each for each in self.ear.all(Result, self.address) if each.id == ident]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def community(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Lane]]:
    """Run one community for all tests here; each takes a lane of its own."""
    require_program("mosquitto", "mosquitto")
    async with (
        running_demo(tmp_path_factory.mktemp("demo"), *STORY) as demo,
        demo.client("guard") as guard,
        listening(Broker(**demo.ready["mqtt"])) as ear,
    ):
        guard.timeout = httpx.Timeout(40)
        control = simulator_settings(read_site(demo.folder / "data" / "site.toml")).control_socket
        assert control
        yield {name: Lane(demo=demo, guard=guard, ear=ear, control=control, name=name) for name in LANES}


def signal_drivers(demo: RunningDemo, what: signal.Signals) -> int:
    """Send a signal to the driver host; its process id."""
    pid: int = demo.ready["processes"][DRIVERS]
    os.kill(pid, what)
    return pid


async def test_open_is_answered_when_the_limit_switch_says_so(community: dict[str, Lane]) -> None:
    lane = community["west-in"]
    assert await lane.limits() == DOWN
    asked = asyncio.create_task(lane.outcome("open", reason="a visitor"))
    while not await lane.opens():
        assert not asked.done()
    assert not (await lane.limits()).up
    assert not asked.done()
    outcome = await asked
    assert await lane.limits() == UP
    assert (outcome["status"], outcome["error"]) == ("succeeded", None)
    assert (outcome["issuer"], outcome["reason"]) == ("token:demo-guard", "a visitor")
    assert [each.status.value for each in lane.results(outcome["id"])] == ["accepted", "succeeded"]
    assert await lane.opens() == 1
    assert (await lane.outcome("close"))["status"] == "succeeded"
    assert await lane.limits() == DOWN


async def test_a_jammed_arm_is_answered_with_the_reason(community: dict[str, Lane]) -> None:
    lane = community["west-out"]
    await lane.breaks("jam")
    outcome = await lane.outcome("open")
    assert outcome["status"] == "failed"
    assert outcome["error"] == {"code": "limit-timeout", "message": "the board reports limit-timeout"}
    assert await lane.limits() == DOWN
    assert await lane.opens() == 1
    await lane.breaks("none")
    assert (await lane.outcome("open"))["status"] == "succeeded"
    assert await lane.limits() == UP


async def test_while_the_driver_is_frozen_an_action_expires_and_does_not_happen_later(
    community: dict[str, Lane],
) -> None:
    lane = community["east-out"]
    before = await lane.opens()
    freeze(lane.demo.ready["processes"][DRIVERS])
    try:
        outcome = await lane.outcome("open", expires_in_s=1)
    finally:
        signal_drivers(lane.demo, signal.SIGCONT)
    assert (outcome["status"], outcome["error"]["code"]) == ("expired", "expired")
    # The request lay in the driver's socket all the time: now it has read it.
    own_word = await lane.ear.outcome(lane.address, outcome["id"])
    assert own_word.status is ActionStatus.EXPIRED
    assert (await lane.outcome("open"))["status"] == "succeeded"
    assert await lane.opens() == before + 1
    assert await lane.limits() == UP


async def test_while_the_driver_is_dead_an_action_expires_and_does_not_happen_later(
    community: dict[str, Lane],
) -> None:
    lane = community["east-in"]
    before = await lane.opens()
    heard = len(lane.ear.all(Availability, lane.address))
    killed = signal_drivers(lane.demo, signal.SIGKILL)
    outcome = await lane.outcome("open", expires_in_s=1)
    assert (outcome["status"], outcome["error"]["code"]) == ("expired", "expired")
    await eventually(lambda: lane.demo.ready["processes"].get(DRIVERS) not in (None, killed))
    await eventually(lambda: "ready" in said_since(lane, heard))
    assert (await lane.outcome("open"))["status"] == "succeeded"
    assert await lane.opens() == before + 1
    assert lane.results(outcome["id"]) == [], "no driver has ever seen it"
    assert await lane.limits() == UP


def said_since(lane: Lane, heard: int) -> list[str]:
    """Return what was said of the gate's availability after the first `heard` times."""
    return [each.status.value for each in lane.ear.all(Availability, lane.address)[heard:]]


async def test_who_waits_too_briefly_asks_again(community: dict[str, Lane]) -> None:
    lane = community["garage-1-out"]
    answer = await lane.post("open", wait_s=0.3)
    assert answer.status_code == 202
    asked = answer.json()
    assert (asked["status"], asked["ended"]) == ("accepted", None)
    assert not (await lane.limits()).up
    await lane.ear.outcome(lane.address, asked["id"])
    async with asyncio.timeout(PATIENCE_S):
        while (known := (await lane.guard.get(f"/api/v1/actions/{asked['id']}")).json())["ended"] is None:
            pass  # the hub hears of it when we do
    assert known["status"] == "succeeded"
    assert await lane.limits() == UP


async def test_a_wall_does_not_open_and_nobody_opens_what_is_not_there(community: dict[str, Lane]) -> None:
    lane = community["west-in"]
    before = await lane.opens()
    async with lane.demo.client("wall") as wall:
        assert (await wall.post(f"{lane.path}/actions/open")).status_code == 403
    unknown = await lane.guard.post("/api/v1/devices/hemei/gate/south/actions/open")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "there is no device hemei/gate/south")
    assert (await lane.post("fly")).status_code == 404
    assert await lane.opens() == before
