"""The script of a large community: every device described, alarms raised, then so many changes a second.

`python -m hemei.bench.community` reads a `Script` as JSON, a line, from its standard input, writes the line
`told` once every device and alarm has been, and goes on until its input ends; then it writes a `Said`. Data
sheets are the families' own; what devices say is always well, for what is measured is the page.
"""

import asyncio
import random
import sys
from datetime import UTC, datetime
from itertools import count, cycle, islice
from typing import Any, Final

import msgspec
import uvloop
from msgspec import Struct, structs

from contract.codec import encode
from contract.messages import Availability, AvailabilityStatus, Event, State
from contract.mqtt import Broker, Connection
from contract.things import Location, Property, Thing, ThingModel
from contract.topics import Address, Channel
from drivers.camera.model import CAMERA
from drivers.charger.model import CHARGER
from drivers.door.model import DOOR
from drivers.gate.model import GATE
from drivers.sprinkler.model import SPRINKLER
from hemei.bench.clock import BenchClock
from hemei.bench.packets import EVENT_TYPE
from hemei.bench.viewer import set_at_end, standard_input

AREAS: Final = 12
BOOT: Final = 1
NEVER_STALE_S: Final = 86_400.0
ALARMS_EVERY_S: Final = 0.5
"""Between repeats of an alarm, which count in it: the list is sorted anew, and does not grow."""

LEVELS: Final = ("critical", *["high"] * 3, *["medium"] * 6, *["low"] * 30)
"""Priorities of the alarms, in turn."""

SENSOR: Final = ThingModel(
    properties={
        "alarm": Property(type="boolean", title={"zh-CN": "报警", "en": "Alarm"}),
        "temperature": Property(type="number", title={"zh-CN": "温度", "en": "Temperature"}, unit="°C"),
    },
    actions={},
    events={},
)


class Family(Struct, frozen=True, kw_only=True):
    """How many of a hundred devices are of this kind, and what they say, one after the other."""

    share: int
    title: dict[str, str]
    model: ThingModel
    states: tuple[dict[str, Any], ...]


def _door(state: str, *, locked: bool) -> dict[str, Any]:
    return {"state": state, "mode": "normal", "locked": locked, "tamper": False, "secure-channel": True}


def _charger(state: str, power: float) -> dict[str, Any]:
    return {"state": state, "power": power, "lockout": "none", "fault": "none", "vehicle": "car"}


def _zone(state: str, flow: float) -> dict[str, Any]:
    return {"state": state, "flow": flow, "lockout": "none", "mode": "automatic", "fault": "none"}


FAMILIES: Final = {
    "gate": Family(
        share=6,
        title={"zh-CN": "车道闸", "en": "Gate"},
        model=GATE,
        states=tuple(
            {"state": state, "position": position, "fault": "none"}
            for state, position in (("closed", 0), ("opening", 40), ("open", 100), ("closing", 60))
        ),
    ),
    "door": Family(
        share=34,
        title={"zh-CN": "栋单元门", "en": "Entrance"},
        model=DOOR,
        states=(_door("closed", locked=True), _door("unlocked", locked=False), _door("open", locked=False)),
    ),
    "camera": Family(
        share=20,
        title={"zh-CN": "摄像机", "en": "Camera"},
        model=CAMERA,
        states=tuple({"picture": "ok", "frame-rate": rate, "bit-rate": 800.0} for rate in (15.0, 14.9, 15.1)),
    ),
    "charger": Family(
        share=20,
        title={"zh-CN": "充电桩", "en": "Charger"},
        model=CHARGER,
        states=(
            _charger("available", 0.0),
            *(_charger("charging", watts) for watts in (6800.0, 6750.0, 6810.0)),
        ),
    ),
    "sprinkler": Family(
        share=8,
        title={"zh-CN": "号喷淋", "en": "Zone"},
        model=SPRINKLER,
        states=(_zone("closed", 0.0), _zone("watering", 31.5)),
    ),
    "sensor": Family(
        share=12,
        title={"zh-CN": "号烟感", "en": "Smoke alarm"},
        model=SENSOR,
        states=tuple({"alarm": False, "temperature": degrees} for degrees in (21.3, 21.4, 21.2)),
    ),
}


class Script(Struct, frozen=True, kw_only=True):
    """What is to be said: by `devices` devices with `alarms` open alarms, `rate` changes a second."""

    host: str
    port: int
    username: str
    password: str
    site: str
    devices: int
    alarms: int
    rate: float
    clock: BenchClock


