"""Event channels of a camera that come back: opened again, later and later, when they end."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from contract.clock import Clock
from contract.errors import DeviceError
from drivers.camera.happenings import VendorEvent
from drivers.runtime.waiting import pause

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
REFUSED_WAIT_S: Final = 300.0
"""Cameras lock an account that is tried too often with a wrong password."""


async def endless(
    session: Callable[[], AsyncGenerator[VendorEvent, None]],
    clock: Clock,
    lost: Callable[[DeviceError], None],
) -> AsyncGenerator[VendorEvent, None]:
    """Give the events of one session after the other; `lost` is told why each of them ended."""
    wait_s = FIRST_WAIT_S
    while True:
        try:
            async with aclosing(session()) as events:
                async for event in events:
                    wait_s = FIRST_WAIT_S
                    yield event
        except DeviceError as error:
            lost(error)
            if not error.retryable:
                wait_s = REFUSED_WAIT_S
        await pause(clock, wait_s)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)
