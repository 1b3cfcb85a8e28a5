"""The pretend valve boards: electronics shared by up to eight zones, and two Modbus faces.

`irrigation-board`:

| table | address | meaning |
|---|---|---|
| coils (FC 1, 5, 15) | 0–7 | current on valve 1–8 |
| discrete inputs (FC 2) | 0–7 open contact of the valve, 8–15 somebody near, 16 rain, 17 board fault | |
| input registers (FC 4) | 0–7 | flow in 0.1 l/min |
| | 8–23 | litres counted, in 0.1 l, two words each, low word first |
| | 24 | flow of all valves together in 0.1 l/min |
| holding registers (FC 3, 6, 16) | 0–7 | seconds until the board closes; written, they run anew; 0: never |

`relay-8`: coils 0–7 as above, discrete inputs 0–7 somebody near, and "flash on": function code 5 at
0x0200 + n with a number closes relay n for that many tenths of a second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from simulators.modbus import Unit
from simulators.sprinkler.physics import Pipe, Supply

CHANNELS = 8
FLASH_AT = 0x0200
FLASH_COUNT_S = 0.1


@dataclass(slots=True, kw_only=True)
class Channel:
    """What the board knows of one valve, and what is connected there."""

    pipe: Pipe = field(default_factory=Pipe)
    used: bool = False
    on: bool = False
    closes_after_s: float = 0.0
    left_s: float | None = None
    presence: bool = False
    openings: int = 0
    """How often current was switched on, over the wire or at the board."""
    timed_closings: int = 0
    closings: int = 0

    def switch(self, on: bool) -> None:
        """Switch the current; the timer begins anew."""
        self.openings += on and not self.on
        self.closings += self.on and not on
        self.on = on
        self.left_s = self.closes_after_s if on and self.closes_after_s else None

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass on the timer."""
        if self.left_s is None:
            return
        self.left_s -= dt_s
        if self.left_s <= 0:
            self.timed_closings += 1
            self.switch(False)


class Board(Unit):
    """The electronics. `raining` asks the rain sensor."""

    def __init__(self, supply: Supply) -> None:
        self.powered = True
        self.faulty = False
        self.raining: Callable[[], bool] = lambda: False
        self.supply = supply
        self.channels = [Channel() for _ in range(CHANNELS)]
        self.reads = 0

    def step(self, number: int, dt_s: float) -> None:
        """Let `dt_s` seconds pass for the valve `number` (from 1), with and without power."""
        channel = self.channels[number - 1]
        if self.powered:
            channel.step(dt_s)
        channel.pipe.step(dt_s, driven=self.powered and channel.on, supply=self.supply)
        self.supply.drawn = sum(each.pipe.flow + each.pipe.leak for each in self.channels)

    def lose_power(self) -> None:
        """Darken the board: no answer, no current; it forgets what was on."""
        self.powered = False
        for channel in self.channels:
            channel.on, channel.left_s, channel.closes_after_s = False, None, 0.0

    def coils(self) -> Sequence[bool]:
        """Tell which valves have current."""
        self.reads += 1
        return [channel.on for channel in self.channels]

    def write_coil(self, address: int, on: bool) -> None:
        """Switch a valve."""
        if self.powered:
            self.channels[address].switch(on)


class IrrigationBoard(Board):
    """The face `irrigation-board`."""

    def discrete_inputs(self) -> Sequence[bool]:
        """Open contacts, presence, rain, fault."""
        self.reads += 1
        return [
            *(channel.pipe.is_open for channel in self.channels),
            *(channel.presence for channel in self.channels),
            self.raining(),
            self.faulty,
        ]

    def input_registers(self) -> Sequence[int]:
        """Flow and litres of each valve, flow of all."""
        pipes = [channel.pipe for channel in self.channels]
        counted = [round(pipe.litres * 10) for pipe in pipes]
        words = [word for count in counted for word in (count & 0xFFFF, count >> 16 & 0xFFFF)]
        return [*(_tenths(pipe.metered) for pipe in pipes), *words, _tenths(sum(p.metered for p in pipes))]

    def holding_registers(self) -> Sequence[int]:
        """Seconds of each valve's timer as they were written."""
        return [round(channel.closes_after_s) for channel in self.channels]

    def write_register(self, address: int, value: int) -> None:
        """Set a valve's timer; one that runs begins anew."""
        channel = self.channels[address]
        channel.closes_after_s = float(value)
        if channel.on:
            channel.left_s = channel.closes_after_s or None


class RelayBoard(Board):
    """The face `relay-8`."""

    def discrete_inputs(self) -> Sequence[bool]:
        """Presence at each valve."""
        return [channel.presence for channel in self.channels]

    def flash_coil(self, address: int, count: int) -> bool:
        """Close a relay for a time."""
        if not FLASH_AT <= address < FLASH_AT + CHANNELS:
            return False
        channel = self.channels[address - FLASH_AT]
        channel.closes_after_s = count * FLASH_COUNT_S
        channel.switch(True)
        channel.closes_after_s = 0.0
        return True


def _tenths(value: float) -> int:
    return min(0xFFFF, round(value * 10))
