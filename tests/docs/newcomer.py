"""Somebody who has just got the project and does what a page of its documentation says."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.broker import free_port
from tests.docs.guide import ROOT

_FOLDERS: Final = ("contract", "docs", "drivers", "hemei", "hub", "simulators", "tests")
_FILES: Final = ("pyproject.toml", "mosquitto.conf")
_LEFT_OUT: Final = shutil.ignore_patterns("node_modules", ".venv")
_OURS: Final = ("PYTEST_", "COV_", "COVERAGE_")
"""What the running test has put into the environment; a newcomer's pytest must not find it."""

_PORTS: Final = ("1883", "8883", "8080", "15300")
"""What `hemei init` and the guide choose: MQTT, MQTT over TLS, HTTP, the new device."""


class Newcomer:
    """Sits in `home`, a copy of the project, before a shell."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for name in _FOLDERS:
            shutil.copytree(ROOT / name, home / name, ignore=_LEFT_OUT)
        for name in _FILES:
            shutil.copy(ROOT / name, home)
        (home / ".venv").symlink_to(sys.prefix)
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
        self._environment["PATH"] += ":/usr/sbin:/usr/local/sbin"  # where Debian and others put mosquitto
        self._environment["CI"] = "true"  # a missing program is a failure: nothing may be skipped
        self._environment["PYTEST_ADDOPTS"] = "-x"  # the first failure tells enough
        # The environment has the project installed, editable, from elsewhere; the copy goes before it.
        self._environment["PYTHONPATH"] = str(home)

    def write(self, path: str, text: str) -> None:
        """Put `text` at the end of a file, which may be new; its folder may not."""
        with (self.home / path).open("a", encoding="utf-8") as file:
            file.write(text)

    def type(self, commands: str) -> None:
        """Type commands; AssertionError, with all they said, at the first that fails."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.home,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}"

    @contextmanager
    def keep_running(self, command: str) -> Iterator[subprocess.Popen[bytes]]:
        """Let a command run in a terminal of its own; what it said is shown if the test fails."""
        log = self.home / "terminal.log"
        with log.open("wb") as terminal:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.home,
                env=self._environment,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
            )
        said = log.rename(self.home / f"terminal-{process.pid}.log")
        try:
            yield process
        except BaseException:
            print(f"$ {command}\n{said.read_text()[-5000:]}")  # noqa: T201 - pytest shows it with the failure
            raise
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def move_to_free_ports(self, site: str) -> None:
        """Let a site use ports that nobody else on this machine uses."""
        free = {port: str(free_port()) for port in _PORTS}
        conf = self.home / site / "mosquitto" / "mosquitto.conf"
        for file in (self.home / site / "site.toml", conf):
            moved = re.sub(rf"\b(?:{'|'.join(free)})\b", lambda port: free[port[0]], file.read_text())
            if os.geteuid() == 0:  # started by root, mosquitto would become a user who may not enter here
                moved = moved.replace("\nuser mosquitto\n", "\nuser root\n")
            file.write_text(moved)
