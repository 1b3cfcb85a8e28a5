"""`[register]` of the site file: what is wrong is said with key and limits."""

from pathlib import Path

import pytest

from contract.errors import ConfigurationError
from hemei.settings import ledger_url
from hemei.site import read_site
from tests.hemei.test_site import GOOD


def read(folder: Path, table: str) -> object:
    file = folder / "site.toml"
    file.write_text(f"{GOOD}\n[register]\n{table}\n", encoding="utf-8")
    site = read_site(file)
    assert ledger_url(site)
    return site.tables.register


def test_limits_of_visits_are_the_sites(tmp_path: Path) -> None:
    table = read(tmp_path, "visit_longest_h = 72\nvisits_open = 0\nkeep_left_days = 30")
    assert table.visit_longest_h == 72  # type: ignore[attr-defined]  # RegisterSettings
    assert table.visits_open == 0  # type: ignore[attr-defined]  # the same


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("visit_longest_h = 0", "visit_longest_h"),
        ("visits_open = -1", "visits_open"),
        ("keep_left_days = 0", "keep_left_days"),
        ("visit_longest = 1", "visit_longest"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read(tmp_path, table)
