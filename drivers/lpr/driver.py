"""Drives a gate that its plate camera opens: by the answer to a plate, or by its relay."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, ClassVar, Final

from contract.errors import DeviceError, DeviceUnreachable, Refused
from contract.messages import Scalar
from drivers.gate.state import GateState
from drivers.gate.watch import CLOSED, OPENED, TOLD_S
from drivers.lpr.contacts import Contacts
from drivers.lpr.model import LPR
from drivers.lpr.options import LprOptions
from drivers.lpr.shown import properties
from drivers.plates.camera import Contact, PlateCamera
from drivers.plates.gatehouse import Barrier, Gatehouse, gatehouse_of
from drivers.plates.sheet import CameraState
from drivers.plates.telling import Report
from drivers.plates.writing import Writing
from drivers.runtime.interface import Driver, Port
from drivers.runtime.waiting import changed, pause

LOOK_S: Final = 0.25
"""How often the lane is looked at though nothing changes: vehicles leave without a word."""

INSIST_S: Final = 5.0
"""How often a boom that fire holds up is told so again while a contact shows it down."""

MOST_HAPPENINGS: Final = 64
"""What happens while the camera is lost waits until it is back; contacts may chatter."""

NEW_S: Final = 3.0
"""A camera that polls has asked twice by then."""


class LprDriver(Driver[LprOptions]):
    """A barrier gate at the relay of a plate camera."""

    kind: ClassVar[str] = "gate"
    model = LPR
    options_type: ClassVar[type[LprOptions]] = LprOptions
    urgent: ClassVar[Mapping[str, int]] = {"fire-release": 1}

    def __init__(self, options: LprOptions) -> None:
        super().__init__(options)
        self._contacts = Contacts(options)
        self._gatehouse: Gatehouse | None = None
        self._changed = asyncio.Event()
        self._happenings: deque[Report] = deque(maxlen=MOST_HAPPENINGS)
        self._settled: GateState | None = None
        self._fire = False
        self._told_at = self._insist_at = self._ready_at = float("-inf")

    async def run(self, port: Port) -> None:
        """Follow lane and camera until the camera is silent: DeviceUnreachable."""
        self._fire = port.recall("fire") is True
        gatehouse = self._begin(port)
        await self._until_heard(gatehouse, port)
        self._ready_at = port.clock.monotonic()
        port.ready()
        async with aclosing(Writing(port).start()) as writing:
            while not gatehouse.is_silent():
                await self._keep_up(port)
                self._look(port)
                while self._happenings:
                    writing.report(self._happenings.popleft())
                await self._wait(self._changed, port)
        self._contacts.lost()
        gatehouse.lost()
        port.update(self._properties())
        raise DeviceUnreachable(gatehouse.fault)

    async def _until_heard(self, gatehouse: Gatehouse, port: Port) -> None:
        """Return when the camera is there; DeviceUnreachable when it is newly known that it is not."""
        was_silent = gatehouse.is_silent()
        while gatehouse.state is not CameraState.READY:
            port.update(self._properties())
            await self._wait(gatehouse.stirred, port)
            if gatehouse.is_silent() and not was_silent:
                raise DeviceUnreachable(gatehouse.fault)

    async def perform(self, action: str, input: Mapping[str, Any], port: Port) -> None:
        """Do it, and return when a contact shows it; the relay's word alone is no outcome."""
        if action == "open":
            confirmed = await self._open(port)
            self._require_gatehouse().commanded()
        else:
            self._fire = input["active"]
            self._look(port)
            if not self._fire:
                await port.remember("fire", False)
                return
            try:
                confirmed = await self._open(port)
            finally:  # after the boom moves: a full disk must not keep it down
                await port.remember("fire", True)
        await self._outcome(port, confirmed)

    def _begin(self, port: Port) -> Gatehouse:
        barrier = Barrier(
            may_open=lambda: True,
            open=lambda: self._answered(port),
            show=lambda: port.update(self._properties()),
            by_camera=True,
            contact=lambda contact: self._take(contact, port),
        )
        self._gatehouse = gatehouse_of(port, self.options.plates, barrier)
        return self._gatehouse

    async def _answered(self, port: Port) -> None:
        """Take that the camera opens by the answer that it gets."""
        self._told_at = port.clock.monotonic()

    def _take(self, contact: Contact, port: Port) -> None:
        if not self._contacts.take(contact):
            return
        self._note_arrival(port)
        self._look(port)
        self._changed.set()

    def _look(self, port: Port) -> None:
        self._require_gatehouse().look(self._contacts.scene(fire=self._fire))
        port.update(self._properties())

    def _note_arrival(self, port: Port) -> None:
        state = self._contacts.state
        if state not in (GateState.OPEN, GateState.CLOSED) or state is self._settled:
            return
        self._settled = state
        opened = state is GateState.OPEN
        told = opened and port.clock.monotonic() - self._told_at <= TOLD_S
        happening = OPENED if opened else CLOSED
        self._happenings.append(Report(happening, {"commanded": told}, port.clock.now()))

    async def _wait(self, event: asyncio.Event, port: Port) -> None:
        await changed(port.clock, event, LOOK_S)
        event.clear()

    async def _keep_up(self, port: Port) -> None:
        """Open once more while fire holds and a contact shows the boom down."""
        now = port.clock.monotonic()
        if self._fire and self._contacts["down"] and now >= self._insist_at:
            self._insist_at = now + INSIST_S
            with contextlib.suppress(DeviceError, Refused):
                await self._camera().open()

    async def _open(self, port: Port) -> bool:
        """Have the relay open, once; whether the camera confirmed."""
        self._insist_at = port.clock.monotonic() + INSIST_S
        camera = self._camera()
        if not camera.opens:
            raise Refused("this camera's relay cannot open the barrier", code="not-supported")
        self._told_at = port.clock.monotonic()
        while True:
            try:
                return await camera.open()
            except Refused as refused:  # nothing was told: that it can be, a camera may not have shown yet
                if refused.code != "not-supported" or port.clock.monotonic() - self._ready_at > NEW_S:
                    raise
            await pause(port.clock, LOOK_S)

    async def _outcome(self, port: Port, confirmed: bool) -> None:
        until = port.clock.monotonic() + self.options.move_timeout_s
        while not self._contacts.is_open:
            remaining = until - port.clock.monotonic()
            if remaining <= 0 or not self._contacts.sees_moves:
                raise self._no_outcome(confirmed)
            await self._wait(self._changed, port)

    def _no_outcome(self, confirmed: bool) -> DeviceError:
        said = "confirmed" if confirmed else "did not confirm"
        seen = "no contact shows that the boom is up" if self._contacts.sees_moves else "no contact is wired"
        return DeviceError(f"the camera {said} that its relay opened, but {seen}", code="outcome-unknown")

    def _camera(self) -> PlateCamera:
        camera = self._require_gatehouse().camera
        if camera is None:
            raise DeviceUnreachable("the camera has not been heard yet")
        return camera

    def _require_gatehouse(self) -> Gatehouse:
        if self._gatehouse is None:
            raise DeviceUnreachable("the camera has not been heard yet")
        return self._gatehouse

    def _properties(self) -> dict[str, Scalar]:
        shown = self._gatehouse.properties() if self._gatehouse else dict.fromkeys(_OF_VEHICLES)
        return {**properties(self._contacts, fire=self._fire), **shown}


_OF_VEHICLES: Final = ("waiting", "list", "vehicles-listed")
