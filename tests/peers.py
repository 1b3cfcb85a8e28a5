"""Real programs that tests talk to: a missing one fails in CI, else skips with the install command."""

import os
import shutil
from typing import NoReturn

import pytest


def require_program(name: str, debian_package: str) -> str:
    """Return the path of program `name`, or skip (fail where CI=true) naming the package that brings it."""
    for folder in ("", "/usr/sbin/", "/usr/local/sbin/"):
        found = shutil.which(folder + name)
        if found:
            return found
    return missing(name, f"apt-get install {debian_package}")


def missing(what: str, install: str) -> NoReturn:
    """Say that a real component is missing: a failure in CI, a skip elsewhere."""
    message = f"{what} is not installed: {install}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
