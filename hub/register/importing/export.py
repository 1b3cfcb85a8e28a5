"""The register as a sheet, in the columns of an import: it can be changed and imported again."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from contract.clock import from_epoch_ms
from contract.lists import Category
from hub.orders.sheet import BOM, cell
from hub.register.importing.columns import FIELDS, header
from hub.register.importing.view import ImportWhat
from hub.register.keeping import Keeping
from hub.register.records import Household, Person, Vehicle
from hub.register.schema import people, vehicles

_CATEGORIES: Final = {
    "zh-CN": {
        Category.RESIDENT: "业主",
        Category.STAFF: "员工",
        Category.VISITOR: "访客",
        Category.SERVICE: "服务",
    },
    "en": {category: category.value for category in Category},
}


def exported(keeping: Keeping, connection: Connection, what: ImportWhat, language: str) -> str:
    """Write everybody, or everything, that is here now as CSV. Blocking."""
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow(header(what, language))
    for row in _rows(keeping, connection, what, language):
        writer.writerow([cell(row.get(field)) for field in FIELDS[what]])
    return text.getvalue()


def _rows(keeping: Keeping, connection: Connection, what: ImportWhat, language: str) -> list[dict[str, Any]]:
    tables = keeping.tables
    homes = {home.key: home for home in tables.households.find(connection)}
    if what == "people":
        found = tables.people.find(connection, people.c.left_ms.is_(None), order=[people.c.key])
        return [_person(each, homes, keeping, language) for each in found]
    here = (vehicles.c.removed_ms.is_(None), vehicles.c.blocked.is_(what == "blocked"))
    cars = tables.vehicles.find(connection, *here, order=[vehicles.c.plate])
    owners = tables.people.by_key(connection, [each.person for each in cars if each.person])
    return [_vehicle(each, homes, owners, keeping, language) for each in cars]


def _person(person: Person, homes: dict[str, Household], keeping: Keeping, language: str) -> dict[str, Any]:
    return {
        **_shared(person, homes, keeping, language),
        "name": person.name,
        "phone": person.phone,
        "cards": "; ".join(person.cards),
        "birth_year": person.birth_year,
        "guardian": person.guardian,
    }


def _vehicle(
    vehicle: Vehicle,
    homes: dict[str, Household],
    owners: dict[str, Person],
    keeping: Keeping,
    language: str,
) -> dict[str, Any]:
    owner = owners.get(vehicle.person or "")
    return {
        **_shared(vehicle, homes, keeping, language),
        "plate": vehicle.plate,
        "owner": None if owner is None else owner.name,
        "reason": vehicle.blocked_reason,
    }


def _shared(
    each: Person | Vehicle, homes: dict[str, Household], keeping: Keeping, language: str
) -> dict[str, Any]:
    home = homes.get(each.household or "")
    place = {} if home is None else {name: getattr(home, name) for name in ("building", "unit", "number")}
    return place | {
        "key": each.key,
        "category": _CATEGORIES[language][each.category],
        "valid_from": _day(each.valid_from_ms, keeping, after=False),
        "valid_until": _day(each.valid_until_ms, keeping, after=True),
        "levels": " ".join(each.levels),
        "note": each.note,
    }


def _day(ms: int | None, keeping: Keeping, *, after: bool) -> str | None:
    """Write a moment as the day that it begins, or (`after`) the last one before it."""
    if ms is None:
        return None
    moment: datetime = from_epoch_ms(ms).astimezone(keeping.site.zone)
    return (moment - timedelta(milliseconds=1 if after else 0)).date().isoformat()
