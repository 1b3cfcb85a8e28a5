"""Keeps one driver running: tells how the device is, waits after a failure, and starts it again."""

import asyncio
import logging
import random
from collections.abc import Mapping
from typing import Any, Final

from contract.clock import Clock
from contract.errors import DeviceError, HemeiError, Refused
from contract.messages import AvailabilityStatus
from drivers.runtime.interface import Driver
from drivers.runtime.port import DevicePort
from drivers.runtime.waiting import pause, within

log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 15.0
SETTLED_S: Final = 30.0
"""A connection that lasted this long begins again with the shortest wait."""

GRACE_S: Final = 5.0
"""What a driver may take beyond the announced time of an action before it is cut off."""


class Supervisor:
    """One device with its driver; whatever the driver does stays inside."""

    def __init__(self, driver: Driver[Any], port: DevicePort, clock: Clock) -> None:
        self.driver = driver
        self.port = port
        self._clock = clock
        self._session: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve the device until cancelled."""
        self.port.available(AvailabilityStatus.INIT)
        wait_s = FIRST_WAIT_S
        while True:
            started = self._clock.monotonic()
            reason = await self._serve()
            self.port.unready(reason)
            if self._clock.monotonic() - started > SETTLED_S:
                wait_s = FIRST_WAIT_S
            await pause(self._clock, wait_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    async def perform(self, action: str, given: Mapping[str, Any]) -> None:
        """Let the driver perform `action`; whatever it raises comes out.

        DeviceError `outcome-unknown` if the device is lost meanwhile, `timeout` if the driver forgets itself.
        """
        session = self._session
        limit_s = self.port.thing.model.actions[action].timeout_s + GRACE_S
        if action in self.driver.always:
            work = self.driver.perform(action, given, self.port)
        elif session is None or not self.port.answering.is_set():
            raise Refused("the device does not answer", code="device-unreachable")
        else:
            work = self._perform_during(session, action, given)
        try:
            await within(self._clock, limit_s, work)
        except TimeoutError as late:
            raise DeviceError(f"no outcome within {limit_s} s", code="timeout") from late

    async def _perform_during(
        self, session: asyncio.Task[None], action: str, given: Mapping[str, Any]
    ) -> None:
        work = asyncio.create_task(self.driver.perform(action, given, self.port))
        try:
            await asyncio.wait({work, session}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise DeviceError("the device was lost while the action ran", code="outcome-unknown")
            if work.cancelled():
                raise DeviceError("the driver gave the action up", code="driver-error")
            work.result()
        finally:
            if not work.done():
                work.cancel()
                await asyncio.wait({work})

    async def _serve(self) -> str:
        """Run the driver once; why it ended."""
        self._session = asyncio.create_task(self.driver.run(self.port), name=self.port.name)
        try:
            await asyncio.wait({self._session})
        finally:
            if not self._session.done():
                self._session.cancel()
                await asyncio.wait({self._session})
        return self._why_ended(self._session)

    def _why_ended(self, session: asyncio.Task[None]) -> str:
        if session.cancelled():
            return "the driver cancelled itself"
        error = session.exception()
        if error is None:
            return "the driver ended by itself"
        if isinstance(error, HemeiError):
            return str(error)
        log.error("%s: the driver has a bug", self.port.name, exc_info=error)
        return f"driver error: {type(error).__name__}: {error}"
