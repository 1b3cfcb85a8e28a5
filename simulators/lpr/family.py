"""The family `lpr`: a lane whose plate camera is its controller, as in most communities.

Output 0 of the camera pulses the barrier's OPEN, output 1 its CLOSE; held, output 0 keeps the boom up.
"""

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from simulators.clock import Clock
from simulators.errors import UnknownName, chosen
from simulators.families import Truth
from simulators.gate.controller import Controller, Lane
from simulators.gate.physics import Boom, Motor
from simulators.gate.traffic import Traffic, Vehicle
from simulators.lpr import faults
from simulators.lpr.arrivals import HAPPENINGS, Arrivals
from simulators.lpr.fleet import Fleets
from simulators.lpr.options import CameraOptions, PlateWire
from simulators.ports import Ports

if TYPE_CHECKING:
    from simulators.lpr.zhenshi import Switch

KIND = "gate"
HIGH_ENOUGH = 950.0  # per mille: a driver starts before the very end
OPEN, CLOSE = 0, 1

Seconds = Annotated[float, Meta(gt=0)]
Number = Annotated[int, Meta(ge=0, le=15)]


class Inputs(Struct, frozen=True, kw_only=True):
    """What is wired to which input of the camera: loops below the boom and before it, the boom's limits."""

    loop: Number | None = 0
    approach: Number | None = None
    up: Number | None = 1
    down: Number | None = 2


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the site file may say about a pretend camera gate. Times in seconds.

    `plates` and `inputs` are the driver's, `camera` is the pretend camera's alone. The barrier's own board
    closes the boom behind a car after `auto_close_s`. `seed` None: the traffic follows from the device's id.
    """

    plates: PlateWire
    camera: CameraOptions = CameraOptions()
    inputs: Inputs = Inputs()
    open_s: Seconds = 3.0
    close_s: Seconds = 3.0
    move_timeout_s: Seconds = 7.0
    auto_close_s: Seconds = 1.5
    cars_per_minute: Annotated[float, Meta(ge=0)] = 0.0
    seed: int | None = None


def create(device_id: str, options: Options, clock: Clock) -> "CameraGate":
    """Build one lane."""
    return CameraGate(device_id, options, clock)


class CameraGate:
    """One lane: `boom`, `lane` and `controller` are the barrier, `camera` what opens it."""

    def __init__(self, device_id: str, options: Options, clock: Clock) -> None:
        # OpenCV, paho and aiohttp are loaded where a camera is built, not where a site file is read.
        from simulators.lpr.camera import PlateCamera, Setting  # noqa: PLC0415 - see above

        self._options = options
        self._open_pulses = self._close_pulses = 0
        self.boom = Boom(open_s=options.open_s, close_s=options.close_s)
        self.lane = Lane()
        self.controller = Controller(
            self.boom, self.lane, move_timeout_s=options.move_timeout_s, auto_close_s=options.auto_close_s
        )
        self.camera = PlateCamera(Setting(device_id, options.plates, options.camera), clock, self._switch)
        seed = zlib.crc32(device_id.encode()) if options.seed is None else options.seed
        leaving = None if options.camera.inner else options.plates.direction == "out"
        self.arrivals = Arrivals(leaving=leaving, seed=seed)
        self.traffic = Traffic(
            self.lane,
            may_pass=self._may_pass,
            notice=self._notice,
            cars_per_minute=options.cars_per_minute,
            seed=seed,
            draw=self.arrivals.by_chance,
        )
        self.traffic.gone = self.arrivals.gone
        self.traffic.patience_s = options.camera.patience_s

    @property
    def faults(self) -> Iterable[str]:
        """What can be broken."""
        return ("none", *faults.FAULTS, *_JAMS)

    @property
    def happenings(self) -> Iterable[str]:
        """What can happen."""
        return HAPPENINGS.keys()

    async def serve(self, ports: Ports) -> str:
        """Let the camera talk."""
        if self._options.camera.plates_file is not None:
            self.arrivals.fleet = ports.of(Fleets).of(Path(self._options.camera.plates_file))
        return await self.camera.open()

    async def close(self) -> None:
        """Close the camera's wire."""
        await self.camera.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: cars, then iron, then electronics."""
        self.traffic.step(dt_s)
        self.boom.step(dt_s)
        self.controller.step(dt_s)
        self.camera.sense(self._sensed(), boom_up=self.boom.up_limit)
        self.camera.step(dt_s)

    def fault(self, name: str) -> None:
        """Break something; `none` repairs everything."""
        if name == "none":
            self.repair()
        elif name in faults.FAULTS:
            faults.FAULTS[name](self.camera)
        elif name in _JAMS:
            _JAMS[name](self)
        else:
            raise UnknownName("fault", name, self.faults)

    def happen(self, name: str) -> None:
        """Let something happen in the lane."""
        chosen("happening", name, HAPPENINGS)(self.traffic, self.arrivals)

    def inspect(self) -> Truth:
        """Tell the physical truth, and how often the camera's outputs opened and closed."""
        return {
            "state": self.controller.state.value,
            "position": round(self.boom.position, 1),
            "up_limit": self.boom.up_limit,
            "down_limit": self.boom.down_limit,
            "loop_a": self.lane.loop_a,
            "loop_b": self.lane.loop_b,
            "hold_open": self.controller.hold_open,
            "faults": faults.broken(self.camera) + [name for name, is_so in _JAMMED.items() if is_so(self)],
            "cars_passed": self.traffic.passed,
            "cars_waiting": self.traffic.waiting,
            "cars_turned_away": self.traffic.turned_away,
            "car": self.traffic.place.value,
            "open_pulses": self._open_pulses,
            "close_pulses": self._close_pulses,
            "serial": self.camera.serial,
            **self.camera.inspect(),
        }

    def repair(self) -> None:
        """Take away everything that is wrong; the barrier starts anew, if something was wrong with that."""
        self.camera.repair()
        if self.boom.jammed or self.boom.obstacle or self.controller.fault:
            self.boom.jammed = self.boom.obstacle = False
            self.controller.reset()

    def _switch(self, switch: "Switch") -> None:
        if switch.output == OPEN and switch.value:
            self._open_pulses += 1
            self.controller.open()
        elif switch.output == CLOSE and switch.value:
            self._close_pulses += 1
            self.controller.close()
        if switch.output == OPEN and switch.value != _PULSE:
            self.controller.hold(switch.value == _HELD)

    def _sensed(self) -> dict[int, bool]:
        """Return the camera's inputs by their numbers."""
        wired = {name: getattr(self._options.inputs, name) for name in _CONTACTS}
        return {number: _CONTACTS[name](self) for name, number in wired.items() if number is not None}

    def _notice(self, vehicle: Vehicle) -> None:
        self.camera.see(vehicle.plate)

    def _may_pass(self) -> bool:
        return self.boom.position >= HIGH_ENOUGH and self.boom.motor is not Motor.DOWN


_HELD, _PULSE = 1, 2

_CONTACTS: dict[str, Callable[[CameraGate], bool]] = {
    "loop": lambda gate: gate.lane.under_boom,
    "approach": lambda gate: gate.lane.loop_b,
    "up": lambda gate: gate.boom.up_limit,
    "down": lambda gate: gate.boom.down_limit,
}

_JAMMED: dict[str, Callable[[CameraGate], bool]] = {
    "jam": lambda gate: gate.boom.jammed,
    "hit": lambda gate: gate.boom.obstacle,
}

_JAMS: dict[str, Callable[[CameraGate], None]] = {
    "jam": lambda gate: setattr(gate.boom, "jammed", True),
    "hit": lambda gate: setattr(gate.boom, "obstacle", True),
}
