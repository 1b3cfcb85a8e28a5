"""`[wall]` in the site file: how large the wall is, from how far it is read, where its seams are."""

from pathlib import Path

import pytest

from hemei.settings import hub_settings
from hemei.site import read_site
from hub.live.wall import WallSettings
from tests.hemei.test_check import SECOND, check
from tests.hemei.test_site import GOOD, complaint

TABLE = '[wall]\nheight_mm = 1370\ndistance_m = 5\nseams = "2x2"\n'


def test_the_hub_is_told(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + SECOND + TABLE).exit_code == 0
    settings = hub_settings(read_site(tmp_path / "site.toml"))
    assert settings.wall == WallSettings(height_mm=1370, distance_m=5, seams="2x2")


def test_it_is_not_needed(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + SECOND).exit_code == 0
    assert hub_settings(read_site(tmp_path / "site.toml")).wall is None


@pytest.mark.parametrize(
    "table",
    [
        "height_mm = 1370",
        "height_mm = 1.37\ndistance_m = 5",
        "height_mm = 1370\ndistance_m = 5000",
        'height_mm = 1370\ndistance_m = 5\nseams = "2 by 2"',
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, table: str) -> None:
    assert "wall" in complaint(tmp_path, f"{GOOD}\n[wall]\n{table}\n")
