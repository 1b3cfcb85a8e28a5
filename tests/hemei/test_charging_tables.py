"""Tariffs and connectors in the site file: what is wrong is told before anybody's charge is billed by it."""

import tomllib
from pathlib import Path

import pytest

from hemei.found import TEXT
from hemei.private_files import write_private
from hemei.site import read_site
from hub.charging.settings import ChargingSettings
from tests.hemei.test_check import check
from tests.hemei.test_site import GOOD, complaint, write

TARIFFS = """
[charging]
payment = "prepaid"
hold_fen_car = 3000
[[charging.tariff]]
id = "car"
title = {zh-CN = "汽车", en = "Cars"}
vehicles = ["car"]
[[charging.tariff.period]]
from = "22:00"
to = "08:00"
title = {zh-CN = "谷", en = "Off-peak"}
energy_fen = 32
service_fen = 30
[[charging.tariff.period]]
from = "08:00"
to = "22:00"
title = {zh-CN = "峰", en = "Peak"}
energy_fen = 85
service_fen = 30
[[charging.tariff]]
id = "rest"
title = {zh-CN = "其他", en = "All others"}
period = [{title = {zh-CN = "全天", en = "All day"}, energy_fen = 60}]
"""


def connector(ident: str, wire: str, more: str = "", host: str = "gates") -> str:
    return f"""
[[device]]
kind = "charger"
id = "{ident}"
driver_host = "{host}"
title = {{zh-CN = "充电桩", en = "Charger"}}
[device.options]
wire = "{wire}"
{more}
"""


GROUP = 'vehicle = "e-bike"\nsupply_group = "shed"\nsupply_limit = 3000\n'
SHED = connector("shed-1", "dny://127.0.0.1:19220/04AB373B?connector=1", GROUP) + connector(
    "shed-2", "dny://127.0.0.1:19220/04AB373B?connector=2", GROUP
)
SECRET = 'password_file = "secrets/garage.ocpp"\n'
GARAGE = connector("garage-1", "ocpp://127.0.0.1:19210/GARAGE?connector=1", SECRET) + connector(
    "garage-2", "ocpp://127.0.0.1:19210/GARAGE?connector=2", SECRET
)
HOST = '[[driver_host]]\nid = "other"\nmqtt_password_file = "secrets/gates.mqtt"\n'
SITE = GOOD + HOST + SHED + GARAGE + TARIFFS


def test_tariffs_are_read_and_reach_the_hub(tmp_path: Path) -> None:
    charging = read_site(write(tmp_path, SITE)).tables.charging
    assert (charging.payment, charging.hold_fen("car"), charging.hold_fen("e-bike")) == ("prepaid", 3000, 500)
    for device, vehicle, tariff in (("garage-1", "car", "car"), ("shed-1", "e-bike", "rest")):
        found = charging.tariff_of(f"charger/{device}", vehicle)
        assert found is not None
        assert found.id == tariff


def test_without_a_word_charging_is_free_for_all(tmp_path: Path) -> None:
    charging = read_site(write(tmp_path, GOOD)).tables.charging
    assert charging == ChargingSettings()
    assert charging.payment == "free"
    assert checked(tmp_path, GOOD + HOST + SHED + GARAGE)[0] == 0


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            "hold_fen_car",
            "hold_car",
            "[charging] hold_car: unknown key; did you mean hold_fen_car? allowed: ",
        ),
        (
            "hold_fen_car = 3000",
            "hold_fen_car = -1",
            "[charging] hold_fen_car = -1: Expected int >= 0; allowed: a whole number from 0 to",
        ),
        ("service_fen", "servce_fen", "[charging.tariff car.period 1] servce_fen: unknown key; did you mean"),
        (
            "energy_fen = 85",
            "energy_fen = 0.85",
            "[charging.tariff car.period 2] energy_fen = 0.85: Expected",
        ),
        (
            '["car"]',
            '["bus"]',
            """[charging.tariff car] vehicles = ['bus']: Invalid enum value 'bus'; allowed:""",
        ),
        ('to = "22:00"', 'to = "21:00"', "[charging.tariff car] periods must cover the day without gap"),
        ('id = "rest"', 'id = "car"', "[charging] tariffs: id must differ; more than once: car"),
        ('id = "rest"', 'id = "rest"\nvehicles = ["car"]', "[charging] tariffs: vehicles must differ"),
    ],
)
def test_a_wrong_tariff_is_told(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert SITE.count(right)
    assert f"{tmp_path}/site.toml: {said}" in complaint(tmp_path, SITE.replace(right, wrong, 1))


def checked(folder: Path, text: str) -> tuple[int, str]:
    for name in ("garage", "other"):
        write_private(folder / "secrets" / f"{name}.ocpp", "a password of 16 and more\n")
    told = check(folder, text)
    return told.exit_code, told.output


def test_connectors_that_agree_are_right(tmp_path: Path) -> None:
    code, output = checked(tmp_path, SITE)
    assert code == 0, output


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            "supply_limit = 3000",
            "supply_limit = 2000",
            "[device.options] supply_limit of supply_group shed: 2000 at charger/shed-1, 3000 at charger/",
        ),
        (
            'id = "shed-1"\ndriver_host = "gates"',
            'id = "shed-1"\ndriver_host = "other"',
            "driver_host of supply_group shed: 'other' at charger/shed-1, 'gates' at charger/shed-2",
        ),
        (
            "secrets/garage.ocpp",
            "secrets/other.ocpp",
            "password_file of post ocpp:127.0.0.1:19210/GARAGE: 'secrets/other.ocpp' at charger/garage-1,",
        ),
        (
            "GARAGE?connector=2",
            "GARAGE?connector=01",
            "wire: ocpp:127.0.0.1:19210/GARAGE?connector=1 stands at charger/garage-1, charger/garage-2;",
        ),
        (
            'id = "rest"',
            'id = "rest"\ndevices = ["charger/shed-1", "charger/shed-3"]',
            "[charging.tariff rest] devices: 'charger/shed-3' is no connector; did you mean charger/shed-",
        ),
        (
            'id = "rest"',
            'id = "rest"\ndevices = ["charger/shed-1"]',
            "[charging] tariff: none is for charger/shed-2; allowed: one that names them in devices, one",
        ),
    ],
)
def test_connectors_that_contradict_each_other_are_told(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    assert SITE.count(right)
    code, output = checked(tmp_path, SITE.replace(right, wrong, 1))
    assert code == 2
    assert said in output


def test_a_certificate_is_no_secret_but_must_be_there(tmp_path: Path) -> None:
    write_private(tmp_path / "tls.key", "key\n")
    tls = SECRET + 'certificate_file = "tls.crt"\nkey_file = "tls.key"\n'
    text = GOOD + connector("garage-1", "ocpps://127.0.0.1:19211/GARAGE", tls)
    _, output = checked(tmp_path, text)
    assert "options: certificate_file = 'tls.crt': there is no such file" in output
    (tmp_path / "tls.crt").write_text("certificate\n")
    assert "certificate_file" not in checked(tmp_path, text)[1]


def test_what_a_new_site_shows_of_tariffs_is_right(tmp_path: Path) -> None:
    text = TEXT.format(id='"hemei"', title='{en = "x"}')
    shown = text[text.index("# [charging]") : text.index("[[driver_host]]")]
    uncommented = "\n".join(line.removeprefix("# ") for line in shown.splitlines())
    assert {each["id"] for each in tomllib.loads(uncommented)["charging"]["tariff"]} == {"car", "e-bike"}
    assert read_site(write(tmp_path, GOOD + uncommented)).tables.charging.payment == "prepaid"
