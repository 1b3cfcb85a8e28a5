"""Numbers, codes and keys: opaque, and of keys the ledger keeps the hash alone."""

import hashlib
import secrets
from datetime import datetime
from typing import Final

from contract.errors import InvalidMessage

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: letters that are taken for others are left out."""

CODE_LENGTH: Final = 20
"""100 bits."""
KEY_LENGTH: Final = 32
"""160 bits."""
SHORTEST_REQUEST: Final = 22
LONGEST_REQUEST: Final = 64
"""A UUID has 36 characters, 128 bits in base 64 have 22."""


def new_code() -> str:
    """Make a code for a post."""
    return _text(CODE_LENGTH)


def new_key() -> str:
    """Make a key of an account."""
    return _text(KEY_LENGTH)


def new_account() -> str:
    """Make an account's id: a pseudonym that tells nothing."""
    return f"a-{_text(8)}"


def new_number(day: datetime) -> str:
    """Make an order's number: its day, then ten digits by chance."""
    return f"{day:%y%m%d}{secrets.randbelow(10**10):010}"


def key_of(request: str) -> str:
    """Return the key of the order that was placed with this secret of the phone.

    The same request gives the same key, so that an answer that was lost can be given again although the
    ledger holds neither of the two. InvalidMessage if it is no secret.
    """
    if not SHORTEST_REQUEST <= len(request) <= LONGEST_REQUEST:
        raise InvalidMessage(
            f"`request` must have {SHORTEST_REQUEST} to {LONGEST_REQUEST} characters", code="bad-request"
        )
    number = int.from_bytes(hashlib.sha256(b"charging order key\0" + request.encode()).digest())
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(KEY_LENGTH))


def hashed(secret: str) -> str:
    """Return what the ledger keeps of a secret."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _text(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
