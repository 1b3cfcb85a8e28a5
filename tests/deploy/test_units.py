"""systemd reads the units and finds them well closed; they call commands that there are."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from hemei.cli import main
from tests.peers import require_program

UNITS: Final = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES: Final = sorted(each.name for each in UNITS.glob("*.service"))
WORST: Final = 2.0
"""Of `systemd-analyze security`, from 0 (closed) to 10 (open); Debian's own services have 9 and more."""


def analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    program = require_program("systemd-analyze", "systemd")
    command = [program, *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("unit", [*SERVICES, "hemei-backup.timer"])
def test_systemd_reads_it(unit: str, tmp_path: Path) -> None:
    shutil.copytree(UNITS, folder := tmp_path / "units")
    program = shutil.which("true")
    for each in folder.glob("*.service"):
        each.write_text(each.read_text().replace("/opt/hemei/bin/hemei", str(program)))
    done = analyze("verify", "--man=no", "--generators=no", folder / unit)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES)
def test_it_is_well_closed(unit: str) -> None:
    done = analyze("security", "--offline=true", "--no-pager", UNITS / unit)
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= WORST


@pytest.mark.parametrize("unit", SERVICES)
def test_it_calls_a_command_that_there_is(unit: str) -> None:
    [called] = re.findall(r"^ExecStart=/opt/hemei/bin/hemei (.*)$", (UNITS / unit).read_text(), re.MULTILINE)
    name, *options = called.split()
    said = CliRunner().invoke(main, [name, "--help"])
    assert said.exit_code == 0
    assert all(option in said.output for option in options if option.startswith("--"))
