"""What households are called: building, unit and number, however people write them. Pure."""

import re
import unicodedata
from typing import Final, NamedTuple

from contract.errors import InvalidMessage

MOST: Final = 64
_BUILDING: Final = re.compile(r"(#?号?楼|栋|幢|座|号|#|building)$", re.IGNORECASE)
_UNIT: Final = re.compile(r"(单元|门|unit)$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(室|号|房|户)$")
_BETWEEN: Final = re.compile(r"#?号楼|#楼|栋|幢|座|单元|#|号(?=\d)")
_ZEROS: Final = re.compile(r"^0+(?=\d+$)")


class Address(NamedTuple):
    """A household's place; `building` and `unit` may be empty."""

    building: str
    unit: str
    number: str

    @property
    def room(self) -> str:
        """What people call it: `3-2-501`."""
        return "-".join(filter(None, self))

    @property
    def place(self) -> str:
        """The same, such that 3 comes before 10."""
        return " ".join(re.sub(r"\d+", lambda each: each[0].zfill(6), part) for part in self)[:256]


def address(building: str, unit: str, number: str) -> Address:
    """Read building, unit and number: "3栋", "2单元" and "501室" are 3, 2 and 501. InvalidMessage.

    All in one, "3-2-501" or "3栋2单元501室", is taken apart.
    """
    if not building and not unit:
        *before, number = fragment(number).split("-", 2)
        building, unit = (*before, "", "")[:2]
    before_room = (_counted(_part(building, _BUILDING)), _counted(_part(unit, _UNIT)))
    read = Address(*before_room, _part(number, _NUMBER))
    if not read.number:
        raise InvalidMessage("a household needs a room number", code="no-room")
    if any(len(part) > MOST for part in read):
        raise InvalidMessage(f"building, unit and room may have {MOST} characters each", code="no-room")
    return read


def fragment(written: str) -> str:
    """Write a part of a room as rooms are called: "3栋2单元" is `3-2`."""
    return _BETWEEN.sub("-", _NUMBER.sub("", _plain(written))).strip("-")


def _part(written: str, ending: re.Pattern[str]) -> str:
    text = _plain(written)
    return ending.sub("", text).strip("-") or text


def _counted(part: str) -> str:
    """Return the number of a building or a unit: "第3" and "03" are 3."""
    return _ZEROS.sub("", part.removeprefix("第"))


def _plain(written: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", written)).upper()
