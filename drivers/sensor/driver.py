"""Drives one sensor: reads it, alone or with the others on its board, and reports what it says."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from contract.errors import DeviceError
from contract.things import ThingModel
from drivers.modbus.shared import Snapshot, shared_unit
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Driver, Port
from drivers.runtime.waiting import changed
from drivers.sensor.model import data_sheet, data_sheets
from drivers.sensor.options import SensorOptions
from drivers.sensor.outcomes import JUDGES, Course, no_outcome
from drivers.sensor.reading import read
from drivers.sensor.said import Said
from drivers.sensor.watch import Watch
from drivers.sensor.words import Order

POLL_ORDERED_S: Final = 0.1
"""How often a sensor is looked at that was ordered something."""

FRESH_S: Final = 0.5
"""A first look is as good as one that another sensor on the board had so long ago, and so is its failure."""

REPORT_AGAIN_S: Final = 3.0
"""How long after the outbox was full it is asked again."""

NEVER: Final = float("-inf")


class SensorDriver(Driver[SensorOptions]):
    """A detector on a line of its own or with others, or a contact on a board of inputs."""

    kind: ClassVar[str] = "sensor"
    options_type: ClassVar[type[SensorOptions]] = SensorOptions

    def __init__(self, options: SensorOptions) -> None:
        super().__init__(options)
        self._sensor = options.taken_apart()
        self._profile = self._sensor.own
        self.model = data_sheet(self._profile, self._sensor.class_)
        self._watch = Watch(self._profile, self._sensor.class_, options.low_battery)
        self._said: Said | None = None
        self._seen_at = self._measure_at = self._report_at = self._hurry_until = NEVER
        self._looked, self._hurry = asyncio.Event(), asyncio.Event()

    @classmethod
    def data_sheets(cls) -> Sequence[ThingModel]:
        """Return what sensors can be."""
        return list(data_sheets())

    async def run(self, port: Port) -> None:
        """Look at the sensor for ever; DeviceError when it no longer answers, or not what is asked."""
        if self._said is None:
            self._said = Said(port, self._watch)
        self._unit = shared_unit(port, self._sensor.wire)
        self._unit.want(self._sensor.board.points())
        try:
            async with self._unit.bus.joined():
                due = port.clock.monotonic() - FRESH_S
                while True:
                    await self._take(await self._unit.look(since=due), port, self._said)
                    port.ready()
                    due = await self._next_look(port)
        except DeviceError:
            self._watch.lost()
            port.update(self._watch.properties())
            raise
        finally:
            self._watch.lost()
            self._looked.set()

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Order it, and return when the sensor's own contacts show it."""
        order = Order(action)
        confirmed = await self._unit.switch(self._profile.commands[order])
        sent, timeout_s = port.clock.monotonic(), self.model.actions[action].timeout_s
        course = Course()
        self._hurry_until = sent + timeout_s
        self._hurry.set()
        try:
            while (remaining := sent + timeout_s - port.clock.monotonic()) > 0:
                self._looked.clear()
                if not await changed(port.clock, self._looked, remaining):
                    break
                shown = self._watch.shown()
                if shown is None:
                    raise DeviceError("the sensor was lost after the order was sent", code="outcome-unknown")
                if self._seen_at < sent:
                    continue
                course.look(shown)
                if JUDGES[order](course):
                    return
        finally:
            self._hurry_until = NEVER
        raise no_outcome(order, timeout_s, confirmed=confirmed)

    async def _take(self, snapshot: Snapshot, port: Port, said: Said) -> None:
        self._seen_at = snapshot.at
        readings = read(self._profile, snapshot.registers)
        for nonsense in self._watch.look(readings, snapshot.at).values():
            port.malformed(nonsense)
        self._looked.set()
        port.update(self._watch.properties())
        await self._report(snapshot.at, said)
        self._measure(snapshot.at, port)

    async def _report(self, now: float, said: Said) -> None:
        if now < self._report_at:
            return
        try:
            await said.say()
        except StorageError:  # counted and logged by the port
            self._report_at = now + REPORT_AGAIN_S

    async def _next_look(self, port: Port) -> float:
        """Wait until the next look is due; return since when a look of somebody else is as good."""
        now = port.clock.monotonic()
        period_s = self.options.poll_s
        if now < self._hurry_until:
            period_s = min(period_s, POLL_ORDERED_S)
        due = self._seen_at + period_s
        if await changed(port.clock, self._hurry, due - now):
            self._hurry.clear()
            return port.clock.monotonic()
        return due

    def _measure(self, now: float, port: Port) -> None:
        readings = self._watch.readings
        if readings is None or now < self._measure_at:
            return
        self._measure_at = now + self.options.telemetry_s
        values = {str(name): value for name, value in readings.values.items() if value is not None}
        if values:
            port.measure(values)
