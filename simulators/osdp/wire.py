"""OSDP wire addresses: `osdp-tcp://HOST:PORT?address=1`, `osdp-serial:///dev/ttyUSB0?address=1&baudrate=9600`."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from simulators.errors import BadOptions

HIGHEST_ADDRESS = 126
BAUDRATES = (9600, 19200, 38400, 57600, 115200, 230400)


@dataclass(frozen=True, slots=True, kw_only=True)
class OsdpTcpWire:
    """One device (0..126) behind a TCP port that stands for a line; port 0 asks for a free one."""

    host: str
    port: int
    address: int

    def with_port(self, port: int) -> "OsdpTcpWire":
        """Give the same device at the port that was really opened."""
        return replace(self, port=port)

    def __str__(self) -> str:
        return f"osdp-tcp://{self.host}:{self.port}?address={self.address}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OsdpSerialWire:
    """One device (0..126) on a serial line."""

    path: str
    address: int
    baudrate: int = 9600

    def __str__(self) -> str:
        return f"osdp-serial://{self.path}?address={self.address}&baudrate={self.baudrate}"


def parse_osdp(url: str) -> OsdpTcpWire | OsdpSerialWire:
    """Read a wire address; BadOptions says what is wrong."""
    parts, query = urlsplit(url), dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    address = _number(url, query, "address", 0)
    if not 0 <= address <= HIGHEST_ADDRESS:
        raise BadOptions(f"{url}: address must be 0..{HIGHEST_ADDRESS}")
    wire: OsdpTcpWire | OsdpSerialWire
    if parts.scheme == "osdp-tcp":
        wire = OsdpTcpWire(host=parts.hostname or "127.0.0.1", port=_port(url), address=address)
    elif parts.scheme == "osdp-serial":
        if parts.netloc or not parts.path:
            raise BadOptions(f"{url}: three slashes before the serial path, as in osdp-serial:///dev/ttyUSB0")
        baudrate = _number(url, query, "baudrate", BAUDRATES[0])
        if baudrate not in BAUDRATES:
            raise BadOptions(f"{url}: baudrate must be one of {', '.join(map(str, BAUDRATES))}")
        wire = OsdpSerialWire(path=parts.path, address=address, baudrate=baudrate)
    else:
        raise BadOptions(f"wire {url!r} must start with osdp-tcp:// or osdp-serial://")
    if query:
        raise BadOptions(f"{url}: unknown {', '.join(sorted(query))}")
    return wire


def _port(url: str) -> int:
    try:
        port = urlsplit(url).port
    except ValueError as error:
        raise BadOptions(f"{url}: {error}") from error
    if port is None:
        raise BadOptions(f"{url}: the port is missing")
    return port


def _number(url: str, query: dict[str, str], name: str, default: int) -> int:
    text = query.pop(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise BadOptions(f"{url}: {name} must be a whole number")
    return int(text)
