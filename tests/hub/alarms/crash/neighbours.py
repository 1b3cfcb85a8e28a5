"""Everybody around a hub that may die: a gate, a contact's web server, a guard who does not give up."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import httpx
from aiohttp import web

from contract.clock import SystemClock
from contract.codec import decode, encode
from contract.messages import (
    Action,
    ActionStatus,
    Availability,
    AvailabilityStatus,
    Committed,
    Event,
    Result,
    State,
)
from contract.mqtt import Broker, Connection
from contract.things import ActionSpec, EventSpec, Property, Thing, ThingModel
from contract.topics import DRIVER_KIND, Address, Channel
from tests.hub.alarms.made import GATE

NAMES: Final = {"zh-CN": "东门入口", "en": "East gate, in"}
MODEL: Final = ThingModel(
    properties={"held": Property(type="boolean", title=NAMES)},
    actions={"hold-open": ActionSpec(title=NAMES, timeout_s=2.0)},
    events={
        "hemei.gate.faulted": EventSpec(title=NAMES),
        "hemei.gate.fault-cleared": EventSpec(title=NAMES),
    },
)
AGAIN_S: Final = 0.2
clock = SystemClock()


class Gate:
    """A driver host with one gate: keeps its events until they are committed, does each action once."""

    def __init__(self, link: Connection) -> None:
        self.done: Counter[str] = Counter()
        self._link = link
        self._number = 0
        self._kept: list[Event] = []

    def report(self, of_type: str) -> None:
        """Have something to say, until the hub has heard it."""
        self._number += 1
        number = self._number
        self._kept.append(
            Event(
                specversion="1.0",
                id=f"e{number}",
                source=str(GATE),
                type=of_type,
                time=clock.now(),
                boot=1,
                sequence=number,
                driver="gates",
                outbox="box",
                outboxnumber=number,
                outboxfirst=1,
            )
        )

    async def introduce(self) -> None:
        """Say what it is, that it is there, and how it is."""
        thing = Thing(address=GATE, title=NAMES, model=MODEL, driver="gates")
        ready = Availability(status=AvailabilityStatus.READY, ts=clock.now())
        state = State(ts=clock.now(), boot=1, seq=1, properties={"held": False})
        publish = self._link.publish
        await publish(GATE.topic(Channel.DESCRIPTION), thing.description(), retain=True)
        await publish(GATE.topic(Channel.AVAILABILITY), encode(ready), retain=True)
        await publish(GATE.topic(Channel.STATE), encode(state), retain=True)

    async def speak(self) -> None:
        """Send what is not confirmed, again and again."""
        while True:
            for event in list(self._kept):
                await self._link.publish(GATE.topic(Channel.EVENT), encode(event))
            await asyncio.sleep(AGAIN_S)

    async def listen(self) -> None:
        """Do what is asked, each once; forget what is committed."""
        async for message in self._link:
            if message.topic.endswith(Channel.COMMITTED):
                upto = decode(Committed, message.payload).upto
                self._kept = [event for event in self._kept if (event.outboxnumber or 0) > upto]
            else:
                await self._obey(decode(Action, message.payload))

    async def _obey(self, action: Action) -> None:
        if clock.now() > action.expires or action.id in self.done:
            return
        self.done[action.id] += 1
        for status in (ActionStatus.ACCEPTED, ActionStatus.SUCCEEDED):
            result = Result(id=action.id, status=status, ts=clock.now())
            await self._link.publish(GATE.topic(Channel.RESULT), encode(result))


@asynccontextmanager
async def gate(broker: Broker) -> AsyncIterator[Gate]:
    """Let a gate live."""
    async with Connection(broker, "gates") as link:
        committed = Address(GATE.site, DRIVER_KIND, "gates").topic(Channel.COMMITTED)
        await link.subscribe([GATE.topic(Channel.ACTION), committed])
        living = Gate(link)
        await living.introduce()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in (living.speak(), living.listen())]
            yield living
            for task in tasks:
                task.cancel()


class Contact:
    """Somebody who is told over a webhook, and counts by the key that says what is the same news."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self.address = ""

    async def take(self, request: web.Request) -> web.Response:
        """Take a message."""
        self.told[request.headers["Idempotency-Key"]] += 1
        return web.Response()


@asynccontextmanager
async def contact() -> AsyncIterator[Contact]:
    """Let a contact listen."""
    listening = Contact()
    server = web.Application()
    server.router.add_post("/", listening.take)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    listening.address = f"json://{host}:{port}/"
    try:
        yield listening
    finally:
        await runner.cleanup()


class Guard:
    """Presses until it is done, whatever happens to the hub."""

    def __init__(self, base_url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(base_url=base_url, headers=headers, timeout=5)

    async def close(self) -> None:
        """Go home."""
        await self._http.aclose()

    async def alarms(self, state: str = "all") -> list[dict[str, Any]]:
        """Look at the list; none while there is no hub."""
        with suppress(httpx.HTTPError):
            answer = await self._http.get("/api/v1/alarms", params={"state": state})
            if answer.status_code == 200:
                listed: list[dict[str, Any]] = answer.json()["alarms"]
                return listed
        return []

    async def case(self, ident: str) -> dict[str, Any]:
        """Look at one alarm."""
        answer = await self._http.get(f"/api/v1/alarms/{ident}")
        case: dict[str, Any] = answer.raise_for_status().json()
        return case

    async def acknowledge(self) -> bool:
        """Press on what is not acknowledged; True once somebody has."""
        for alarm in await self.alarms():
            if alarm["state"] in ("unacknowledged", "returned-unacknowledged"):
                with suppress(httpx.HTTPError):
                    press = {"version": alarm["version"]}
                    await self._http.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json=press)
            elif alarm["acknowledged_by"]:
                return True
        return False
