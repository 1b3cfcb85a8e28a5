"""A driver host beside a hub that may die: keeps events until they are committed, acts once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Final, TypeVar

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

AGAIN_S: Final = 0.2
clock = SystemClock()


class Neighbour:
    """A driver host with one thing."""

    host: ClassVar[str]
    thing: ClassVar[Thing]

    def __init__(self, link: Connection) -> None:
        self.shown: dict[str, Scalar] = {}
        self.done: Counter[str] = Counter()
        """How often each action was done, by its name."""
        self._link = link
        self._seen: set[str] = set()
        self._kept: list[Event] = []
        self._number = self._states = 0

    def obey(self, action: Action) -> None:
        """Do what an action says, once."""

    def report(self, of: str, **data: Any) -> None:
        """Have something to say, until the hub has heard it."""
        self._number += 1
        number = self._number
        self._kept.append(
            Event(
                specversion="1.0",
                id=f"e{number}",
                source=str(self.thing.address),
                type=of,
                time=clock.now(),
                boot=1,
                sequence=number,
                driver=self.host,
                outbox="box",
                outboxnumber=number,
                outboxfirst=1,
                data=data,
            )
        )

    async def introduce(self) -> None:
        """Say what it is, and that it is there."""
        ready = Availability(status=AvailabilityStatus.READY, ts=clock.now())
        await self._say(Channel.DESCRIPTION, self.thing.description(), retain=True)
        await self._say(Channel.AVAILABILITY, encode(ready), retain=True)

    async def speak(self) -> None:
        """Show how it is, and send what is not confirmed, again and again."""
        while True:
            self._states += 1
            state = State(ts=clock.now(), boot=1, seq=self._states, properties=dict(self.shown))
            await self._say(Channel.STATE, encode(state), retain=True)
            for event in list(self._kept):
                await self._say(Channel.EVENT, encode(event))
            await asyncio.sleep(AGAIN_S)

    async def listen(self) -> None:
        """Do what is asked, each once; forget what is committed."""
        async for message in self._link:
            if message.topic.endswith(Channel.COMMITTED):
                upto = decode(Committed, message.payload).upto
                self._kept = [event for event in self._kept if (event.outboxnumber or 0) > upto]
            else:
                await self._take(decode(Action, message.payload))

    async def _take(self, action: Action) -> None:
        if clock.now() > action.expires or action.id in self._seen:
            return
        self._seen.add(action.id)
        self.done[action.action] += 1
        await self._answer(action, ActionStatus.ACCEPTED)
        self.obey(action)
        await self._answer(action, ActionStatus.SUCCEEDED)

    async def _answer(self, action: Action, status: ActionStatus) -> None:
        await self._say(Channel.RESULT, encode(Result(id=action.id, status=status, ts=clock.now())))

    async def _say(self, channel: Channel, payload: bytes, *, retain: bool = False) -> None:
        await self._link.publish(self.thing.address.topic(channel), payload, retain=retain)


N = TypeVar("N", bound=Neighbour)


@asynccontextmanager
async def beside(broker: Broker, neighbour: type[N]) -> AsyncIterator[N]:
    """Let one live."""
    address, name = neighbour.thing.address, neighbour.host
    async with Connection(broker, name) as link:
        committed = Address(address.site, DRIVER_KIND, name).topic(Channel.COMMITTED)
        await link.subscribe([address.topic(Channel.ACTION), committed])
        living = neighbour(link)
        await living.introduce()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in (living.speak(), living.listen())]
            yield living
            for task in tasks:
                task.cancel()
