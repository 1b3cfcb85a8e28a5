"""Whether a card or a code opens a door now, and why not. Pure, and the only place where it is decided.

The access file comes first: what it says of a card holds, whatever the pushed lists say of the same card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from contract.lists import Person
from drivers.door.access import Access, Credential, read_time
from drivers.door.people import People, first_admitted
from drivers.door.wiegand import Card
from drivers.lists.schedule import within

ALL_DOORS: Final = "*"


class Denial(StrEnum):
    """The reason of an event `access-denied`."""

    UNREADABLE = "unreadable-card"
    UNKNOWN = "unknown-card"
    UNKNOWN_CODE = "unknown-code"
    BLOCKED = "blocked"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    NO_LEVEL = "no-access-level"
    OUTSIDE_SCHEDULE = "outside-schedule"
    TOO_MANY_TRIES = "too-many-wrong-tries"
    WRONG_PIN = "wrong-pin"
    NO_PIN = "no-pin"
    NO_LIST = "no-access-list"


WRONG_TRIES: Final = frozenset(
    {Denial.UNREADABLE, Denial.UNKNOWN, Denial.UNKNOWN_CODE, Denial.BLOCKED, Denial.WRONG_PIN}
)
"""What somebody does who tries; a resident who comes too late does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`denial` None: the door opens, once the PIN is right if `needs_pin`.

    Of somebody in the lists, `person` is the key; of the access file, `credential`.
    """

    denial: Denial | None = None
    credential: Credential | None = None
    person: str | None = None
    needs_pin: bool = False


def decide(
    access: Access,
    door: str,
    card: Card,
    now: datetime,
    *,
    people: People | None = None,
    locked_out: bool = False,
) -> Decision:
    """Decide on `card` at `door`; `now` is aware. `locked_out`: its PIN was wrong too often."""
    credential = access.find(card)
    if credential is None:
        found = people.by_card(card) if people else ()
        return _of_lists(found, people, door, now) or Decision(denial=Denial.UNKNOWN)
    denial = _denial(access, door, credential, now.astimezone(access.zone))
    if denial is None and locked_out:
        denial = Denial.TOO_MANY_TRIES
    return Decision(
        denial=denial, credential=credential, needs_pin=denial is None and credential.pin is not None
    )


def decide_code(people: People, door: str, code: str, now: datetime) -> Decision:
    """Decide on a code that was typed without a card; `now` is aware."""
    found = people.by_code(code)
    return _of_lists(found, people, door, now) or Decision(denial=Denial.UNKNOWN_CODE)


def _of_lists(found: Sequence[Person], people: People | None, door: str, now: datetime) -> Decision | None:
    admitted = first_admitted(found, people.levels, door, now) if people else None
    if admitted is None:
        return None
    person, why_not = admitted
    return Decision(denial=Denial(why_not.value) if why_not else None, person=person.key)


def _denial(access: Access, door: str, credential: Credential, local: datetime) -> Denial | None:
    if credential.blocked:
        return Denial.BLOCKED
    if credential.valid_from is not None and local < _start(credential.valid_from, access.zone):
        return Denial.NOT_YET_VALID
    if credential.valid_until is not None and local >= _end(credential.valid_until, access.zone):
        return Denial.EXPIRED
    levels = [access.levels[name] for name in credential.levels]
    levels = [level for level in levels if door in level.doors or ALL_DOORS in level.doors]
    if not levels:
        return Denial.NO_LEVEL
    if not any(within(access.schedules[level.schedule], local, access.holidays) for level in levels):
        return Denial.OUTSIDE_SCHEDULE
    return None


def _start(written: str, zone: ZoneInfo) -> datetime:
    return _moment(read_time(written), zone)


def _end(written: str, zone: ZoneInfo) -> datetime:
    """Return the first moment after: a whole day counts to its end."""
    when = read_time(written)
    return _moment(when if isinstance(when, datetime) else when + timedelta(days=1), zone)


def _moment(when: datetime | date, zone: ZoneInfo) -> datetime:
    if not isinstance(when, datetime):
        when = datetime.combine(when, time.min)
    return when if when.tzinfo else when.replace(tzinfo=zone)
