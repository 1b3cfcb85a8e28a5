"""What every driver promises, tested over pretend hardware, a real driver host and a real broker.

A family takes part by a module in `tests/drivers/benches/`. A driver kept elsewhere takes part by a test
class of its own: `class TestMine(Conformance): bench = Bench(…)`.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contract import codec
from contract.clock import Clock, SystemClock, rfc3339
from contract.errors import ConfigurationError
from contract.messages import ActionStatus, Availability, AvailabilityStatus, Event, State
from contract.things import Description, read_description
from contract.topics import Address, Channel
from drivers.runtime.families import make_driver
from drivers.runtime.inputs import value_fault
from drivers.runtime.settings import DeviceSettings
from simulators.host import Host, SimulatedDevice
from tests.broker import Mosquitto
from tests.drivers.stage import (
    HOST_ADDRESS,
    SITE,
    Ear,
    Hurried,
    Pretend,
    host_settings,
    hosting,
    listening,
    pretending,
    succeeded,
)
from tests.waiting import eventually


@dataclass(frozen=True, kw_only=True)
class Bench:
    """One family on the bench."""

    family: str
    kind: str
    simulated: Mapping[str, Any]
    """Options of the pretend device; port 0 takes any."""
    options: Mapping[str, Any]
    """Options of the driver, without the wire."""
    wrong_options: tuple[Mapping[str, Any], str, str]
    """Options that are wrong, the word that the complaint must name, and what it must say is allowed."""
    action: str
    given: Mapping[str, Any]
    wrong_given: Mapping[str, Any]
    effects: Callable[[Mapping[str, Any]], int] | str
    """How often the device has really done it; of a device that does not count, the event that it leaves."""
    happen: Callable[[Host, str], None]
    """Let the device report exactly one event."""
    power_loss: str
    wired: bool = True
    """Whether the driver is told a wire; else the device comes to it, by what its options say."""

    @property
    def address(self) -> Address:
        """The device under test."""
        return Address(SITE, self.kind, "under-test")

    @property
    def device(self) -> str:
        """The device as the simulators name it."""
        return f"{self.kind}/under-test"

    def wire(self, wires: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the driver's option that says where the device is, if there is one."""
        return {"wire": wires[self.device]} if self.wired else {}


@dataclass(kw_only=True)
class Stage:
    """Everything that a test plays with; `start` begins the driver host, `stop` ends it."""

    bench: Bench
    pretend: Pretend
    broker: Mosquitto
    ear: Ear
    folder: Path
    clock: Clock
    running: AsyncExitStack | None = None

    @property
    def device(self) -> DeviceSettings:
        """The device as the site file has it."""
        return DeviceSettings(
            kind=self.bench.kind,
            id="under-test",
            family=self.bench.family,
            title={"zh-CN": "被测设备", "en": "Under test"},
            options={**self.bench.wire(self.pretend.wires), **self.bench.options},
        )

    async def start(self) -> None:
        """Start the driver host and wait until the device is ready, not only said so by an earlier host."""
        before = len(self.ear.all(Availability, self.bench.address))
        self.running = AsyncExitStack()
        settings = host_settings(self.broker.broker(), self.folder, self.device)
        await self.running.enter_async_context(hosting(settings, self.clock))
        await self.ear.status(self.bench.address, "ready", after=before)
        await self.ear.status(HOST_ADDRESS, "ready")

    async def stop(self) -> None:
        """Stop the driver host politely and hear it say so."""
        await self.leave()
        await self.ear.status(HOST_ADDRESS, "lost")

    async def leave(self) -> None:
        """Stop the driver host if it runs."""
        if self.running is not None:
            await self.running.aclose()
            self.running = None

    def effects(self) -> int:
        """How often the device has really done what it was told."""
        effects = self.bench.effects
        if isinstance(effects, str):
            return kept_events(self.folder / "host" / "outbox.sqlite", effects)
        return effects(self.pretend.inspect(self.bench.device))

    def happen(self) -> None:
        """Let the device report one event."""
        self.bench.happen(self.pretend, self.bench.device)

    def description(self) -> Description:
        """Read what the thing says it is."""
        topic = self.bench.address.topic(Channel.DESCRIPTION)
        return read_description(next(each.payload for each in self.ear.heard if each.topic == topic))

    async def events(self, count: int) -> list[Event]:
        """Wait for `count` different events and return them by their number."""
        numbered: dict[int, Event] = {}

        def enough() -> bool:
            for event in self.ear.all(Event, self.bench.address):
                assert event.outboxnumber is not None
                numbered[event.outboxnumber] = event
            return len(numbered) >= count

        await eventually(enough)
        return [numbered[number] for number in sorted(numbered)]


def kept_events(outbox: Path, type: str) -> int:
    """Count the events of a type that an outbox keeps: they are there before the result is published."""
    with closing(sqlite3.connect(outbox)) as connection:
        return sum(
            codec.decode(Event, event).type == type
            for (event,) in connection.execute("SELECT event FROM events")
        )


