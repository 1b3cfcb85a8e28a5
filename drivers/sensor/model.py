"""The data sheet of a sensor, of what its profile says that the device really has."""

from collections.abc import Iterator
from typing import Final

from contract.things import ActionSpec, EventSpec, Property, ThingModel
from drivers.sensor.profile import Measurement, Profile, known_profiles, load_profile
from drivers.sensor.words import (
    ALARM_TITLES,
    ALARMS,
    FLAG_TITLES,
    ORDER_TITLES,
    REPORTED,
    REPORTS,
    SCALES,
    Flag,
    Order,
    Quantity,
    Report,
    SensorClass,
    words,
)

TIMEOUT_S: Final = {Order.SILENCE: 5.0, Order.TEST: 60.0, Order.RESET: 10.0}
"""How long a detector may take until it shows that it has obeyed; a self-test runs to its end.

An alarm that was reset must, moreover, be gone for as long as it takes to be believed.
"""

COVER: Final = Property(type="string", title=words("井盖", "Cover"), enum=("closed", "open"))


def data_sheet(profile: Profile, sensor_class: SensorClass) -> ThingModel:
    """Describe a sensor of `sensor_class` whose registers are those of `profile`."""
    return ThingModel(
        heartbeat_s=10.0,
        properties=dict(_properties(profile, sensor_class)),
        actions={
            order: ActionSpec(title=ORDER_TITLES[order], timeout_s=_timeout_s(order, profile))
            for order in Order
            if order in profile.commands
        },
        events=dict(_events(profile, sensor_class)),
    )


def data_sheets() -> Iterator[ThingModel]:
    """Yield what sensors can be: by every map that ships, and every class it may be used for."""
    for name in known_profiles():
        profile = load_profile(name)
        for sensor_class in [profile.class_] if profile.class_ else SensorClass:
            yield data_sheet(profile, sensor_class)


def flags_of(profile: Profile) -> list[Flag]:
    """Return what the sensor says of itself; a battery that is measured can be low."""
    measured = {Flag.LOW_BATTERY} if Quantity.BATTERY in profile.measurements else set()
    return [flag for flag in Flag if flag in profile.contacts or flag in measured]


def report_of(flag: Flag, sensor_class: SensorClass) -> Report:
    """Return the events of a flag."""
    return ALARMS[sensor_class] if flag is Flag.ALARM else REPORTS[flag]


def _timeout_s(order: Order, profile: Profile) -> float:
    return TIMEOUT_S[order] + (profile.off_delay_s if order is Order.RESET else 0.0)


def _properties(profile: Profile, sensor_class: SensorClass) -> Iterator[tuple[str, Property]]:
    for flag in flags_of(profile):
        title = ALARM_TITLES[sensor_class] if flag is Flag.ALARM else FLAG_TITLES[flag]
        yield flag, Property(type="boolean", title=title)
        if flag is Flag.ALARM and sensor_class is SensorClass.MANHOLE:
            yield "cover", COVER
    for quantity, measurement in profile.measurements.items():
        yield quantity, _measured(quantity, measurement)


def _measured(quantity: Quantity, measurement: Measurement) -> Property:
    lowest, highest = measurement.limits(quantity)
    scale = SCALES[quantity]
    return Property(type="number", title=scale.title, unit=scale.unit, minimum=lowest, maximum=highest)


def _events(profile: Profile, sensor_class: SensorClass) -> Iterator[tuple[str, EventSpec]]:
    for flag in flags_of(profile):
        if flag not in REPORTED:
            continue
        report = report_of(flag, sensor_class)
        alarm = flag is Flag.ALARM
        data = {"test": Property(type="boolean", title=words("自检", "By a test"))} if alarm else {}
        yield report.raised, EventSpec(title=report.raised_title, data=data)
        yield report.cleared, EventSpec(title=report.cleared_title, data=data)
