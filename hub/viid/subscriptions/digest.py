"""Digest (RFC 7616) as a server checks it: `qop=auth`, MD5 or SHA-256, nonces that expire and count. Pure.

MD5 is what libraries of GA/T 1400 speak: what protects the words on their way is the tunnel they come by.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final
from urllib.parse import urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from msgspec import Struct

from contract.clock import Clock

ALGORITHMS: Final = {"MD5": "md5", "SHA-256": "sha256"}
"""By their names on the wire, in the order of the challenge: who knows one alone takes the first."""

NONCE_S: Final = 300.0
MOST_NONCES: Final = 1_000
LONGEST_HEADER: Final = 4_096


class Login(Struct, frozen=True):
    """Who may come in: one account in a realm."""

    realm: str
    username: str
    secret: str


class Admission(Enum):
    """What became of a try. STALE: who it is was proved, with a nonce whose time is over."""

    ADMITTED = auto()
    STALE = auto()
    REFUSED = auto()


class Digest:
    """Makes challenges and judges what answers them. Nonces of the process before are stale."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._counts: dict[str, int] = {}

    def challenges(self, realm: str, *, stale: bool = False) -> list[str]:
        """Return the values of WWW-Authenticate."""
        nonce = self._nonce()
        said = f'realm="{realm}", qop="auth", nonce="{nonce}", opaque="{nonce[:16]}"'
        more = ", stale=true" if stale else ""
        return [f"Digest {said}, algorithm={each}{more}" for each in ALGORITHMS]

    def judge(self, login: Login, method: str, target: str, header: str) -> Admission:
        """Judge a value of Authorization. `target`: path and query of the request."""
        said = parameters(header)
        if said is None or not _fits(said, login, target):
            return Admission.REFUSED
        expected = response(login, method, said)
        if not hmac.compare_digest(expected.encode(), said["response"].lower().encode()):
            return Admission.REFUSED
        return Admission.ADMITTED if self._take(said["nonce"], int(said["nc"], 16)) else Admission.STALE

    def _nonce(self) -> str:
        made = f"{self._clock.monotonic():.3f}:{secrets.token_hex(8)}"
        return f"{made}:{self._sign(made)}"

    def _take(self, nonce: str, count: int) -> bool:
        """Whether a nonce is ours, young, and comes with a count that has not been there (RFC 7616 §3.4)."""
        if not self._is_young(nonce) or count <= self._counts.get(nonce, 0):
            return False
        if len(self._counts) >= MOST_NONCES:
            self._counts = {each: last for each, last in self._counts.items() if self._is_young(each)}
        if len(self._counts) >= MOST_NONCES and nonce not in self._counts:
            return False
        self._counts[nonce] = count
        return True

    def _is_young(self, nonce: str) -> bool:
        made, _, signature = nonce.rpartition(":")
        if not hmac.compare_digest(self._sign(made).encode(), signature.encode()):
            return False
        return self._clock.monotonic() - float(made.partition(":")[0]) <= NONCE_S

    def _sign(self, made: str) -> str:
        return hmac.new(self._key, made.encode(), hashlib.sha256).hexdigest()


def parameters(header: str) -> dict[str, str] | None:
    """Read a value of Authorization, `nc` and `qop` quoted or not; None if it is no whole Digest."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != "digest" or len(header) > LONGEST_HEADER:
        return None
    try:
        said = parse_keqv_list([each for each in parse_http_list(rest) if each])
    except ValueError:
        return None
    said = {name.lower(): value for name, value in said.items()}
    said.setdefault("algorithm", next(iter(ALGORITHMS)))
    needed = {"username", "realm", "nonce", "uri", "response", "qop", "nc", "cnonce"}
    return said if needed <= said.keys() else None


def response(login: Login, method: str, said: Mapping[str, str]) -> str:
    """Return what `response` must be (RFC 7616 §3.4.1), lower-case hex."""
    name = ALGORITHMS[said["algorithm"].upper()]
    secret = _hash(name, f"{login.username}:{login.realm}:{login.secret}")
    asked = _hash(name, f"{method}:{said['uri']}")
    return _hash(name, ":".join((secret, said["nonce"], said["nc"], said["cnonce"], said["qop"], asked)))


def _fits(said: Mapping[str, str], login: Login, target: str) -> bool:
    """Whether it is about this account and this request; one library sends the whole URL as `uri`."""
    parts = urlsplit(said["uri"])
    uri = parts.path + (f"?{parts.query}" if parts.query else "")
    counted = len(said["nc"]) == 8 and set(said["nc"].lower()) <= set("0123456789abcdef")
    return (
        counted
        and said["algorithm"].upper() in ALGORITHMS
        and said["qop"] == "auth"
        and (said["username"], said["realm"], uri) == (login.username, login.realm, target)
    )


def _hash(name: str, text: str) -> str:
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()
