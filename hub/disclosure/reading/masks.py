"""Writes down whom something is about so that nobody can tell who it was. Pure.

A mask keeps as little as tells two records at the same gate apart; how long the whole was is not kept.
"""

import re
from typing import Final

from contract.plates import PROVINCES

HIDDEN: Final = "***"

_IDENTITY: Final = re.compile(r"\d{15}(?:\d{2}[\dXx])?(?!\d)")
_TELEPHONE: Final = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?1[3-9](?:[- ]?\d){9}(?!\d)|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"
)
_PLATE: Final = re.compile(rf"[{PROVINCES}][A-Z][·•.\- ]?[A-Z0-9]{{4,5}}[A-Z0-9挂学警港澳]", re.IGNORECASE)


def masked_plate(plate: str) -> str:
    """Keep a plate's place and its last two characters: `琼A***45`; of what is shorter, nothing."""
    return f"{plate[:2]}{HIDDEN}{plate[-2:]}" if len(plate) >= 7 else HIDDEN


def masked_name(name: str) -> str:
    """Keep the first character of a name, its surname mostly: `王**`; of a single one, nothing."""
    return f"{name[0]}**" if len(name) > 1 else HIDDEN


def masked_telephone(number: str) -> str:
    """Keep the first three and the last two digits of a telephone number: `138***78`."""
    return f"{number[:3]}{HIDDEN}{number[-2:]}" if len(number) >= 11 else HIDDEN


def masked_identity(number: str) -> str:
    """Keep the province of an identity number, its first two digits: `46***`."""
    return f"{number[:2]}{HIDDEN}" if len(number) >= 15 else HIDDEN


def masked_key(_key: str) -> str:
    """Keep nothing of a register's key: it is the same in every record."""
    return HIDDEN


def without_identity(text: str) -> str:
    """Mask the identity numbers in a text. Names cannot be found in one: that is no way to mask them."""
    return _IDENTITY.sub(lambda found: masked_identity(found[0]), text)


def names_nobody(text: str) -> bool:
    """Whether no plate, telephone or identity number stands in a text, as far as patterns can tell."""
    return not any(pattern.search(text) for pattern in (_IDENTITY, _TELEPHONE, _PLATE))
