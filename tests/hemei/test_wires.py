"""`hemei check`: what stands in tables of options, and devices that cannot be told apart on their wires."""

from pathlib import Path

import pytest

from hemei.private_files import write_private
from tests.hemei.test_check import check
from tests.hemei.test_site import GOOD

WEST = """
[[device]]
kind = "gate"
id = "west-in"
driver_host = "gates"
title = {en = "West gate, in"}
[device.options]
wire = "modbus-tcp://127.0.0.1:15021?unit=1"
"""

PUSH = '[device.options.plates]\nwire = "zhenshi-http"\nlisten = "127.0.0.1:9310"\nsecret_file = "%s"\n'
MQTT = '[device.options.plates]\nwire = "zhenshi-mqtt"\nbroker = "mqtt://%s"\nserial = "%s"\n'
ISAPI = (
    '[device.options.plates]\nwire = "hikvision-stream"\nurl = "http://h"\n'
    'credentials_file = "account"\nchannel = %d\n'
)


def terminal(name: str, wire: str) -> str:
    return (
        f'[[device]]\nkind = "door"\nfamily = "face"\nid = "{name}"\ndriver_host = "gates"\n'
        f'title = {{en = "{name}"}}\n[device.options]\nwire = "{wire}"\n'
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, secret in {"one": "a" * 20, "other": "b" * 20, "same": "a" * 20, "account": "u:p"}.items():
        write_private(tmp_path / name, secret + "\n")
    return tmp_path


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (PUSH % "one", PUSH % "other"),
        (PUSH % "one", PUSH.replace("9310", "9311") % "same"),
        (MQTT % ("127.0.0.1", "c1"), MQTT % ("127.0.0.1", "c2")),
        (ISAPI % 1, ISAPI % 2),
    ],
)
def test_cameras_may_share_a_protocol_a_listener_a_broker_an_address(
    folder: Path, first: str, second: str
) -> None:
    told = check(folder, GOOD + first + WEST + second)
    assert (told.exit_code, told.output.partition("; ")[0]) == (0, f"{folder}/site.toml: nothing wrong")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (PUSH % "one", PUSH % "one", "plates: listen = '127.0.0.1:9310' with one secret"),
        (PUSH % "one", PUSH % "same", "plates: listen = '127.0.0.1:9310' with one secret"),
        (MQTT % ("127.0.0.1", "c1"), MQTT % ("localhost", "c1"), "plates: serial = 'c1'"),
        (ISAPI % 1, ISAPI.replace("channel = %d", ""), "plates: url = 'http://h' with channel = 1"),
    ],
)
def test_one_camera_belongs_to_one_gate(folder: Path, first: str, second: str, said: str) -> None:
    told = check(folder, GOOD + first + WEST + (second % 1 if "%d" in second else second))
    assert told.exit_code == 2
    assert f"{said}: stands at gate/east-in, gate/west-in; allowed: one device" in told.output
    assert "a" * 20 not in told.output


@pytest.mark.parametrize("second", ["mqtt://127.0.0.1/1306612", "mqtt://localhost:1883/1306612/"])
def test_one_terminal_is_one_door(folder: Path, second: str) -> None:
    first = terminal("hall-1", "mqtt://127.0.0.1/1306612")
    assert check(folder, GOOD + first + terminal("hall-2", "mqtt://127.0.0.1/1306613")).exit_code == 0
    told = check(folder, GOOD + first + terminal("hall-2", second))
    assert told.exit_code == 2
    assert "wire: the serial number '1306612': stands at door/hall-1, door/hall-2" in told.output


@pytest.mark.parametrize("wire", ["http://192.0.2.5", "https://terminal.example"])
def test_a_wire_that_cannot_be_pretended_is_no_fault(folder: Path, wire: str) -> None:
    assert check(folder, GOOD + terminal("hall-1", wire)).exit_code == 0
    pretended = terminal("hall-1", wire) + "[device.simulated]\nfirmware = 1\n"
    assert "device door/hall-1: simulated: " in check(folder, GOOD + pretended).output


@pytest.mark.parametrize(
    ("key", "plates"),
    [
        ("secret_file", PUSH % "{file}"),
        ("password_file", MQTT % ("u@127.0.0.1", "c1") + 'password_file = "{file}"\n'),
        ("credentials_file", (ISAPI % 1).replace('"account"', '"{file}"')),
    ],
)
def test_secrets_in_tables_of_options_are_looked_at(folder: Path, key: str, plates: str) -> None:
    """Their paths count from the site file, as those of any other option."""
    write_private(folder / "secrets" / "kept", "u:pppppppppppppppppppp\n" if key[0] == "c" else "c" * 20)
    assert check(folder, GOOD + plates.format(file="secrets/kept")).exit_code == 0
    (folder / "secrets" / "kept").chmod(0o644)
    told = check(folder, GOOD + plates.format(file="secrets/kept"))
    assert f"device gate/east-in: options: {key} = 'secrets/kept': mode 0644 lets others read" in told.output
    told = check(folder, GOOD + plates.format(file="secrets/none"))
    assert f"options: {key} = 'secrets/none': the secret cannot be read" in told.output
