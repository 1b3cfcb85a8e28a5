"""The family `gate`: one lane with its boom, its cars and its board, and what can go wrong with them.

With `plates` a plate camera watches the lane too, and tells what it reads to whoever listens.
"""

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from simulators.clock import Clock
from simulators.errors import UnknownName, chosen
from simulators.gate.board import Board, Coil
from simulators.gate.controller import Controller, Lane
from simulators.gate.physics import Boom, Motor
from simulators.gate.traffic import Traffic, Vehicle
from simulators.lpr import faults as camera_faults
from simulators.lpr.arrivals import HAPPENINGS, Arrivals
from simulators.lpr.fleet import Fleets
from simulators.lpr.options import CameraOptions, PlateWire
from simulators.modbus import ModbusPorts
from simulators.ports import Ports
from simulators.wire import parse_modbus

if TYPE_CHECKING:
    from simulators.lpr.camera import PlateCamera

KIND = "gate"
HIGH_ENOUGH = 950.0  # per mille: a driver starts before the very end
CAMERA = "camera-"  # before the names of its faults
NO_SHOW_S = 20.0  # the boom closes again when the car that opened it does not come

Seconds = Annotated[float, Meta(gt=0)]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the site file may say about a pretend gate. Times in seconds.

    `autonomous` lets waiting cars open the boom through the board's local relay, and closes it behind them;
    with `plates`, which is the driver's, it only closes, for then whoever hears of the plate opens. `camera`
    is what is the plate camera's alone. `seed` None makes the traffic follow from the device's id.
    """

    wire: str
    profile: Literal["relay-board"] = "relay-board"
    open_s: Seconds = 3.0
    close_s: Seconds = 3.0
    move_timeout_s: Seconds = 7.0
    auto_close_s: Seconds = 1.5
    plates: PlateWire | None = None
    camera: CameraOptions = CameraOptions()
    autonomous: bool = False
    cars_per_minute: Annotated[float, Meta(ge=0)] = 0.0
    seed: int | None = None


def create(device_id: str, options: Options, clock: Clock) -> "Gate":
    """Build one lane."""
    camera = None
    if options.plates is not None:
        # OpenCV, paho and aiohttp are loaded where a camera is built, not where a site file is read.
        from simulators.lpr.camera import PlateCamera, Setting  # noqa: PLC0415 - see above

        # Its outputs are wired to nothing: the board's driver opens.
        camera = PlateCamera(Setting(device_id, options.plates, options.camera), clock, lambda _switch: None)
    return Gate(device_id, options, camera)


class Gate:
    """One lane: `boom` and `lane` are its iron and sensors, `controller` and `board` its electronics.

    A gate itself only counts seconds; only its `camera`, if it has one, asks what time it is.
    """

    def __init__(self, device_id: str, options: Options, camera: "PlateCamera | None" = None) -> None:
        self._wire = parse_modbus(options.wire)
        self._plates_file = options.camera.plates_file
        self._relay_pulses = 0
        self.camera = camera
        self.boom = Boom(open_s=options.open_s, close_s=options.close_s)
        self.lane = Lane()
        self.controller = Controller(
            self.boom,
            self.lane,
            move_timeout_s=options.move_timeout_s,
            auto_close_s=options.auto_close_s if options.autonomous else None,
        )
        self.board = Board(self.boom, self.lane, self.controller)
        seed = zlib.crc32(device_id.encode()) if options.seed is None else options.seed
        leaving = options.plates is not None and options.plates.direction == "out"
        self.arrivals = Arrivals(leaving=None if options.camera.inner else leaving, seed=seed)
        self.traffic = Traffic(
            self.lane,
            may_pass=self._may_pass,
            notice=self._notice if camera is not None or options.autonomous else None,
            cars_per_minute=options.cars_per_minute,
            seed=seed,
            draw=self.arrivals.by_chance,
        )
        self.traffic.gone = self.arrivals.gone
        if camera is not None:
            self.traffic.patience_s = options.camera.patience_s

    @property
    def faults(self) -> Iterable[str]:
        """What can be broken."""
        of_camera = () if self.camera is None else camera_faults.FAULTS
        return (*_FAULTS, *(f"{CAMERA}{name}" for name in of_camera))

    @property
    def happenings(self) -> Iterable[str]:
        """What can happen."""
        return HAPPENINGS.keys()

    async def serve(self, ports: Ports) -> str:
        """Put the board on its Modbus port, and let the camera talk."""
        if self._plates_file is not None:
            self.arrivals.fleet = ports.of(Fleets).of(Path(self._plates_file))
        if self.camera is not None:
            await self.camera.open()
        return str(await ports.of(ModbusPorts).put(self.board, self._wire))

    async def close(self) -> None:
        """Close the camera's wire; the port is shared and not this device's to close."""
        if self.camera is not None:
            await self.camera.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: cars, then iron, then electronics."""
        self.traffic.step(dt_s)
        self.boom.step(dt_s)
        if self.board.powered:
            self.controller.step(dt_s)
        if self.camera is not None:
            self.camera.step(dt_s)

    def fault(self, name: str) -> None:
        """Break something; `none` repairs everything and starts the board anew, if that was broken."""
        if name not in self.faults:
            raise UnknownName("fault", name, self.faults)
        if self.camera is not None and name.startswith(CAMERA):
            camera_faults.FAULTS[name.removeprefix(CAMERA)](self.camera)
        else:
            _FAULTS[name](self)

    def happen(self, name: str) -> None:
        """Let something happen in the lane."""
        chosen("happening", name, HAPPENINGS)(self.traffic, self.arrivals)

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
            "cars_turned_away": self.traffic.turned_away,
            **({} if self.camera is None else self.camera.inspect()),
        }

    def lose_power(self) -> None:
        """Darken the board: no answer on the wire, no motor; the boom stays where it is."""
        self.board.powered = False
        self.boom.motor = Motor.OFF

    def repair(self) -> None:
        """Take away everything that is wrong and start the board anew, if anything was wrong with that."""
        if self.camera is not None:
            self.camera.repair()
        if not self._broken() and not self.controller.fault:
            return
        boom, lane = self.boom, self.lane
        boom.jammed = boom.seized = boom.obstacle = boom.cranked = False
        lane.loop_broken = lane.boom_broken = lane.emergency_stop = False
        self.board.powered = True
        self.controller.reset()

    def _broken(self) -> list[str]:
        of_camera = [] if self.camera is None else camera_faults.broken(self.camera, CAMERA)
        return [name for name, is_so in _BROKEN.items() if is_so(self)] + of_camera

    def _may_pass(self) -> bool:
        up = self.boom.position >= HIGH_ENOUGH and self.boom.motor is not Motor.DOWN
        return up or self.lane.boom_broken

    def _notice(self, vehicle: Vehicle) -> None:
        if self.camera is not None:
            self.camera.see(vehicle.plate)
            return
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
