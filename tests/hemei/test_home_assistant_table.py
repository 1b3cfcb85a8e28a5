"""`[home_assistant]` in the site file, and what the broker's rules make of it."""

from pathlib import Path

import pytest

from hemei.broker_files import account_files
from hemei.mosquitto import rules
from hemei.private_files import secret_in
from hemei.settings import hub_settings
from hemei.site import read_site
from tests.hemei.test_check import SECOND, check
from tests.hemei.test_site import GOOD, complaint

TABLE = """
[home_assistant]
enabled = true
allow = ["gate/east-in"]
[home_assistant.inputs]
"gate/east-in/hold-open" = {hold = true}
"""


@pytest.fixture(autouse=True)
def secret(tmp_path: Path) -> None:
    secret_in(tmp_path / "secrets" / "home-assistant.mqtt")


def test_the_hub_is_told(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + SECOND + TABLE).exit_code == 0
    said = hub_settings(read_site(tmp_path / "site.toml")).home_assistant
    assert said.enabled
    assert said.inputs == {"gate/east-in/hold-open": {"hold": True}}


def test_it_is_off_by_default_and_has_no_account(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + SECOND).exit_code == 0
    site = read_site(tmp_path / "site.toml")
    assert not hub_settings(site).home_assistant.enabled
    assert "home-assistant" not in rules(site)
    assert "home-assistant" not in account_files(site)


def test_its_account_reads_its_own_topics_and_writes_only_commands_of_what_is_allowed(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + SECOND + TABLE).exit_code == 0
    site = read_site(tmp_path / "site.toml")
    ident = site.tables.site.id
    assert set(map(tuple, rules(site)["home-assistant"])) == {
        ("read", "homeassistant/#"),
        ("read", f"hemei-ha/{ident}/status"),
        ("read", f"hemei-ha/{ident}/+/+/state"),
        ("write", f"hemei-ha/{ident}/gate/east-in/command"),
    }
    assert account_files(site)["home-assistant"] == tmp_path / "secrets" / "home-assistant.mqtt"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ('enabled = true\nallow = ["gate/nowhere"]', "gate/east-in"),
        ('enabled = true\nprefix = "home/assistant"', "prefix"),
        ('enabled = true\n[home_assistant.inputs]\n"gate/east-in/open" = {}', "kind/device/action"),
        ('enabled = true\nmqtt_username = "hub"', "mqtt_username"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, wrong: str, named: str) -> None:
    assert named in complaint(tmp_path, f"{GOOD}\n[home_assistant]\n{wrong}\n")
