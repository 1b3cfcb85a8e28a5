"""Number plates as they come to a gate: made up, coloured and misread (GA 36-2018)."""

import random

PROVINCES = "京津沪浙苏粤鲁皖闽赣"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # plates have neither I nor O after the second place
DIGITS = "0123456789"
NEW_ENERGY_LENGTH = 8
_LOOK_ALIKE = {
    "0": "D",
    "D": "0",
    "8": "B",
    "B": "8",
    "1": "L",
    "L": "1",
    "2": "Z",
    "Z": "2",
    "5": "S",
    "S": "5",
}


def is_new_energy(plate: str) -> bool:
    """Whether a plate is the longer, green one of electric vehicles."""
    return len(plate) == NEW_ENERGY_LENGTH


def stranger(dice: random.Random, known: frozenset[str]) -> str:
    """Draw a plate that is none of the known ones."""
    while True:
        head = dice.choice(PROVINCES) + dice.choice(LETTERS)
        plate = head + "".join(dice.choice(LETTERS + DIGITS * 3) for _ in range(5))
        if plate not in known:
            return plate


def misread(plate: str) -> str:
    """Take one character for another that looks like it; a plate without such a one is cut short."""
    for at in range(len(plate) - 1, 0, -1):
        if plate[at] in _LOOK_ALIKE:
            return plate[:at] + _LOOK_ALIKE[plate[at]] + plate[at + 1 :]
    return plate[:-1]
