"""Card numbers as readers report them: Wiegand 26 and 34 bits with their parities, other lengths as they are.

26 bits: even parity, 8 bits facility, 16 bits number, odd parity; 34 bits: 16 and 16. Each parity covers its
half of the data bits. (HID, "Understanding Card Data Formats"; OSDP v2.2, reply RAW: first bit first.) Pure.
"""

import re
from dataclasses import dataclass
from typing import Final

from contract.errors import DeviceError

PARITY: Final = {26: "w26", 34: "w34"}
LONGEST_BITS: Final = 256
SHOWN_DIGITS: Final = 4
"""How much of an unknown card's number may be told."""


@dataclass(frozen=True, slots=True)
class Card:
    """A number and the format it came in: `w26`, `w34` or `raw<bits>`."""

    format: str
    number: int

    @property
    def ending(self) -> str:
        """The last digits, for people who must tell cards apart and not know them."""
        return str(self.number)[-SHOWN_DIGITS:]


def read_card(bits: int, data: bytes) -> Card:
    """Read a card; DeviceError if length or parity is wrong."""
    if not 1 <= bits <= LONGEST_BITS or len(data) != (bits + 7) // 8:
        raise DeviceError(f"{bits} bits of card data in {len(data)} bytes", code="bad-protocol")
    value = int.from_bytes(data, "big") >> (8 * len(data) - bits)
    if bits not in PARITY:
        return Card(f"raw{bits}", value)
    half = bits // 2
    upper, lower = value >> half, value & ((1 << half) - 1)
    if upper.bit_count() % 2 != 0 or lower.bit_count() % 2 != 1:
        raise DeviceError(f"the parity of {bits} bits of card data is wrong", code="bad-parity")
    return Card(PARITY[bits], (value >> 1) & ((1 << (bits - 2)) - 1))


def parse_number(written: int | str) -> tuple[str | None, int]:
    """Read a card number of the access file: its format, None for both of Wiegand's, and the number.

    `8101234`; `"123,45678"` (facility and number, as printed on many cards); `"w34:8101234"`; `"raw56:123"`.
    """
    if isinstance(written, int):
        return None, _checked(written, written)
    match = re.fullmatch(r"(?:(w26|w34|raw\d{1,3}):)?(?:(\d{1,5}),)?(\d{1,78})", written)
    if match is None:
        raise ValueError(
            f"card {written!r} must be a number, 'facility,number', or 'w26:…', 'w34:…', 'raw56:…'"
        )
    form, facility, number = match.group(1), match.group(2), int(match.group(3))
    if facility is not None:
        if number > 0xFFFF or int(facility) > 0xFFFF:
            raise ValueError(f"card {written!r}: facility and number go to 65535")
        number |= int(facility) << 16
    return form, _checked(number, written)


def _checked(number: int, written: int | str) -> int:
    if number < 0:
        raise ValueError(f"card {written!r} must not be negative")
    return number


def write_card(card: Card) -> tuple[int, bytes]:
    """Return how many bits a reader reports for `card`, and the bits."""
    if card.format.startswith("raw"):
        bits = int(card.format[3:])
        return bits, _packed(card.number, bits)
    bits = int(card.format[1:])
    half = bits // 2
    value = card.number << 1
    value |= ((value >> half).bit_count() % 2) << (bits - 1)
    value |= 1 - (value & ((1 << half) - 1)).bit_count() % 2
    return bits, _packed(value, bits)


def _packed(value: int, bits: int) -> bytes:
    size = (bits + 7) // 8
    return (value << (8 * size - bits)).to_bytes(size, "big")
