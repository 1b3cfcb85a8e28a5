"""The family `sprinkler`: a zone with soil, pipe and probes on a shared board, and what can go wrong."""

import zlib
from collections.abc import Callable, Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from simulators.clock import Clock
from simulators.errors import chosen
from simulators.modbus import ModbusPorts
from simulators.ports import Ports
from simulators.sprinkler.board import Board, Channel
from simulators.sprinkler.garden import FACES, Garden, beside, free_channel
from simulators.sprinkler.physics import Pipe, Soil, Supply
from simulators.sprinkler.probes import ProbeUnit, SoilProbe
from simulators.sprinkler.weather import Weather
from simulators.wire import parse_modbus

KIND = "sprinkler"

Positive = Annotated[float, Meta(gt=0)]
Percent = Annotated[float, Meta(ge=0, le=100)]
SoilProfile = Literal["soil-4in1", "soil-temperature-first"]

STAYS_S = 20.0  # somebody who comes near
LEAK_LPM = 6.0


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the site file may say about a pretend zone. Times in seconds, flows in l/min.

    `supply_lpm` and `tank_l` hold for the whole board; the first zone on it says them. `soil_speed` makes the
    soil so many times as fast. `seed` None makes the noise follow from the device's id.
    """

    wire: str
    profile: Literal["irrigation-board", "irrigation-board-one-meter", "relay-8"] = "irrigation-board"
    soil: str | None = None
    soil_profile: SoilProfile = "soil-4in1"
    air: str | None = None
    air_profile: Literal["air-sht20"] = "air-sht20"
    rain: str | None = None
    rain_profile: Literal["rain-contact"] = "rain-contact"
    flow_lpm: Positive = 40.0
    supply_lpm: Positive = 200.0
    tank_l: Positive | None = None
    move_s: Positive = 1.5
    leak_lpm: Positive = LEAK_LPM
    moisture: Percent = 25.0
    area_m2: Positive = 60.0
    dries_mm_h: Annotated[float, Meta(ge=0)] = 0.3
    soil_speed: Positive = 1.0
    seed: int | None = None


def create(device_id: str, options: Options, clock: Clock) -> "SprinklerZone":
    """Build one zone."""
    del clock  # a zone only counts seconds; it never asks what time it is
    return SprinklerZone(device_id, options)


class SprinklerZone:
    """One zone; until it is served, with a board and a sky of its own."""

    def __init__(self, device_id: str, options: Options) -> None:
        self._options = options
        self._wire = parse_modbus(options.wire)
        self._probe_wires = {
            profile: parse_modbus(wire)
            for wire, profile in (
                (options.soil, options.soil_profile),
                (options.air, options.air_profile),
                (options.rain, options.rain_profile),
            )
            if wire is not None
        }
        self._seed = zlib.crc32(device_id.encode()) if options.seed is None else options.seed
        self._supply = Supply(capacity=options.supply_lpm, tank_l=options.tank_l)
        self.weather = Weather()
        self.soil = Soil(
            moisture=options.moisture,
            area_m2=options.area_m2,
            dries_mm_h=options.dries_mm_h,
            speed=options.soil_speed,
        )
        self.pipe = Pipe(nominal=options.flow_lpm, move_s=options.move_s)
        self.probes: list[ProbeUnit] = []
        self._present_s = 0.0
        self._stand_on(FACES[options.profile](self._supply))

    @property
    def faults(self) -> Iterable[str]:
        """What can be broken."""
        return _FAULTS.keys()

    @property
    def happenings(self) -> Iterable[str]:
        """What can happen."""
        return _HAPPENINGS.keys()

    async def serve(self, ports: Ports) -> str:
        """Put the zone on its board, and its probes on their lines."""
        garden, modbus = ports.of(Garden), ports.of(ModbusPorts)
        self.weather = garden.weather
        board, wire = await garden.board(modbus, self._wire, self._options.profile, self._supply)
        self._stand_on(board)
        for profile, probe_wire in self._probe_wires.items():
            where = beside(probe_wire, wire)
            self.probes.append(await garden.probe(modbus, where, profile, self, self._seed))
        return str(wire)

    async def close(self) -> None:
        """Nothing: the ports are shared and not this zone's to close."""

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: sky, people, electronics and pipe, soil."""
        self.weather.step(dt_s, self)
        self._present_s = max(0.0, self._present_s - dt_s)
        self.channel.presence = self._present_s > 0
        self.board.step(self._number, dt_s)
        rain, air = self.weather.rain_mm_h, self.weather.air_c
        self.soil.step(dt_s, flow=self.pipe.flow, rain_mm_h=rain, air_c=air)

    def fault(self, name: str) -> None:
        """Break something; `none` repairs everything of this zone, and the board's power."""
        chosen("fault", name, _FAULTS)(self)

    def happen(self, name: str) -> None:
        """Let something happen in the garden."""
        chosen("happening", name, _HAPPENINGS)(self)

    def inspect(self) -> dict[str, bool | int | float | str | list[str] | None]:
        """Tell the physical truth, and how often the valve was switched."""
        pipe, channel = self.pipe, self.channel
        return {
            "current": channel.on,
            "valve_open": pipe.is_open,
            "flow": round(pipe.flow, 2),
            "metered": round(pipe.metered, 2),
            "litres": round(pipe.litres, 2),
            "soil_moisture": round(self.soil.moisture, 2),
            "soil_temperature": round(self.soil.temperature_c, 2),
            "air_temperature": round(self.weather.air_c, 2),
            "raining": self.weather.raining,
            "presence": channel.presence,
            "closes_in_s": None if channel.left_s is None else round(channel.left_s, 1),
            "openings": channel.openings,
            "closings": channel.closings,
            "timed_closings": channel.timed_closings,
            "tank_l": None if self.board.supply.tank_l is None else round(self.board.supply.tank_l, 1),
            "powered": self.board.powered,
            "board_reads": self.board.reads,
            "faults": self._broken(),
        }

    def repair(self) -> None:
        """Take away everything that is wrong with this zone."""
        self.pipe.leak, self.pipe.dry, self.pipe.stuck, self.pipe.meter_dead = 0.0, False, None, False
        self.board.powered, self.board.faulty = True, False
        for probe in self.probes:
            probe.powered, probe.mad = True, False

    def open_locally(self) -> None:
        """Let somebody press the button at the board; without power it does nothing."""
        if self.board.powered:
            self.channel.switch(True)

    def come_near(self) -> None:
        """Let somebody walk up to the zone, and stay for a moment."""
        self._present_s = STAYS_S

    def go_away(self) -> None:
        """Let them go."""
        self._present_s = 0.0

    def fill_tank(self) -> None:
        """Fill the tank, where there is one."""
        if self.board.supply.tank_l is not None:
            self.board.supply.tank_l = self._options.tank_l

    def leaks(self) -> None:
        """Let the pipe break between meter and valve."""
        self.pipe.leak = self._options.leak_lpm

    def of_soil(self) -> list[ProbeUnit]:
        """Return the zone's soil probe, if it has one."""
        return [each for each in self.probes if each.where.soil is self.soil and isinstance(each, SoilProbe)]

    def _stand_on(self, board: Board) -> None:
        self._number = free_channel(board, self._wire)
        self.board = board
        self.channel: Channel = board.channels[self._number - 1]
        self.channel.pipe = self.pipe

    def _broken(self) -> list[str]:
        return [name for name, is_so in _BROKEN.items() if is_so(self)]