class Said(Struct, frozen=True, kw_only=True):
    """What was said; `late_ms`: the longest that a change was said after it was due."""

    changes: int
    repeats: int
    late_ms: float


class Community:
    """Every device, and what it says next."""

    def __init__(self, script: Script, link: Connection) -> None:
        self._script = script
        self._link = link
        self._chance = random.Random(7)  # noqa: S311 - places on a plan are no secret
        self._numbers = count(1)
        kinds = [kind for kind, family in FAMILIES.items() for _ in range(family.share)]
        self._chance.shuffle(kinds)
        self._addresses = [
            Address(script.site, kind, f"{kind}-{number:04d}")
            for number, kind in enumerate(islice(cycle(kinds), script.devices), 1)
        ]
        self._turns = [self._chance.randrange(12) for _ in self._addresses]
        self.said = Said(changes=0, repeats=0, late_ms=0.0)

    async def appear(self) -> None:
        """Have every device describe itself and say its first state."""
        for number, address in enumerate(self._addresses):
            thing = Thing(
                address=address,
                title={lang: f"{word} {number + 1}" for lang, word in FAMILIES[address.kind].title.items()},
                model=structs.replace(FAMILIES[address.kind].model, heartbeat_s=NEVER_STALE_S),
                location=Location(
                    area=f"area-{number % AREAS + 1}",
                    floor=0,
                    x=round(0.05 + 0.9 * self._chance.random(), 3),
                    y=round(0.05 + 0.9 * self._chance.random(), 3),
                ),
            )
            ready = Availability(status=AvailabilityStatus.READY, ts=datetime.now(UTC))
            await self._link.publish(address.topic(Channel.DESCRIPTION), thing.description(), retain=True)
            await self._link.publish(address.topic(Channel.AVAILABILITY), encode(ready), retain=True)
            await self._change(number, qos=1)

    async def alarm(self, number: int) -> None:
        """Raise the alarm of a device, or repeat it."""
        address = self._addresses[number]
        event = Event(
            specversion="1.0",
            id=f"bench-{next(self._numbers)}",
            source=str(address),
            type=EVENT_TYPE,
            time=datetime.now(UTC),
            data={"level": LEVELS[number % len(LEVELS)]},
        )
        await self._link.publish(address.topic(Channel.EVENT), encode(event))

    async def change(self) -> None:
        """Say something else, a device in turn, so many times a second; what is late is caught up with."""
        script, clock = self._script, self._script.clock
        began_ms = clock.now_ms()
        for number in count():
            due_ms = began_ms + number * 1000 / script.rate
            wait_ms = due_ms - clock.now_ms()
            if wait_ms > 0:
                await asyncio.sleep(wait_ms / 1000)
            await self._change(number % script.devices, qos=0)
            self.said = structs.replace(
                self.said, changes=number + 1, late_ms=round(max(self.said.late_ms, -wait_ms), 1)
            )

    async def repeat(self) -> None:
        """Repeat alarms, one after the other."""
        for number in cycle(range(self._script.alarms)):
            await self.alarm(number)
            self.said = structs.replace(self.said, repeats=self.said.repeats + 1)
            await asyncio.sleep(ALARMS_EVERY_S)

    async def _change(self, number: int, qos: int) -> None:
        address = self._addresses[number]
        states = FAMILIES[address.kind].states
        self._turns[number] += 1
        state = State(
            ts=datetime.now(UTC),
            boot=BOOT,
            seq=next(self._numbers),
            properties=states[self._turns[number] % len(states)],
        )
        await self._link.publish(address.topic(Channel.STATE), encode(state), qos=qos, retain=True)


async def main() -> None:
    """Read the script and play it until the input ends."""
    reader = await standard_input()
    script = msgspec.json.decode(await reader.readline(), type=Script)
    broker = Broker(host=script.host, port=script.port, username=script.username, password=script.password)
    async with Connection(broker, "bench-community") as link:
        community = Community(script, link)
        await community.appear()
        for number in range(script.alarms):
            await community.alarm(number)
        sys.stdout.write("told\n")
        sys.stdout.flush()
        working = [asyncio.create_task(community.change())]
        if script.alarms:
            working.append(asyncio.create_task(community.repeat()))
        end = asyncio.Event()
        await set_at_end(reader, end)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
    sys.stdout.buffer.write(msgspec.json.encode(community.said))


if __name__ == "__main__":
    uvloop.run(main())
