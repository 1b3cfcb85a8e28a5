"""Hikvision ANPR: the event as XML with two pictures, pushed or on the camera's own stream; the barrier.

A push is tried again while nobody takes it, with a growing `activePostCount`; what nobody heard on the stream
is said to the next who listens. Shapes are those of public parsers; `barrierGate` is from memory of the
vendor's guide.
"""

import asyncio
import contextlib
import re
from collections.abc import Callable
from xml.sax.saxutils import escape

import aiohttp
from aiohttp import web

from simulators.camera.digest import Account
from simulators.clock import Clock
from simulators.isapi import NAMESPACE, AlertStream, IsapiServer, iso, part, status_xml
from simulators.lpr.plates import is_new_energy
from simulators.lpr.record import Card, Record
from simulators.lpr.zhenshi import Switch
from simulators.wire import TcpWire

TIMEOUT_S = 5.0
AGAIN_S = 10.0
NO_PLATE = "unknown"
BARRIER = "/ISAPI/Parking/channels/1/barrierGate"
_DIRECTIONS = {"in": "forward", "out": "reverse", "unknown": "unknown"}
_ORDERS = {
    "open": Switch(0, 2, 500),
    "close": Switch(1, 2, 500),
    "lock": Switch(0, 1, 0),
    "unlock": Switch(0, 0, 0),
}


def anpr_xml(record: Record, count: int) -> bytes:
    """Write a reading; `count` is how often it is said now."""
    colour = ("green" if is_new_energy(record.plate) else "blue") if record.plate else "unknown"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n'
        f'<EventNotificationAlert version="2.0" xmlns="{NAMESPACE}">'
        "<ipAddress>192.0.2.66</ipAddress><portNo>80</portNo><protocol>HTTP</protocol>"
        "<macAddress>44:a6:42:00:00:02</macAddress><channelID>1</channelID>"
        f"<dateTime>{iso(record.taken_s)}</dateTime><activePostCount>{count}</activePostCount>"
        "<eventType>ANPR</eventType><eventState>active</eventState><eventDescription>ANPR</eventDescription>"
        f"<ANPR><licensePlate>{escape(record.plate or NO_PLATE)}</licensePlate><line>1</line>"
        f"<direction>{_DIRECTIONS[record.direction]}</direction>"
        f"<confidenceLevel>{record.confidence}</confidenceLevel><plateType>unknown</plateType>"
        f"<plateColor>{colour}</plateColor><vehicleType>vehicle</vehicleType></ANPR>"
        f"<UUID>{record.uuid}</UUID><picNum>2</picNum></EventNotificationAlert>\r\n"
    ).encode()


class Counts:
    """How often each reading was said; it is forgotten with the reading."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def next(self, record: Record) -> int:
        """Count one more."""
        self._counts[record.number] = self._counts.get(record.number, 0) + 1
        return self._counts[record.number]

    def forget(self, record: Record) -> None:
        """Count no more."""
        self._counts.pop(record.number, None)


class Barrier:
    """The camera's orders for its barrier, over its web side."""

    def __init__(self, switch: Callable[[Switch], None]) -> None:
        self.orders = 0
        self._switch = switch

    async def order(self, request: web.Request) -> web.StreamResponse:
        """Answer `PUT …/barrierGate`."""
        self.orders += 1
        body = (await request.read()).decode(errors="replace")
        found = re.search(r"<ctrlMode>\s*(\w+)\s*</ctrlMode>", body)
        switch = _ORDERS.get(found[1]) if found else None
        if switch is None:
            return status_xml(6, "Invalid Content", "badXmlContent")
        self._switch(switch)
        return status_xml()


