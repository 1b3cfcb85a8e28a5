"""The barrier board's Modbus face, as data: which coil, input and register means what.

| table | address | meaning |
|---|---|---|
| coils (FC 1, 5, 15) | 0 open pulse, 1 close pulse, 2 stop | act on a written 1 and read back 0 |
| | 3 hold open | stays as written |
| discrete inputs (FC 2) | 0 up limit, 1 down limit, 2 loop A (under the boom), 3 loop B (approach) | |
| | 4 beam broken, 5 hand crank, 6 emergency stop, 7 fault | |
| input registers (FC 4) | 0 position in per mille, 1 fault code, 2 and 3 cycles, low word first | |

Fault codes: 0 none, 1 motor over-current, 2 limit timeout, 3 obstruction, 4 loop fault, 5 boom broken.
The board has no holding registers.
"""

from collections.abc import Sequence
from enum import IntEnum

from simulators.gate.controller import Controller, Lane
from simulators.gate.physics import Boom
from simulators.modbus import Unit


class Coil(IntEnum):
    """Addresses of the coils."""

    OPEN_PULSE = 0
    CLOSE_PULSE = 1
    STOP = 2
    HOLD_OPEN = 3


class Input(IntEnum):
    """Addresses of the discrete inputs."""

    UP_LIMIT = 0
    DOWN_LIMIT = 1
    LOOP_A = 2
    LOOP_B = 3
    BEAM = 4
    MANUAL = 5
    EMERGENCY_STOP = 6
    FAULT = 7


class Register(IntEnum):
    """Addresses of the input registers."""

    POSITION = 0
    FAULT_CODE = 1
    CYCLES_LOW = 2
    CYCLES_HIGH = 3


class Board(Unit):
    """One board as a Modbus unit.

    `pulses` counts every 1 written to each coil, obeyed or not: what really came over the wire.
    """

    def __init__(self, boom: Boom, lane: Lane, controller: Controller) -> None:
        self.powered = True
        self.pulses = dict.fromkeys(Coil, 0)
        self._boom = boom
        self._lane = lane
        self._controller = controller

    def coils(self) -> Sequence[bool]:
        """All coils from address 0."""
        return (False, False, False, self._controller.hold_open)

    def discrete_inputs(self) -> Sequence[bool]:
        """All discrete inputs from address 0."""
        boom, lane = self._boom, self._lane
        return (
            boom.up_limit,
            boom.down_limit,
            lane.under_boom,
            lane.loop_b,
            lane.beam,
            boom.cranked,
            lane.emergency_stop,
            self._controller.fault != 0,
        )

    def input_registers(self) -> Sequence[int]:
        """All input registers from address 0."""
        cycles = self._controller.cycles
        return (round(self._boom.position), self._controller.fault, cycles & 0xFFFF, cycles >> 16 & 0xFFFF)

    def write_coil(self, address: int, on: bool) -> None:
        """Take one written coil; the address is in range. Without power nothing is taken."""
        if not self.powered:
            return
        coil = Coil(address)
        if coil is Coil.HOLD_OPEN:
            self._controller.hold(on)
        if not on:
            return
        self.pulses[coil] += 1
        if coil is Coil.OPEN_PULSE:
            self._controller.open()
        elif coil is Coil.CLOSE_PULSE:
            self._controller.close()
        elif coil is Coil.STOP:
            self._controller.stop()
