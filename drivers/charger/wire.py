"""Where a connector is: posts connect to us, so the address is where we listen, and which post we mean.

ocpp://0.0.0.0:9210/GARAGE-01?connector=1        OCPP 1.6J or 2.0.1, whichever the post speaks
ocpps://0.0.0.0:9211/GARAGE-01?connector=1       the same over TLS
dny://0.0.0.0:9220/04AB373B?connector=1          DNY/AP3000; the post's id in hexadecimal
ykc://0.0.0.0:9230/20231212000010?connector=1    云快充; the pile's number
"""

import re
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

Scheme = Literal["ocpp", "ocpps", "dny", "ykc"]

MOST_CONNECTORS: Final = 64
POSTS: Final = {
    "ocpp": (re.compile(r"[A-Za-z0-9*\-_=:|@.]{1,48}"), "1 to 48 letters, digits and *-_=:|@."),
    "ocpps": (re.compile(r"[A-Za-z0-9*\-_=:|@.]{1,48}"), "1 to 48 letters, digits and *-_=:|@."),
    "dny": (re.compile(r"[0-9A-F]{8}"), "8 hexadecimal digits in capitals"),
    "ykc": (re.compile(r"[0-9]{14}"), "14 digits"),
}
"""How each protocol names a post (OCPP 2.0.1 part 4 §3.1.1; AP3000 §3.1; 云快充 §4)."""


class Wire(Struct, frozen=True, kw_only=True):
    """One connector, counted from 1, of a post that connects to us at `host` and `port`."""

    scheme: Scheme
    host: str
    port: int
    post: str
    connector: int

    @property
    def listener(self) -> str:
        """What connectors on the same listening socket have in common."""
        return f"{self.scheme}:{self.host}:{self.port}"


def parse_wire(url: str) -> Wire:
    """Read a wire address; ValueError says what is allowed."""
    parts = urlsplit(url)
    if parts.scheme not in POSTS:
        raise ValueError(f"wire {url!r} must start with {', '.join(f'{scheme}://' for scheme in POSTS)}")
    scheme: Scheme = parts.scheme  # type: ignore[assignment]  # one of the keys, as was just seen
    if not parts.hostname or not parts.port:
        raise ValueError(f"wire {url!r}: say where to listen, as in {scheme}://0.0.0.0:9210/POST?connector=1")
    post = unquote(parts.path.removeprefix("/"))
    pattern, allowed = POSTS[scheme]
    if not pattern.fullmatch(post):
        raise ValueError(f"wire {url!r}: post {post!r}: allowed: {allowed}")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    connector = query.pop("connector", "1")
    if query:
        raise ValueError(f"wire {url!r}: unknown {', '.join(query)}")
    if not (connector.isascii() and connector.isdigit() and 1 <= int(connector) <= MOST_CONNECTORS):
        raise ValueError(f"wire {url!r}: connector must be a whole number from 1 to {MOST_CONNECTORS}")
    return Wire(scheme=scheme, host=parts.hostname, port=parts.port, post=post, connector=int(connector))
