"""Valve, pipe, meter and soil of a zone. No clock but `dt_s`, no I/O. Flows in l/min, rain in mm."""

from dataclasses import dataclass

FILLING_S = 0.8  # time constant of a pipe that fills or empties
SATURATED = 45.0  # % by volume; more runs off
BONE_DRY = 3.0
AWAY = 0.05  # l/min: below this a meter's wheel stands still
GROUND_S = 1800.0  # time constant of the soil's temperature behind the air's


@dataclass(slots=True, kw_only=True)
class Supply:
    """What feeds all valves of a board: it gives `capacity` l/min at most, from a tank if there is one."""

    capacity: float = 200.0
    tank_l: float | None = None
    drawn: float = 0.0
    """l/min that all together drew in the last step."""
    drawing: float = 0.0

    @property
    def share(self) -> float:
        """What of its demand each gets, 0 to 1."""
        if self.tank_l is not None and self.tank_l <= 0:
            return 0.0
        return min(1.0, self.capacity / self.drawn) if self.drawn > 0 else 1.0

    def draw(self, litres: float) -> None:
        """Take water out."""
        if self.tank_l is not None:
            self.tank_l = max(0.0, self.tank_l - litres)


@dataclass(slots=True, kw_only=True)
class Pipe:
    """A valve that springs shut without current, a meter before it, sprinklers behind it.

    `nominal` is the flow at full pressure, `leak` what escapes between meter and valve; `dry`: the stopcock
    before the zone is shut. `spring` is the way of the valve, 0 shut to 1 open, `move_s` its time.
    """

    nominal: float = 40.0
    move_s: float = 1.5
    spring: float = 0.0
    flow: float = 0.0
    """What leaves the sprinklers."""
    leak: float = 0.0
    dry: bool = False
    stuck: bool | None = None
    """Whether the valve is stuck, and where: True open, False shut."""
    meter_dead: bool = False
    litres: float = 0.0
    """What the meter has counted."""

    @property
    def is_open(self) -> bool:
        """What the contact at the valve says."""
        return self.spring > 0.9

    @property
    def metered(self) -> float:
        """What the meter shows."""
        rate = self.flow + (0.0 if self.dry else self.leak)
        return 0.0 if self.meter_dead or rate < AWAY else rate

    def step(self, dt_s: float, *, driven: bool, supply: Supply) -> None:
        """Let `dt_s` seconds pass with current on the valve or without."""
        towards = self.stuck if self.stuck is not None else driven
        way = dt_s / self.move_s if towards else -dt_s / self.move_s
        self.spring = min(1.0, max(0.0, self.spring + way))
        goal = 0.0 if self.dry else self.nominal * self.spring * supply.share
        self.flow += (goal - self.flow) * min(1.0, dt_s / FILLING_S)
        if self.flow < AWAY and goal == 0:
            self.flow = 0.0
        self.litres += self.metered * dt_s / 60
        supply.draw((self.flow + self.leak) * dt_s / 60)


@dataclass(slots=True, kw_only=True)
class Soil:
    """Moisture in % by volume of the upper `depth_mm`, watered over `area_m2`; dries by `dries_mm_h`.

    `speed` makes the soil, and only that, so many times as fast: nobody waits a day for it in a demo.
    """

    moisture: float = 25.0
    temperature_c: float = 16.0
    area_m2: float = 60.0
    depth_mm: float = 200.0
    dries_mm_h: float = 0.3
    speed: float = 1.0

    def step(self, dt_s: float, *, flow: float, rain_mm_h: float, air_c: float) -> None:
        """Let `dt_s` seconds pass under sprinklers, rain and sun; wet soil dries faster than dry soil."""
        hours = dt_s / 3600 * self.speed
        watered = flow / self.area_m2 * 60 * hours
        drying = 0.0 if rain_mm_h else self.dries_mm_h * self.moisture / SATURATED * max(0.0, air_c) / 20
        gained_mm = watered + (rain_mm_h - drying) * hours
        self.moisture = min(SATURATED, max(BONE_DRY, self.moisture + 100 * gained_mm / self.depth_mm))
        self.temperature_c += (air_c - self.temperature_c) * min(1.0, dt_s * self.speed / GROUND_S)
