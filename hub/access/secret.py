"""Random secrets, and the one thing of them that is stored."""

import hashlib
import secrets
from typing import Final, NamedTuple

BITS: Final = 256
TOKEN_PREFIX: Final = "hemei_"  # noqa: S105 - the part of it that is no secret
"""Lets secret scanners find a machine token that was committed somewhere by mistake."""


class Secret(NamedTuple):
    """`text` goes to whoever owns it, once; `digest` stays here."""

    text: str
    digest: str


def new_secret(prefix: str = "") -> Secret:
    """Make a secret of 256 random bits, safe in cookies, headers and addresses."""
    text = prefix + secrets.token_urlsafe(BITS // 8)
    return Secret(text, digest(text))


def digest(text: str) -> str:
    """SHA-256 in hex. Enough for random bits; passwords get argon2."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
