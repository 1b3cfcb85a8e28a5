"""What the zones of a process share: the weather, the boards with their valves, the probes."""

from dataclasses import replace

from simulators.errors import BadOptions
from simulators.modbus import ModbusPorts
from simulators.sprinkler.board import CHANNELS, Board, IrrigationBoard, RelayBoard
from simulators.sprinkler.physics import Supply
from simulators.sprinkler.probes import PROBES, ProbeUnit, Sounds
from simulators.sprinkler.weather import Weather
from simulators.wire import ModbusRtuWire, ModbusTcpWire

Wire = ModbusTcpWire | ModbusRtuWire

FACES: dict[str, type[Board]] = {
    "irrigation-board": IrrigationBoard,
    "irrigation-board-one-meter": IrrigationBoard,
    "relay-8": RelayBoard,
}


class Garden:
    """One per process, as the servers are: `ports.of(Garden)`."""

    def __init__(self) -> None:
        self.weather = Weather()
        self._boards: dict[Wire, Board] = {}
        self._probes: dict[Wire, ProbeUnit] = {}

    async def close(self) -> None:
        """Nothing: the servers are those of ModbusPorts."""

    async def tend(self) -> None:
        """Nothing to open again."""

    async def board(self, ports: ModbusPorts, wire: Wire, profile: str, supply: Supply) -> tuple[Board, Wire]:
        """Return the board at `wire`, put there by its first zone, and where it really is."""
        where = replace(wire, channel=None)
        if where not in self._boards:
            board = FACES[profile](supply)
            board.raining = lambda: self.weather.raining
            where = await ports.put(board, where)
            self._boards[where] = board
        if not isinstance(self._boards[where], FACES[profile]):
            raise BadOptions(f"{where}: two zones disagree on the kind of this board")
        return self._boards[where], replace(where, channel=wire.channel)

    async def probe(
        self, ports: ModbusPorts, wire: Wire, profile: str, sounds: Sounds, seed: int
    ) -> ProbeUnit:
        """Return the probe at `wire`, put there by the first zone that names it."""
        where = replace(wire, channel=None)
        if where not in self._probes:
            unit = PROBES[profile](sounds, seed)
            where = await ports.put(unit, where)
            self._probes[where] = unit
        return self._probes[where]


def free_channel(board: Board, wire: Wire) -> int:
    """Return the number of the zone's valve and take it; BadOptions if there is none or it is taken."""
    number = wire.channel or 1
    if number > CHANNELS:
        raise BadOptions(f"{wire}: this board has {CHANNELS} valves")
    if board.channels[number - 1].used:
        raise BadOptions(f"{wire}: two zones have this valve")
    board.channels[number - 1].used = True
    return number


def beside(wire: Wire, board: Wire) -> Wire:
    """Return a probe's wire; port 0 of the board's own host means the port that the board got."""
    if isinstance(wire, ModbusTcpWire) and isinstance(board, ModbusTcpWire) and wire.port == 0:
        return wire.with_port(board.port)
    return wire
