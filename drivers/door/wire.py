"""Where a reader is: `osdp-serial:///dev/ttyUSB0?address=1&baudrate=9600` or `osdp-tcp://HOST:PORT?address=1`.

Over TCP a converter listens that repeats everything on its RS-485 line; several readers share it either way.
"""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import parse_qsl, urlsplit

BAUDRATES: Final = (9600, 19200, 38400, 57600, 115200, 230400)
"""SIA OSDP v2.2, section 5.1."""

HIGHEST_ADDRESS: Final = 126
"""127 speaks to all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A line that readers share: host and port, or the path of a serial device."""

    kind: Literal["tcp", "serial"]
    host: str
    port: int = 0
    baudrate: int = 9600

    @property
    def key(self) -> str:
        """What readers on the same line have in common."""
        return f"osdp:{self.host}:{self.port}" if self.kind == "tcp" else f"osdp:{self.host}"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.kind == "tcp" else self.host


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One reader, by its OSDP address (0 to 126), on a line."""

    endpoint: Endpoint
    address: int


def parse_wire(url: str) -> Wire:
    """Read a wire address; ValueError says what is allowed."""
    parts = urlsplit(url)
    if parts.scheme not in ("osdp-tcp", "osdp-serial"):
        raise ValueError(f"wire {url!r} must start with osdp-tcp:// or osdp-serial://")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    address = _number(query, "address", None, range(HIGHEST_ADDRESS + 1))
    if parts.scheme == "osdp-tcp":
        if not parts.hostname or parts.port is None:
            raise ValueError(f"wire {url!r}: write host and port, as in osdp-tcp://192.0.2.10:4001?address=1")
        endpoint = Endpoint(kind="tcp", host=parts.hostname, port=parts.port)
    else:
        if parts.netloc or not parts.path:
            raise ValueError(f"wire {url!r}: write three slashes, as in osdp-serial:///dev/ttyUSB0?address=1")
        baudrate = _number(query, "baudrate", "9600", BAUDRATES)
        endpoint = Endpoint(kind="serial", host=parts.path, baudrate=baudrate)
    if query:
        raise ValueError(f"wire {url!r}: unknown {', '.join(query)}")
    return Wire(endpoint=endpoint, address=address)


def _number(query: dict[str, str], name: str, default: str | None, allowed: range | tuple[int, ...]) -> int:
    text = query.pop(name, default)
    if text is not None and text.isascii() and text.isdigit() and len(text) < 8 and int(text) in allowed:
        return int(text)
    words = f"{allowed[0]} to {allowed[-1]}" if isinstance(allowed, range) else ", ".join(map(str, allowed))
    raise ValueError(f"{name} must be one of {words}, is {text!r}")
