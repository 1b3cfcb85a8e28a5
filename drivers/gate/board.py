"""From registers to readings: what the board says, in words and units. Pure."""

from dataclasses import dataclass

from drivers.gate.faults import Fault
from drivers.gate.profile import Profile
from drivers.modbus.registers import Bit, Number, Registers


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """One look at the board. None: this board does not tell. `position` in % of the way up."""

    up_limit: bool
    down_limit: bool
    loop_a: bool
    beam: bool
    loop_b: bool | None = None
    manual: bool | None = None
    emergency_stop: bool | None = None
    hold_open: bool | None = None
    position: float | None = None
    cycles: int | None = None
    fault: Fault = Fault.NONE

    @property
    def way_clear(self) -> bool:
        """Whether neither loop nor beam see anything below the boom."""
        return not (self.loop_a or self.beam)


def read(profile: Profile, registers: Registers) -> Readings:
    """Say what `registers` mean on this kind of board."""
    bits, numbers = profile.bits, profile.numbers
    cycles = _number(numbers.cycles, registers)
    return Readings(
        up_limit=bits.up_limit.value(registers),
        down_limit=bits.down_limit.value(registers),
        loop_a=bits.loop_a.value(registers),
        beam=bits.beam.value(registers),
        loop_b=_maybe(bits.loop_b, registers),
        manual=_maybe(bits.manual, registers),
        emergency_stop=_maybe(bits.emergency_stop, registers),
        hold_open=_maybe(bits.hold_open, registers),
        position=_position(numbers.position, registers),
        cycles=None if cycles is None else int(cycles),
        fault=_fault(profile, registers),
    )


def _maybe(bit: Bit | None, registers: Registers) -> bool | None:
    return None if bit is None else bit.value(registers)


def _number(number: Number | None, registers: Registers) -> float | None:
    return None if number is None else number.value(registers)


def _position(number: Number | None, registers: Registers) -> float | None:
    value = _number(number, registers)
    return None if value is None else min(100.0, max(0.0, value))


def _fault(profile: Profile, registers: Registers) -> Fault:
    code = _number(profile.numbers.fault_code, registers)
    fault = Fault.NONE
    if code is not None:
        fault = profile.fault_codes.get(str(int(code)), Fault.UNSPECIFIED if code else Fault.NONE)
    if fault is Fault.NONE and _maybe(profile.bits.fault, registers):
        return Fault.UNSPECIFIED
    return fault
