"""Passwords as argon2id hashes. Blocking, and slow on purpose: call it in a thread."""

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from contract.errors import InvalidMessage

SHORTEST: Final = 10
"""NIST SP 800-63B asks for 8; no rules about which characters, as it advises against them."""

LONGEST: Final = 128

_hasher: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""The OWASP minimum (19 MiB, 2 rounds): a hub at rest should stay below 120 MiB."""

_NOBODY: Final = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Hash a new password; InvalidMessage if it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidMessage(f"a password has {SHORTEST} to {LONGEST} characters", code="bad-password")
    return _hasher.hash(password)


def verify(hashed: str | None, password: str) -> bool:
    """Whether `password` is right. Takes as long where there is no such user (`hashed` None)."""
    try:
        _hasher.verify(hashed or _NOBODY, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


def outdated(hashed: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(hashed)
