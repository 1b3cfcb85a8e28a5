"""A sensor's electronics: a threshold with hysteresis, a battery, and what can be wrong with them.

The smoke detector, moreover, latches, has a sounder that can be silenced, and can test itself.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from simulators.sensor.places import Place, Smoke

PlaceT = TypeVar("PlaceT", bound=Place)

CHATTER_S = 0.1
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Above `on` there is an alarm, until it is below `off`."""

    on: float
    off: float

    def passed(self, value: float, before: bool) -> bool:
        """Whether there is an alarm now."""
        return value >= (self.off if before else self.on)


@dataclass(slots=True)
class Broken:
    """What is wrong with a sensor."""

    power_loss: bool = False
    tamper: bool = False
    low_battery: bool = False
    stuck: bool = False
    mad_value: bool = False
    chatter: bool = False
    sensor_fault: bool = False

    def names(self) -> list[str]:
        """Return what is wrong, as faults are named."""
        return [name.replace("_", "-") for name in self.__slots__ if getattr(self, name)]


class Detector(Generic[PlaceT]):
    """Samples its place at every step, unless it is stuck; `sensed` is the value that it believes.

    `battery` in %; a full one lasts `battery_days`.
    """

    LOW_BATTERY = 10.0
    NEARLY_EMPTY = 8.0

    def __init__(self, place: PlaceT, threshold: Threshold, *, battery: float, battery_days: float) -> None:
        self.place = place
        self.broken = Broken()
        self.sensed = place.value
        self._threshold = threshold
        self._battery = battery
        self._drain_per_s = 100.0 / (battery_days * DAY_S)
        self._over = False
        self._chatter_s = 0.0

    @property
    def alarm(self) -> bool:
        """Whether the alarm contact is closed."""
        return self._closed() != (self.broken.chatter and self._chatter_s % (2 * CHATTER_S) >= CHATTER_S)

    @property
    def battery(self) -> float:
        """% left."""
        return min(self._battery, self.NEARLY_EMPTY) if self.broken.low_battery else self._battery

    @property
    def low_battery(self) -> bool:
        """Whether the battery is so low that the sensor says so."""
        return self.battery <= self.LOW_BATTERY

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self._chatter_s += dt_s
        self._battery = max(0.0, self._battery - self._drain_per_s * dt_s)
        if not (self.broken.stuck or self.broken.power_loss):
            self._sample(dt_s)

    def restart(self) -> None:
        """Start anew, as after a loss of power."""
        self._over = False

    def _closed(self) -> bool:
        return self._over

    def _sample(self, dt_s: float) -> None:
        self.sensed = self.place.value
        self._over = self._threshold.passed(self.sensed, self._over)


class SmokeDetector(Detector[Smoke]):
    """Latches until it is reset; its self-test closes the alarm contact for `test_s`.

    `done` counts what it was told over the wire and by its button.
    """

    SILENCE_S = 600.0

    def __init__(
        self, place: Smoke, threshold: Threshold, *, battery: float, battery_days: float, test_s: float
    ) -> None:
        super().__init__(place, threshold, battery=battery, battery_days=battery_days)
        self.done = {"silence": 0, "test": 0, "reset": 0}
        self.failed_test = False
        self._test_s = test_s
        self._latched = False
        self._silent_for_s = self._testing_for_s = 0.0

    @property
    def silenced(self) -> bool:
        """Whether the sounder is held silent."""
        return self._silent_for_s > 0

    @property
    def testing(self) -> bool:
        """Whether the self-test runs."""
        return self._testing_for_s > 0

    @property
    def sounding(self) -> bool:
        """Whether it can be heard."""
        return self.alarm and not self.silenced and not self.broken.power_loss

    @property
    def fault(self) -> bool:
        """Whether it knows that it cannot see smoke."""
        return self.broken.sensor_fault or self.failed_test

    def silence(self) -> None:
        """Be quiet for ten minutes; the alarm contact stays as it is."""
        self.done["silence"] += 1
        self._silent_for_s = self.SILENCE_S

    def test(self) -> None:
        """Begin the self-test."""
        self.done["test"] += 1
        self._testing_for_s = self._test_s

    def reset(self) -> None:
        """Let the alarm go, and the silence; where there is still smoke it comes back at once."""
        self.done["reset"] += 1
        self.restart()

    def restart(self) -> None:
        """Forget all but the smoke."""
        super().restart()
        self._latched = self.failed_test = False
        self._silent_for_s = self._testing_for_s = 0.0

    def _closed(self) -> bool:
        return self._latched or (self.testing and not self.broken.sensor_fault)

    def _sample(self, dt_s: float) -> None:
        super()._sample(dt_s)
        if self.broken.sensor_fault:
            self._over = False
        self._latched = self._latched or self._over
        self._silent_for_s = max(0.0, self._silent_for_s - dt_s)
        if self.testing:
            self._testing_for_s = max(0.0, self._testing_for_s - dt_s)
            self.failed_test = self._testing_for_s == 0 and self.broken.sensor_fault
