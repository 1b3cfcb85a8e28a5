"""What driver tests stand on: pretend hardware on real sockets, a driver host, and an ear on the broker."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import msgspec

from contract import codec
from contract.clock import Clock, SystemClock, epoch_ms
from contract.lists import Holding
from contract.messages import (
    Action,
    ActionStatus,
    Availability,
    Committed,
    Event,
    Message,
    Result,
    State,
)
from contract.mqtt import Broker, Connection, Incoming
from contract.topics import Address, Channel, parse
from drivers.runtime.host import run
from drivers.runtime.settings import DeviceSettings, HostSettings
from simulators import host as simulators
from simulators.clock import RealClock
from simulators.host import SimulatedDevice, SimulatorSettings
from tests.waiting import eventually

M = TypeVar("M", Availability, State, Event, Result, Holding)

SITE = "hemei"
HOST = "gates"
HOST_ADDRESS = Address(SITE, "driver", HOST)
PATIENCE_S = 60.0
SPEED = 4.0
"""Pretend hardware lives four times as fast, so that nobody waits for a boom."""

_CHANNEL_OF: Mapping[type[Message | Holding], Channel] = {
    Availability: Channel.AVAILABILITY,
    State: Channel.STATE,
    Event: Channel.EVENT,
    Result: Channel.RESULT,
    Holding: Channel.HOLDING,
}


class Hurried:
    """A clock that runs `speed` times as fast as the machine's."""

    def __init__(self, speed: float) -> None:
        self._clock, self._speed = SystemClock(), speed
        self._start, self._start_s = self._clock.now(), self._clock.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic() - self._start_s)

    def now_ms(self) -> int:
        return epoch_ms(self.now())

    def monotonic(self) -> float:
        return self._start_s + (self._clock.monotonic() - self._start_s) * self._speed


class Pretend(simulators.Host):
    """Pretend hardware that lives by itself; `wires` says where it is."""

    wires: dict[str, str]


@asynccontextmanager
async def pretending(*devices: SimulatedDevice, speed: float = SPEED) -> AsyncIterator[Pretend]:
    """Let pretend hardware live on real sockets."""
    clock = RealClock(speed)
    pretend = Pretend(SimulatorSettings(devices=list(devices)), clock=clock)
    pretend.wires = await pretend.start()
    ends = asyncio.Event()
    living = asyncio.create_task(simulators._tick(pretend, clock, 0.02, ends))
    try:
        yield pretend
    finally:
        ends.set()
        await living
        await pretend.close()


@asynccontextmanager
async def hosting(settings: HostSettings, clock: Clock | None = None) -> AsyncIterator[asyncio.Task[None]]:
    """Run a driver host; it is stopped politely at the end."""
    stop = asyncio.Event()
    running = asyncio.create_task(run(settings, clock or SystemClock(), stop))
    try:
        yield running
    finally:
        stop.set()
        await running


def host_settings(broker: Broker, folder: Path, *devices: DeviceSettings, **fields: Any) -> HostSettings:
    """Make the settings of the host under test; its memory lies in `folder`."""
    settings = HostSettings(
        site_id=SITE, host_id=HOST, broker=broker, data_dir=folder / "host", devices=devices
    )
    return msgspec.structs.replace(settings, **fields)


class Ear:
    """Hears everything on the broker, and speaks as the hub would."""

    def __init__(self, link: Connection, clock: Clock) -> None:
        self.heard: list[Incoming] = []
        self.clock = clock
        self._link = link

    async def listen(self) -> None:
        """Take messages until cancelled."""
        async for message in self._link:
            self.heard.append(message)

    def all(self, message: type[M], address: Address) -> list[M]:
        """Return all messages of one kind from one thing, in order."""
        topic = address.topic(_CHANNEL_OF[message])
        return [codec.decode(message, each.payload) for each in self.heard if each.topic == topic]

    def last(self, message: type[M], address: Address) -> M | None:
        """Return the latest message of one kind."""
        return next(reversed(self.all(message, address)), None)

    async def hear(
        self,
        message: type[M],
        address: Address,
        fits: Callable[[M], bool] = lambda _: True,
        within_s: float = PATIENCE_S,
    ) -> M:
        """Return the first message that fits, waiting for it if need be."""
        found = await eventually(
            lambda: [each for each in self.all(message, address) if fits(each)], within_s
        )
        return found[0]

    async def status(self, address: Address, status: str, *, after: int = 0) -> Availability:
        """Wait until a thing's availability is `status` now, heard in more than `after` messages."""

        def now() -> Availability | None:
            heard = self.all(Availability, address)[after:]
            return heard[-1] if heard and heard[-1].status == status else None

        last = await eventually(now, PATIENCE_S)
        assert last is not None
        return last

    async def property(self, address: Address, name: str, value: object) -> None:
        """Wait until a property has `value` now."""
        await eventually(
            lambda: (now := self.last(State, address)) and now.properties[name] == value, PATIENCE_S
        )

    async def tell(
        self,
        address: Address,
        action: str,
        given: Mapping[str, Any] | None = None,
        *,
        valid_s: float = 30.0,
        ident: str | None = None,
        retain: bool = False,
    ) -> str:
        """Publish an action; its id."""
        told = Action(
            id=ident or str(uuid4()),
            action=action,
            input=dict(given or {}),
            issuer="test",
            expires=self.clock.now() + timedelta(seconds=valid_s),
        )
        await self._link.publish(address.topic(Channel.ACTION), codec.encode(told), retain=retain)
        return told.id

    async def outcome(self, address: Address, ident: str, within_s: float = 60.0) -> Result:
        """Wait for the final result of an action."""
        return await self.hear(Result, address, lambda each: each.id == ident and each.status.final, within_s)

    async def do(self, address: Address, action: str, given: Mapping[str, Any] | None = None) -> Result:
        """Tell a device to do something and wait for the outcome."""
        return await self.outcome(address, await self.tell(address, action, given))

    async def commit(self, outbox: str, upto: int, host: Address = HOST_ADDRESS) -> None:
        """Say as the hub that events are in the ledger."""
        said = codec.encode(Committed(outbox=outbox, upto=upto))
        await self._link.publish(host.topic(Channel.COMMITTED), said, retain=True)

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish anything."""
        await self._link.publish(topic, payload, retain=retain)

    def channels(self, address: Address) -> set[Channel]:
        """On which channels a thing has been heard."""
        topics = (parse(each.topic) for each in self.heard)
        return {topic.channel for topic in topics if topic.address == address}


@asynccontextmanager
async def listening(broker: Broker, clock: Clock | None = None) -> AsyncIterator[Ear]:
    """Hear everything on `broker`."""
    async with Connection(broker, f"ear-{uuid4()}") as link:
        await link.subscribe(["hemei/#"])
        ear = Ear(link, clock or SystemClock())
        listening = asyncio.create_task(ear.listen())
        try:
            yield ear
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def fill_disk(folder: Path, *, full: bool) -> None:
    """Let the memory of the host in `folder` fail to be written, as on a full disk; or mend that."""
    with closing(sqlite3.connect(folder / "host" / "store.sqlite")) as connection:
        for table in ("facts", "actions"):
            there, away = (table, f"no_{table}") if full else (f"no_{table}", table)
            connection.execute(f"ALTER TABLE {there} RENAME TO {away}")


def succeeded(result: Result) -> bool:
    """Whether the action did what it should."""
    return result.status is ActionStatus.SUCCEEDED
