"""Follows one sensor from look to look: which of its flags are to be believed, and what is news. Pure.

Times are seconds of a clock that never goes back.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from contract.messages import Scalar
from drivers.sensor.debounce import Debounced
from drivers.sensor.model import flags_of, report_of
from drivers.sensor.profile import Profile
from drivers.sensor.reading import Readings
from drivers.sensor.words import REPORTED, SCALES, Flag, Quantity, SensorClass

RECOVERS: Final = 5.0
"""% above the limit at which a measured battery is no longer low."""

LONGEST_TEST_S: Final = 120.0
"""A detector that says for longer that it tests itself is not believed: no alarm is put down to a test."""

AFTER_TEST_S: Final = 1.0
"""An alarm that outlasts its test by so much is real."""


class Phase(StrEnum):
    """What a flag is: off, on, or on because the detector tests itself."""

    OFF = "off"
    TEST = "test"
    ON = "on"


class News(NamedTuple):
    """A flag that has changed since it was last reported, and the event that says so."""

    flag: Flag
    phase: Phase
    type: str
    data: Mapping[str, Any]


class Watch:
    """What is known of one sensor."""

    def __init__(self, profile: Profile, sensor_class: SensorClass, low_battery: float) -> None:
        self.readings: Readings | None = None
        """The latest; None while the sensor does not answer."""
        self._flags = flags_of(profile)
        self.reported = [flag for flag in self._flags if flag in REPORTED]
        self._class = sensor_class
        self._low_battery = low_battery
        on_delay_s, off_delay_s = profile.on_delay_s, profile.off_delay_s
        self._settled = {flag: Debounced(on_delay_s, off_delay_s) for flag in REPORTED}
        if profile.latches:  # it holds its alarm: what it shows has been looked at long enough by itself
            self._settled[Flag.ALARM] = Debounced(0.0, off_delay_s)
        self._phases = dict.fromkeys(REPORTED, Phase.OFF)
        self._outlasts_test = Debounced(AFTER_TEST_S, 0.0)
        self._testing_since: float | None = None
        self._shown: dict[Quantity, float | None] = dict.fromkeys(profile.measurements)

    def resume(self, said: Mapping[Flag, Phase]) -> None:
        """Go on from what was reported before."""
        for flag, phase in said.items():
            self._phases[flag] = phase
            self._settled[flag].closed = phase is not Phase.OFF

    def lost(self) -> None:
        """Note that the sensor does not answer: nothing is known of it, and no delay goes on."""
        self.readings, self._testing_since = None, None
        for each in (*self._settled.values(), self._outlasts_test):
            each.forget()

    def look(self, readings: Readings, now: float) -> dict[Quantity, str]:
        """Take a look; return what makes no sense and did so far."""
        before = self.readings
        self.readings = readings
        testing = self._is_testing(readings, now)
        for flag in self.reported:
            self._settled[flag].look(self._raw(flag, readings), now)
            self._phases[flag] = self._phase(flag, readings, testing, now)
        self._show(readings)
        known = before.nonsense if before else {}
        return {name: what for name, what in readings.nonsense.items() if name not in known}

    def news(self, said: Mapping[Flag, Phase]) -> Iterator[News]:
        """Yield what differs from what was `said`."""
        for flag in self.reported:
            if said[flag] is not self._phases[flag]:
                yield self.news_of(flag, said[flag], self._phases[flag])

    def news_of(self, flag: Flag, was: Phase, phase: Phase) -> News:
        """Say what it means that `flag` was one thing and is another."""
        report = report_of(flag, self._class)
        cleared = phase is Phase.OFF
        tested = (was if cleared else phase) is Phase.TEST
        data = {"test": tested} if flag is Flag.ALARM else {}
        return News(flag, phase, report.cleared if cleared else report.raised, data)

    def shown(self) -> dict[Flag, bool] | None:
        """Return the contacts as they are, but the alarm as it is believed; None if nothing is known."""
        if self.readings is None:
            return None
        return {**self.readings.flags, Flag.ALARM: self._settled[Flag.ALARM].closed}

    def properties(self) -> dict[str, Scalar]:
        """Return all properties; None is what the sensor does not tell, or tells wrongly."""
        properties: dict[str, Scalar] = {}
        for flag in self._flags:
            properties[flag] = self._flag(flag)
            if flag is Flag.ALARM and self._class is SensorClass.MANHOLE:
                properties["cover"] = None if self.readings is None else _COVER[self._settled[flag].closed]
        known = self.readings is not None
        return properties | {name: value if known else None for name, value in self._shown.items()}

    def _flag(self, flag: Flag) -> bool | None:
        if self.readings is None:
            return None
        if flag not in REPORTED:
            return self.readings.flags[flag]
        if flag not in self.readings.flags and self.readings.values[Quantity.BATTERY] is None:
            return None
        return self._settled[flag].closed

    def _raw(self, flag: Flag, readings: Readings) -> bool:
        if flag in readings.flags:
            return readings.flags[flag]
        battery, low = readings.values[Quantity.BATTERY], self._settled[flag].closed
        return low if battery is None else battery <= self._low_battery + (RECOVERS if low else 0)

    def _is_testing(self, readings: Readings, now: float) -> bool:
        if not readings.flags.get(Flag.TESTING):
            self._testing_since = None
            return False
        if self._testing_since is None:
            self._testing_since = now
        return now - self._testing_since <= LONGEST_TEST_S

    def _phase(self, flag: Flag, readings: Readings, testing: bool, now: float) -> Phase:
        if flag is Flag.ALARM:
            self._outlasts_test.look(readings.flags[flag] and not testing, now)
        was = self._phases[flag]
        if not self._settled[flag].closed:
            return Phase.OFF
        if flag is not Flag.ALARM or was is Phase.ON:
            return Phase.ON
        if was is Phase.TEST:
            return Phase.ON if self._outlasts_test.closed else Phase.TEST
        return Phase.TEST if testing else Phase.ON

    def _show(self, readings: Readings) -> None:
        """Show a measurement anew when it has moved by a step worth telling."""
        for quantity, value in readings.values.items():
            shown = self._shown[quantity]
            if value is None or shown is None or round(abs(value - shown), 4) >= SCALES[quantity].step:
                self._shown[quantity] = value


_COVER: Final[Mapping[bool, str]] = {True: "open", False: "closed"}
