"""What a terminal of Hikvision's reports, as it happens or asked afterwards. `name` is not read. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from contract.errors import InvalidMessage
from drivers.face.hikvision.codes import EVENT, MEANINGS, OF_NO_INTEREST
from drivers.face.terminal import Record, What
from drivers.face.times import believed, offset_s, read_time
from drivers.isapi.document import Node

EVENT_TYPE: Final = "accesscontrollerevent"
LARGEST_SERIAL: Final = (1 << 32) - 1
_KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One event of a terminal, before it is known whether it is new. `serial` 0: it has none."""

    major: int
    minor: int
    serial: int
    before: int
    """The serial number of the event before; 0 if it does not say."""
    door: int
    person: str
    happened_at: datetime
    current: bool

    @property
    def is_known(self) -> bool:
        """Whether the table has it."""
        kind = (self.major, self.minor)
        return self.major not in (1, EVENT) or kind in MEANINGS or kind in OF_NO_INTEREST

    def record(self, number: str, *, replay: bool, picture: bytes | None = None) -> Record | None:
        """Return it as a record, None if there is nothing to report of it."""
        meaning = MEANINGS.get((self.major, self.minor))
        if meaning is None:
            return None
        what = meaning.what
        if what is What.STRANGER and self.person:
            what = What.DENIED
        return Record(
            what=what,
            number=number,
            happened_at=self.happened_at,
            person=self.person,
            means=meaning.means,
            reason=meaning.reason,
            replay=replay,
            picture=picture if what is What.STRANGER else None,
        )


def read_push(document: Node, zone: ZoneInfo, now: datetime) -> Occurrence:
    """Read an alert of the type `AccessControllerEvent`; InvalidMessage if it is none."""
    event = document.at("AccessControllerEvent")
    if event is None:
        raise InvalidMessage("an access event without its content")
    return Occurrence(
        major=_number(event.word("majorEventType")),
        minor=_number(event.word("subEventType")),
        serial=_number(event.word("serialNo") or "0"),
        before=_number(event.word("frontSerialNo") or "0"),
        door=_number(event.word("doorNo") or "0"),
        person=_person(event.word("employeeNoString") or event.word("employeeNo")),
        happened_at=believed(read_time(document.word("dateTime"), zone), now),
        current=event.word("currentEvent").lower() != "false"
        and document.word("activePostCount") in ("", "0", "1"),
    )


def read_row(row: Node, zone: ZoneInfo, now: datetime) -> Occurrence:
    """Read one row of an answer to `AcsEvent`: what happened earlier; InvalidMessage if it makes no sense."""
    serial = _number(row.word("serialNo"))
    return Occurrence(
        major=_number(row.word("major")),
        minor=_number(row.word("minor")),
        serial=serial,
        before=serial - 1,
        door=_number(row.word("doorNo") or "0"),
        person=_person(row.word("employeeNoString") or row.word("employeeNo")),
        happened_at=believed(read_time(row.word("time"), zone), now),
        current=False,
    )


def _number(written: str) -> int:
    if not (written.isascii() and written.isdigit()) or len(written) > 10 or int(written) > LARGEST_SERIAL:
        raise InvalidMessage("a number of an access event that is none")
    return int(written)


def _person(written: str) -> str:
    return written if _KEY.fullmatch(written) and written != "0" else ""


def clock_offset(document: Node, zone: ZoneInfo, now: datetime) -> float | None:
    """Return by how many seconds the clock of a terminal that has just spoken is ahead of ours."""
    read = read_time(document.word("dateTime"), zone)
    return None if read is None else offset_s(read, now)
