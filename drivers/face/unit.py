"""One face terminal with its driver's parts: what it says, who is on it, what it is told."""

import asyncio
import contextlib
import logging
from typing import Final

from contract.errors import DeviceError, DeviceUnreachable
from contract.first_to_end import first_to_end
from drivers.face import events
from drivers.face.facesluice.terminal import FacesluiceTerminal
from drivers.face.hikvision.terminal import HikvisionTerminal
from drivers.face.model import Cause
from drivers.face.options import FaceOptions
from drivers.face.passes import Passes
from drivers.face.people import People
from drivers.face.shown import Door, about_door, about_people
from drivers.face.terminal import Record, Terminal, What
from drivers.isapi.client import IsapiClient
from drivers.runtime.database import StorageError
from drivers.runtime.interface import Port
from drivers.runtime.waiting import pause

log = logging.getLogger(__name__)

FIRE: Final = "fire"
TAMPER: Final = "tamper"
BEAT_S: Final = 2.0
INSIST_S: Final = 5.0
"""How often a door that fire must hold unlocked is told so, if it is seen not to be."""


class Unit:
    """Lives from session to session with its terminal. ValueError if its files cannot be used."""

    def __init__(self, options: FaceOptions, port: Port) -> None:
        self.terminal = make_terminal(options, port)
        self.fire = options.fire_release and port.recall(FIRE) is True
        self._fire_told = self.fire
        self._holding = asyncio.Lock()
        self._options, self._port = options, port
        self._door = Door(tamper=port.recall(TAMPER) is True)
        self._people = People(options, port, self.terminal, self.publish)
        self._passes = Passes(options, port, self._people)
        self._ready = asyncio.Event()
        self._means = ",".join(sorted(options.means))

    async def serve(self) -> None:
        """Serve the terminal until its wire dies; DeviceError says why."""
        self._ready.clear()
        self.publish()
        await first_to_end(
            self.terminal.serve(self._take, self._answers, self.publish),
            self._keep_released(),
            self._work(),
            self._beat(),
        )

    def publish(self) -> None:
        """Publish how it is."""
        told = self.terminal.told
        properties = about_people(self._people, told, means=self._means, strangers=self._passes.strangers)
        if not self._options.parsed_wire().is_mqtt:
            properties |= about_door(self._door, told, fire=self.fire)
        self._port.update(properties)

    async def unlock(self) -> None:
        """Open once; return when the terminal shows it."""
        self._passes.expect(Cause.COMMAND)
        await self.terminal.open()

    async def release_for_fire(self, *, active: bool) -> None:
        """Hold the door unlocked for fire, or end that, and return when the terminal shows it."""
        self.fire = active
        try:
            await self._hold_open(hold=active)
        finally:
            with contextlib.suppress(StorageError):  # after the door: a full disk must not keep it locked
                await self._port.remember(FIRE, active)
        self.publish()

    def _answers(self) -> None:
        self._port.ready()
        self._ready.set()
        self.publish()

    async def _work(self) -> None:
        await self._ready.wait()
        await self._people.run()

    async def _keep_released(self) -> None:
        """Fire keeps the door unlocked, whatever the terminal forgot without power or was told by others."""
        await self._ready.wait()
        said = False
        while True:
            held = self.terminal.told.held_unlocked
            if self.fire and held is not True and (held is False or not said):
                said = True
                await self._release_again()
            await pause(self._port.clock, INSIST_S)

    async def _release_again(self) -> None:
        try:
            await self._hold_open(hold=True)
        except DeviceUnreachable:
            raise
        except DeviceError as wrong:
            log.warning("%s: not released for fire: %s", self._port.name, wrong.code)

    async def _hold_open(self, *, hold: bool) -> None:
        async with self._holding:
            if hold is not self.fire:
                return  # it was withdrawn while another was said
            await self.terminal.hold_open(hold=hold)
        if self._fire_told is not hold:
            self._fire_told = hold
            with contextlib.suppress(StorageError):  # counted and logged; the door is as it should be
                await self._port.emit(events.FIRE_RELEASED if hold else events.FIRE_RELEASE_ENDED)

    async def _beat(self) -> None:
        while True:
            await pause(self._port.clock, BEAT_S)
            self.publish()

    async def _take(self, record: Record) -> None:
        if not record.replay:  # first of all: a full disk must not hide what the door does
            self._door.see(record)
            self.publish()
        await self._passes.take(record)
        if not record.replay and record.what in (What.TAMPER, What.TAMPER_RESTORED):
            await self._port.remember(TAMPER, self._door.tamper)
        self.publish()


def make_terminal(options: FaceOptions, port: Port) -> Terminal:
    """Return the terminal that the wire names."""
    wire = options.parsed_wire()
    if wire.is_mqtt:
        return FacesluiceTerminal(options, port)
    client = IsapiClient(options.wire, options.credentials(), port.clock, ca_file=options.ca_file)
    return HikvisionTerminal(options, client, port)
