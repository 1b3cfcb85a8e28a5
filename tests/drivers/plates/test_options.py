"""What the site file may say about plate cameras, and what it is told when it is wrong."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.errors import DeviceError
from contract.passes import Direction
from drivers.plates.make import MODULES, make_camera
from drivers.plates.options import EVERY_WIRE, WIRES, PlateOptions
from tests.drivers.plates.desk import Desk, http_options, secret_file

MQTT = {"wire": "zhenshi-mqtt", "broker": "mqtt://192.0.2.5", "serial": "265e1040-85e01fb7"}


def test_every_wire_that_may_be_named_can_be_made() -> None:
    assert MODULES.keys() == WIRES.keys()


def test_every_option_belongs_to_a_wire() -> None:
    named = {each for wire in WIRES.values() for each in (*wire.needs, *wire.takes)}
    assert named | set(EVERY_WIRE) == set(PlateOptions.__struct_fields__)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"wire": "zhenshi"}, "wire must be one of zhenshi-http, zhenshi-mqtt"),
        ({}, "missing required field `wire`"),
        ({"wire": "zhenshi-mqtt"}, "zhenshi-mqtt needs broker, serial"),
        ({"wire": "zhenshi-http", "listen": "0.0.0.0:9310"}, "zhenshi-http needs secret_file"),
        (MQTT | {"listen": "0.0.0.0:9310"}, "listen is not for zhenshi-mqtt; allowed: broker, serial"),
        (MQTT | {"password": "x"}, "unknown field `password`"),
        (MQTT | {"serial": "a/b"}, "serial"),
        (MQTT | {"serial": "+"}, "serial"),
        (MQTT | {"broker": "192.0.2.5"}, "broker must be mqtt://USER@HOST"),
        (MQTT | {"directions": {"forward": "in"}}, "directions: unknown forward; allowed: left, right, up"),
        (MQTT | {"directions": {"up": "sideways"}}, "sideways"),
        (MQTT | {"direction": "north"}, "north"),
        (MQTT | {"min_confidence": 101}, "min_confidence"),
        (MQTT | {"pulse_ms": 60_000}, "pulse_ms"),
        (MQTT | {"relay": 4}, "relay"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_allowed(given: dict[str, Any], says: str) -> None:
    with pytest.raises(msgspec.ValidationError) as wrong:
        msgspec.convert(given, PlateOptions)
    assert says in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("listen", "9310", "HOST:PORT"),
        ("listen", "0.0.0.0:99999", "HOST:PORT"),
        ("allow", ["camera.example"], "192.0.2.0/24"),
        ("allow", ["192.0.2.7/24"], "192.0.2.0/24"),
        ("open_by", "shouting", "shouting"),
    ],
)
def test_so_it_is_of_cameras_that_push(tmp_path: Path, name: str, value: Any, says: str) -> None:
    right = {"wire": "zhenshi-http", "listen": "0.0.0.0:9310", "secret_file": secret_file(tmp_path)}
    assert msgspec.convert(right, PlateOptions).listening()[1] == 9310
    with pytest.raises(msgspec.ValidationError) as wrong:
        msgspec.convert(right | {name: value}, PlateOptions)
    assert says in str(wrong.value)


@pytest.mark.parametrize(
    "secret", ["short", "has a space in it, long enough", "x" * 129, "ümlaut-ümlaut-ümlaut"]
)
def test_a_secret_that_is_none_is_not_shown(tmp_path: Path, secret: str) -> None:
    with pytest.raises(ValueError, match="16 to 128") as wrong:
        http_options(tmp_path, secret=secret)
    assert secret not in str(wrong.value)


def test_a_secret_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        PlateOptions(wire="zhenshi-http", listen="0.0.0.0:9310", secret_file=str(tmp_path / "none"))


def test_one_that_has_gone_since_is_a_fault_of_the_device(tmp_path: Path) -> None:
    options, desk = http_options(tmp_path), Desk()
    Path(options.secret_file or "").unlink()
    with pytest.raises(DeviceError) as fault:
        make_camera(options, desk.port)
    assert fault.value.code == "configuration"


def test_an_address_of_ipv6_is_written_in_brackets(tmp_path: Path) -> None:
    options = PlateOptions(wire="zhenshi-http", listen="[::1]:9310", secret_file=secret_file(tmp_path))
    assert options.listening() == ("::1", 9310)


def test_directions_and_silence(tmp_path: Path) -> None:
    options = http_options(tmp_path)
    assert options.passing("down") is Direction.IN
    assert options.passing(None) is Direction.UNKNOWN
    assert http_options(tmp_path, direction="out").passing(None) is Direction.OUT
    assert options.silence(95) == 95
    assert http_options(tmp_path, silence_s=20.0).silence(95) == 20
    assert http_options(tmp_path, silence_s=0.0).silence(95) == float("inf")
