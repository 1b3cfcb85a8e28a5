"""A newcomer follows docs/add-a-driver.md to the letter and has a device family that works."""

import re
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.docs import guide
from tests.docs.guide import GUIDE, ROOT, KeepRunning, Type, Write
from tests.docs.newcomer import Newcomer
from tests.peers import require_program
from tests.waiting import eventually

SITE: Final = "demo-data/site"
NEW: Final = "drivers/sos simulators/sos tests/drivers/sos tests/drivers/benches/sos.py"


async def test_who_follows_it_has_a_family_that_works(tmp_path_factory: pytest.TempPathFactory) -> None:
    """From the first folder to a press of the button in the hub's ledger."""
    require_program("mosquitto", "mosquitto")
    home = tmp_path_factory.mktemp("home")  # short, for the simulators' socket is below it
    newcomer = Newcomer(home)
    assert not any((home / path).exists() for path in NEW.split()), "the project has what the guide adds"
    with ExitStack() as terminals:
        for step in guide.steps():
            match step:
                case Write(path, text):
                    newcomer.write(path, text)
                case Type(commands):
                    newcomer.type(commands)
                case KeepRunning(commands):
                    newcomer.move_to_free_ports(SITE)
                    running = [terminals.enter_context(newcomer.keep_running(each)) for each in commands]
                    await eventually(partial(pressed, home, running), 30)


def pressed(home: Path, running: Iterable[subprocess.Popen[bytes]]) -> bool:
    """Whether the hub has committed a press; AssertionError if a part of the product has ended."""
    for process in running:
        assert process.poll() is None, f"{process.args!r} has ended"
    return presses(home / SITE / "data" / "hub" / "ledger.sqlite") > 0


def presses(ledger: Path) -> int:
    """Count the presses that the hub has committed."""
    if not ledger.exists():
        return 0
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        try:
            rows = connection.execute("SELECT id FROM events WHERE type = 'hemei.sos.pressed'").fetchall()
        except sqlite3.OperationalError:  # the hub is still making its tables
            return 0
    return len(rows)


def test_what_it_builds_passes_the_checks(tmp_path: Path) -> None:
    """The Python part of `make check`, for what is new."""
    newcomer = Newcomer(tmp_path)
    newcomer.type(f"mkdir -p {SITE}")
    for step in guide.steps():
        match step:
            case Write(path, text):
                newcomer.write(path, text)
            case Type(commands) if commands.startswith("mkdir"):
                newcomer.type(commands)
    newcomer.type(f".venv/bin/ruff check {NEW}; .venv/bin/ruff format --check {NEW}")
    newcomer.type(".venv/bin/mypy -p drivers.sos -p simulators.sos; .venv/bin/lint-imports")


def test_what_it_names_is_there() -> None:
    """Links, and paths in its text, lead somewhere."""
    text = guide.prose()
    links = [GUIDE.parent / link for link in re.findall(r"\]\(([^)#]+)", text)]
    paths = [
        ROOT / path for path in re.findall(r"`((?:contract|drivers|hub|simulators|tests)/[\w./-]*)`", text)
    ]
    written = {ROOT / step.path for step in guide.steps() if isinstance(step, Write)}
    assert paths
    assert not [path for path in [*links, *paths] if path not in written and not path.exists()]
