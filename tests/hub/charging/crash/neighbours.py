"""Everybody around a hub that may die: a post that forgets nothing, a phone whose owner does not give up."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import httpx

from contract.charging import CHARGE_ENDED, CHARGE_STARTED, METER_READ, START
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
    Scalar,
    State,
)
from contract.mqtt import Broker, Connection
from contract.things import Thing
from contract.topics import DRIVER_KIND, Address, Channel
from drivers.charger.model import CHARGER
from tests.hub.charging.made import CAR, TITLES

AGAIN_S: Final = 0.2
ENERGY: Final = 5000
clock = SystemClock()


class Post:
    """A driver host with one connector: keeps events until they are committed, does each action once."""

    def __init__(self, link: Connection) -> None:
        self.done: Counter[str] = Counter()
        self._link = link
        self._seen: set[str] = set()
        self._kept: list[Event] = []
        self._number = 0
        self._shown: dict[str, Scalar] = {"state": "available", "order": "", "plugged": True}
        self._shown |= {"vehicle": "car", "lockout": "none", "fault": "none", "power-cut": False}
        self._states = 0

    async def introduce(self) -> None:
        """Say what it is, and that it is there."""
        thing = Thing(address=CAR, title=TITLES[CAR], model=CHARGER)
        ready = Availability(status=AvailabilityStatus.READY, ts=clock.now())
        await self._link.publish(CAR.topic(Channel.DESCRIPTION), thing.description(), retain=True)
        await self._link.publish(CAR.topic(Channel.AVAILABILITY), encode(ready), retain=True)

    async def speak(self) -> None:
        """Show how it is, and send what is not confirmed, again and again."""
        while True:
            self._states += 1
            state = State(ts=clock.now(), boot=1, seq=self._states, properties=dict(self._shown))
            await self._link.publish(CAR.topic(Channel.STATE), encode(state), retain=True)
            for event in list(self._kept):
                await self._link.publish(CAR.topic(Channel.EVENT), encode(event))
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
        if clock.now() > action.expires or action.id in self._seen:
            return
        self._seen.add(action.id)
        self.done[action.action] += 1
        await self._answer(action, ActionStatus.ACCEPTED)
        if action.action == START:
            order = str(action.input["order"])
            self._shown |= {"state": "charging", "order": order}
            self._report(CHARGE_STARTED, order)
            self._report(METER_READ, order, energy=1000)
        elif self._shown["order"]:
            order = str(self._shown["order"])
            self._report(CHARGE_ENDED, order, energy=ENERGY, seconds=60, why="stopped")
            self._shown |= {"state": "finishing", "order": ""}
        await self._answer(action, ActionStatus.SUCCEEDED)

    async def _answer(self, action: Action, status: ActionStatus) -> None:
        result = Result(id=action.id, status=status, ts=clock.now())
        await self._link.publish(CAR.topic(Channel.RESULT), encode(result))

    def _report(self, of: str, order: str, **data: Any) -> None:
        self._number += 1
        number = self._number
        self._kept.append(
            Event(
                specversion="1.0",
                id=f"e{number}",
                source=str(CAR),
                type=of,
                time=clock.now(),
                boot=1,
                sequence=number,
                driver="posts",
                outbox="box",
                outboxnumber=number,
                outboxfirst=1,
                data={"transaction": "t1", "order": order, **data},
            )
        )


@asynccontextmanager
async def post(broker: Broker) -> AsyncIterator[Post]:
    """Let a post live."""
    async with Connection(broker, "posts") as link:
        committed = Address(CAR.site, DRIVER_KIND, "posts").topic(Channel.COMMITTED)
        await link.subscribe([CAR.topic(Channel.ACTION), committed])
        living = Post(link)
        await living.introduce()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in (living.speak(), living.listen())]
            yield living
            for task in tasks:
                task.cancel()


class Phone:
    """Somebody who charges, whatever happens to the hub: presses again until there is an answer."""

    def __init__(self, base_url: str, code: str, purse: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{base_url}/api/v1/charging", timeout=5)
        self._code = code
        self._purse = purse

    async def close(self) -> None:
        """Put it away."""
        await self._http.aclose()

    async def charge(self) -> dict[str, Any]:
        """Charge; return the receipt. What was given up before it began is ordered anew."""
        while True:
            key = (await self._until("POST", f"/codes/{self._code}/orders", self._order()))["key"]
            order = await self._seen(key, "charging", "cancelled", "settled")
            if order["state"] == "cancelled":
                continue
            await self._until("POST", f"/orders/by-key/{key}/stop", {})
            return await self._seen(key, "settled")

    def _order(self) -> dict[str, str]:
        return {"request": str(uuid.uuid4()), "account": self._purse}

    async def _seen(self, key: str, *states: str) -> dict[str, Any]:
        while True:
            order = await self._until("GET", f"/orders/by-key/{key}")
            if order["state"] in states:
                return order
            await asyncio.sleep(0.1)

    async def _until(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Ask the same again until it is answered: an answer may be lost, what was asked may be done."""
        while True:
            with suppress(httpx.HTTPError):
                answer = await self._http.request(method, path, json=body)
                if answer.is_success:
                    answered: dict[str, Any] = answer.json()
                    return answered
            await asyncio.sleep(AGAIN_S)
