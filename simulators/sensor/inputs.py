"""Boards of dry contacts on which several pretend sensors hang, one a channel.

| profile | channels | where |
|---|---|---|
| input-board | 8 | discrete inputs (FC 2) 0 to 7 |
| input-word | 16 | the bits of holding register (FC 3) 0, channel 1 in bit 0 |

An input on which nothing hangs is open.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from simulators.errors import BadOptions
from simulators.modbus import ModbusPorts, Unit
from simulators.ports import Ports
from simulators.sensor.detector import Detector
from simulators.wire import ModbusRtuWire, ModbusTcpWire

Wire = ModbusTcpWire | ModbusRtuWire

CHANNELS = {"input-board": 8, "input-word": 16}


class Line:
    """One contact: `normally_closed` is open in an alarm, and when its sensor has no current."""

    def __init__(self, detector: Detector[Any], *, normally_closed: bool) -> None:
        self.detector = detector
        self._normally_closed = normally_closed

    @property
    def closed(self) -> bool:
        """Whether current flows."""
        return self.detector.alarm != self._normally_closed


class InputBoard(Unit):
    """One board; `reads` counts how often it was asked. Without power at one line it is dark as a whole."""

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self.lines: dict[int, Line] = {}
        self.reads = 0

    @property
    def powered(self) -> bool:  # type: ignore[override]  # the base has a plain attribute
        """Whether it answers."""
        return not any(line.detector.broken.power_loss for line in self.lines.values())

    def discrete_inputs(self) -> Sequence[bool]:
        """All contacts of a board that has them as bits."""
        return self._contacts() if self.profile == "input-board" else ()

    def holding_registers(self) -> Sequence[int]:
        """All contacts of a board that has them in one word."""
        if self.profile != "input-word":
            return ()
        return (sum(closed << bit for bit, closed in enumerate(self._contacts())),)

    def _contacts(self) -> list[bool]:
        self.reads += 1
        channels = range(1, CHANNELS[self.profile] + 1)
        return [channel in self.lines and self.lines[channel].closed for channel in channels]


class InputBoards:
    """All boards of this process, by the wires that name them."""

    def __init__(self) -> None:
        self._boards: dict[Wire, tuple[InputBoard, Wire]] = {}

    async def close(self) -> None:
        """Nothing: the Modbus ports close by themselves."""

    async def tend(self) -> None:
        """Nothing: the Modbus ports look after themselves."""

    async def put(self, line: Line, profile: str, wire: Wire, ports: Ports) -> tuple[InputBoard, Wire]:
        """Connect `line` to the channel that `wire` names; return the board and where it really is."""
        asked = replace(wire, channel=None)
        if asked not in self._boards:
            board = InputBoard(profile)
            self._boards[asked] = board, await ports.of(ModbusPorts).put(board, asked)
        board, found = self._boards[asked]
        if board.profile != profile:
            raise BadOptions(f"{wire}: this board is a {board.profile}")
        if wire.channel is None or not 1 <= wire.channel <= CHANNELS[profile]:
            raise BadOptions(f"{wire}: channel must be 1 to {CHANNELS[profile]}")
        if wire.channel in board.lines:
            raise BadOptions(f"{wire}: two sensors hang on this channel")
        board.lines[wire.channel] = line
        return board, replace(found, channel=wire.channel)
