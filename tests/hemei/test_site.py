"""The site file: what is right is read, what is wrong is told with file, key and what is allowed."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from contract.errors import ConfigurationError
from hemei.cli import main
from hemei.site import read_site

GOOD = """
[site]
id = "hemei"
title = {zh-CN = "和美小区", en = "Hemei Community"}
[mqtt]
port = 18830
[hub]
http_port = 0
data_dir = "data/hub"
[[driver_host]]
id = "gates"
mqtt_password_file = "secrets/gates.mqtt"
[[device]]
kind = "gate"
id = "east-in"
driver_host = "gates"
title = {zh-CN = "东门入口", en = "East gate, in"}
location = {area = "east-gate", floor = 0, x = 0.8, y = 0.4}
[device.options]
wire = "modbus-tcp://127.0.0.1:15020?unit=1"
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "site.toml"
    file.write_text(text, encoding="utf-8")
    return file


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_site(write(folder, text))
    return str(caught.value)


def test_a_good_file_is_read_with_its_defaults(tmp_path: Path) -> None:
    site = read_site(write(tmp_path, GOOD))
    assert site.tables.mqtt.host == "127.0.0.1"
    assert site.tables.device[0].family_name == "gate"
    assert str(site.address(site.tables.device[0])) == "hemei/gate/east-in"
    assert site.path("data/hub") == tmp_path / "data/hub"
    assert site.driver_host(None).username == "gates"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("http_port", "htp_port", "[hub] htp_port: unknown key; did you mean http_port? allowed: data_dir,"),
        ("port = 18830", "port = 0", "[mqtt] port = 0: Expected int >= 1; allowed: a whole number from 1 to"),
        ("port = 18830", 'port = "x"', "[mqtt] port = 'x': Expected int, got str"),
        (
            "[mqtt]",
            '[mqtt]\nprotocol = "4"',
            """[mqtt] protocol = '4': Invalid enum value '4'; allowed: "5", """,
        ),
        ('id = "hemei"', "", "[site] id: missing; expected a text"),
        ("[[driver_host]]", "[driver_host]", "driver_host: must be written as [[driver_host]] tables"),
        ("x = 0.8", "z = 0.8", "[device gate/east-in.location] z: unknown key"),
        ("x = 0.8", "x = 8", "[device gate/east-in] location.x = 8.0: allowed: 0 to 1"),
        ('id = "east-in"', 'id = "East"', "[device gate/East] id = 'East': allowed: 1 to 64 of a-z"),
        (
            'driver_host = "gates"',
            'driver_host = "gate"',
            "[device gate/east-in] driver_host = 'gate': no such host; did you mean gates? allowed: gates",
        ),
        ('kind = "gate"', 'kind = "driver"', "kind = 'driver': is kept for driver hosts"),
        ("[[device]]", "[[devices]]", "devices: unknown key; did you mean device?"),
        (
            'title = {zh-CN = "东门入口", en = "East gate, in"}',
            "title = {}",
            "[device gate/east-in] title: is empty",
        ),
        ('id = "gates"', 'id = "gates"\nmqtt_username = "hub"', "mqtt_username = 'hub': stands 2 times"),
    ],
)
def test_a_fault_names_file_key_and_what_is_allowed(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    assert right in GOOD
    message = complaint(tmp_path, GOOD.replace(right, wrong))
    assert message.startswith(f"{tmp_path / 'site.toml'}: ")
    assert said in message


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    message = complaint(tmp_path, GOOD.replace("http_port", "a").replace("port = 18830", "b = 1"))
    assert len(message.splitlines()) == 2


def test_a_device_cannot_stand_twice(tmp_path: Path) -> None:
    message = complaint(tmp_path, GOOD + GOOD[GOOD.index("[[device]]") :])
    assert "[[device]] kind and id = 'gate/east-in': stands 2 times" in message


def test_a_slip_of_the_pen_is_told_with_its_line(tmp_path: Path) -> None:
    assert "line 2" in complaint(tmp_path, "[site]\nid = \n")


def test_a_missing_file_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["check", str(tmp_path / "none.toml")], env={"LANG": "en_US.UTF-8"})
    assert told.exit_code == 2
    assert told.output == f"Error: {tmp_path / 'none.toml'}: there is no such file\n"


def test_the_locale_chooses_the_language(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["check", str(tmp_path / "none.toml")], env={"LC_ALL": "zh_CN.UTF-8"})
    assert told.output.startswith("错误：")
