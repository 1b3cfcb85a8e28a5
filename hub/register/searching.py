"""What people type to find somebody, in SQL: a part of a name, a room, a plate, a telephone number."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, func, or_, select

from contract import plates
from contract.errors import InvalidMessage
from hub.register import numbers, rooms
from hub.register.schema import cards, households, people, vehicles, visits
from hub.register.wanted import PeopleWanted, VehiclesWanted, VisitsWanted, Window

Conditions = list[ColumnElement[bool]]


def page_of(
    connection: Connection,
    source: FromClause,
    key: ColumnElement[str],
    where: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    window: Window,
) -> tuple[list[str], int]:
    """Return the keys of a part of what is found, and how many there are."""
    total = connection.execute(select(func.count()).select_from(source).where(*where)).scalar_one()
    query = select(key).select_from(source).where(*where).order_by(*order)
    found = connection.execute(query.offset(window.after).limit(window.limit)).scalars()
    return list(found), total


def people_where(tenant: str, wanted: PeopleWanted) -> Conditions:
    """Say in SQL which of a tenant's people."""
    c = people.c
    equal = {
        "tenant": tenant,
        "category": wanted.category,
        "household": wanted.household,
        "face": wanted.face,
    }
    where: Conditions = [c[name] == value for name, value in equal.items() if value is not None]
    if wanted.blocked is not None:
        where.append(c.blocked.is_(wanted.blocked))
    if wanted.state != "all":
        where.append(c.left_ms.is_(None) if wanted.state == "here" else c.left_ms.is_not(None))
    q = wanted.q.strip()
    if q:
        parked = select(vehicles.c.person).where(
            vehicles.c.tenant == tenant, vehicles.c.removed_ms.is_(None), _plate(vehicles.c.plate, q)
        )
        carried = select(cards.c.person).where(cards.c.tenant == tenant, cards.c.card == _card(q))
        where.append(or_(_person(q), _at_home(people, tenant, q), c.key.in_(parked), c.key.in_(carried)))
    return where


def vehicles_where(tenant: str, wanted: VehiclesWanted) -> Conditions:
    """Say in SQL which of a tenant's vehicles."""
    c = vehicles.c
    equal = {
        "tenant": tenant,
        "category": wanted.category,
        "household": wanted.household,
        "person": wanted.person,
    }
    where: Conditions = [c[name] == value for name, value in equal.items() if value is not None]
    if wanted.blocked is not None:
        where.append(c.blocked.is_(wanted.blocked))
    if wanted.state != "all":
        where.append(c.removed_ms.is_(None) if wanted.state == "here" else c.removed_ms.is_not(None))
    q = wanted.q.strip()
    if q:
        owners = select(people.c.key).where(people.c.tenant == tenant, _person(q))
        where.append(or_(_plate(c.plate, q), c.key == q, _at_home(vehicles, tenant, q), c.person.in_(owners)))
    return where


def visits_where(tenant: str, wanted: VisitsWanted, now_ms: int) -> Conditions:
    """Say in SQL which of a tenant's passes."""
    c = visits.c
    live = c.revoked_ms.is_(None) & (c.until_ms > now_ms)
    over = c.revoked_ms.is_(None) & (c.until_ms <= now_ms)
    states: dict[str, Conditions] = {
        "live": [live],
        "over": [over],
        "revoked": [c.revoked_ms.is_not(None)],
        "all": [],
    }
    where = [c.tenant == tenant, *states[wanted.state]]
    if wanted.household is not None:
        where.append(c.household == wanted.household)
    q = wanted.q.strip()
    if q:
        where.append(or_(_plate(c.plate, q), c.code == q, c.key == q, _at_home(visits, tenant, q)))
    return where


def _person(q: str) -> ColumnElement[bool]:
    found: Conditions = [people.c.name.icontains(q, autoescape=True), people.c.key == q]
    try:
        phone = numbers.phone(q)
    except InvalidMessage:
        phone = ""
    if phone:
        found.append(people.c.phone.contains(phone, autoescape=True))
    return or_(*found)


def _at_home(table: Any, tenant: str, q: str) -> ColumnElement[bool]:
    room = rooms.fragment(q)
    where = (households.c.tenant == tenant, households.c.room.icontains(room, autoescape=True))
    found = select(households.c.key).where(*where).correlate(None)
    in_room: ColumnElement[bool] = table.c.household.in_(found)
    return in_room if room else table.c.household == q


def _plate(column: ColumnElement[str], q: str) -> ColumnElement[bool]:
    plate = plates.normalised(q)
    return column.contains(plate, autoescape=True) if plate else column == q


def _card(q: str) -> str:
    try:
        return numbers.card(q)
    except InvalidMessage:
        return ""
