"""The sample community as the hub hears it, with a script instead of drivers: a test says what each says.

Descriptions are the families' own data sheets, titles and places those of the demo; hub, broker and pages are
real. So every state can be had at once, which no story gives.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from contract.clock import SystemClock, rfc3339
from contract.codec import decode, encode
from contract.errors import InvalidMessage
from contract.messages import Action, ActionStatus, Availability, AvailabilityStatus, Problem, Result, State
from contract.mqtt import Connection
from contract.things import ActionSpec, Location, Property, Thing, ThingModel
from contract.topics import DRIVER_KIND, Address, Channel, everything
from contract.topics import address as address_of
from contract.topics import parse as parse_topic
from drivers.camera.model import CAMERA
from drivers.charger.model import CHARGER
from drivers.door.model import DOOR
from drivers.gate.model import GATE
from drivers.sprinkler.model import SPRINKLER
from hemei.demo.community import PLAN, Choice, Device, devices
from hub.access.roles import Role
from hub.app import PAGES
from tests.broker import Mosquitto
from tests.hub.api.house import House, house
from tests.waiting import eventually

SITE: Final = "hemei"
TITLE: Final = {"zh-CN": "和美小区", "en": "Hemei Community"}
ALL: Final = devices(Choice())
HOSTS: Final = ("gates", "doors", "cameras", "chargers", "grounds")
EVERY_S: Final = 2.0
FRAME_S: Final = 0.1
clock = SystemClock()


def _flag(zh: str, en: str) -> Property:
    return Property(type="boolean", title={"zh-CN": zh, "en": en})


SENSOR: Final = ThingModel(
    heartbeat_s=10.0,
    properties={
        "alarm": _flag("烟雾报警", "Smoke alarm"),
        "tamper": _flag("防拆", "Tamper"),
        "fault": _flag("故障", "Fault"),
        "low-battery": _flag("电量低", "Battery low"),
        "temperature": Property(type="number", title={"zh-CN": "温度", "en": "Temperature"}, unit="°C"),
        "battery": Property(type="number", title={"zh-CN": "电量", "en": "Battery"}, unit="%"),
    },
    actions={"silence": ActionSpec(title={"zh-CN": "消音", "en": "Silence"})},
    events={},
)
MODELS: Final = {
    "gate": GATE,
    "door": DOOR,
    "camera": CAMERA,
    "charger": CHARGER,
    "sprinkler": SPRINKLER,
    "sensor": SENSOR,
}

WELL: Final[Mapping[str, Mapping[str, Any]]] = {
    "gate": {"state": "closed", "position": 0, "fault": "none"},
    "door": {
        "state": "closed",
        "mode": "normal",
        "locked": True,
        "contact-open": False,
        "tamper": False,
        "secure-channel": True,
        "access-list": "good",
        "wrong-tries": 0,
    },
    "camera": {"picture": "ok", "frame-rate": 15.0, "bit-rate": 812.0, "codec": "h264", "previewing": False},
    "charger": {
        "state": "available",
        "plugged": False,
        "vehicle": "car",
        "order": "",
        "power": 0.0,
        "current": 0.0,
        "voltage": 231.0,
        "energy": 0,
        "elapsed": 0,
        "soc": None,
        "temperature": 24.5,
        "meter-total": 1_203_456,
        "power-limit": None,
        "max-power": 7000,
        "lockout": "none",
        "power-cut": False,
        "fault": "none",
        "product": "Hemei HM-7",
    },
    "sprinkler": {
        "state": "closed",
        "valve-open": False,
        "cause": None,
        "remaining": 0,
        "flow": 0.0,
        "soil-moisture": 41.5,
        "lockout": "none",
        "mode": "automatic",
        "fault": "none",
    },
    "sensor": {
        "alarm": False,
        "tamper": False,
        "fault": False,
        "low-battery": False,
        "temperature": 21.3,
        "battery": 87.0,
    },
}


@cache
def frame(number: int) -> bytes:
    """Draw a JPEG whose colour tells its number."""
    pixels = np.full((90, 160, 3), (number * 40 % 256, 128, 255 - number * 40 % 256), np.uint8)
    _, jpeg = cv2.imencode(".jpg", pixels)
    return bytes(jpeg)


@dataclass
class Community:
    """Every device, and what it says; `keys` are `site/kind/device`."""

    hub: House
    link: Connection
    states: dict[Address, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, Action]] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)
    filming: set[Address] = field(default_factory=set)
    asked_until: dict[Address, float] = field(default_factory=dict)
    seq: int = 0
    frames: int = 0

    @property
    def devices(self) -> list[Address]:
        """Return all but the driver hosts."""
        return [each for each in self.states if each.kind != DRIVER_KIND]

    def keys(self, kind: str) -> list[str]:
        """Return the keys of all devices of a kind."""
        return [str(each) for each in self.states if each.kind == kind]

    async def say(self, key: str, **properties: Any) -> None:
        """Have a device say something else; underscores stand for dashes."""
        address = address_of(key)
        self.states[address] |= {name.replace("_", "-"): value for name, value in properties.items()}
        await self._publish(address)

    async def lose(self, key: str, reason: str) -> None:
        """Have a device be gone."""
        gone = Availability(status=AvailabilityStatus.DISCONNECTED, ts=clock.now(), reason=reason)
        await self.link.publish(address_of(key).topic(Channel.AVAILABILITY), encode(gone), retain=True)

    async def find(self, key: str) -> None:
        """Have a device be there again."""
        ready = Availability(status=AvailabilityStatus.READY, ts=clock.now())
        await self.link.publish(address_of(key).topic(Channel.AVAILABILITY), encode(ready), retain=True)

    async def project(self, key: str, payload: bytes) -> None:
        """Send whatever it is where pictures belong."""
        await self.link.publish(address_of(key).topic(Channel.PREVIEW), payload, qos=0)

    async def describe(self, chosen: Sequence[Device]) -> None:
        """Have these devices and their driver hosts appear."""
        hosts: set[str] = set()
        for table in chosen:
            address = Address(SITE, table["kind"], table["id"])
            hosts.add(table["driver_host"])
            self.states[address] = dict(WELL[address.kind])
            thing = Thing(
                address=address,
                title=table["title"],
                model=MODELS[address.kind],
                driver=table["driver_host"],
                product=table.get("model"),
                location=Location(**table["location"]),
            )
            await self._appear(thing)
        for host in sorted(hosts):
            address = Address(SITE, DRIVER_KIND, host)
            self.states[address] = {"devices": 12, "devices-ready": 12}
            model = ThingModel(properties={}, actions={}, events={})
            await self._appear(Thing(address=address, title={"zh-CN": host, "en": host}, model=model))

    async def _appear(self, thing: Thing) -> None:
        ready = Availability(status=AvailabilityStatus.READY, ts=clock.now())
        topic = thing.address.topic
        await self.link.publish(topic(Channel.DESCRIPTION), thing.description(), retain=True)
        await self.link.publish(topic(Channel.AVAILABILITY), encode(ready), retain=True)
        await self._publish(thing.address)

    async def _publish(self, address: Address) -> None:
        self.seq += 1
        state = State(ts=clock.now(), boot=1, seq=self.seq, properties=self.states[address])
        await self.link.publish(address.topic(Channel.STATE), encode(state), retain=True)

    async def live(self) -> None:
        """Say again and again what there is to say."""
        while True:
            for address in tuple(self.states):
                await self._publish(address)
            await asyncio.sleep(EVERY_S)

    async def film(self) -> None:
        """Send pictures of the cameras that were asked to."""
        while True:
            self.frames += 1
            for address in tuple(self.filming):
                await self.link.publish(address.topic(Channel.PREVIEW), frame(self.frames % 6), qos=0)
            await asyncio.sleep(FRAME_S)

    def _film(self, address: Address, seconds: float) -> None:
        """Have a camera send pictures for so long, and for longer if it is asked again."""
        loop = asyncio.get_running_loop()
        until = self.asked_until[address] = loop.time() + seconds
        self.filming.add(address)
        loop.call_at(until, self._end_film, address, until)

    def _end_film(self, address: Address, until: float) -> None:
        if self.asked_until[address] <= until:
            self.filming.discard(address)

    async def obey(self) -> None:
        """Do what is asked."""
        async for message in self.link:
            with suppress(InvalidMessage):
                address = parse_topic(message.topic).address
                action = decode(Action, message.payload)
                self.asked.append((str(address), action))
                why = self.refusing.get(str(address))
                if action.action == "preview" and why is None:
                    self._film(address, float(action.input["seconds"]))
                result = Result(id=action.id, status=ActionStatus.SUCCEEDED, ts=clock.now())
                if why is not None:
                    problem = Problem(code="refused", message=why)
                    result = Result(id=action.id, status=ActionStatus.REFUSED, ts=clock.now(), error=problem)
                await self.link.publish(address.topic(Channel.RESULT), encode(result))


@asynccontextmanager
async def community(
    folder: Path, chosen: Sequence[Device] = ALL, **settings: Any
) -> AsyncIterator[Community]:
    """Run the whole community or these devices of it, all well; `settings`: more of the hub's."""
    areas = {"east-gate": {"zh-CN": "东门", "en": "East gate"}}
    async with (
        Mosquitto(folder / "broker") as broker,
        house(
            folder,
            broker=broker.broker(),
            built=PAGES,
            gate=False,
            title=TITLE,
            areas=areas,
            plan_file=PLAN,
            **settings,
        ) as hub,
        Connection(broker.broker(), "script") as link,
    ):
        script = Community(hub, link)
        names = ("broker", "hub", "simulators", *(f"drivers-{host}" for host in HOSTS))
        since = rfc3339(clock.now())
        hub.live.boards.set_processes([{"name": name, "restarts": 0, "since": since} for name in names])
        await link.subscribe([everything(Channel.ACTION)])
        await script.describe(chosen)
        working = [asyncio.create_task(work) for work in (script.live(), script.film(), script.obey())]
        try:
            await eventually(lambda: len(list(hub.core.shadows.addresses())) == len(script.states))
            yield script
        finally:
            for work in working:
                work.cancel()
            await asyncio.gather(*working, return_exceptions=True)


async def link_of(script: Community, role: Role) -> str:
    """Return a one-time link for somebody at a desk."""
    return f"{script.hub.server.address}/signin?token={await script.hub.access.create_link(role)}"
