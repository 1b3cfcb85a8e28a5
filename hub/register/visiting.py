"""Makes, revokes and ends visitors' passes, inside the caller's transaction. Blocking."""

from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, func, select

from contract.errors import InvalidMessage
from contract.lists import ListName
from hub.alarms.alarm import Actor
from hub.register import numbers, rooms
from hub.register.entries import visit_entries
from hub.register.keeping import Keeping
from hub.register.names import VISIT, new_code, new_key
from hub.register.plate import read_plate
from hub.register.records import Household, Visit
from hub.register.refusals import RegisterRefused
from hub.register.schema import households, people, vehicles, visits
from hub.register.trail import ITSELF
from hub.register.wanted import NewVisit

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
MINUTE_MS: Final = 60_000
TIDIED_AT_ONCE: Final = 500


class Host(Struct, frozen=True, kw_only=True):
    """Whom a visitor comes to."""

    household: str | None = None
    person: str | None = None


def make_visit(
    keeping: Keeping, connection: Connection, wanted: NewVisit, host: Host, by: Actor, *, by_link: bool
) -> Visit:
    """Make a pass; lists have it as soon as this commits. InvalidMessage, RegisterRefused."""
    now_ms = keeping.clock.now_ms()
    from_ms, until_ms = _window(keeping, wanted, now_ms)
    plate = None if wanted.plate is None else read_plate(wanted.plate)
    if plate is not None:
        _check_plate(keeping, connection, plate, by_link=by_link)
    made = Visit(
        key=new_key(VISIT),
        seq=_next(keeping, connection),
        household=host.household,
        person=host.person,
        visitor=wanted.visitor.strip(),
        phone=numbers.phone(wanted.phone),
        plate=plate,
        code=_free_code(keeping, connection, now_ms) if wanted.code else None,
        from_ms=from_ms,
        until_ms=until_ms,
        made_ms=now_ms,
        made_by=by.who,
        by_link=by_link,
    )
    keeping.tables.visits.add(connection, [made])
    keeping.lists.put(connection, visit_entries(made))
    keeping.trail.write(connection, by, "visit.made", made.key, household=host.household, until_ms=until_ms)
    return made


def host_of(keeping: Keeping, connection: Connection, wanted: NewVisit) -> Host:
    """Find whom a visitor comes to: a person, a household, its room, or nobody. InvalidMessage."""
    if wanted.person is not None:
        person = keeping.tables.people.first(
            connection, people.c.key == wanted.person, people.c.left_ms.is_(None)
        )
        if person is None:
            raise InvalidMessage(f"there is nobody {wanted.person!r}", code="unknown-person")
        return Host(household=person.household, person=person.key)
    if wanted.household is not None:
        keeping.check_household(connection, wanted.household)
        return Host(household=wanted.household)
    return Host(household=_in_room(keeping, connection, wanted.room)) if wanted.room.strip() else Host()


def revoke_visit(keeping: Keeping, connection: Connection, visit: Visit, by: Actor) -> Visit:
    """Have a pass open nothing any more; again, or after its end, changes nothing."""
    now_ms = keeping.clock.now_ms()
    if visit.revoked_ms is not None or visit.until_ms <= now_ms:
        return visit
    _unlist(keeping, connection, [visit.key])
    keeping.trail.write(connection, by, "visit.revoked", visit.key)
    return keeping.tables.visits.change(connection, visit, revoked_ms=now_ms, revoked_by=by.who, listed=False)


def revoke_plate(keeping: Keeping, connection: Connection, plate: str, by: Actor) -> int:
    """Revoke every pass with a plate that is blocked; return how many."""
    open_ = (visits.c.revoked_ms.is_(None), visits.c.until_ms > keeping.clock.now_ms())
    found = keeping.tables.visits.find(connection, visits.c.plate == plate, *open_)
    for visit in found:
        revoke_visit(keeping, connection, visit, by)
    return len(found)


def end_visits(keeping: Keeping, connection: Connection) -> int:
    """Take passes that are over out of the lists; return how many."""
    over = (visits.c.listed.is_(True), visits.c.until_ms <= keeping.clock.now_ms())
    found = keeping.tables.visits.find(connection, *over, limit=TIDIED_AT_ONCE)
    keys = [visit.key for visit in found]
    if keys:
        _unlist(keeping, connection, keys)
        keeping.tables.visits.set(connection, {"listed": False}, visits.c.key.in_(keys))
    return len(keys)


