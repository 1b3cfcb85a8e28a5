"""Plug, contactor and meter of one connector. No clock but `dt_s`, no I/O. W, A, V, Wh, °C."""

from dataclasses import dataclass

from simulators.charger.vehicle import Vehicle

REACTS_S = 0.8  # time constant with which a vehicle follows what it is offered; IEC 61851-1 allows 5 s in all
AMBIENT_C = 25.0
RISE_C = 25.0  # of a connector that gives its most for long
WARMS_S = 300.0
GLOWS_C = 110.0  # where a bad contact leads
GLOWS_S = 20.0
TOO_MUCH = 1.5
STILL = 0.5  # W: below this nothing flows


@dataclass(slots=True, kw_only=True)
class Connector:
    """A vehicle may be plugged in; `closed` is what the contactor is told, `limit` what may be given, in W.

    `energy_wh` is what really went through, `meter_wh` what the meter shows. What can be wrong: `stuck` (the
    contactor never opens), `over_current` (half as much again flows as may), `overheats`, `meter_backwards`.
    """

    max_power: float = 7000.0
    mains_v: float = 220.0
    powered: bool = True
    """Whether the post has mains."""
    vehicle: Vehicle | None = None
    closed: bool = False
    limit: float | None = None
    power: float = 0.0
    temperature: float = AMBIENT_C
    energy_wh: float = 0.0
    meter_wh: float = 0.0
    stuck: bool = False
    over_current: bool = False
    overheats: bool = False
    meter_backwards: bool = False

    @property
    def plugged(self) -> bool:
        """Whether a vehicle is plugged in."""
        return self.vehicle is not None

    @property
    def live(self) -> bool:
        """Whether the vehicle has mains, as it should or not."""
        return self.powered and self.plugged and (self.closed or self.stuck)

    @property
    def charging(self) -> bool:
        """Whether energy really flows."""
        return self.power > STILL

    @property
    def offered(self) -> float:
        """What the vehicle is told it may take."""
        return self.max_power if self.limit is None else min(self.limit, self.max_power)

    @property
    def voltage(self) -> float:
        """Across the contactor's mains side; it sags under load."""
        return self.mains_v * (1 - 0.02 * self.power / self.max_power) if self.powered else 0.0

    @property
    def current(self) -> float:
        """What flows."""
        return self.power / self.voltage if self.powered else 0.0

    @property
    def meter(self) -> int:
        """What the meter says on a wire, in whole Wh."""
        return max(0, int(self.meter_wh))

    def plug(self, vehicle: Vehicle) -> None:
        """Plug a vehicle in; one that is there already stays."""
        if self.vehicle is None:
            self.vehicle = vehicle

    def unplug(self) -> None:
        """Pull the plug, under load or not."""
        self.vehicle = None
        self.power = 0.0

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass; without mains or plug the power is gone at once."""
        if self.live:
            self.power += (self._goal() - self.power) * min(1.0, dt_s / REACTS_S)
            if self.power < STILL:
                self.power = 0.0
            self._count(self.power * dt_s / 3600)
        else:
            self.power = 0.0
        self._warm(dt_s)

    def _goal(self) -> float:
        assert self.vehicle is not None  # noqa: S101 - live only with a vehicle
        drawn = self.vehicle.draw(self.offered)
        return self.offered * TOO_MUCH if self.over_current and drawn > 0 else drawn

    def _count(self, energy_wh: float) -> None:
        assert self.vehicle is not None  # noqa: S101 - live only with a vehicle
        self.vehicle.store(energy_wh)
        self.energy_wh += energy_wh
        self.meter_wh += -energy_wh if self.meter_backwards else energy_wh

    def _warm(self, dt_s: float) -> None:
        load = self.power / self.max_power
        goal, takes_s = AMBIENT_C + RISE_C * load * load, WARMS_S
        if self.overheats and self.power > 0:
            goal, takes_s = GLOWS_C, GLOWS_S
        self.temperature += (goal - self.temperature) * min(1.0, dt_s / takes_s)
