"""Wire addresses, as a site file writes them: `modbus-tcp://127.0.0.1:15020?unit=1`."""

from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import SplitResult, parse_qs, urlsplit

from simulators.errors import BadOptions

PARITIES = ("N", "E", "O")


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpWire:
    """A TCP endpoint; port 0 asks the machine for a free one."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, url: str, scheme: str) -> Self:
        """Read `SCHEME://HOST:PORT`; BadOptions says what is wrong."""
        parts = _split(url, (scheme,))
        return cls(scheme=scheme, host=parts.hostname or "127.0.0.1", port=_port(url, parts))

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModbusTcpWire:
    """One unit (1..247) behind a Modbus TCP endpoint; units of one endpoint share its port.

    `channel` is which of the unit's valves or inputs a device stands on, None where it is the whole unit.
    """

    host: str
    port: int
    unit: int
    channel: int | None = None

    def with_port(self, port: int) -> "ModbusTcpWire":
        """Give the same unit at the port that was really opened."""
        return replace(self, port=port)

    def __str__(self) -> str:
        return f"modbus-tcp://{self.host}:{self.port}?unit={self.unit}{_channel(self.channel)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModbusRtuWire:
    """One unit (1..247) on a serial line, or one `channel` of it."""

    path: str
    unit: int
    baudrate: int = 9600
    parity: str = "N"
    stopbits: int = 1
    channel: int | None = None

    def __str__(self) -> str:
        line = f"baudrate={self.baudrate}&parity={self.parity}&stopbits={self.stopbits}"
        return f"modbus-rtu://{self.path}?unit={self.unit}&{line}{_channel(self.channel)}"


def parse_modbus(url: str) -> ModbusTcpWire | ModbusRtuWire:
    """Read `modbus-tcp://HOST:PORT?unit=N` or `modbus-rtu:///PATH?unit=N&baudrate=9600&parity=N&stopbits=1`."""
    parts = _split(url, ("modbus-tcp", "modbus-rtu"))
    known = {"unit", "channel"} | (
        {"baudrate", "parity", "stopbits"} if parts.scheme == "modbus-rtu" else set()
    )
    query = _query(url, parts, known)
    unit = _number(url, query, "unit", 1)
    if not 1 <= unit <= 247:
        raise BadOptions(f"{url}: unit must be 1..247")
    channel = _number(url, query, "channel", 1) if "channel" in query else None
    if parts.scheme == "modbus-tcp":
        host = parts.hostname or "127.0.0.1"
        return ModbusTcpWire(host=host, port=_port(url, parts), unit=unit, channel=channel)
    if not parts.path or parts.netloc:
        raise BadOptions(f"{url}: three slashes before the serial path, as in modbus-rtu:///dev/ttyUSB0")
    parity = query.get("parity", "N")
    if parity not in PARITIES:
        raise BadOptions(f"{url}: parity must be one of {', '.join(PARITIES)}")
    baudrate, stopbits = _number(url, query, "baudrate", 9600), _number(url, query, "stopbits", 1)
    return ModbusRtuWire(
        path=parts.path, unit=unit, baudrate=baudrate, parity=parity, stopbits=stopbits, channel=channel
    )


def _channel(channel: int | None) -> str:
    return "" if channel is None else f"&channel={channel}"


def _split(url: str, schemes: tuple[str, ...]) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in schemes:
        raise BadOptions(f"wire {url!r} must start with {' or '.join(f'{name}://' for name in schemes)}")
    return parts


def _port(url: str, parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError as error:
        raise BadOptions(f"{url}: {error}") from error
    if port is None:
        raise BadOptions(f"{url}: the port is missing")
    return port


def _query(url: str, parts: SplitResult, known: set[str]) -> dict[str, str]:
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := query.keys() - known:
        raise BadOptions(f"{url}: unknown {', '.join(sorted(unknown))}; allowed: {', '.join(sorted(known))}")
    return query


def _number(url: str, query: dict[str, str], name: str, default: int) -> int:
    try:
        return int(query.get(name, default))
    except ValueError as error:
        raise BadOptions(f"{url}: {name} must be a whole number") from error
