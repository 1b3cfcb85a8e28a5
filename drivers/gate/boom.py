"""What one boom is told: each command once, and noted, so that its effect surprises nobody."""

from contract.clock import Clock
from contract.errors import DeviceError
from drivers.gate.profile import Command, Commands
from drivers.gate.state import Told
from drivers.gate.station import Station
from drivers.gate.watch import Watch


class Boom:
    """The boom at `station`, of which `watch` keeps account."""

    def __init__(self, station: Station, watch: Watch, commands: Commands, clock: Clock) -> None:
        self._station = station
        self._watch = watch
        self._commands = commands
        self._clock = clock

    async def tell(self, told: Told, output: Command) -> bool:
        """Write what somebody ordered; whether the board confirmed. DeviceError if it refused."""
        self._note(told)
        return await self._station.switch(output)

    async def stop_unasked(self) -> None:
        """Stop it for its own reasons."""
        await self._station.switch(self._commands.stop)

    async def open_unasked(self) -> None:
        """Open it for its own reasons."""
        self._watch.told(Told.OPEN, self._clock.monotonic(), ordered=False)
        await self._station.switch(self._commands.open)

    async def raise_and_hold(self) -> bool:
        """Hold the boom up and raise it, whatever else is the case; whether the board confirmed.

        DeviceError if it refuses to hold the boom, after it was told to raise it.
        """
        confirmed, refused = True, None
        if self._commands.hold_open is not None:
            try:
                confirmed = await self._station.switch(self._commands.hold_open)
            except DeviceError as wrong:
                refused = wrong
        self._note(Told.OPEN)
        readings = self._watch.readings
        if readings is None or not readings.up_limit:
            confirmed = await self._station.switch(self._commands.open)
        if refused is not None:
            raise refused
        return confirmed

    async def hold(self, on: bool) -> bool:
        """Hold it open or let it go, on a board that can; whether the board confirmed."""
        output = self._commands.hold_open
        assert output is not None  # noqa: S101 - asked before
        if on:
            self._note(Told.OPEN)
        confirmed = await self._station.switch(output, on=on)
        if on and not output.raises:
            confirmed = await self._station.switch(self._commands.open)
        return confirmed

    def _note(self, told: Told) -> None:
        self._watch.told(told, self._clock.monotonic())
