"""Pseudonyms, codes and keys by chance: they tell nothing, and none is given twice."""

import secrets
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: letters that are taken for others are left out."""

KEY_LENGTH: Final = 12
"""60 bits; 14 characters with what it begins with, which every face terminal takes as a person's number."""
LINK_LENGTH: Final = 32
"""160 bits."""
CODE_DIGITS: Final = 8

PERSON: Final = "r-"
VEHICLE: Final = "v-"
VISIT: Final = "g-"
HOUSEHOLD: Final = "h-"
IMPORT: Final = "i-"


def new_key(prefix: str) -> str:
    """Make a pseudonym: `r-4k0z…`."""
    return prefix + _text(KEY_LENGTH)


def new_link() -> str:
    """Make the secret of a household's link."""
    return _text(LINK_LENGTH)


def new_code() -> str:
    """Make a visitor's code: digits for a keypad, the first not 0."""
    return str(secrets.randbelow(9 * 10 ** (CODE_DIGITS - 1)) + 10 ** (CODE_DIGITS - 1))


def _text(length: int) -> str:
    return "".join(ALPHABET[byte & 31] for byte in secrets.token_bytes(length))
