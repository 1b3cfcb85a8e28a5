"""Scripted connectors on a real broker: they charge when they are told to, and deliver what tests say."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from contract.charging import CHARGE_ENDED, CHARGE_STARTED, START, STOP
from contract.clock import SystemClock
from contract.codec import decode, encode
from contract.messages import (
    Action,
    ActionStatus,
    Availability,
    AvailabilityStatus,
    Event,
    Problem,
    Result,
    Scalar,
    State,
)
from contract.mqtt import Connection
from contract.things import Location, Thing
from contract.topics import Address, Channel
from drivers.charger.model import CHARGER
from tests.broker import Mosquitto
from tests.hub.api.house import House, house
from tests.waiting import eventually

CAR = Address("hemei", "charger", "garage-1")
BIKE = Address("hemei", "charger", "shed-1")
TITLES = {CAR: {"zh-CN": "车库 1 号", "en": "Garage 1"}, BIKE: {"zh-CN": "棚 1 号", "en": "Shed 1"}}
VEHICLES = {CAR: "car", BIKE: "e-bike"}
clock = SystemClock()


@dataclass
class Connector:
    """One connector. `problem`: what it answers instead of acting; `energy`: what a charge takes, in Wh."""

    link: Connection
    address: Address
    shown: dict[str, Scalar] = field(default_factory=dict)
    problem: Problem | None = None
    deaf: bool = False
    energy: int = 8000
    asked: list[Action] = field(default_factory=list)
    seq: int = 0
    charges: int = 0

    async def appear(self) -> None:
        """Describe itself, and say that it is there and free."""
        thing = Thing(
            address=self.address, title=TITLES[self.address], model=CHARGER, location=Location(area="garage")
        )
        await self._say(Channel.DESCRIPTION, thing.description())
        await self.available(AvailabilityStatus.READY)
        await self.show(
            state="available",
            plugged=True,
            vehicle=VEHICLES[self.address],
            order="",
            power=0.0,
            energy=0,
            lockout="none",
            fault="none",
            **{"power-cut": False, "max-power": 7000},
        )

    async def available(self, status: AvailabilityStatus) -> None:
        """Say whether its post is heard of."""
        await self._say(Channel.AVAILABILITY, encode(Availability(status=status, ts=clock.now())))

    async def show(self, **shown: Scalar) -> None:
        """Show other values."""
        self.shown |= shown
        self.seq += 1
        state = State(ts=clock.now(), boot="1", seq=self.seq, properties=dict(self.shown))
        await self._say(Channel.STATE, encode(state))

    async def begin(self, order: str) -> None:
        """Begin a charge."""
        self.charges += 1
        await self.show(state="charging", order=order, power=7000.0)
        await self._tell(CHARGE_STARTED, "started", order)

    async def end(self, why: str = "stopped") -> None:
        """End the charge that is under way, having delivered `energy`."""
        order = str(self.shown["order"])
        data = {"energy": self.energy, "seconds": 1, "why": why}
        await self._tell(CHARGE_ENDED, "ended", order, **data)
        await self.show(state="available", order="", power=0.0)

    async def obey(self, action: Action) -> None:
        """Take an action."""
        self.asked.append(action)
        if self.deaf:
            return
        status = ActionStatus.SUCCEEDED if self.problem is None else ActionStatus.FAILED
        if self.problem is None and action.action == START:
            await self.begin(action.input["order"])
        result = Result(id=action.id, status=status, ts=clock.now(), error=self.problem)
        await self._say(Channel.RESULT, encode(result), retain=False)
        if self.problem is None and action.action == STOP:
            await self.end()

    async def _tell(self, kind: str, what: str, order: str, **data: Any) -> None:
        self.seq += 1
        transaction = f"{self.address.device}-{self.charges}"
        event = Event(
            specversion="1.0",
            id=f"{transaction}-{what}",
            source=str(self.address),
            type=kind,
            time=clock.now() - timedelta(milliseconds=1),
            boot="1",
            sequence=self.seq,
            data={"transaction": transaction, "order": order, **data},
        )
        await self._say(Channel.EVENT, encode(event), retain=False)

    async def _say(self, channel: Channel, payload: bytes, *, retain: bool = True) -> None:
        await self.link.publish(self.address.topic(channel), payload, retain=retain)


@dataclass
class Garage:
    """A hub, and the connectors that it knows."""

    hub: House
    connectors: dict[Address, Connector]

    @property
    def car(self) -> Connector:
        """The connector for cars."""
        return self.connectors[CAR]

    @property
    def bike(self) -> Connector:
        """The connector for e-bikes."""
        return self.connectors[BIKE]


@asynccontextmanager
async def garage(
    folder: Path, addresses: Sequence[Address] = (CAR, BIKE), **settings: Any
) -> AsyncIterator[Garage]:
    """Run a hub and its connectors on a broker of their own."""
    async with (
        Mosquitto(folder / "broker") as broker,
        house(folder, broker=broker.broker(), **settings) as hub,
        Connection(broker.broker(), "connectors") as link,
    ):
        connectors = {each: Connector(link, each) for each in addresses}
        await link.subscribe([each.topic(Channel.ACTION) for each in addresses])
        for each in connectors.values():
            await each.appear()
        obeying = asyncio.create_task(_obey(link, connectors))
        await eventually(lambda: hub.core.online and all(_shown(hub, each) for each in addresses))
        try:
            yield Garage(hub, connectors)
        finally:
            obeying.cancel()
            await asyncio.gather(obeying, return_exceptions=True)


async def _obey(link: Connection, connectors: dict[Address, Connector]) -> None:
    topics = {each.topic(Channel.ACTION): each for each in connectors}
    async for message in link:
        await connectors[topics[message.topic]].obey(decode(Action, message.payload))


def _shown(hub: House, address: Address) -> bool:
    shadow = hub.core.shadows.get(address)
    return shadow is not None and "state" in shadow.readings
