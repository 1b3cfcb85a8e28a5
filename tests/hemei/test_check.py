"""`hemei check`: what the text of a site file cannot show by itself."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hemei.cli import main
from hemei.private_files import write_private
from hemei.settings import ledger_url, simulator_settings
from hemei.site import read_site
from tests.hemei.test_site import GOOD

SECOND = """
[[device]]
kind = "gate"
id = "west-in"
driver_host = "gates"
title = {en = "West gate, in"}
[device.options]
wire = "modbus-tcp://127.0.0.1:15021?unit=1"
"""


def check(folder: Path, text: str) -> Result:
    (folder / "site.toml").write_text(text, encoding="utf-8")
    for account in ("hub", "gates"):
        write_private(folder / "secrets" / f"{account}.mqtt", "secret\n")
    return CliRunner().invoke(main, ["check", str(folder / "site.toml")], env={"LC_ALL": "C"})


def test_a_good_site_is_told_so(tmp_path: Path) -> None:
    told = check(tmp_path, GOOD + SECOND)
    first, *_ = told.output.splitlines()
    assert (told.exit_code, first) == (
        0,
        f"{tmp_path}/site.toml: nothing wrong; 2 devices, 1 driver hosts",
    )


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            'wire = "modbus-tcp://127.0.0.1:15021',
            'wire = "modbus-udp://127.0.0.1:15021',
            "gate/west-in: options:",
        ),
        ("15021", "15020", "stands at gate/east-in, gate/west-in; allowed: one device"),
        ("[device.options]", "[device.options]\nprofil = 1", "options: "),
        ("[device.options]", "[device.simulated]\nopen_s = 0\n[device.options]", "simulated: options of"),
        (
            "[device.options]",
            "[device.simulated]\nopens = 1\n[device.options]",
            "allowed: wire, profile",
        ),
        ('kind = "gate"', 'kind = "gate"\nfamily = "lift"', "family: there is no driver family 'lift'"),
        ("[mqtt]", '[mqtt]\nca_file = "none.crt"', "[mqtt] ca_file = 'none.crt': there is no such file"),
        (
            "[hub]",
            '[hub]\nledger = "mysql://x"',
            "[hub] ledger = 'mysql://x': mysql ledger; allowed: sqlite:///",
        ),
        ("[hub]", '[hub]\nledger = "x"', "[hub] ledger = 'x': no ledger; allowed: sqlite:///"),
        (
            "[hub]",
            '[hub]\nmqtt_password_file = "none"',
            "mqtt_password_file = 'none': the secret cannot",
        ),
    ],
)
def test_a_fault_is_told_with_what_is_allowed(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    text = GOOD + SECOND
    assert right in text
    told = check(tmp_path, text.replace(right, wrong, 1) if right != "15021" else text.replace(right, wrong))
    assert told.exit_code == 2
    assert said in told.output
    assert told.output.startswith(f"{tmp_path}/site.toml: ")


def test_an_open_secret_is_told(tmp_path: Path) -> None:
    write_private(tmp_path / "open", "secret\n", mode=0o640)
    told = check(tmp_path, GOOD.replace("[hub]", '[hub]\nmqtt_password_file = "open"'))
    assert "mqtt_password_file = 'open': mode 0640 lets others read the secret; allowed: 0600" in told.output


DOOR = """
[[device]]
kind = "door"
id = "lobby-1"
driver_host = "gates"
title = {en = "Lobby"}
[device.options]
wire = "osdp-tcp://127.0.0.1:15030?address=1"
key_file = "door.key"
"""


def test_a_device_s_secret_that_others_may_read_is_told(tmp_path: Path) -> None:
    write_private(tmp_path / "door.key", "00112233445566778899aabbccddeeff\n")
    assert check(tmp_path, GOOD + DOOR).exit_code == 0
    write_private(tmp_path / "door.key", "00112233445566778899aabbccddeeff\n", mode=0o644)
    told = check(tmp_path, GOOD + DOOR)
    assert "device door/lobby-1: options: key_file = 'door.key': mode 0644 lets others read" in told.output


def test_the_pretend_hardware_gets_its_own_options_too(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + "[device.simulated]\nopen_s = 1.5\n").exit_code == 0
    [device] = simulator_settings(read_site(tmp_path / "site.toml")).devices
    assert device.options == {"wire": "modbus-tcp://127.0.0.1:15020?unit=1", "open_s": 1.5}


@pytest.mark.parametrize(
    ("written", "resolved"),
    [
        ("sqlite:///l.sqlite", "sqlite:///{folder}/l.sqlite"),
        ("sqlite:////var/l.sqlite", "sqlite:////var/l.sqlite"),
        ("postgresql+psycopg://u@h/n", "postgresql+psycopg://u@h/n"),
    ],
)
def test_the_ledger_counts_from_the_site_file(tmp_path: Path, written: str, resolved: str) -> None:
    check(tmp_path, GOOD.replace("[hub]", f'[hub]\nledger = "{written}"'))
    assert ledger_url(read_site(tmp_path / "site.toml")) == resolved.format(folder=tmp_path)


def test_a_deep_folder_has_a_control_socket_all_the_same(tmp_path: Path) -> None:
    sockets = []
    for depth in (0, 12):
        folder = tmp_path.joinpath(*["a-long-folder"] * depth)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "site.toml").write_text(GOOD, encoding="utf-8")
        sockets.append(simulator_settings(read_site(folder / "site.toml")).control_socket)
    shallow, deep = sockets
    assert shallow == tmp_path / "data" / "simulators.sock"
    assert deep is not None
    assert len(str(deep)) < 100
    assert simulator_settings(read_site(folder / "site.toml")).control_socket == deep, "it is found again"
    deep.parent.rmdir()
