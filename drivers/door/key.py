"""The secure channel's base key (SCBK): 16 bytes, in a file of its own as 32 hex digits.

libosdp takes a key of another length for none at all and falls back to the public default key, so the length
is checked here. What is in the file never stands in a message.
"""

import re
from pathlib import Path
from typing import Final

DEFAULT_KEY: Final = bytes(range(0x30, 0x40))
"""SCBK-D, known to everybody (SIA OSDP v2.2, annex D)."""


class Key:
    """A key that does not show itself."""

    def __init__(self, value: bytes) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "Key(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and other.value == self.value

    def __hash__(self) -> int:
        return hash(self.value)


def load_key(file: str) -> Key:
    """Read the key; ValueError says what is wrong with the file, and not what is in it."""
    try:
        text = Path(file).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "it is no text"
        raise ValueError(f"key_file {file!r} cannot be read: {reason}") from None
    if not re.fullmatch(r"[0-9A-Fa-f]{32}", text):
        raise ValueError(f"key_file {file!r} must hold 32 hex digits (16 bytes), and nothing else")
    key = bytes.fromhex(text)
    if key == DEFAULT_KEY:
        raise ValueError(f"key_file {file!r} holds the default key SCBK-D, which everybody knows")
    return Key(key)
