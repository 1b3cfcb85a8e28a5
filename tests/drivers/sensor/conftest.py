"""A house with sensors for every test that wants one."""

from functools import partial
from pathlib import Path

import pytest

from tests.broker import Mosquitto
from tests.drivers.sensor.house import NewHouse, living


@pytest.fixture
def house(mosquitto: Mosquitto, tmp_path: Path) -> NewHouse:
    """Make a house with sensors, as `living` says."""
    return partial(living, mosquitto, tmp_path)
