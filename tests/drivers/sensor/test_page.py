"""The page about sensors, docs/devices/sensor.md, names what there is, and its examples work."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from drivers.runtime.families import make_driver
from drivers.runtime.settings import DeviceSettings
from drivers.sensor.options import SensorOptions
from drivers.sensor.profile import known_profiles, load_profile
from drivers.sensor.words import ALARMS, REPORTS, SCALES, Flag, Order, SensorClass
from simulators.clock import VirtualClock
from simulators.sensor.family import FAULTS, Options, Profile, create

PAGE = (Path(__file__).parents[3] / "docs" / "devices" / "sensor.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
WORDS = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))


def test_its_devices_can_be_driven() -> None:
    devices = tomllib.loads(BLOCKS[0])["device"]
    for device in devices:
        del device["driver_host"]
        assert make_driver(msgspec.convert({"family": device["kind"], **device}, DeviceSettings)).model


def test_its_profile_is_one(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(BLOCKS[1], encoding="utf-8")
    assert load_profile(str(tmp_path / "ours.toml")).commands


def test_it_names_every_option_with_its_default() -> None:
    for option in msgspec.structs.fields(SensorOptions):
        assert option.encode_name in WORDS
        if isinstance(option.default, float):
            row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{option.encode_name}` |"))
            assert f"| {option.default:g} |" in row


def test_it_names_what_sensors_tell_and_can_be_told() -> None:
    for name in (*Flag, *Order, *SensorClass, *known_profiles()):
        assert name in WORDS or f"| {name} |" in PAGE, name
    for quantity, scale in SCALES.items():
        assert f"`{quantity}` {scale.unit}" in PAGE
    for report in (*ALARMS.values(), *REPORTS.values()):
        for event in (report.raised, report.cleared):
            assert event in WORDS or event.removeprefix("hemei.sensor.") in WORDS


@pytest.mark.parametrize("profile", get_args(Profile))
def test_it_names_what_can_happen_to_the_pretend_ones(profile: Profile) -> None:
    assert set(FAULTS[profile]) <= WORDS
    options = msgspec.convert(
        {"wire": "modbus-tcp://127.0.0.1:0", "profile": profile, "class": "contact"}, Options
    )
    assert set(create("one", options, VirtualClock()).happenings) <= WORDS
