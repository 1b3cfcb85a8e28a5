"""`hemei rules try`: which alarms an event raises, and why the others do not."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hemei.cli import main
from tests.hemei.test_community import Choice, written

SMOKE = {
    "specversion": "1.0",
    "id": "1",
    "source": "hemei/sensor/bike-shed-smoke",
    "type": "hemei.sensor.smoke-detected",
    "time": "2026-11-24T21:05:00Z",
    "data": {"test": False},
}


def tried(*options: str, language: str = "C", **fields: Any) -> Result:
    event = json.dumps(SMOKE | fields)
    return CliRunner().invoke(main, ["rules", "try", "-", *options], input=event, env={"LC_ALL": language})


@pytest.fixture
def site(tmp_path: Path) -> str:
    return str(written(tmp_path, Choice(kinds=("sensor",))).file)


def test_it_says_what_is_raised_and_why(site: str) -> None:
    told = tried("--config", site)
    assert told.exit_code == 0
    raised, spared = told.output.index("raises: bike-shed-smoke"), told.output.index("does not raise: smoke")
    assert "its area bike-shed has definitions of its own" in told.output[spared:raised]
    assert "event hemei.sensor.smoke-detected and test is false: yes" in told.output[raised:]
    assert "other rules do not look at it" in told.output


def test_a_self_test_raises_nothing(site: str) -> None:
    told = tried("--config", site, data={"test": True})
    assert "raises: bike-shed-smoke" not in told.output.replace("does not raise", "")
    assert "test is false: no (seen:" in told.output


def test_the_event_that_ends_it_is_told_as_such(site: str) -> None:
    told = tried("--config", site, type="hemei.sensor.smoke-cleared")
    assert "returns to normal: bike-shed-smoke · Smoke in the e-bike shed" in told.output
    assert "returned by event hemei.sensor.smoke-cleared: yes" in told.output


def test_the_device_can_be_another(site: str) -> None:
    told = tried("--config", site, "--device", "sensor/garage-a-smoke")
    assert "raises: smoke · Smoke" in told.output
    assert "its area is garage, not one of bike-shed" in told.output


def test_without_a_site_file_what_ships_is_tried() -> None:
    told = tried()
    assert "raises: smoke" in told.output
    assert "its area is unknown, not one of bike-shed" in told.output


def test_everything_is_shown_on_request() -> None:
    told = tried("--all")
    assert "does not raise: gate-jammed" in told.output
    assert "its kind is sensor, not one of gate" in told.output
    assert "depends on what the device shows: sensor-fault" in told.output


def test_a_device_that_the_site_does_not_have_is_told(site: str) -> None:
    told = tried("--config", site, "--device", "sensor/attic")
    assert "hemei/sensor/attic is not in " in told.output


def test_it_speaks_chinese() -> None:
    assert "触发: smoke · 烟雾报警" in tried(language="zh_CN.UTF-8").output


@pytest.mark.parametrize(
    ("options", "fields", "said"),
    [
        ((), {"time": "yesterday"}, "allowed: a CloudEvent 1.0 as JSON"),
        ((), {"source": "somewhere"}, "source 'somewhere': "),
        (("--device", "sensor"), {}, "--device 'sensor': allowed: KIND/ID, such as gate/east-in"),
    ],
)
def test_what_cannot_be_tried_is_told(options: tuple[str, ...], fields: dict[str, Any], said: str) -> None:
    told = tried(*options, **fields)
    assert told.exit_code == 2
    assert told.output.startswith("Error: ")
    assert said in told.output
