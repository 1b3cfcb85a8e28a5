"""Register maps as data: which points of a shared board belong to a zone, and what a probe tells.

A map is a TOML file in `boards/` or `probes/`; other hardware is another file, and no code. What a board has
once for each of its valves is written down for channel 1, with `step`, the distance to the next channel.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, field
from msgspec.structs import replace

from drivers.modbus import registers
from drivers.modbus.registers import Point, Registers, Strict, load_profile

BOARDS: Final = Path(__file__).parent / "boards"
PROBES: Final = Path(__file__).parent / "probes"

Step = Annotated[int, Meta(ge=0, le=1024)]


class Bit(registers.Bit, frozen=True):
    """A contact of channel 1; `step` 0: one contact for the whole board."""

    step: Step = 0

    def of(self, channel: int) -> registers.Bit:
        """Return the contact of `channel`."""
        return replace(self, address=self.address + self.step * (channel - 1))


class Number(registers.Number, frozen=True, kw_only=True):
    """A register of channel 1 or of the board. What is outside `minimum` to `maximum` is not believed."""

    minimum: float
    maximum: float
    step: Step = 0

    def of(self, channel: int) -> "Number":
        """Return the register of `channel`."""
        return replace(self, address=self.address + self.step * (channel - 1))

    def believed(self, registers: Registers) -> float | None:
        """Return the number in the unit of whoever asks, None if it cannot be."""
        value = self.value(registers)
        return value if self.minimum <= value <= self.maximum else None


class Counter(registers.Number, frozen=True):
    """What has run through a meter, in litres after its scale; it begins at 0 again after its last number."""

    step: Step = 0

    def of(self, channel: int) -> "Counter":
        """Return the counter of `channel`."""
        return replace(self, address=self.address + self.step * (channel - 1))

    @property
    def turns_over_at(self) -> float:
        """Litres after which it begins anew."""
        return float(1 << 16 * self.words) * self.scale


class Output(registers.Command, frozen=True):
    """What is written to open and close channel 1's valve."""

    step: Step = 0

    def of(self, channel: int) -> registers.Command:
        """Return the output of `channel`."""
        return replace(self, address=self.address + self.step * (channel - 1))


class Timer(Strict, frozen=True):
    """The board's own clock, which closes the valve if nobody else does.

    It gets a count of `count_s` seconds, at most `highest`. `opens`: writing it opens the valve ("flash on");
    else it is written before the output. Written again, it runs anew.
    """

    table: registers.Table
    address: registers.Address
    step: Step = 0
    count_s: Annotated[float, Meta(gt=0)] = 1.0
    highest: Annotated[int, Meta(ge=1, le=0xFFFF)] = 0xFFFF
    opens: bool = False

    def __post_init__(self) -> None:
        if self.table not in ("coil", "holding"):
            raise ValueError("`timer` is written: its table is coil or holding")

    @property
    def longest_s(self) -> float:
        """Seconds that it can count."""
        return self.highest * self.count_s

    def of(self, channel: int, seconds: float) -> registers.Command:
        """Return the command that lets `channel` close after `seconds`, or as late as the board can."""
        count = min(self.highest, max(2, round(seconds / self.count_s)))  # 1 would be "on", without an end
        table: registers.Table = self.table
        assert table in ("coil", "holding")  # noqa: S101 - checked at the start
        address = self.address + self.step * (channel - 1)
        return registers.Command(table=table, address=address, on=count)


class Valve(Strict, frozen=True):
    """How a valve is moved, and how one sees where it is: the contact `open`, at the valve if it has one."""

    output: Output
    open: Bit
    timer: Timer | None = None


class Meter(Strict, frozen=True):
    """A flow meter: `rate` in l/min, `litres` that have run through it; one of them may be missing.

    With a step it is the meter of one valve, else that of all valves of the board.
    """

    rate: Number | None = None
    litres: Counter | None = None

    def __post_init__(self) -> None:
        if self.rate is None and self.litres is None:
            raise ValueError("a meter has a `rate`, `litres`, or both")
        if len({bool(each.step) for each in (self.rate, self.litres) if each}) > 1:
            raise ValueError("`rate` and `litres` belong to one valve both (with `step`), or to the board")

    @property
    def own(self) -> bool:
        """Whether each valve has such a meter."""
        return any(each.step for each in (self.rate, self.litres) if each)


class Inputs(Strict, frozen=True):
    """Further contacts: `approach` (presence or heat), `rain`, `fault`."""

    approach: Bit | None = None
    rain: Bit | None = None
    fault: Bit | None = None


class Board(Strict, frozen=True):
    """One kind of valve board."""

    title: str
    channels: Annotated[int, Meta(ge=1, le=64)]
    valve: Valve
    meter: Meter | None = None
    inputs: Inputs = field(default_factory=Inputs)

    def points(self, channel: int) -> Iterator[Point]:
        """Yield every table and address that the zone at `channel` must read."""
        for valve in self.metered(channel):
            yield from self.valve.open.of(valve).points()
        for each in (self.meter.rate, self.meter.litres) if self.meter else ():
            if each is not None:
                yield from each.of(channel).points()
        for bit in (self.inputs.approach, self.inputs.rain, self.inputs.fault):
            if bit is not None:
                yield from bit.of(channel).points()

    def metered(self, channel: int) -> list[int]:
        """Return the channels whose water runs through the meter of `channel`; itself first."""
        others = [each for each in range(1, self.channels + 1) if each != channel]
        return [channel, *(others if self.meter is not None and not self.meter.own else ())]


class Probe(Strict, frozen=True):
    """One kind of probe: what it measures, in % and °C, and its contacts."""

    title: str
    soil_moisture: Number | None = None
    soil_temperature: Number | None = None
    air_temperature: Number | None = None
    raining: registers.Bit | None = None

    def points(self) -> Iterator[Point]:
        """Yield every table and address that must be read."""
        for each in (self.soil_moisture, self.soil_temperature, self.air_temperature, self.raining):
            if each is not None:
                yield from each.points()


def load_board(name: str) -> Board:
    """Read a board's map by name or path; ValueError if wrong."""
    return load_profile(BOARDS, name, Board)


def load_probe(name: str) -> Probe:
    """Read a probe's map by name or path; ValueError if wrong."""
    return load_profile(PROBES, name, Probe)
