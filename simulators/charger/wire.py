"""Where a post calls, and which connector is meant: the driver's own wire address, seen from the post.

ocpp://127.0.0.1:9210/GARAGE-01?connector=1      also ocpps, dny, ykc
"""

import socket
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from simulators.errors import BadOptions

SCHEMES = ("ocpp", "ocpps", "dny", "ykc")
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - a driver that listens there is called here
MOST_CONNECTORS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PostWire:
    """One post that calls `host` and `port`; `host` is as written, where the driver listens."""

    scheme: str
    host: str
    port: int
    post: str

    @property
    def called(self) -> str:
        """The host that the post really calls."""
        return EVERYWHERE.get(self.host, self.host)

    def with_port(self, port: int) -> "PostWire":
        """Give the same post with the port that was found free."""
        return replace(self, port=port)

    def of(self, connector: int) -> str:
        """Write the address of one of its connectors."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        post = quote(self.post, safe="*-_=:|@.")
        return f"{self.scheme}://{host}:{self.port}/{post}?connector={connector}"


def parse_charger(url: str) -> tuple[PostWire, int]:
    """Read a wire address into post and connector; BadOptions says what is wrong. Port 0 is allowed."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise BadOptions(f"wire {url!r} must start with {' or '.join(f'{name}://' for name in SCHEMES)}")
    try:
        port = parts.port
    except ValueError as error:
        raise BadOptions(f"{url}: {error}") from error
    post = unquote(parts.path.removeprefix("/"))
    if port is None or not parts.hostname or not post:
        raise BadOptions(f"{url}: as in {parts.scheme}://127.0.0.1:9210/POST?connector=1")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    connector = query.pop("connector", "1")
    if query:
        raise BadOptions(f"{url}: unknown {', '.join(sorted(query))}; allowed: connector")
    if not (connector.isascii() and connector.isdigit() and 1 <= int(connector) <= MOST_CONNECTORS):
        raise BadOptions(f"{url}: connector must be 1..{MOST_CONNECTORS}")
    return PostWire(scheme=parts.scheme, host=parts.hostname, port=port, post=post), int(connector)


def free_port(host: str) -> int:
    """Return a port that nobody listens at now, for a driver to listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as found:
        found.bind((host, 0))
        return int(found.getsockname()[1])
