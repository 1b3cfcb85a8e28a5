"""Who may look: Basic and Digest authentication (RFC 7617, RFC 7616 with MD5, as cameras have it)."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from simulators.errors import BadOptions

Scheme: TypeAlias = Literal["digest", "basic"]

REALM = "IP Camera"
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


@dataclass(frozen=True, slots=True)
class Account:
    """The one account of a camera."""

    user: str
    password: str = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> "Account":
        """Read `user:password` from the first line of a file; BadOptions never shows it."""
        try:
            user, colon, password = path.read_text(encoding="utf-8").strip().partition(":")
        except OSError as error:
            raise BadOptions(f"cannot read {path}: {error.strerror}") from error
        if not (user and colon and password):
            raise BadOptions(f"{path}: one line `user:password` is expected")
        return cls(user, password)


def challenge(scheme: Scheme, nonce: str, *, qop: bool, realm: str = REALM) -> str:
    """Make the value of WWW-Authenticate. RTSP cameras offer no `qop`, HTTP ones do."""
    if scheme == "basic":
        return f'Basic realm="{realm}"'
    offered = ', qop="auth"' if qop else ""
    return f'Digest realm="{realm}", nonce="{nonce}"{offered}, algorithm=MD5'


def admits(
    account: Account, scheme: Scheme, nonce: str, method: str, said: str, *, realm: str = REALM
) -> bool:
    """Whether the value of Authorization proves that the caller has the account."""
    named, _, rest = said.partition(" ")
    if named.lower() != scheme:
        return False
    if scheme == "basic":
        expected = base64.b64encode(f"{account.user}:{account.password}".encode())
        return hmac.compare_digest(rest.strip().encode(), expected)
    given = parameters(rest)
    if (given.get("username"), given.get("realm"), given.get("nonce")) != (account.user, realm, nonce):
        return False
    return hmac.compare_digest(
        given.get("response", "").encode(), _response(account, method, given, realm).encode()
    )


def parameters(text: str) -> dict[str, str]:
    """Read `name="value", name=value`."""
    return {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(text)}


def _response(account: Account, method: str, given: Mapping[str, str], realm: str) -> str:
    secret = _md5(f"{account.user}:{realm}:{account.password}")
    asked = _md5(f"{method}:{given.get('uri', '')}")
    if "qop" not in given:
        return _md5(f"{secret}:{given['nonce']}:{asked}")
    count = f"{given.get('nc', '')}:{given.get('cnonce', '')}:{given['qop']}"
    return _md5(f"{secret}:{given['nonce']}:{count}:{asked}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
