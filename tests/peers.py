"""Real programs that tests talk to: a missing one fails in CI, else skips with the install command."""

import ctypes
import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest


def require_program(name: str, debian_package: str) -> str:
    """Return the path of program `name`, or skip (fail where CI=true) naming the package that brings it."""
    for folder in ("", "/usr/sbin/", "/usr/local/sbin/"):
        found = shutil.which(folder + name)
        if found:
            return found
    return missing(name, f"apt-get install {debian_package}")


def require_library(name: str, debian_package: str) -> None:
    """Skip (fail where CI=true) unless the system has the shared library `name`."""
    try:
        ctypes.CDLL(name)
    except OSError:
        missing(name, f"apt-get install {debian_package}")


def missing(what: str, install: str) -> NoReturn:
    """Say that a real component is missing: a failure in CI, a skip elsewhere."""
    message = f"{what} is not installed: {install}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


PEERS = Path(__file__).with_name("peers")


def require_npm_package(name: str) -> Path:
    """Return the folder of an npm package of `tests/peers`, or skip (fail where CI=true)."""
    folder = PEERS / "node_modules" / name
    if not folder.is_dir():
        missing(f"npm {name}", "cd tests/peers && npm ci")
    return folder


def node() -> str:
    """Return the path of node: the environment's own, else the system's."""
    own = Path(sys.executable).with_name("node")
    return str(own) if own.exists() else require_program("node", "nodejs")


def require_osdp_panel() -> Path:
    """Return the Python that has the other author's `osdp`, or skip (fail where CI=true).

    It cannot live in our own environment: libosdp, which is there, has the same import name.
    """
    return _peer_python("osdp")


def require_home_assistant() -> Path:
    """Return the Python that has `homeassistant`, or skip (fail where CI=true)."""
    return _peer_python("homeassistant")


def _peer_python(name: str) -> Path:
    python = PEERS / name / ".venv" / "bin" / "python"
    if not python.exists():
        missing(f"PyPI {name}", f"make tests/peers/{name}/.venv/.set-up")
    return python
