"""Cards as a reader sees them: Wiegand numbers of 26 bits (8 facility, 16 number) and of 34 (16 and 16).

Written as access files write them: `8101234`, `"123,45678"` (facility and number, as printed on many cards),
`"w34:8101234"`; what does not fit into 26 bits has 34. A PIN follows a slash: `"123,45678/2468"`.
"""

import json
import random
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from simulators.errors import BadOptions

BITS = (26, 34)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card: `number` is all that its bits hold between the parities. `pin` is what who has it types."""

    bits: int
    number: int
    pin: str = ""

    @classmethod
    def parse(cls, written: int | str) -> Self:
        """Read a written card; BadOptions says what is wrong."""
        match = re.fullmatch(r"(?:w(26|34):)?(?:(\d{1,5}),)?(\d{1,10})(?:/(\d{1,12}))?", str(written).strip())
        if match is None:
            raise BadOptions(
                f"card {written!r} must be a number, 'facility,number' or 'w34:…', perhaps '/PIN'"
            )
        bits, facility, digits, pin = match.groups()
        number = int(digits)
        if facility is not None:
            if int(facility) > 0xFFFF or number > 0xFFFF:
                raise BadOptions(f"card {written!r}: facility and number go to 65535")
            number |= int(facility) << 16
        length = int(bits) if bits else next((each for each in BITS if number >> (each - 2) == 0), BITS[-1])
        if number >> (length - 2):
            raise BadOptions(f"card {written!r}: too large for {length} bits")
        return cls(bits=length, number=number, pin=pin or "")

    def wiegand(self) -> bytes:
        """Give the bits as the reader does, first bit highest, the last byte filled up with zeros.

        The first bit makes the first half even, the last bit makes the second half odd.
        """
        half = self.bits // 2 - 1
        even = (self.number >> half).bit_count() & 1
        odd = ~(self.number & (1 << half) - 1).bit_count() & 1
        whole = even << (self.bits - 1) | self.number << 1 | odd
        length = (self.bits + 7) // 8
        return (whole << (8 * length - self.bits)).to_bytes(length, "big")


def read_cards(written: Iterable[int | str], file: str | None, pin: str) -> list[Card]:
    """Read the cards of the options and of a file: an access file (TOML, JSON), else one card a line.

    `pin` is that of cards that are written without one.
    """
    listed = _listed(Path(file)) if file is not None else ()
    cards = [Card.parse(each) for each in (*written, *listed)]
    return [card if card.pin else replace(card, pin=pin) for card in cards]


def stranger(dice: random.Random, known: Iterable[Card]) -> Card:
    """Draw a card that is none of the known ones."""
    numbers = {card.number for card in known}
    while (number := dice.randrange(1, 1 << 24)) in numbers:
        pass
    return Card(bits=26, number=number)


def _listed(file: Path) -> Iterable[int | str]:
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".toml":
            return _of_access_file(tomllib.loads(text))
        if file.suffix == ".json":
            return _of_access_file(json.loads(text))
    except (OSError, ValueError) as wrong:
        raise BadOptions(f"cannot read cards_file {file}: {wrong}") from wrong
    return [line for raw in text.splitlines() if (line := raw.partition("#")[0].strip())]


def _of_access_file(access: dict[str, Any]) -> Iterable[int | str]:
    """Give the cards that are good and that this reader can read."""
    credentials = access.get("credentials", ())
    cards = [credential["card"] for credential in credentials if not credential.get("blocked")]
    return [card for card in cards if not str(card).startswith("raw")]
