"""Where a board is: `modbus-tcp://HOST:PORT?unit=1` or `modbus-rtu:///dev/ttyUSB0?unit=1&baudrate=9600`.

Where several devices share a board, `&channel=2` says which of its valves or inputs is meant.
"""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import parse_qsl, urlsplit

MODBUS_PORT: Final = 502
PARITIES: Final = ("N", "E", "O")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A line that boards may share: `address` is host and port, or the path of a serial device."""

    kind: Literal["tcp", "rtu"]
    address: str
    port: int = MODBUS_PORT
    baudrate: int = 9600
    parity: str = "N"
    stopbits: int = 1

    @property
    def key(self) -> str:
        """What boards on the same line have in common."""
        return f"{self.kind}:{self.address}:{self.port}" if self.kind == "tcp" else f"rtu:{self.address}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One board (Modbus unit 1 to 247) on a line; `channel` counts from 1, None: the board as a whole."""

    endpoint: Endpoint
    unit: int
    channel: int | None = None


def parse_wire(url: str) -> Wire:
    """Read a wire address; ValueError says what is allowed."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    unit = _number(query, "unit", 1, 1, 247)
    channel = _number(query, "channel", 1, 1, 64) if "channel" in query else None
    if parts.scheme == "modbus-tcp":
        if not parts.hostname:
            raise ValueError(f"wire {url!r}: the host is missing, as in modbus-tcp://192.0.2.10:502?unit=1")
        endpoint = Endpoint(kind="tcp", address=parts.hostname, port=parts.port or MODBUS_PORT)
    elif parts.scheme == "modbus-rtu":
        if parts.netloc or not parts.path:
            raise ValueError(f"wire {url!r}: write three slashes, as in modbus-rtu:///dev/ttyUSB0?unit=1")
        endpoint = _serial(parts.path, query)
    else:
        raise ValueError(f"wire {url!r} must start with modbus-tcp:// or modbus-rtu://")
    if query:
        raise ValueError(f"wire {url!r}: unknown {', '.join(query)}")
    return Wire(endpoint=endpoint, unit=unit, channel=channel)


def _serial(path: str, query: dict[str, str]) -> Endpoint:
    parity = query.pop("parity", "N")
    if parity not in PARITIES:
        raise ValueError(f"parity must be one of {', '.join(PARITIES)}")
    return Endpoint(
        kind="rtu",
        address=path,
        port=0,
        baudrate=_number(query, "baudrate", 9600, 300, 1_000_000),
        parity=parity,
        stopbits=_number(query, "stopbits", 1, 1, 2),
    )


def _number(query: dict[str, str], name: str, default: int, lowest: int, highest: int) -> int:
    text = query.pop(name, str(default))
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise ValueError(f"{name} must be a whole number from {lowest} to {highest}, is {text!r}")
    return int(text)