def _silence_soil(zone: SprinklerZone) -> None:
    for probe in zone.of_soil():
        probe.powered = False


def _madden_soil(zone: SprinklerZone) -> None:
    for probe in zone.of_soil():
        probe.mad = True


_BROKEN: dict[str, Callable[[SprinklerZone], bool]] = {
    "power-loss": lambda zone: not zone.board.powered,
    "board-fault": lambda zone: zone.board.faulty,
    "leak": lambda zone: zone.pipe.leak > 0,
    "dry-pipe": lambda zone: zone.pipe.dry,
    "valve-stuck-open": lambda zone: zone.pipe.stuck is True,
    "valve-stuck-closed": lambda zone: zone.pipe.stuck is False,
    "flow-meter-dead": lambda zone: zone.pipe.meter_dead,
    "soil-probe-dead": lambda zone: any(not each.powered for each in zone.of_soil()),
    "soil-probe-mad": lambda zone: any(each.mad for each in zone.of_soil()),
}

_FAULTS: dict[str, Callable[[SprinklerZone], None]] = {
    "none": SprinklerZone.repair,
    "power-loss": lambda zone: zone.board.lose_power(),
    "board-fault": lambda zone: setattr(zone.board, "faulty", True),
    "leak": SprinklerZone.leaks,
    "dry-pipe": lambda zone: setattr(zone.pipe, "dry", True),
    "valve-stuck-open": lambda zone: setattr(zone.pipe, "stuck", True),
    "valve-stuck-closed": lambda zone: setattr(zone.pipe, "stuck", False),
    "flow-meter-dead": lambda zone: setattr(zone.pipe, "meter_dead", True),
    "soil-probe-dead": _silence_soil,
    "soil-probe-mad": _madden_soil,
}

_HAPPENINGS: dict[str, Callable[[SprinklerZone], None]] = {
    "rain-starts": lambda zone: zone.weather.start_rain(),
    "rain-stops": lambda zone: zone.weather.stop_rain(),
    "frost": lambda zone: zone.weather.freeze(),
    "thaw": lambda zone: zone.weather.thaw(),
    "someone-approaches": SprinklerZone.come_near,
    "someone-leaves": SprinklerZone.go_away,
    "opened-locally": SprinklerZone.open_locally,
    "tank-fills": SprinklerZone.fill_tank,
}
