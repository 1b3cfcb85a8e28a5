"""Where a pretend device's MQTT broker is, and who the device is there."""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from simulators.camera.digest import Account
from simulators.errors import BadOptions

PORT = 1883


class AtBroker(NamedTuple):
    """Host, port and the device's own account; None where the broker lets anybody in."""

    host: str
    port: int
    account: Account | None

    @classmethod
    def parse(cls, url: str, password_file: str | None) -> "AtBroker":
        """Read `mqtt://USER@HOST:PORT`, whatever follows it, and the password from a file; BadOptions."""
        parts = urlsplit(url)
        if parts.scheme != "mqtt" or not parts.hostname:
            raise BadOptions(f"broker {url!r} must be mqtt://USER@HOST:PORT")
        account = None
        if parts.username and password_file is not None:
            account = Account(unquote(parts.username), line_of(password_file))
        return cls(parts.hostname, parts.port or PORT, account)


def line_of(file: str) -> str:
    """Return the one line of a file of secrets; BadOptions if it cannot be read."""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadOptions(f"cannot read {file}: {error.strerror}") from error
