"""One valve of a shared board: what is written to move it, with the board's own timer as a safety net."""

from typing import Final

from contract.errors import DeviceError
from drivers.modbus.shared import SharedUnit
from drivers.sprinkler.profile import Board

MARGIN_S: Final = 15.0
"""Seconds after the end of a watering at which the board closes by itself, if we have not."""

NEVER: Final = float("inf")


class BoardValve:
    """The valve at `channel` of `unit`. Nothing is written twice."""

    def __init__(self, unit: SharedUnit, board: Board, channel: int) -> None:
        self._unit = unit
        self._valve = board.valve
        self._output = board.valve.output.of(channel)
        self._channel = channel

    @property
    def closes_by_itself(self) -> bool:
        """Whether the board closes the valve when nobody is left to do it."""
        return self._valve.timer is not None

    async def open(self, seconds: float) -> None:
        """Open it for about `seconds`; the timer first, so that it never stands open without one."""
        if self._valve.timer is None or not self._valve.timer.opens:
            await self.arm(seconds)
            await self._unit.switch(self._output)
        else:
            await self._unit.switch(self._valve.timer.of(self._channel, seconds + MARGIN_S))

    async def arm(self, seconds: float) -> None:
        """Let the board's timer run anew; DeviceError if the board does not say that it does."""
        if self._valve.timer is None:
            return
        if not await self._unit.switch(self._valve.timer.of(self._channel, seconds + MARGIN_S)):
            raise DeviceError("the board does not confirm the time after which it closes", code="no-timer")

    async def close(self) -> None:
        """Close it."""
        await self._unit.switch(self._output, on=False)

    def rearm_after(self, seconds: float) -> float:
        """Return after how many seconds a timer that cannot count so far must be armed again."""
        timer = self._valve.timer
        return timer.longest_s / 2 if timer is not None and seconds + MARGIN_S > timer.longest_s else NEVER
