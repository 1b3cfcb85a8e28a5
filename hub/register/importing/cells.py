"""What stands in cells, read as the register keeps it. Pure; a `Wrong` says what to do."""

import re
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from contract.clock import epoch_ms
from contract.errors import InvalidMessage
from contract.lists import Category
from hub.register import numbers, rooms
from hub.register.importing.planned import problem
from hub.register.importing.sheet import INEXACT
from hub.register.importing.view import CellProblem
from hub.register.keeping import check_moment
from hub.register.plate import read_plate

EMPTIED: Final = "-"
"""A cell that says: nothing, where an empty one says: as it is."""

FOR_EVER: Final = frozenset({"长期", "永久", "long", "longterm", "long-term", "forever", EMPTIED})
_DATE: Final = re.compile(
    r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}.*)?"
)
_BETWEEN: Final = re.compile(r"[;；、|/\s]+")
CATEGORIES: Final = {
    Category.RESIDENT: ("业主", "住户", "居民", "租户", "租客", "家属", "resident", "owner", "tenant"),
    Category.STAFF: ("员工", "物业", "物业员工", "工作人员", "staff", "employee"),
    Category.VISITOR: ("访客", "visitor", "guest"),
    Category.SERVICE: ("服务", "服务人员", "快递", "保洁", "维修", "service"),
}
_CATEGORY: Final = {word: category for category, words in CATEGORIES.items() for word in words}


class Wrong(Exception):
    """A cell is not right."""

    def __init__(self, code: str, value: object = "") -> None:
        super().__init__(code)
        self.code = code
        self.value = value

    def of(self, column: str) -> CellProblem:
        """Say it of a column."""
        return problem(self.code, column, self.value)


def text(cell: str, most: int) -> str:
    """Read a text."""
    if INEXACT in cell:
        raise Wrong("inexact")
    if len(cell) > most:
        raise Wrong("too-long", most)
    return cell


def category(cell: str) -> Category:
    """Read a category."""
    found = _CATEGORY.get(cell.lower())
    if found is None:
        raise Wrong("bad-category", cell)
    return found


def phone(cell: str) -> str:
    """Read a telephone number."""
    try:
        return numbers.phone(text(cell, 64))
    except InvalidMessage:
        raise Wrong("bad-phone", cell) from None


def cards(cell: str) -> tuple[str, ...]:
    """Read card numbers, with `;` or a space between them."""
    found = []
    for each in filter(None, _BETWEEN.split(text(cell, 500))):
        try:
            found.append(numbers.card(each))
        except InvalidMessage:
            raise Wrong("bad-card", each) from None
    return tuple(dict.fromkeys(found))


def levels(cell: str, known: frozenset[str]) -> tuple[str, ...]:
    """Read the keys of access levels."""
    found = tuple(dict.fromkeys(filter(None, re.split(r"[,，;；、|\s]+", text(cell, 500)))))
    for each in found:
        if each not in known:
            raise Wrong("unknown-level", each)
    return found


def plate(cell: str) -> str:
    """Read a plate."""
    try:
        return read_plate(text(cell, 64))
    except InvalidMessage:
        raise Wrong("bad-plate", cell) from None


def year(cell: str) -> int:
    """Read a year of birth; of a whole date, its year."""
    match = re.match(r"(19\d{2}|20\d{2}|21\d{2})(?!\d{1,3}$)", cell)
    if match is None:
        raise Wrong("bad-year", cell)
    return int(match[1])


def first_moment(cell: str, zone: tzinfo, *, after: bool) -> int | None:
    """Read a day as its begin, in ms since 1970, or (`after`) as its end; None: for ever."""
    if cell.lower() in FOR_EVER:
        return None
    match = None if cell.isdigit() and len(cell) != len("20261231") else _DATE.fullmatch(cell)
    try:
        day = date(*map(int, match.groups())) if match else None
        if day is None:
            raise Wrong("bad-date", cell)
        day += timedelta(days=1 if after else 0)
        moment = epoch_ms(datetime(day.year, day.month, day.day, tzinfo=zone))
        check_moment("date", moment)
    except (ValueError, OverflowError, OSError, InvalidMessage):
        raise Wrong("bad-date", cell) from None
    return moment


def home(building: str, unit: str, number: str) -> rooms.Address | None:
    """Read where a household is; None if nothing is said."""
    if not building and not unit and not number:
        return None
    try:
        return rooms.address(text(building, 64), text(unit, 64), text(number, 64))
    except InvalidMessage:
        raise Wrong("bad-room") from None
