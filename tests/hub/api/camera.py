"""A scripted camera on a real broker: it sends pictures while it is asked to, and does what tests say."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from contract.clock import SystemClock
from contract.codec import decode, encode
from contract.messages import (
    Action,
    ActionStatus,
    Availability,
    AvailabilityStatus,
    Problem,
    Result,
    State,
)
from contract.mqtt import Connection
from contract.things import ActionSpec, Property, Thing, ThingModel
from contract.topics import Address, Channel
from hub.access.roles import Role
from tests.broker import Mosquitto
from tests.hub.api.house import House, house
from tests.waiting import PATIENCE_S, eventually

CAMERA = Address("hemei", "camera", "tower-1")
NAMES = {"zh-CN": "一号楼摄像机", "en": "Camera at tower 1"}
MODEL = ThingModel(
    properties={"state": Property(type="string", title=NAMES)},
    actions={
        "preview": ActionSpec(
            title=NAMES,
            input={"seconds": Property(type="integer", title=NAMES, minimum=1, maximum=60)},
            timeout_s=2.0,
        )
    },
    events={},
)
PATH = f"/api/v1/devices/{CAMERA}"
clock = SystemClock()


def jpeg(number: int, size: int = 200) -> bytes:
    """Make bytes that begin and end as a JPEG does, and hold a number."""
    return b"\xff\xd8\xff\xe0" + b"%08d" % number + b"." * (size - 14) + b"\xff\xd9"


@dataclass
class Camera:
    """`asked` are the actions it got; `problem` is what it answers instead of sending."""

    link: Connection
    address: Address = CAMERA
    size: int = 200
    every_s: float = 0.02
    problem: Problem | None = None
    asleep: bool = False
    picture: Callable[[int, int], bytes] = jpeg
    asked: list[Action] = field(default_factory=list)
    sent: int = 0
    until: float = 0.0

    def topic(self, channel: Channel) -> str:
        """Name one of its topics."""
        return self.address.topic(channel)

    async def appear(self, status: AvailabilityStatus = AvailabilityStatus.READY) -> None:
        """Describe itself, and say that it is there."""
        thing = Thing(address=self.address, title=NAMES, model=MODEL)
        now = clock.now()
        for channel, payload in (
            (Channel.DESCRIPTION, thing.description()),
            (Channel.AVAILABILITY, encode(Availability(status=status, ts=now))),
            (Channel.STATE, encode(State(ts=now, boot=now.isoformat(), seq=1, properties={"state": "ok"}))),
        ):
            await self.link.publish(self.topic(channel), payload, retain=True)

    async def send(self, payload: bytes, *, retain: bool = False) -> None:
        """Publish whatever it is where pictures belong."""
        await self.link.publish(self.topic(Channel.PREVIEW), payload, qos=0, retain=retain)

    async def serve(self) -> None:
        """Send pictures while somebody has asked for them."""
        loop = asyncio.get_running_loop()
        while True:
            if loop.time() < self.until and not self.asleep:
                self.sent += 1
                await self.send(self.picture(self.sent, self.size))
            await asyncio.sleep(self.every_s)

    async def obey(self) -> None:
        """Take actions."""
        loop = asyncio.get_running_loop()
        async for message in self.link:
            action = decode(Action, message.payload)
            self.asked.append(action)
            status = ActionStatus.SUCCEEDED
            if self.problem is not None:
                status = ActionStatus.REFUSED
            else:
                self.until = max(self.until, loop.time() + action.input["seconds"])
            result = Result(id=action.id, status=status, ts=clock.now(), error=self.problem)
            await self.link.publish(self.topic(Channel.RESULT), encode(result))


@asynccontextmanager
async def filmed(link: Connection, **fields: object) -> AsyncIterator[Camera]:
    """Run a camera over `link`."""
    camera = Camera(link, **fields)  # type: ignore[arg-type]  # fields of Camera
    await link.subscribe([camera.topic(Channel.ACTION)])
    await camera.appear()
    working = [asyncio.create_task(work) for work in (camera.serve(), camera.obey())]
    try:
        yield camera
    finally:
        for work in working:
            work.cancel()
        await asyncio.gather(*working, return_exceptions=True)


@dataclass
class Scene:
    """A hub, and a camera that it knows."""

    hub: House
    camera: Camera
    broker: Mosquitto

    async def looks(self) -> list[tuple[str, str]]:
        """Return who has asked for what in the ledger, in order, as the camera was asked."""
        records = [await self.hub.core.actions.outcome(action.id) for action in self.camera.asked]
        return [(record.issuer, record.action) for record in records if record]


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """Run a hub and a camera on a broker of their own."""
    async with (
        Mosquitto(folder / "broker") as broker,
        house(folder, broker=broker.broker()) as hub,
        Connection(broker.broker(), "cameras") as link,
        filmed(link) as camera,
    ):
        await eventually(lambda: CAMERA in list(hub.core.shadows.addresses()))
        await eventually(lambda: hub.core.online)
        yield Scene(hub, camera, broker)


class Pictures:
    """What somebody who looks gets, part by part."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._bytes = answer.aiter_raw()
        self._buffer = b""

    async def next(self) -> bytes:
        """Return the next picture; EOFError when the stream has ended."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self._until(b"\r\n\r\n")
            length = int(head.rpartition(b"Content-Length: ")[2])
            while len(self._buffer) < length:
                await self._more()
            picture, self._buffer = self._buffer[:length], self._buffer[length:]
            return picture

    async def end(self) -> None:
        """Read until the stream ends."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while True:
                    await self.next()
            except EOFError:
                return

    async def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            await self._more()
        head, _, self._buffer = self._buffer.partition(mark)
        return head

    async def _more(self) -> None:
        try:
            self._buffer += await anext(self._bytes)
        except StopAsyncIteration:
            raise EOFError from None


@asynccontextmanager
async def looking(hub: House, headers: dict[str, str] | Role = Role.GUARD) -> AsyncIterator[Pictures]:
    """Look at the camera."""
    headers = hub.bearer(headers) if isinstance(headers, Role) else headers
    async with hub.http.stream("GET", f"{PATH}/preview", headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        yield Pictures(answer)
