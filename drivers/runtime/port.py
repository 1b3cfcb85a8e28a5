"""The runtime's side of one device: publishes what its driver says, on the device's own topics."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from contract import codec
from contract.clock import Clock
from contract.errors import HemeiError
from contract.lists import Entry
from contract.messages import Availability, AvailabilityStatus, Scalar, State, Telemetry
from contract.things import Thing
from contract.topics import Channel
from drivers.runtime.inputs import type_fault
from drivers.runtime.interface import NO_DATA, Listed
from drivers.runtime.lists import Lists
from drivers.runtime.outbox import Occurrence, Outbox
from drivers.runtime.outlet import Outlet
from drivers.runtime.performing import performed_action
from drivers.runtime.store import Store

T = TypeVar("T")
EntryT = TypeVar("EntryT", bound=Entry)


class DevicePort:
    """What `drivers.runtime.interface.Port` promises, for one thing."""

    def __init__(
        self,
        thing: Thing,
        *,
        outlet: Outlet,
        outbox: Outbox,
        store: Store,
        lists: Lists,
        clock: Clock,
        shared: dict[str, Any],
    ) -> None:
        self.thing = thing
        self.answering = asyncio.Event()
        """Set while the device answers."""
        self._outlet = outlet
        self._outbox = outbox
        self._store = store
        self._lists = lists
        self._clock = clock
        self._shared = shared
        self._properties: Mapping[str, Scalar] = NO_DATA
        self._published_at = float("-inf")
        self._state_seq = 0
        self._telemetry_seq = 0

    @property
    def name(self) -> str:
        """`site/kind/device`."""
        return str(self.thing.address)

    @property
    def clock(self) -> Clock:
        """The only source of time."""
        return self._clock

    def describe(self) -> None:
        """Publish what the thing is."""
        topic = self.thing.address.topic(Channel.DESCRIPTION)
        self._outlet.retained(topic, self.thing.description())

    def available(self, status: AvailabilityStatus, reason: str | None = None) -> None:
        """Publish whether the thing can be talked to."""
        said = Availability(status=status, ts=self._clock.now(), reason=reason)
        self._outlet.retained(self.thing.address.topic(Channel.AVAILABILITY), codec.encode(said))

    def ready(self) -> None:
        """Say that the device answers."""
        if not self.answering.is_set():
            self.answering.set()
            self.available(AvailabilityStatus.READY)

    def unready(self, reason: str) -> None:
        """Say that the device does not answer."""
        self.answering.clear()
        self._published_at = float("-inf")  # whatever it says next is news
        self.available(AvailabilityStatus.DISCONNECTED, reason)

    def update(self, properties: Mapping[str, Scalar]) -> None:
        """Publish the full set if it changed or the heartbeat is due."""
        now = self._clock.monotonic()
        changed = properties != self._properties
        if not changed and now < self._published_at + self.thing.model.heartbeat_s:
            return
        if changed:
            self._check(properties)
        self._properties = dict(properties)
        self._published_at = now
        self._state_seq += 1
        state = State(
            ts=self._clock.now(), boot=self._store.boot, seq=self._state_seq, properties=dict(properties)
        )
        self._outlet.retained(self.thing.address.topic(Channel.STATE), codec.encode(state))

    def measure(self, values: Mapping[str, bool | int | float]) -> None:
        """Publish measurements at QoS 0."""
        self._telemetry_seq += 1
        telemetry = Telemetry(
            ts=self._clock.now(), boot=self._store.boot, seq=self._telemetry_seq, values=dict(values)
        )
        self._outlet.passing(self.thing.address.topic(Channel.TELEMETRY), codec.encode(telemetry))

    def preview(self, jpeg: bytes) -> None:
        """Publish a picture for whoever watches now, at QoS 0."""
        self._outlet.passing(self.thing.address.topic(Channel.PREVIEW), jpeg)

    def malformed(self, what: str) -> None:
        """Count something from the device that makes no sense."""
        self._outlet.counters.malformed += 1
        self._outlet.complaints.say(self.name, f"makes no sense: {what}")

    async def emit(
        self,
        type: str,
        data: Mapping[str, Any] = NO_DATA,
        *,
        media: Sequence[bytes] = (),
        id: str | None = None,
        time: datetime | None = None,
    ) -> None:
        """Keep an event in the outbox; on disk when this returns."""
        if type not in self.thing.model.events:
            raise ValueError(f"{self.name}: the model has no event {type!r}")
        happened = time or self._clock.now()
        occurrence = Occurrence(
            self.thing.address, type, happened, data, tuple(media), id, performed_action()
        )
        try:
            await self._outbox.append(occurrence)
        except HemeiError as full:
            self._outlet.counters.events_refused += 1
            self._outlet.complaints.say(self.name, f"event {type} is not kept: {full}")
            raise

    async def remember(self, key: str, value: Scalar) -> None:
        """Keep a small fact about this device across restarts."""
        await self._store.remember(self.thing.address, key, value)

    def recall(self, key: str) -> Scalar:
        """Return a remembered fact, None if there is none."""
        return self._store.recall(self.thing.address, key)

    def listed(self, kind: type[EntryT]) -> Listed[EntryT]:
        """Return the list of `kind` as the host holds it."""
        return self._lists.listed(kind)

    def shared(self, key: str, make: Callable[[], T]) -> T:
        """Return what the devices of this host share under `key`."""
        if key not in self._shared:
            self._shared[key] = make()
        kept: T = self._shared[key]
        return kept

    def _check(self, properties: Mapping[str, Scalar]) -> None:
        declared = self.thing.model.properties
        if properties.keys() != declared.keys():
            odd = sorted(properties.keys() ^ declared.keys())
            raise ValueError(f"{self.name}: not exactly the properties of the model: {', '.join(odd)}")
        for name, value in properties.items():
            fault = type_fault(declared[name], value)
            if fault:
                raise ValueError(f"{self.name}: property {name!r} {fault}")
