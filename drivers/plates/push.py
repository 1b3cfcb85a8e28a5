"""What a camera pushes to us over HTTP, and what it is answered; no socket.

A camera's wire gives the listener a `Guest`. It is asked only for requests that came to its own secret path
from an address that it allows, with their whole body, which is bounded.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final, TypeAlias

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a body: two pictures of 2 MiB in base64 are shorter."""

Network: TypeAlias = IPv4Network | IPv6Network

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One request. `path` is what follows the secret, `/` or empty where nothing does.

    `line` numbers the connection: requests with the same one came over the same.
    """

    path: str
    content_type: str
    body: bytes = field(repr=False)
    peer: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a push is answered."""

    body: bytes = b""
    content_type: str = "application/json"
    status: int = 200


Handle = Callable[[Push], Awaitable[Reply]]
"""What a camera's wire does with a push. It is answered 400 for InvalidMessage, and that is counted;
403 for Refused, counted too; 503 for any other HemeiError, so that the camera keeps what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A camera that may push: to which path, from where, and who takes it. No networks: from anywhere."""

    secret: "Secret"
    allow: tuple[Network, ...] = ()
    handle: Handle
    malformed: Callable[[str], None]
    """Counts what makes no sense (`Port.malformed`)."""

    def may_come_from(self, peer: str) -> bool:
        """Whether an address is one of those allowed."""
        if not self.allow:
            return True
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        plain = (address.version == 6 and address.ipv4_mapped) or address
        return any(plain in network for network in self.allow)


@dataclass(frozen=True, slots=True)
class Secret:
    """The first part of a camera's path, of which only the hash is kept, so that nothing can show it."""

    digest: bytes = field(repr=False)

    @classmethod
    def of(cls, text: str) -> "Secret":
        """Take a secret as it stands in a path, right or wrong."""
        return cls(sha256(text.encode("utf-8", "surrogateescape")).digest())


def read_secret(file: str) -> Secret:
    """Read a secret, the file's one line; ValueError says what is wrong, and nothing of what is in it."""
    try:
        text = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as wrong:
        raise ValueError(f"secret_file {file}: cannot be read ({type(wrong).__name__})") from None
    if not _SECRET.fullmatch(text):
        raise ValueError(f"secret_file {file}: must be 16 to 128 letters, digits, - and _")
    return Secret.of(text)


def parse_networks(option: str, texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Read addresses and networks; ValueError says which is none."""
    try:
        return tuple(ip_network(text) for text in texts)
    except ValueError as wrong:
        raise ValueError(f"{option}: {wrong}; allowed: 192.0.2.10, 192.0.2.0/24") from None


def parse_listen(text: str) -> tuple[str, int]:
    """Read where to listen; ValueError says what is allowed."""
    host, _, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"listen {text!r} must be HOST:PORT, as in 0.0.0.0:9310")
    return host.strip("[]"), int(port)
