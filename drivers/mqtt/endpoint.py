"""Where the broker is that a device talks through: `mqtt://USER@HOST:1883`, `mqtts://USER@HOST:8883`.

`?protocol=3.1.1` for brokers that know no MQTT 5. The password is never part of the address.
"""

from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from contract.broker import Broker

PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
EXAMPLE: Final = "mqtt://USER@HOST:1883 or mqtts://USER@HOST:8883"


def parse_broker(url: str, password_file: str | None = None, ca_file: str | None = None) -> Broker:
    """Return the broker at `url`, its password read from a file; ValueError says what is allowed."""
    parts = urlsplit(url)
    try:
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if not (parts.hostname and port) or parts.path not in ("", "/"):
        raise ValueError(f"broker must be {EXAMPLE}")
    if parts.password is not None:
        raise ValueError("broker must not hold a password: put it into password_file")
    if (parts.scheme == "mqtts") != (ca_file is not None):
        raise ValueError("mqtts:// and ca_file go together")
    username = unquote(parts.username) if parts.username else None
    if (username is None) != (password_file is None):
        raise ValueError("the user in broker, mqtt://USER@HOST, and password_file go together")
    return Broker(
        host=parts.hostname,
        port=port,
        username=username,
        password=None if password_file is None else _password(password_file),
        protocol=_protocol(parts.query),
        ca_file=ca_file,
    )


def _protocol(query: str) -> Literal["5", "3.1.1"]:
    asked = dict(parse_qsl(query, keep_blank_values=True))
    protocol = asked.pop("protocol", "5")
    if asked:
        raise ValueError(f"broker: unknown {', '.join(asked)}; allowed: protocol=5 or protocol=3.1.1")
    if protocol == "5":
        return "5"
    if protocol == "3.1.1":
        return "3.1.1"
    raise ValueError("broker: protocol must be 5 or 3.1.1")


def _password(file: str) -> str:
    try:
        text = Path(file).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as wrong:
        raise ValueError(f"password_file {file}: cannot be read ({type(wrong).__name__})") from None
    if not text or not text.isprintable():
        raise ValueError(f"password_file {file}: must be one line of printable text")
    return text
