"""The east gate and a lobby as the hub hears them: a script in place of their drivers, on a real broker.

Data sheets and alarms are those that ship; hub, broker, register and pages are real.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import cv2
import msgspec
import numpy as np
from playwright.async_api import Browser, ViewportSize

from contract.clock import SystemClock
from contract.codec import decode, encode
from contract.errors import InvalidMessage
from contract.messages import Action, ActionStatus, Availability, AvailabilityStatus, Event, Result, State
from contract.mqtt import Connection
from contract.things import Location, Thing, ThingModel
from contract.topics import Address, Channel, everything
from contract.topics import parse as parse_topic
from drivers.door.model import DOOR
from drivers.gate.model import GATE_WITH_PLATES
from hemei.alarms.shipped import shipped
from hub.access.roles import Role
from hub.alarms.definition import Definition
from hub.app import PAGES
from tests.broker import Mosquitto
from tests.browser.chromium import DESKTOP, STARTED, Screen, screen
from tests.hub.api.house import House, house
from tests.waiting import eventually

TITLE: Final = {"zh-CN": "和美小区", "en": "Hemei Community"}
AREAS: Final = {"east-gate": {"zh-CN": "东门", "en": "East gate"}}
EAST_IN: Final = Address("hemei", "gate", "east-in")
EAST_OUT: Final = Address("hemei", "gate", "east-out")
LOBBY: Final = Address("hemei", "door", "lobby-3")
TITLES: Final = {
    EAST_IN: {"zh-CN": "东门入口", "en": "East gate, in"},
    EAST_OUT: {"zh-CN": "东门出口", "en": "East gate, out"},
    LOBBY: {"zh-CN": "3栋大堂门", "en": "Lobby of building 3"},
}
EVERY_S: Final = 2.0
AT_GATE: Final = ("gate-unknown-plate", "gate-blocked-plate")
WELL: Final[dict[str, Any]] = {
    "state": "closed",
    "position": 0,
    "fault": "none",
    "plate-camera": "ready",
    "waiting": False,
    "list": "good",
    "vehicles-listed": 3,
}
clock = SystemClock()


def alarms() -> tuple[Definition, ...]:
    """Return the alarms about plates, but for the work orders that they make."""
    return tuple(msgspec.structs.replace(shipped().definitions[key], order=None) for key in AT_GATE)


@dataclass
class Entrance:
    """Two gates and a door, and what they say."""

    hub: House
    link: Connection
    broker: Mosquitto
    states: dict[Address, dict[str, Any]] = field(default_factory=dict)
    asked: list[Action] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))

    async def appear(self, address: Address, model: ThingModel, state: dict[str, Any]) -> None:
        """Have a device describe itself."""
        place = Location(area="east-gate", floor=0, x=0.8, y=0.4)
        thing = Thing(
            address=address, title=TITLES[address], model=model, driver=None, product=None, location=place
        )
        ready = Availability(status=AvailabilityStatus.READY, ts=clock.now())
        self.states[address] = dict(state)
        await self.link.publish(address.topic(Channel.DESCRIPTION), thing.description(), retain=True)
        await self.link.publish(address.topic(Channel.AVAILABILITY), encode(ready), retain=True)
        await self.say(address)

    async def say(self, address: Address, **properties: Any) -> None:
        """Have a device say something else; underscores stand for dashes."""
        self.states[address] |= {name.replace("_", "-"): value for name, value in properties.items()}
        state = State(ts=clock.now(), boot=1, seq=next(self.numbers), properties=self.states[address])
        await self.link.publish(address.topic(Channel.STATE), encode(state), retain=True)

    async def tell(self, address: Address, of: str, **data: Any) -> None:
        """Have a device report something; underscores stand for dashes."""
        number = next(self.numbers)
        event = Event(
            specversion="1.0",
            id=f"told-{number}",
            source=str(address),
            type=of,
            time=clock.now(),
            data={name.replace("_", "-"): value for name, value in data.items()},
        )
        await self.link.publish(address.topic(Channel.EVENT), encode(event))

    async def picture(self, plate: str) -> str:
        """Have the gate's camera send a picture; returns what an event names it by."""
        content = lane(plate)
        sha256 = hashlib.sha256(content).hexdigest()
        await self.link.publish(EAST_IN.topic(Channel.MEDIA, sha256), content)
        return sha256

    async def live(self) -> None:
        """Say again and again what there is to say."""
        while True:
            for address in tuple(self.states):
                await self.say(address)
            await asyncio.sleep(EVERY_S)

    async def obey(self) -> None:
        """Do what is asked; a gate that opened has nobody waiting before it."""
        async for message in self.link:
            with suppress(InvalidMessage):
                address = parse_topic(message.topic).address
                action = decode(Action, message.payload)
                self.asked.append(action)
                if address.kind == "gate":
                    await self.say(address, state="open", position=100, waiting=False)
                done = Result(id=action.id, status=ActionStatus.SUCCEEDED, ts=clock.now())
                await self.link.publish(address.topic(Channel.RESULT), encode(done))

    async def office(self, path: str, **body: Any) -> dict[str, Any]:
        """Have the property office write into the register."""
        answer = await self.hub.http.post(
            f"/api/v1/register{path}", json=body, headers=self.hub.bearer(Role.SUPERVISOR)
        )
        assert answer.status_code in (200, 201), answer.text
        made: dict[str, Any] = answer.json()
        return made


def lane(plate: str) -> bytes:
    """Draw a JPEG of a lane with a vehicle; its colour tells the plate."""
    hue = sum(map(ord, plate)) % 200
    pixels = np.full((360, 640, 3), (60, 60, 60), np.uint8)
    cv2.rectangle(pixels, (160, 120), (480, 320), (hue, 255 - hue, 120), -1)
    cv2.rectangle(pixels, (250, 260), (390, 300), (200, 90, 20), -1)
    _, jpeg = cv2.imencode(".jpg", pixels)
    return bytes(jpeg)


@asynccontextmanager
async def entrance(folder: Path) -> AsyncIterator[Entrance]:
    """Run the entrance, all well."""
    async with (
        Mosquitto(folder / "broker") as broker,
        house(
            folder, broker=broker.broker(), built=PAGES, gate=False, title=TITLE, areas=AREAS, alarms=alarms()
        ) as hub,
        Connection(broker.broker(), "script") as link,
    ):
        script = Entrance(hub, link, broker)
        await link.subscribe([everything(Channel.ACTION)])
        await script.appear(EAST_IN, GATE_WITH_PLATES, WELL)
        await script.appear(EAST_OUT, GATE_WITH_PLATES, WELL)
        await script.appear(LOBBY, DOOR, {"state": "closed", "mode": "normal", "locked": True})
        working = [asyncio.create_task(work) for work in (script.live(), script.obey())]
        try:
            await eventually(lambda: len(list(hub.core.shadows.addresses())) == len(script.states))
            yield script
        finally:
            for work in working:
                work.cancel()
            await asyncio.gather(*working, return_exceptions=True)


@asynccontextmanager
async def signed_in(
    browser: Browser,
    hub: House,
    role: Role,
    address: str,
    viewport: ViewportSize = DESKTOP,
) -> AsyncIterator[Screen]:
    """Open a page as somebody with `role`."""
    async with screen(browser, base_url=hub.server.address, viewport=viewport) as opened:
        await opened.page.goto(f"/signin?token={await hub.access.create_link(role)}")
        await opened.page.wait_for_url(STARTED)
        await opened.page.goto(address)
        yield opened