class OnStage:
    """Gives each test a `stage`. Subclasses say for which family: `bench`."""

    bench: Bench

    @pytest.fixture
    def clock(self) -> Clock:
        """Give the time of driver host and tests."""
        return SystemClock()

    @pytest_asyncio.fixture
    async def stage(self, mosquitto: Mosquitto, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
        """Set the stage; the driver host does not run yet."""
        simulated = SimulatedDevice(
            kind=self.bench.kind,
            id="under-test",
            family=self.bench.family,
            options=dict(self.bench.simulated),
        )
        async with pretending(simulated) as pretend, listening(mosquitto.broker(), clock) as ear:
            stage = Stage(
                bench=self.bench, pretend=pretend, broker=mosquitto, ear=ear, folder=tmp_path, clock=clock
            )
            try:
                yield stage
            finally:
                await stage.leave()


class Conformance(OnStage):
    """The promises."""

    async def test_it_is_what_it_says(self, stage: Stage) -> None:
        await stage.start()
        description = stage.description()
        state = await stage.ear.hear(State, self.bench.address)
        assert state.properties.keys() == description.properties.keys()
        model = make_driver(stage.device).model
        for name, value in state.properties.items():
            if value is not None:
                assert not value_fault(model.properties[name], value), name
            assert description.properties[name].unit == model.properties[name].unit
        assert set(description.actions) == set(model.actions)
        assert set(description.events) == set(model.events)
        assert self.bench.action in description.actions
        assert description.driver == "gates"
        assert all(set(schema.titles) >= {"zh-CN", "en"} for schema in description.properties.values())

    async def test_a_dead_wire_is_told_with_its_reason_and_so_is_its_return(self, stage: Stage) -> None:
        await stage.start()
        heard = [each.status for each in stage.ear.all(Availability, self.bench.address)]
        assert heard[0] in ("init", "ready"), "whether the broker was there in time for init"
        before = set(heard[: heard.index(AvailabilityStatus.READY)])
        assert before <= {"init", "disconnected"}, "a busy machine may not reach it at first"
        stage.pretend.fault(self.bench.device, self.bench.power_loss)
        lost = await stage.ear.status(self.bench.address, "disconnected")
        assert lost.reason
        refused = await stage.ear.do(self.bench.address, self.bench.action, self.bench.given)
        assert (refused.status, refused.error and refused.error.code) == ("refused", "device-unreachable")
        stage.pretend.fault(self.bench.device, "none")
        await stage.ear.status(self.bench.address, "ready")

    async def test_it_does_what_it_is_told_and_says_so(self, stage: Stage) -> None:
        await stage.start()
        ident = await stage.ear.tell(self.bench.address, self.bench.action, self.bench.given)
        assert succeeded(await stage.ear.outcome(self.bench.address, ident))
        assert stage.effects() == 1

    async def test_what_it_cannot_do_is_refused(self, stage: Stage) -> None:
        await stage.start()
        unknown = await stage.ear.do(self.bench.address, "make-coffee")
        assert (unknown.status, unknown.error and unknown.error.code) == ("refused", "unknown-action")
        wrong = await stage.ear.do(self.bench.address, self.bench.action, self.bench.wrong_given)
        assert (wrong.status, wrong.error and wrong.error.code) == ("refused", "invalid-input")
        assert stage.effects() == 0

    async def test_an_action_that_comes_too_late_dies(self, stage: Stage) -> None:
        await stage.start()
        ident = await stage.ear.tell(self.bench.address, self.bench.action, self.bench.given, valid_s=-0.001)
        late = await stage.ear.outcome(self.bench.address, ident)
        assert late.status is ActionStatus.EXPIRED
        assert stage.effects() == 0

    async def test_an_action_runs_once_however_often_it_comes(self, stage: Stage) -> None:
        await stage.start()
        for _ in range(3):
            await stage.ear.tell(self.bench.address, self.bench.action, self.bench.given, ident="once")
        assert succeeded(await stage.ear.outcome(self.bench.address, "once"))
        await stage.stop()
        await stage.start()
        await stage.ear.tell(self.bench.address, self.bench.action, self.bench.given, ident="once")
        await stage.ear.property(HOST_ADDRESS, "actions-repeated", 1)
        assert stage.effects() == 1

    async def test_a_retained_action_is_ignored(self, stage: Stage) -> None:
        await stage.ear.tell(self.bench.address, self.bench.action, self.bench.given, retain=True)
        await stage.start()
        await stage.ear.property(HOST_ADDRESS, "retained-actions-ignored", 1)
        assert stage.effects() == 0

    async def test_what_is_said_while_it_is_away_never_arrives(self, stage: Stage) -> None:
        await stage.start()
        await stage.stop()
        await stage.ear.tell(self.bench.address, self.bench.action, self.bench.given)
        await stage.start()
        assert succeeded(await stage.ear.do(self.bench.address, self.bench.action, self.bench.given))
        assert stage.effects() == 1

    async def test_garbage_harms_nothing(self, stage: Stage) -> None:
        await stage.start()
        topic = self.bench.address.topic(Channel.ACTION)
        soon = rfc3339(stage.clock.now() + timedelta(minutes=1))
        fields = f'"action":"{self.bench.action}","issuer":"x","expires":"{soon}"'
        for payload in (b"", b"\xff", b"[]", b"{}" * 1000, b'{"id": 1}', b'{"id":"bad", "action": 7}'):
            await stage.ear.publish(topic, payload)
        for given in ("null", "[]", '"x"', "{"):
            await stage.ear.publish(topic, f'{{"id":"bad",{fields},"input":{given}}}'.encode())
        refused = await stage.ear.outcome(self.bench.address, "bad")
        assert refused.status is ActionStatus.REFUSED
        await stage.ear.property(HOST_ADDRESS, "messages-rejected", 10)
        assert succeeded(await stage.ear.do(self.bench.address, self.bench.action, self.bench.given))
        assert stage.effects() == 1

    async def test_events_are_numbered_without_gaps_over_a_restart(self, stage: Stage) -> None:
        await stage.start()
        stage.happen()
        (first,) = await stage.events(1)
        await stage.stop()
        await stage.start()
        stage.happen()
        await stage.events(2)
        stage.happen()
        events = await stage.events(3)
        assert [each.outboxnumber for each in events] == [1, 2, 3]
        assert [each.sequence for each in events] == [1, 1, 2]
        assert events[1].boot == events[2].boot != first.boot
        assert {each.outbox for each in events} == {first.outbox}
        assert {each.source for each in events} == {str(self.bench.address)}
        assert {each.type for each in events} <= set(stage.description().events)

    async def test_the_outbox_keeps_events_until_the_hub_has_them(self, stage: Stage) -> None:
        await stage.start()
        stage.happen()
        (event,) = await stage.events(1)
        await eventually(lambda: self._waiting(stage) > 0)  # a device may have more to say
        await stage.ear.commit("another-outbox", 1)
        await stage.ear.commit(str(event.outbox), 99)
        await stage.ear.property(HOST_ADDRESS, "messages-rejected", 1)
        await stage.stop()
        before = len(stage.ear.all(Event, self.bench.address))
        await stage.start()
        again = await eventually(
            lambda: [
                each for each in stage.ear.all(Event, self.bench.address)[before:] if each.id == event.id
            ]
        )
        assert [(each.outboxnumber, each.outboxfirst) for each in again] == [(1, 1)]
        told = stage.ear.all(Event, self.bench.address)
        await stage.ear.commit(str(event.outbox), max(each.outboxnumber or 0 for each in told))
        await stage.ear.property(HOST_ADDRESS, "outbox-waiting", 0)

    def _waiting(self, stage: Stage) -> int:
        now = stage.ear.last(State, HOST_ADDRESS)
        return int(now.properties["outbox-waiting"]) if now else 0

    async def test_events_say_what_the_description_says(self, stage: Stage) -> None:
        await stage.start()
        stage.happen()
        (event,) = await stage.events(1)
        declared = make_driver(stage.device).model.events[event.type].data
        data = {name: value for name, value in event.data.items() if name != "media"}
        assert data.keys() == declared.keys()
        assert not [name for name, value in data.items() if value_fault(declared[name], value)]

    def test_wrong_options_are_named(self) -> None:
        options, named, allowed = self.bench.wrong_options
        device = DeviceSettings(
            kind=self.bench.kind,
            id="under-test",
            family=self.bench.family,
            title={"en": "Under test"},
            options={**self.bench.wire({self.bench.device: self.bench.simulated.get("wire")}), **options},
        )
        with pytest.raises(ConfigurationError) as wrong:
            make_driver(device)
        assert named in str(wrong.value)
        assert allowed in str(wrong.value)

    @pytest.mark.parametrize("clock", [pytest.param(Hurried(8), id="hurried")])
    async def test_it_is_heard_of_though_nothing_changes(self, stage: Stage, clock: Clock) -> None:
        await stage.start()
        heartbeat_s = stage.description().heartbeat_s

        def heartbeats() -> list[float]:
            """Ages of what was said again unchanged; the device itself may change in between."""
            said = pairwise(stage.ear.all(State, self.bench.address))
            return [
                (later.ts - earlier.ts).total_seconds()
                for earlier, later in said
                if later.seq > earlier.seq and later.properties == earlier.properties
            ]

        age_s = (await eventually(heartbeats))[0]
        assert heartbeat_s * 0.9 <= age_s <= heartbeat_s * 2

    async def test_a_broker_that_lost_everything_is_told_everything(self, stage: Stage) -> None:
        await stage.start()
        await stage.broker.kill()
        (stage.folder / "mosquitto" / "mosquitto.db").unlink(missing_ok=True)
        await stage.broker.start()
        async with listening(stage.broker.broker(), stage.clock) as ear:
            await ear.status(self.bench.address, "ready")
            await ear.status(HOST_ADDRESS, "ready")
            expected = {Channel.DESCRIPTION, Channel.AVAILABILITY, Channel.STATE}
            await eventually(lambda: ear.channels(self.bench.address) >= expected)
