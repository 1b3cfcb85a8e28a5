"""`[passes]` in the site file: which gates are within the community, who stays for too long."""

from pathlib import Path

import pytest

from hemei.settings import hub_settings
from hemei.site import read_site
from hub.passes.settings import Group
from tests.hemei.test_check import SECOND, check
from tests.hemei.test_site import GOOD, complaint

TABLE = '[passes]\ninner_gates = ["gate/west-in"]\nvisitor_hours = 8\nunknown_hours = 0\n'


def test_the_hub_is_told(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD + SECOND + TABLE).exit_code == 0
    settings = hub_settings(read_site(tmp_path / "site.toml"))
    assert settings.passes.inner_gates == ("gate/west-in",)
    assert settings.passes.long_hours == {Group.VISITOR: 8, Group.SERVICE: 24}
    assert settings.retention.passes_days == 365


def test_an_inner_gate_must_be_there(tmp_path: Path) -> None:
    said = check(tmp_path, GOOD + SECOND + TABLE.replace("gate/west-in", "gate/west-inn")).output
    assert "[passes] inner_gates: 'gate/west-inn' is no gate; did you mean gate/west-in?" in said


@pytest.mark.parametrize(
    "table",
    ['inner_gates = ["door/lobby"]', "visitor_hours = -1", "residents_hours = 1", "staff_hours = 9000"],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, table: str) -> None:
    assert "passes" in complaint(tmp_path, f"{GOOD}\n[passes]\n{table}\n")
