"""What a terminal of Hikvision's answers about its people and its doors. `name` is not read. Pure."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from contract.errors import DeviceError
from drivers.isapi.answer import Answer


class _Person(Struct, frozen=True):
    key: str = msgspec.field(name="employeeNo", default="")
    faces: int | None = msgspec.field(name="numOfFace", default=None)


class People(Struct, frozen=True):
    """A page of an answer to `UserInfo/Search`."""

    status: str = msgspec.field(name="responseStatusStrg", default="")
    people: list[_Person] = msgspec.field(name="UserInfo", default_factory=list)


class _PeopleAnswer(Struct, frozen=True):
    page: People = msgspec.field(name="UserInfoSearch")


class _Count(Struct, frozen=True):
    number: int = msgspec.field(name="userNumber")


class _CountAnswer(Struct, frozen=True):
    count: _Count = msgspec.field(name="UserInfoCount")


class _Process(Struct, frozen=True):
    status: str = ""


class _ProcessAnswer(Struct, frozen=True):
    process: _Process = msgspec.field(name="UserInfoDetailDeleteProcess")


class Work(Struct, frozen=True):
    """How the doors of a terminal are: each a list by door."""

    locks: list[int] = msgspec.field(name="doorLockStatus", default_factory=list)
    doors: list[int] = msgspec.field(name="doorStatus", default_factory=list)
    contacts: list[int] = msgspec.field(name="magneticStatus", default_factory=list)


class _WorkAnswer(Struct, frozen=True):
    work: Work = msgspec.field(name="AcsWorkStatus")


LOCK_OPEN: Final = 1
"""`doorLockStatus`: 0 shut, 1 open, 2 to 4 faults of its wires."""
CONTACT_OPEN: Final = 1
"""`magneticStatus`: 0 shut, 1 open, 2 to 4 faults of its wires."""
REMAINS_UNLOCKED: Final = 2
"""`doorStatus`: 1 dormant, 2 remains unlocked, 3 remains locked, 4 normal."""


def _decoded(answer: Answer, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors; they quote what was read
        raise DeviceError("an answer that makes no sense", code="bad-protocol") from None


def people_of(answer: Answer) -> People:
    """Read a page of people; DeviceError if it is none."""
    page: People = _decoded(answer, _PeopleAnswer).page
    return page


def count_of(answer: Answer) -> int:
    """Read how many people there are; DeviceError if it does not say."""
    number: int = _decoded(answer, _CountAnswer).count.number
    return number


def process_of(answer: Answer) -> str:
    """Read how far a deletion is: `processing`, `success`, `failed`."""
    status: str = _decoded(answer, _ProcessAnswer).process.status
    return status.lower()


def work_of(answer: Answer) -> Work:
    """Read how the doors are; DeviceError if it does not say."""
    work: Work = _decoded(answer, _WorkAnswer).work
    return work
