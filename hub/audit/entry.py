"""An entry of the audit, what of it is hashed, and how it follows from the one before. Pure."""

import hashlib
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from hub.audit.canonical import canonical

GENESIS: Final = "0" * 64
"""What the first entry follows."""


class AuditEntry(Struct, frozen=True, kw_only=True):
    """Who (`user:li.wei`, `token:bench`, `hub`), in which role, from where, did what, about what, and why.

    `what` is two words, `alarm.acknowledged`; `about` an alarm's id, a device's address or a SHA-256.
    `address` is the caller's network address, `post` where they are on duty; None where there is none.
    """

    tenant: str
    ts_ms: int
    who: str
    what: str
    about: str
    role: str = ""
    address: str | None = None
    post: str | None = None
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class NumberedEntry(AuditEntry, frozen=True, kw_only=True):
    """An entry that has its place, `n`, in the chain of its tenant."""

    n: int


class Link(Struct, frozen=True, kw_only=True):
    """An entry as it is stored: its body and the hash that chains it."""

    n: int
    body: str
    hash: str


def link(entry: AuditEntry, n: int, before: str) -> Link:
    """Chain an entry to the one whose hash is `before`."""
    body = canonical({"n": n} | msgspec.to_builtins(entry)).decode()
    return Link(n=n, body=body, hash=hash_of(before, body))


def hash_of(before: str, body: str) -> str:
    """Return SHA-256(hash before, as 64 digits of hex, then the body), hex.

    So that anybody can check it: `printf '%s%s' "$before" "$body" | sha256sum`.
    """
    return hashlib.sha256(f"{before}{body}".encode()).hexdigest()


read_body: Final = msgspec.json.Decoder(NumberedEntry).decode
"""Read a body."""
