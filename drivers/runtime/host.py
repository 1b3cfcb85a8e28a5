"""The driver host: one process that drives the devices of one data directory, and is a thing itself."""

import asyncio
import contextlib
import logging
from collections.abc import Collection, Coroutine
from typing import Any, Final

from contract.clock import Clock
from contract.errors import ConfigurationError
from contract.topics import Address
from drivers.runtime.actions import ActionDesk
from drivers.runtime.counting import Complaints, Counters
from drivers.runtime.database import StorageError
from drivers.runtime.described import Described
from drivers.runtime.families import make_driver
from drivers.runtime.interface import Closing, Driver
from drivers.runtime.link import HostLink
from drivers.runtime.listing import ListDesk
from drivers.runtime.lock import claimed
from drivers.runtime.outlet import Outlet
from drivers.runtime.port import DevicePort
from drivers.runtime.settings import DeviceSettings, HostSettings
from drivers.runtime.storage import Storage, storage
from drivers.runtime.supervisor import Supervisor
from drivers.runtime.thing import device_thing, host_properties, host_thing
from drivers.runtime.waiting import pause

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0
"""How often the host looks at itself."""

PRUNE_S: Final = 3600.0


async def run(settings: HostSettings, clock: Clock, stop: asyncio.Event) -> None:
    """Drive the devices of `settings` until `stop`.

    ConfigurationError before anything starts, if a device or the data directory cannot be used; StorageError
    if a file on disk fails in a way that only a new start can heal.
    """
    drivers = _make_drivers(settings)
    with claimed(settings.data_dir):
        async with storage(settings, clock) as kept:
            former = await kept.store.describing(drivers)
            await _Host(settings, clock, drivers, kept, former).run(stop)


def _make_drivers(settings: HostSettings) -> dict[Address, tuple[DeviceSettings, Driver[Any]]]:
    drivers: dict[Address, tuple[DeviceSettings, Driver[Any]]] = {}
    for device in settings.devices:
        address = settings.address_of(device)
        if address in drivers:
            raise ConfigurationError(f"device {device.kind}/{device.id} is there twice")
        drivers[address] = (device, make_driver(device))
    return drivers


class _Host:
    """Everything of one run, put together."""

    def __init__(
        self,
        settings: HostSettings,
        clock: Clock,
        drivers: dict[Address, tuple[DeviceSettings, Driver[Any]]],
        kept: Storage,
        former: Collection[Address],
    ) -> None:
        self._clock = clock
        self._storage = kept
        self._outlet = Outlet(Counters(), Complaints(clock))
        self._shared: dict[str, Any] = {}
        self._port = self._make_port(host_thing(settings))
        self._supervisors = {
            address: Supervisor(driver, self._make_port(device_thing(settings, device, driver.model)), clock)
            for address, (device, driver) in drivers.items()
        }
        self._desks = {
            address: ActionDesk(address, device, store=kept.store, outlet=self._outlet, clock=clock)
            for address, device in {**self._supervisors, settings.address: None}.items()
        }
        self._lists = ListDesk(settings.address, kept.lists, self._outlet, clock)
        self._link = HostLink(
            settings,
            clock,
            host=self._port,
            desks=self._desks,
            lists=self._lists,
            described=Described(settings.host_id, drivers, former, self._outlet),
            storage=kept,
        )

    def _make_port(self, thing: Any) -> DevicePort:
        return DevicePort(
            thing,
            outlet=self._outlet,
            outbox=self._storage.outbox,
            store=self._storage.store,
            lists=self._storage.lists,
            clock=self._clock,
            shared=self._shared,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`, or until a file is found damaged."""
        await self._storage.store.fail_interrupted(self._clock.now())
        for port in (self._port, *(each.port for each in self._supervisors.values())):
            port.describe()
        desks = _start(*(desk.run() for desk in self._desks.values()))
        devices = _start(*(device.run() for device in self._supervisors.values()))
        rest = _start(self._link.run(), self._lists.run(), self._watch_itself(), self._prune())
        damaged = (self._storage.outbox.damaged, self._storage.lists.damaged)
        ends = _start(stop.wait(), *(each.wait() for each in damaged))
        try:
            done, _ = await asyncio.wait(desks + devices + rest + ends, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await _end(desks)
            await _end(devices)
            await self._close_shared()
            await self._link.say_goodbye()
            await _end(rest + ends)
        if any(each.is_set() for each in damaged):
            raise StorageError("a file is damaged; the next start sets it aside", code="storage-damaged")

    async def _close_shared(self) -> None:
        for shared in self._shared.values():
            if isinstance(shared, Closing):
                await shared.aclose()

    async def _watch_itself(self) -> None:
        while True:
            ready = sum(each.port.answering.is_set() for each in self._supervisors.values())
            self._port.update(
                host_properties(len(self._supervisors), ready, self._storage, self._outlet.counters)
            )
            await pause(self._clock, LOOK_S)

    async def _prune(self) -> None:
        while True:
            with contextlib.suppress(StorageError):  # then an hour later
                await self._storage.store.prune(self._clock.now())
            await pause(self._clock, PRUNE_S)


def _start(*works: Coroutine[Any, Any, Any]) -> list[asyncio.Task[Any]]:
    return [asyncio.create_task(work) for work in works]


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            log.error("while stopping", exc_info=outcome)
