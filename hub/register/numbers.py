"""Cards and telephone numbers as the register keeps them. Pure."""

import re
import unicodedata
from typing import Final

from contract.errors import InvalidMessage

_CARD: Final = re.compile(r"(?:(w26|w34|raw\d{1,3}):)?(?:(\d{1,5}),)?(\d{1,50})")


def card(written: str) -> str:
    """Return a card number in one spelling: `8061550`, `w34:8061550`, `raw56:…`. InvalidMessage.

    "123,45678" (facility and number, as printed on many cards) is the number that readers send.
    """
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", written)).lower()
    match = _CARD.fullmatch(text)
    if match is None:
        raise InvalidMessage(
            f"card {written!r}: allowed: a number, 'facility,number', or 'w26:…', 'w34:…', 'raw56:…'",
            code="bad-card",
        )
    form, facility, number = match[1], match[2], int(match[3])
    if facility is not None:
        if number > 0xFFFF or int(facility) > 0xFFFF:
            raise InvalidMessage(f"card {written!r}: facility and number go to 65535", code="bad-card")
        number |= int(facility) << 16
    return f"{form}:{number}" if form else str(number)


def alike(card: str) -> tuple[str, ...]:
    """Return how one card may be written, itself first: `8061550` is `w26:8061550`, or `w34:8061550`."""
    form, _, number = card.rpartition(":")
    if not form:
        return card, f"w26:{card}", f"w34:{card}"
    return (card,) if form.startswith("raw") else (card, number)


def phone(written: str) -> str:
    """Return a telephone number without spaces and dashes. InvalidMessage."""
    text = re.sub(r"[\s()\-‐–—]+", "", unicodedata.normalize("NFKC", written))
    if not re.fullmatch(r"\+?[0-9]{0,20}", text):
        raise InvalidMessage(
            f"telephone {written!r}: allowed: digits, with + before a country", code="bad-phone"
        )
    return text
