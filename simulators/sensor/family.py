"""The family `sensor`: a detector, the place that it looks at, and its face or its contact on the wire."""

import zlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from simulators.clock import Clock
from simulators.errors import BadOptions, UnknownName, chosen
from simulators.families import Truth
from simulators.modbus import ModbusPorts, Unit
from simulators.ports import Ports
from simulators.sensor.detector import Broken, Detector, SmokeDetector, Threshold
from simulators.sensor.inputs import InputBoard, InputBoards, Line
from simulators.sensor.places import Floor, Outdoors, Place, Shaft, Smoke, Spot, Tank
from simulators.sensor.units import (
    ClimateUnit,
    LeakUnit,
    LevelUnit,
    ManholeUnit,
    PresenceUnit,
    SmokeUnit,
)
from simulators.wire import parse_modbus

KIND = "sensor"
CABLE_M = 60

Profile = Literal[
    "smoke",
    "water-leak",
    "manhole",
    "temperature-humidity",
    "level",
    "presence",
    "input-board",
    "input-word",
]
SensorClass = Literal["smoke", "water-leak", "manhole", "climate", "level", "presence", "contact"]

THRESHOLDS: Mapping[SensorClass, Threshold] = {
    "smoke": Threshold(on=0.15, off=0.1),  # dB/m
    "water-leak": Threshold(on=2.0, off=1.0),  # mm
    "manhole": Threshold(on=15.0, off=10.0),  # degrees
    "climate": Threshold(on=45.0, off=40.0),  # °C
    "level": Threshold(on=2.4, off=2.2),  # m
    "presence": Threshold(on=1, off=1),  # people
    "contact": Threshold(on=1, off=1),
}

_COMMON = ("none", "power-loss", "stuck")
FAULTS: Mapping[Profile, tuple[str, ...]] = {
    "smoke": (*_COMMON, "tamper", "low-battery", "sensor-fault", "mad-value", "chatter"),
    "water-leak": (*_COMMON, "sensor-fault", "mad-value", "chatter"),
    "manhole": (*_COMMON, "tamper", "low-battery", "mad-value", "chatter"),
    "temperature-humidity": (*_COMMON, "mad-value"),
    "level": (*_COMMON, "mad-value", "chatter"),
    "presence": (*_COMMON, "mad-value", "chatter"),
    "input-board": (*_COMMON, "chatter"),
    "input-word": (*_COMMON, "chatter"),
}


UNITS: Mapping[Profile, tuple[SensorClass, Callable[[Any], Unit]]] = {
    "smoke": ("smoke", SmokeUnit),
    "water-leak": ("water-leak", LeakUnit),
    "manhole": ("manhole", ManholeUnit),
    "temperature-humidity": ("climate", ClimateUnit),
    "level": ("level", LevelUnit),
    "presence": ("presence", PresenceUnit),
}
"""Sensors that are units of their own."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the site file may say about a pretend sensor.

    `class` is what hangs on a board's contact. `battery` in % at the start; a full one lasts `battery_days`.
    A smoke detector's self-test takes `test_s` seconds.
    """

    wire: str
    profile: Profile
    class_: SensorClass | None = field(default=None, name="class")
    normally_closed: bool = False
    battery: Annotated[float, Meta(ge=0, le=100)] = 100.0
    battery_days: Annotated[float, Meta(gt=0)] = 1000.0
    test_s: Annotated[float, Meta(gt=0)] = 5.0


def create(device_id: str, options: Options, clock: Clock) -> "Sensor":
    """Build one sensor; where its water is found follows from its id."""
    seed = zlib.crc32(device_id.encode())
    return Sensor(options, clock, leak_at_m=seed % (CABLE_M * 10) / 10)


class Sensor:
    """One sensor: `place` is what it looks at, `detector` its electronics."""

    def __init__(self, options: Options, clock: Clock, *, leak_at_m: float) -> None:
        self._wire = parse_modbus(options.wire)
        self._options = options
        self._board: InputBoard | None = None
        self.faults = FAULTS[options.profile]
        sensor_class, make_unit = UNITS.get(options.profile, (options.class_, None))
        if sensor_class is None:
            raise BadOptions(f"{options.wire}: say with `class` what hangs on this channel")
        place = _places(clock, leak_at_m)[sensor_class]()
        self.detector = _detector(options, place, THRESHOLDS[sensor_class])
        self._unit = None if make_unit is None else make_unit(self.detector)

    @property
    def happenings(self) -> Mapping[str, Callable[[], None]]:
        """What can happen at its place, and at the detector itself."""
        happenings = dict(self.detector.place.happenings)
        if isinstance(self.detector, SmokeDetector):
            happenings["test-button"] = self.detector.test
            happenings["reset-button"] = self.detector.reset
        return happenings

    async def serve(self, ports: Ports) -> str:
        """Stand on the wire as a unit, or hang on a channel of a board that others may share."""
        if self._unit is not None:
            return str(await ports.of(ModbusPorts).put(self._unit, self._wire))
        line = Line(self.detector, normally_closed=self._options.normally_closed)
        boards = ports.of(InputBoards)
        self._board, wire = await boards.put(line, self._options.profile, self._wire, ports)
        return str(wire)

    async def close(self) -> None:
        """Nothing: the port is shared and not this device's to close."""

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: the place, then the electronics."""
        self.detector.place.step(dt_s)
        self.detector.step(dt_s)

    def fault(self, name: str) -> None:
        """Break one thing; `none` repairs all, and starts anew what was without power."""
        if name not in self.faults:
            raise UnknownName("fault", name, self.faults)
        if name != "none":
            setattr(self.detector.broken, name.replace("-", "_"), True)
            return
        if self.detector.broken.power_loss:
            self.detector.restart()
        self.detector.broken = Broken()

    def happen(self, name: str) -> None:
        """Let something happen."""
        chosen("happening", name, self.happenings)()

    def inspect(self) -> Truth:
        """Tell the physical truth, what the detector makes of it, and what it was told."""
        detector = self.detector
        truth: Truth = {
            **detector.place.truth(),
            "alarm": detector.alarm,
            "battery": round(detector.battery, 2),
            "faults": detector.broken.names(),
        }
        if isinstance(detector, SmokeDetector):
            truth |= {
                "silenced": detector.silenced,
                "testing": detector.testing,
                "sounding": detector.sounding,
                "silences": detector.done["silence"],
                "tests": detector.done["test"],
                "resets": detector.done["reset"],
            }
        if self._board is not None:
            truth["board_reads"] = self._board.reads
        return truth


def _detector(options: Options, place: Any, threshold: Threshold) -> Detector[Any]:
    """Return the electronics of a sensor."""
    if options.profile == "smoke":
        return SmokeDetector(
            place,
            threshold,
            battery=options.battery,
            battery_days=options.battery_days,
            test_s=options.test_s,
        )
    return Detector(place, threshold, battery=options.battery, battery_days=options.battery_days)


def _places(clock: Clock, leak_at_m: float) -> Mapping[SensorClass, Callable[[], Place]]:
    return {
        "smoke": Smoke,
        "water-leak": lambda: Floor(leak_at_m),
        "manhole": Shaft,
        "climate": lambda: Outdoors(clock),
        "level": Tank,
        "presence": Spot,
        "contact": Spot,
    }
