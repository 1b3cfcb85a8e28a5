"""The words of sensors: classes, contacts, measurements and orders, with what people read. Pure data."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from contract.things import Words


class SensorClass(StrEnum):
    """What a sensor watches for."""

    SMOKE = "smoke"
    WATER_LEAK = "water-leak"
    MANHOLE = "manhole"
    CLIMATE = "climate"
    LEVEL = "level"
    PRESENCE = "presence"
    CONTACT = "contact"
    """Anything with a contact; what it means is said by the device's title."""


class Flag(StrEnum):
    """What a sensor may say with a contact."""

    ALARM = "alarm"
    PRESENCE = "presence"
    TAMPER = "tamper"
    FAULT = "fault"
    LOW_BATTERY = "low-battery"
    SILENCED = "silenced"
    TESTING = "testing"


REPORTED: Final = (Flag.ALARM, Flag.PRESENCE, Flag.TAMPER, Flag.FAULT, Flag.LOW_BATTERY)
"""Flags whose changes are events; the others only accompany an order."""


class Quantity(StrEnum):
    """What a sensor may measure."""

    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    SMOKE_DENSITY = "smoke-density"
    LEAK_POSITION = "leak-position"
    LEVEL = "level"
    TILT = "tilt"
    ILLUMINANCE = "illuminance"
    BATTERY = "battery"
    VOLTAGE = "voltage"


class Order(StrEnum):
    """What a sensor may be told."""

    SILENCE = "silence"
    TEST = "test"
    RESET = "reset"


SHOWS: Final[Mapping[Order, Flag]] = {
    Order.SILENCE: Flag.SILENCED,
    Order.TEST: Flag.TESTING,
    Order.RESET: Flag.ALARM,
}
"""The contact that shows whether an order was obeyed; without it the order cannot be offered."""


class Report(NamedTuple):
    """The two events of a flag, by CloudEvents type and title."""

    raised: str
    raised_title: Words
    cleared: str
    cleared_title: Words


def words(zh: str, en: str) -> Words:
    """Say it in both languages."""
    return {"zh-CN": zh, "en": en}


def _report(raised: str, zh: str, en: str, cleared: str, zh_cleared: str, en_cleared: str) -> Report:
    prefix = "hemei.sensor."
    return Report(prefix + raised, words(zh, en), prefix + cleared, words(zh_cleared, en_cleared))


_ALARM: Final = _report("alarm-raised", "报警", "Alarm raised", "alarm-cleared", "报警解除", "Alarm cleared")

ALARMS: Final[Mapping[SensorClass, Report]] = {
    SensorClass.SMOKE: _report(
        "smoke-detected", "发现烟雾", "Smoke detected", "smoke-cleared", "烟雾报警解除", "Smoke cleared"
    ),
    SensorClass.WATER_LEAK: _report(
        "water-detected", "发现漏水", "Water detected", "water-cleared", "漏水报警解除", "Water cleared"
    ),
    SensorClass.MANHOLE: _report(
        "manhole-opened", "井盖被打开", "Manhole opened", "manhole-closed", "井盖已复位", "Manhole closed"
    ),
    SensorClass.CLIMATE: _ALARM,
    SensorClass.LEVEL: _ALARM,
    SensorClass.PRESENCE: _ALARM,
    SensorClass.CONTACT: _ALARM,
}

REPORTS: Final[Mapping[Flag, Report]] = {
    Flag.PRESENCE: _report(
        "presence-detected", "有人", "Presence detected", "presence-cleared", "无人", "Presence cleared"
    ),
    Flag.TAMPER: _report(
        "tampered", "被拆动", "Tampered with", "tamper-cleared", "防拆恢复", "Tamper cleared"
    ),
    Flag.FAULT: _report("faulted", "发生故障", "Faulted", "fault-cleared", "故障消除", "Fault cleared"),
    Flag.LOW_BATTERY: _report(
        "battery-low", "电量低", "Battery low", "battery-restored", "电量恢复", "Battery restored"
    ),
}

ALARM_TITLES: Final[Mapping[SensorClass, Words]] = {
    SensorClass.SMOKE: words("烟雾报警", "Smoke alarm"),
    SensorClass.WATER_LEAK: words("漏水报警", "Water alarm"),
    SensorClass.MANHOLE: words("井盖报警", "Cover alarm"),
    SensorClass.CLIMATE: words("温湿度报警", "Climate alarm"),
    SensorClass.LEVEL: words("液位报警", "Level alarm"),
    SensorClass.PRESENCE: words("报警", "Alarm"),
    SensorClass.CONTACT: words("报警", "Alarm"),
}

FLAG_TITLES: Final[Mapping[Flag, Words]] = {
    Flag.PRESENCE: words("有人", "Presence"),
    Flag.TAMPER: words("防拆", "Tamper"),
    Flag.FAULT: words("故障", "Fault"),
    Flag.LOW_BATTERY: words("电量低", "Battery low"),
    Flag.SILENCED: words("已消音", "Silenced"),
    Flag.TESTING: words("自检中", "Self-test under way"),
}

ORDER_TITLES: Final[Mapping[Order, Words]] = {
    Order.SILENCE: words("消音", "Silence"),
    Order.TEST: words("自检", "Self-test"),
    Order.RESET: words("复位", "Reset"),
}


class Scale(NamedTuple):
    """A quantity's title and unit, the values that can be true, and the `step` worth telling.

    A value that has moved less than `step` since it was last shown is not shown anew.
    """

    title: Words
    unit: str
    lowest: float
    highest: float
    step: float


SCALES: Final[Mapping[Quantity, Scale]] = {
    Quantity.TEMPERATURE: Scale(words("温度", "Temperature"), "°C", -40, 125, 0.2),
    Quantity.HUMIDITY: Scale(words("湿度", "Humidity"), "%", 0, 100, 1),
    Quantity.SMOKE_DENSITY: Scale(words("烟雾浓度", "Smoke density"), "dB/m", 0, 10, 0.01),
    Quantity.LEAK_POSITION: Scale(words("漏水位置", "Leak position"), "m", 0, 5000, 0.5),
    Quantity.LEVEL: Scale(words("液位", "Level"), "m", 0, 100, 0.01),
    Quantity.TILT: Scale(words("倾角", "Tilt"), "°", 0, 180, 1),
    Quantity.ILLUMINANCE: Scale(words("照度", "Illuminance"), "lx", 0, 200_000, 10),
    Quantity.BATTERY: Scale(words("电量", "Battery"), "%", 0, 100, 1),
    Quantity.VOLTAGE: Scale(words("电压", "Voltage"), "V", 0, 60, 0.1),
}