def erase_visitors(keeping: Keeping, connection: Connection) -> int:
    """Erase names and telephone numbers of visitors who were here long ago; return how many."""
    before_ms = keeping.clock.now_ms() - keeping.site.settings.keep_visits_days * DAY_MS
    old = (visits.c.until_ms < before_ms, visits.c.listed.is_(False), visits.c.erased.is_(False))
    found = keeping.tables.visits.find(connection, *old, limit=TIDIED_AT_ONCE)
    keys = [visit.key for visit in found]
    if keys:
        erased = {"visitor": "", "phone": "", "plate": None, "code": None, "erased": True}
        keeping.tables.visits.set(connection, erased, visits.c.key.in_(keys))
        keeping.trail.write(connection, ITSELF, "visit.erased", f"{len(keys)} passes")
    return len(keys)


def open_by_link(keeping: Keeping, connection: Connection, household: Household) -> int:
    """Count passes that a household made by its link, and that are open or coming."""
    mine = (visits.c.household == household.key, visits.c.by_link.is_(True), visits.c.revoked_ms.is_(None))
    return keeping.tables.visits.count(connection, *mine, visits.c.until_ms > keeping.clock.now_ms())


def _window(keeping: Keeping, wanted: NewVisit, now_ms: int) -> tuple[int, int]:
    from_ms = max(now_ms, wanted.from_ms or 0)
    minutes = wanted.minutes
    until_ms = wanted.until_ms if minutes is None else from_ms + minutes * MINUTE_MS
    settings = keeping.site.settings
    if until_ms is None or until_ms <= from_ms:
        raise InvalidMessage("the pass would end before it begins, or is over", code="bad-range")
    if until_ms - from_ms > settings.visit_longest_h * HOUR_MS:
        raise InvalidMessage(f"a pass may last {settings.visit_longest_h:g} hours", code="too-long")
    if from_ms - now_ms > settings.visit_ahead_days * DAY_MS:
        raise InvalidMessage(
            f"a pass may begin within {settings.visit_ahead_days} days", code="too-far-ahead"
        )
    return from_ms, until_ms


def _check_plate(keeping: Keeping, connection: Connection, plate: str, *, by_link: bool) -> None:
    """Refuse a plate that the register knows; what it knows of it is no household's business."""
    known = keeping.tables.vehicles.first(
        connection, vehicles.c.plate == plate, vehicles.c.removed_ms.is_(None)
    )
    if known is None:
        return
    lapsed = known.valid_until_ms is not None and known.valid_until_ms <= keeping.clock.now_ms()
    if lapsed and not known.blocked:
        return
    if by_link:
        raise RegisterRefused("ask the property office about this plate", code="plate-refused")
    if known.blocked:
        raise RegisterRefused(f"the plate is blocked: {known.blocked_reason}", code="plate-blocked")
    raise RegisterRefused("the plate is registered; it needs no pass", code="plate-registered")


def _in_room(keeping: Keeping, connection: Connection, room: str) -> str:
    called, c = rooms.address("", "", room), households.c
    where = (c.building == called.building, c.unit == called.unit, c.number == called.number)
    found = keeping.tables.households.first(connection, *where)
    if found is None:
        raise InvalidMessage(f"there is no room {room!r}", code="unknown-room")
    return found.key


def _free_code(keeping: Keeping, connection: Connection, now_ms: int) -> str:
    while True:
        code = new_code()
        if not keeping.tables.visits.count(connection, visits.c.code == code, visits.c.until_ms > now_ms):
            return code


def _next(keeping: Keeping, connection: Connection) -> int:
    mine = visits.c.tenant == keeping.site.tenant
    return (connection.execute(select(func.max(visits.c.seq)).where(mine)).scalar() or 0) + 1


def _unlist(keeping: Keeping, connection: Connection, keys: list[str]) -> None:
    keeping.lists.drop(connection, ListName.PEOPLE, keys)
    keeping.lists.drop(connection, ListName.VEHICLES, keys)