class AnprPush:
    """The camera's "HTTP listening": it posts each reading to one URL. There are no orders in the answers.

    With a `server` it can be called too, which is how its barrier opens.
    """

    def __init__(self, url: str, card: Card, server: IsapiServer | None, barrier: Barrier) -> None:
        self.pushed = self.answered = self.replayed = 0
        self.server, self.barrier = server, barrier
        self._url, self._card = url, card
        self._counts = Counts()
        self._online = True
        self._until_again_s = AGAIN_S
        self._due: asyncio.Queue[Record] = asyncio.Queue()
        self._session: aiohttp.ClientSession | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to push, and to listen."""
        if self.server is not None:
            await self.server.open()
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        self._task = asyncio.create_task(self._push_all())

    async def close(self) -> None:
        """Stop."""
        if self.server is not None:
            await self.server.close()
        if self._task is not None and self._session is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self._session.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass; an old reading is tried again now and then."""
        self._until_again_s -= dt_s
        if self._until_again_s > 0:
            return
        self._until_again_s = AGAIN_S
        if self._online and self._due.empty() and self._card.oldest is not None:
            self._due.put_nowait(self._card.oldest)

    def tell(self, record: Record) -> None:
        """Push a new reading."""
        self.pushed += 1
        self._card.keep(record)
        self._due.put_nowait(record)

    def cut(self) -> None:
        """Lose the network, or the power."""
        self._online = False
        if self.server is not None:
            self.server.cut()

    def mend(self) -> None:
        """Have both again."""
        self._online, self._until_again_s = True, 0.0
        if self.server is not None:
            self.server.mend()

    def counts(self) -> dict[str, int]:
        """Tell what went over the wire."""
        return {
            "pushed": self.pushed,
            "answered": self.answered,
            "replayed": self.replayed,
            "orders": self.barrier.orders,
        }

    async def _push_all(self) -> None:
        while True:
            record = await self._due.get()
            count = self._counts.next(record)
            if not await self._post(record, count):
                continue
            self.answered += 1
            self.replayed += count > 1
            self._card.forget(record.number)
            self._counts.forget(record)
            self._until_again_s = 0.0

    async def _post(self, record: Record, count: int) -> bool:
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("anpr.xml", anpr_xml(record, count), filename="anpr.xml", content_type="text/xml")
        for name, picture in (("licensePlatePicture", record.part), ("detectionPicture", record.whole)):
            form.add_field(f"{name}.jpg", picture, filename=f"{name}.jpg", content_type="image/jpeg")
        if self._session is not None and self._online:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self._session.post(self._url, data=form) as response:
                    return response.status == 200
        return False


class AnprStream:
    """The camera's own web side: `alertStream` for its readings, `barrierGate` for its relay."""

    def __init__(
        self,
        wire: TcpWire,
        account: Account | None,
        serial: str,
        card: Card,
        switch: Callable[[Switch], None],
        clock: Clock,
    ) -> None:
        self.pushed = self.replayed = 0
        self._card = card
        self._counts = Counts()
        self.barrier = Barrier(switch)
        self.server = IsapiServer(wire, account, serial, [web.put(BARRIER, self.barrier.order)])
        self.stream = self.server.stream = AlertStream(clock.now_s)
        self.stream.came = self._say_old

    async def open(self) -> None:
        """Listen."""
        await self.server.open()

    async def close(self) -> None:
        """Stop listening."""
        await self.server.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self.stream.step(dt_s)

    def tell(self, record: Record) -> None:
        """Say a new reading to whoever listens; keep it where nobody does."""
        self.pushed += 1
        if self.stream.heard:
            self._say(record)
        else:
            self._counts.next(record)
            self._card.keep(record)

    def cut(self) -> None:
        """Lose the network, or the power."""
        self.server.cut()

    def mend(self) -> None:
        """Have both again."""
        self.server.mend()

    def counts(self) -> dict[str, int]:
        """Tell what went over the wire."""
        return {"pushed": self.pushed, "replayed": self.replayed, "orders": self.barrier.orders}

    def _say_old(self) -> None:
        while (record := self._card.oldest) is not None:
            self.replayed += 1
            self._card.forget(record.number)
            self._say(record)

    def _say(self, record: Record) -> None:
        said = part(
            'application/xml; charset="UTF-8"', anpr_xml(record, self._counts.next(record)), "anpr.xml"
        )
        self._counts.forget(record)
        small = part("image/jpeg", record.part, "licensePlatePicture.jpg")
        self.stream.send(said, small, part("image/jpeg", record.whole, "detectionPicture.jpg"))
