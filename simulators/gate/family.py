"""The family `gate`: one lane with its boom, its cars and its board, and what can go wrong with them."""

import zlib
from collections.abc import Callable, Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from simulators.clock import Clock
from simulators.errors import chosen
from simulators.gate.board import Board, Coil
from simulators.gate.controller import Controller, Lane
from simulators.gate.physics import Boom, Motor
from simulators.gate.traffic import Traffic
from simulators.modbus import ModbusPorts
from simulators.ports import Ports
from simulators.wire import parse_modbus

KIND = "gate"
HIGH_ENOUGH = 950.0  # per mille: a driver starts before the very end
NO_SHOW_S = 20.0  # the boom closes again when the car that opened it does not come

Seconds = Annotated[float, Meta(gt=0)]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the site file may say about a pretend gate. Times in seconds.

    `autonomous` lets waiting cars open the boom through the board's local relay, and closes it behind them.
    `seed` None makes the traffic follow from the device's id.
    """

    wire: str
    profile: Literal["relay-board"] = "relay-board"
    open_s: Seconds = 3.0
    close_s: Seconds = 3.0
    move_timeout_s: Seconds = 7.0
    auto_close_s: Seconds = 1.5
    autonomous: bool = False
    cars_per_minute: Annotated[float, Meta(ge=0)] = 0.0
    seed: int | None = None


def create(device_id: str, options: Options, clock: Clock) -> "Gate":
    """Build one lane."""
    del clock  # a gate only counts seconds; it never asks what time it is
    return Gate(device_id, options)


class Gate:
    """One lane: `boom` and `lane` are its iron and sensors, `controller` and `board` its electronics."""

    def __init__(self, device_id: str, options: Options) -> None:
        self._wire = parse_modbus(options.wire)
        self._relay_pulses = 0
        self.boom = Boom(open_s=options.open_s, close_s=options.close_s)
        self.lane = Lane()
        self.controller = Controller(
            self.boom,
            self.lane,
            move_timeout_s=options.move_timeout_s,
            auto_close_s=options.auto_close_s if options.autonomous else None,
        )
        self.board = Board(self.boom, self.lane, self.controller)
        self.traffic = Traffic(
            self.lane,
            may_pass=self._may_pass,
            relay=self._relay if options.autonomous else None,
            cars_per_minute=options.cars_per_minute,
            seed=zlib.crc32(device_id.encode()) if options.seed is None else options.seed,
        )

    @property
    def faults(self) -> Iterable[str]:
        """What can be broken."""
        return _FAULTS.keys()

    @property
    def happenings(self) -> Iterable[str]:
        """What can happen."""
        return _HAPPENINGS.keys()

    async def serve(self, ports: Ports) -> str:
        """Put the board on its Modbus port."""
        return str(await ports.of(ModbusPorts).put(self.board, self._wire))

    async def close(self) -> None:
        """Nothing: the port is shared and not this device's to close."""

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: cars, then iron, then electronics."""
        self.traffic.step(dt_s)
        self.boom.step(dt_s)
        if self.board.powered:
            self.controller.step(dt_s)

    def fault(self, name: str) -> None:
        """Break something; `none` repairs everything and starts the board anew."""
        chosen("fault", name, _FAULTS)(self)

    def happen(self, name: str) -> None:
        """Let something happen in the lane."""
        chosen("happening", name, _HAPPENINGS)(self.traffic)

    def inspect(self) -> dict[str, bool | int | float | str | list[str] | None]:
        """Tell the physical truth, and how many pulses came over the wire and from the local relay."""
        return {
            "state": self.controller.state.value,
            "position": round(self.boom.position, 1),
            "motor": self.boom.motor.name.lower(),
            "up_limit": self.boom.up_limit,
            "down_limit": self.boom.down_limit,
            "loop_a": self.lane.loop_a,
            "loop_b": self.lane.loop_b,
            "beam": self.lane.beam,
            "hold_open": self.controller.hold_open,
            "fault_code": int(self.controller.fault),
            "faults": self._broken(),
            "powered": self.board.powered,
            "cycles": self.controller.cycles,
            "cars_passed": self.traffic.passed,
            "cars_waiting": self.traffic.waiting,
            "car": self.traffic.place.value,
            "open_pulses": self.board.pulses[Coil.OPEN_PULSE],
            "close_pulses": self.board.pulses[Coil.CLOSE_PULSE],
            "stop_pulses": self.board.pulses[Coil.STOP],
            "relay_pulses": self._relay_pulses,
        }

    def lose_power(self) -> None:
        """Darken the board: no answer on the wire, no motor; the boom stays where it is."""
        self.board.powered = False
        self.boom.motor = Motor.OFF

    def repair(self) -> None:
        """Take away everything that is wrong and start the board anew, if anything was."""
        if not self._broken() and not self.controller.fault:
            return
        boom, lane = self.boom, self.lane
        boom.jammed = boom.seized = boom.obstacle = boom.cranked = False
        lane.loop_broken = lane.boom_broken = lane.emergency_stop = False
        self.board.powered = True
        self.controller.reset()

    def _broken(self) -> list[str]:
        return [name for name, is_so in _BROKEN.items() if is_so(self)]

    def _may_pass(self) -> bool:
        up = self.boom.position >= HIGH_ENOUGH and self.boom.motor is not Motor.DOWN
        return up or self.lane.boom_broken

    def _relay(self) -> None:
        self._relay_pulses += 1
        if self.board.powered and self.controller.open():
            self.controller.close_later(NO_SHOW_S)


_BROKEN: dict[str, Callable[[Gate], bool]] = {
    "jam": lambda gate: gate.boom.jammed,
    "over-current": lambda gate: gate.boom.seized,
    "hit": lambda gate: gate.boom.obstacle,
    "power-loss": lambda gate: not gate.board.powered,
    "loop-fault": lambda gate: gate.lane.loop_broken,
    "manual": lambda gate: gate.boom.cranked,
    "broken-boom": lambda gate: gate.lane.boom_broken,
    "emergency-stop": lambda gate: gate.lane.emergency_stop,
}

_FAULTS: dict[str, Callable[[Gate], None]] = {
    "none": Gate.repair,
    "jam": lambda gate: setattr(gate.boom, "jammed", True),
    "over-current": lambda gate: setattr(gate.boom, "seized", True),
    "hit": lambda gate: setattr(gate.boom, "obstacle", True),
    "power-loss": Gate.lose_power,
    "loop-fault": lambda gate: setattr(gate.lane, "loop_broken", True),
    "manual": lambda gate: setattr(gate.boom, "cranked", True),
    "broken-boom": lambda gate: setattr(gate.lane, "boom_broken", True),
    "emergency-stop": lambda gate: setattr(gate.lane, "emergency_stop", True),
}

_HAPPENINGS: dict[str, Callable[[Traffic], None]] = {
    "car-arrives": Traffic.arrive,
    "car-waits-under-boom": Traffic.stall_under_boom,
    "car-leaves": Traffic.leave,
}
