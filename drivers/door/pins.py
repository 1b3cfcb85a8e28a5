"""PINs: kept only as salted argon2 hashes, and the keys that a keypad reports.

A PIN of a few digits can be guessed by whoever has the file, at whatever price of the hash; it is a second
factor beside the card. So the price is set by the door: 20 to 40 ms on a small machine, far below the 500 ms
in which a door must open (OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes).
"""

import re
import sys
from getpass import getpass
from typing import Final

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError

MEMORY_KIB: Final = 19 * 1024
DEAREST_KIB: Final = 4 * MEMORY_KIB
"""Hashes that cost more memory would take the door too long."""

LENGTH: Final = range(4, 13)
ENTER: Final = "#"
CLEAR: Final = "*"
_KEYS: Final = {0x0D: ENTER, 0x7F: CLEAR, ord("#"): ENTER, ord("*"): CLEAR}
"""OSDP v2.2, reply KEYPAD: `#` is 0x0D and `*` is 0x7F; some readers send the characters."""

_hasher: Final = PasswordHasher(time_cost=2, memory_cost=MEMORY_KIB, parallelism=1)


def is_hash(text: str) -> bool:
    """Whether `text` is an argon2 hash that can be checked at a door."""
    try:
        parameters = extract_parameters(text)
    except InvalidHashError:
        return False
    return parameters.memory_cost <= DEAREST_KIB and parameters.time_cost <= 4


def hashed(pin: str) -> str:
    """Return the hash of a PIN of 4 to 12 digits; ValueError if it is none."""
    if not re.fullmatch(r"[0-9]+", pin) or len(pin) not in LENGTH:
        raise ValueError("a PIN has 4 to 12 digits")
    return _hasher.hash(pin)


def is_right(pin: str, known: str) -> bool:
    """Whether `pin` is the one of the hash; takes its time, so call it in a thread."""
    try:
        return _hasher.verify(known, pin)
    except (Argon2Error, InvalidHashError):
        return False


def keys(data: bytes) -> str:
    """Return which keys were pressed: digits, `#` and `*`; others are none of a PIN's."""
    pressed = (_KEYS.get(byte) or chr(byte) for byte in data)
    return "".join(key for key in pressed if key in "0123456789#*")


if __name__ == "__main__":
    sys.stdout.write(hashed(getpass("PIN: ")) + "\n")
