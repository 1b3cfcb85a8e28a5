"""Folding at the desk: a power cut in 200 devices is one alarm, also across a restart."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from contract.clock import ManualClock
from contract.messages import Availability, AvailabilityStatus, State
from contract.things import Description, Location
from contract.topics import Address
from hub.alarms.alarm import Actor, Alarm
from hub.alarms.definition import Definition
from hub.alarms.desk import Desk, annunciated
from hub.alarms.folding.decide import SETTLE_MS
from hub.alarms.folding.folder import BACK_MS, Folder
from hub.alarms.signals import Raise, Return
from hub.alarms.supply import Supply
from hub.ledger.engine import open_ledger
from hub.ledger.schema import metadata
from hub.ledger.transactions import Transactions
from hub.shadows.registry import Shadows
from tests.hub.alarms.folding.test_decide import DEFINITIONS
from tests.ledgers import new_ledger
from tests.waiting import eventually

BY_KEY = {each.key: each for each in DEFINITIONS}
OFFLINE, FIRE, DRIVER_LOST = BY_KEY["device-offline"], BY_KEY["fire"], BY_KEY["driver-lost"]
HOST = Address("hemei", "driver", "host-1")
DOORS = [Address("hemei", "door", f"door-{number}") for number in range(200)]
EAST = Supply(id="east", title={"en": "East"}, areas=("east",), within_s=30)


class House:
    """One run of the hub: devices in one area, on one driver host and one supply."""

    def __init__(self, engine: Engine, clock: ManualClock, doors: list[Address]) -> None:
        metadata.create_all(engine)
        self.clock = clock
        self.thread = ThreadPoolExecutor(1)
        self.doors = doors
        self.desk = Desk(Transactions(engine, self.thread), clock, "default")
        self.shadows = Shadows(clock, "default")
        self.folder = Folder(self.desk, self.shadows, clock, "hemei", DEFINITIONS, [EAST])
        self.shadows.on_change = self.folder.changed
        self.desk.join(self.folder)
        self.desk.cover_by(self.folder.cover)

    def begin(self) -> None:
        self.shadows.set_link(online=True)
        for address in (HOST, *self.doors):
            area = Location(area="east")
            driver = None if address == HOST else HOST.device
            described = Description(title=address.device, driver=driver, location=area, heartbeat_s=1000)
            self.shadows.describe(self.shadows.of(address), described)
            self.hear(address)

    def hear(self, *addresses: Address, status: AvailabilityStatus = AvailabilityStatus.READY) -> None:
        for address in addresses:
            shadow, now_ms = self.shadows.of(address), self.clock.now_ms()
            state = State(ts=self.clock.now(), boot=1, seq=now_ms, properties={})
            shadow.apply_state(state, now_ms, retained=False, now=self.clock.monotonic(), wall_ms=now_ms)
            self.shadows.available(shadow, Availability(status=status, ts=self.clock.now()))

    def lose(self, *addresses: Address) -> None:
        self.hear(*addresses, status=AvailabilityStatus.LOST)

    async def raises(self, definition: Definition, *addresses: Address) -> None:
        now_ms = self.clock.now_ms()
        raised = [Raise(definition=definition, address=each, area="east", at_ms=now_ms) for each in addresses]
        await self.desk.take(raised, None)

    async def returns(self, definition: Definition, *addresses: Address) -> None:
        now_ms = self.clock.now_ms()
        returned = [Return(definition=definition, address=each, at_ms=now_ms) for each in addresses]
        await self.desk.take(returned, None)

    @property
    def alarms(self) -> list[Alarm]:
        return list(self.desk.standing().values())

    @property
    def told(self) -> list[str]:
        """What people are alerted of."""
        return sorted(alarm.key for alarm in self.alarms if annunciated(alarm))

    def of(self, key: str) -> Alarm:
        return next(alarm for alarm in self.alarms if alarm.key == key)


@asynccontextmanager
async def house(
    engine: Engine, clock: ManualClock | None = None, doors: list[Address] | None = None
) -> AsyncIterator[House]:
    running = House(engine, clock or ManualClock(), doors or DOORS[:5])
    await running.desk.open()
    yield running
    running.thread.shutdown()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Engine]:
    """Give a ledger, where the database decides nothing."""
    engine = open_ledger(new_ledger(tmp_path / "ledger.sqlite"))
    yield engine
    engine.dispose()


async def test_200_devices_lost_at_once_are_one_alarm_and_cost_little(file: Engine) -> None:
    async with house(file, doors=DOORS) as hub:
        hub.begin()
        await hub.folder.look()
        hub.lose(*DOORS)
        await hub.raises(OFFLINE, *DOORS)
        started = time.thread_time()
        await hub.folder.look()
        spent_s = time.thread_time() - started
        assert hub.told == ["supply-lost"]
        assert len(hub.alarms) == 201
        assert hub.of("supply-lost").data["silent"] == 200
        assert spent_s < 0.1, "of the event loop's time; about 0.01 s"


async def test_an_alarm_that_comes_after_its_cause_is_made_folded(file: Engine) -> None:
    async with house(file) as hub:
        hub.begin()
        hub.lose(*hub.doors)
        await hub.folder.look()
        await hub.raises(OFFLINE, *hub.doors)
        assert hub.told == ["supply-lost"]
        assert {alarm.entries for alarm in hub.alarms} == {1}, "nothing had to be folded after the raise"


async def test_a_fire_behind_the_lost_host_is_told_for_itself(file: Engine) -> None:
    async with house(file) as hub:
        hub.begin()
        await hub.raises(DRIVER_LOST, HOST)
        await hub.raises(FIRE, hub.doors[0])
        await hub.raises(OFFLINE, hub.doors[0])
        await hub.folder.look()
        assert hub.told == ["driver-lost", "fire"]


async def test_when_the_cause_is_over_those_that_returned_close_and_those_that_last_are_told(
    file: Engine,
) -> None:
    async with house(file) as hub:
        hub.begin()
        hub.lose(*hub.doors)
        await hub.raises(OFFLINE, *hub.doors)
        await hub.folder.look()
        hub.hear(*hub.doors[:4])
        await hub.folder.look()
        assert hub.told == ["supply-lost"], "not at once: power may flicker"
        hub.clock.advance(BACK_MS / 1000)
        await hub.folder.look()
        await hub.returns(OFFLINE, *hub.doors[:4])
        assert not hub.of("supply-lost").active
        assert [alarm.address for alarm in hub.alarms if alarm.key == "device-offline"] == [hub.doors[4]]
        assert hub.told == ["supply-lost"], "the last one still may come back"
        hub.clock.advance(SETTLE_MS / 1000)
        await hub.folder.look()
        assert hub.told == ["device-offline", "supply-lost"]
        assert hub.of("device-offline").parent is None


async def test_after_a_restart_what_was_folded_stays_so_and_what_was_not_is(file: Engine) -> None:
    clock = ManualClock()
    async with house(file, clock) as hub:
        hub.begin()
        await hub.raises(OFFLINE, hub.doors[0])
        await hub.raises(DRIVER_LOST, HOST)  # and here the hub is killed
    async with house(file, clock) as hub:
        await hub.folder.look()
        assert hub.told == ["device-offline", "driver-lost"], "its device is not known yet"
        hub.begin()
        await hub.folder.look()
        assert hub.told == ["driver-lost"]
    async with house(file, clock) as hub:
        entries = hub.of("device-offline").entries
        await hub.folder.look()
        hub.begin()
        await hub.folder.look()
        assert hub.of("device-offline").entries == entries, "nothing is written anew"
        cause = hub.of("driver-lost")
        await hub.desk.acknowledge(cause.id, cause.version, Actor(who="user:li"))
        await hub.returns(DRIVER_LOST, HOST)
    clock.advance(3600)
    async with house(file, clock) as hub:
        hub.begin()
        await hub.folder.look()
        assert hub.told == [], "its devices are given their time anew"
        clock.advance(SETTLE_MS / 1000)
        await hub.folder.look()
        assert hub.told == ["device-offline"]


async def test_a_driver_host_that_is_gone_says_nothing_of_the_power(file: Engine) -> None:
    async with house(file) as hub:
        hub.begin()
        hub.lose(HOST)
        await hub.folder.look()
        assert hub.told == []


async def test_devices_lost_one_by_one_are_no_power_cut(file: Engine) -> None:
    async with house(file) as hub:
        hub.begin()
        for door in hub.doors:
            hub.lose(door)
            hub.clock.advance(20)
        await hub.folder.look()
        assert hub.told == []


async def test_it_looks_by_itself_when_something_changes(file: Engine) -> None:
    async with house(file) as hub:
        task = asyncio.create_task(hub.folder.run())
        hub.begin()
        hub.lose(*hub.doors)
        await eventually(lambda: hub.told == ["supply-lost"])
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
