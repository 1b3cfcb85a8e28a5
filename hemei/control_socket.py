"""Where the simulators' control socket is: where the site file says, if that path is not too long."""

import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Final

from contract.errors import ConfigurationError
from hemei.site import Site

LONGEST_PATH: Final = 100
"""In bytes; Linux's sockaddr_un holds 108."""


def control_socket(site: Site) -> Path:
    """Return the socket's path; ConfigurationError if it cannot be had."""
    path = site.path(site.tables.simulators.control)
    if len(os.fsencode(path)) <= LONGEST_PATH:
        return path
    digest = sha256(os.fsencode(path)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"hemei-{os.getuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.getuid():
        complaint = f"[simulators] control: {path} is too long and {short} belongs to somebody else"
        raise ConfigurationError(f"{complaint}; choose a shorter one")
    return short / path.name
