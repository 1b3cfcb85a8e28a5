"""Who a post must be: its password, and how it is compared (OCPP security profiles 1 and 2: HTTP Basic)."""

import base64
import binascii
import hmac
from hashlib import sha256
from pathlib import Path
from typing import Final

from contract.errors import DeviceError

SHORTEST: Final = 16
"""OCPP 2.0.1 part 2 A00.FR.205; the white paper on 1.6 security says the same."""


class Password:
    """A secret that shows itself to nobody."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Password(...)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Password) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def proven_by(self, user: str, header: str) -> bool:
        """Whether an `Authorization` header holds `user` and this password, compared in constant time.

        Both are compared as one text: the id of a post may hold a colon, which ends a user's name elsewhere.
        """
        scheme, _, told = header.partition(" ")
        try:
            given = base64.b64decode(told.strip(), validate=True)
        except (binascii.Error, ValueError):
            given = b""
        wanted = f"{user}:{self._text}".encode()
        same = hmac.compare_digest(sha256(given).digest(), sha256(wanted).digest())
        return same and scheme.lower() == "basic"


def read_password(file: str) -> Password:
    """Read a password, the file's one line; DeviceError says what is wrong, and nothing of what is in it."""
    try:
        text = Path(file).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as wrong:
        raise _wrong(file, f"cannot be read ({type(wrong).__name__})") from None
    if not text.isprintable():
        raise _wrong(file, "must be one line of printable text")
    if len(text) < SHORTEST:
        raise _wrong(file, f"must have at least {SHORTEST} characters")
    return Password(text)


def _wrong(file: str, what: str) -> DeviceError:
    return DeviceError(f"password_file {file}: {what}", code="configuration")
