"""From registers to readings: what board and probes say, in words and units. Pure.

None is what is not known: a board that does not tell, a probe that does not answer, a number that cannot be.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from drivers.modbus.registers import Registers
from drivers.sprinkler.profile import Bit, Board, Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """One look at the board, from one zone. Rates in l/min, `litres` as the meter counts them.

    `open_valves` is how many valves the water of this meter may run through now.
    """

    valve_open: bool
    open_valves: int
    rate: float | None = None
    litres: float | None = None
    approach: bool | None = None
    raining: bool | None = None
    board_fault: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """What the probes of a zone say: % and °C."""

    soil_moisture: float | None = None
    soil_temperature: float | None = None
    air_temperature: float | None = None
    raining: bool | None = None


UNKNOWN_CLIMATE = Climate()


def read_board(board: Board, channel: int, registers: Registers) -> Readings:
    """Say what `registers` mean to the zone at `channel`."""
    meter, inputs = board.meter, board.inputs
    valves = [board.valve.open.of(each).value(registers) for each in board.metered(channel)]
    return Readings(
        valve_open=valves[0],
        open_valves=sum(valves),
        rate=meter.rate.of(channel).believed(registers) if meter and meter.rate else None,
        litres=meter.litres.of(channel).value(registers) if meter and meter.litres else None,
        approach=_contact(inputs.approach, channel, registers),
        raining=_contact(inputs.rain, channel, registers),
        board_fault=_contact(inputs.fault, channel, registers) is True,
    )


def read_probe(probe: Probe, registers: Registers) -> Climate:
    """Say what `registers` mean on this kind of probe."""
    moisture, ground, air = probe.soil_moisture, probe.soil_temperature, probe.air_temperature
    return Climate(
        soil_moisture=moisture.believed(registers) if moisture else None,
        soil_temperature=ground.believed(registers) if ground else None,
        air_temperature=air.believed(registers) if air else None,
        raining=probe.raining.value(registers) if probe.raining else None,
    )


def together(climates: Iterable[Climate]) -> Climate:
    """Return what several probes say; of two that measure the same, the first that knows."""
    said = list(climates)
    return Climate(
        soil_moisture=_first(each.soil_moisture for each in said),
        soil_temperature=_first(each.soil_temperature for each in said),
        air_temperature=_first(each.air_temperature for each in said),
        raining=next((each.raining for each in said if each.raining is not None), None),
    )


def _contact(bit: Bit | None, channel: int, registers: Registers) -> bool | None:
    return None if bit is None else bit.of(channel).value(registers)


def _first(values: Iterable[float | None]) -> float | None:
    return next((value for value in values if value is not None), None)
