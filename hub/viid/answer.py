"""Reads what a library answers: statuses as numbers or texts, one for all or one for each object. Pure."""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any, Final

import msgspec
from msgspec import Struct

LONGEST_TEXT: Final = 200


class Code(IntEnum):
    """Codes of `StatusCode` that mean something to us; all others are refusals."""

    OK = 0
    OTHER = 1
    BUSY = 2
    DEVICE_ERROR = 3
    REBOOT = 9


class Status(Struct, frozen=True, kw_only=True):
    """What the library says of one object, or of the request (`id` empty)."""

    code: int
    text: str
    id: str = ""
    at: str = ""


class Reply(Struct, frozen=True, kw_only=True):
    """An answer: its HTTP status, and every status in it."""

    http: int
    statuses: tuple[Status, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether HTTP says that all is well."""
        return 200 <= self.http < 300

    @property
    def one(self) -> Status | None:
        """The status of a request about one thing, if there is one."""
        return self.statuses[0] if self.statuses else None


def reply_of(http: int, body: bytes) -> Reply:
    """Read an answer; what is no JSON has no status."""
    try:
        document = msgspec.json.decode(body) if body else None
    except msgspec.MsgspecError:
        document = None
    return Reply(http=http, statuses=tuple(_statuses(document)))


def local_time(body: bytes) -> str | None:
    """Read the answer to a question about the time: `yyyyMMddHHmmss`, None if it is none."""
    try:
        document = msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return None
    said = (
        document.get("SystemTimeObject") or document.get("SystemTime") if isinstance(document, dict) else None
    )
    found = str(said.get("LocalTime", "")) if isinstance(said, dict) else ""
    return found if len(found) == 14 and found.isascii() and found.isdigit() else None


def _statuses(found: Any) -> Iterator[Status]:
    """Yield every object with a `StatusCode`, however it is wrapped."""
    if isinstance(found, Mapping):
        if "StatusCode" in found:
            yield _status(found)
            return
        found = list(found.values())
    if isinstance(found, list):
        for each in found:
            yield from _statuses(each)


def _status(found: Mapping[str, Any]) -> Status:
    try:
        code = int(str(found["StatusCode"]).strip())
    except ValueError:
        code = Code.OTHER
    return Status(
        code=code,
        text=str(found.get("StatusString") or "")[:LONGEST_TEXT],
        id=str(found.get("Id") or found.get("ID") or ""),
        at=str(found.get("LocalTime") or "")[:14],
    )
