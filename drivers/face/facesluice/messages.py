"""What a terminal says in facesluice's words. Pure.

Numbers come as numbers or as text, so every field is read as either. `personName`, `idCard`, `telnum` and, of
anybody but strangers, `pic` and `scene` are not even read: no field here takes them.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Struct, UnsetType

from contract.errors import InvalidMessage
from contract.passes import Direction, Means
from drivers.face.terminal import Record, What
from drivers.face.times import believed, read_time

ROOT: Final = "mqtt/face"
HEARTBEAT: Final = f"{ROOT}/heartbeat"
BASIC: Final = f"{ROOT}/basic"

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a message: a picture of 1 MiB and a scene of 2 MiB, in base64, and room to spare."""
LARGEST_PICTURE: Final = 2 * 1024 * 1024

OLD: Final = timedelta(minutes=2)
"""A record so old was kept by the terminal while it could not send it."""

Field = str | int | float | bool | None

STATUS: Final[Mapping[str, What]] = {"1": What.GRANTED, "2": What.DENIED, "3": What.STRANGER}
"""`VerifyStatus`: 1 let in, 2 refused or on the blacklist, 3 nobody it knows."""
NO_STATUS: Final = "0"
"""`VerifyStatus` of a record that says nothing of it."""

DIRECTIONS: Final[Mapping[str, Direction]] = {
    "in": Direction.IN,
    "enter": Direction.IN,
    "entr": Direction.IN,
    "entry": Direction.IN,
    "out": Direction.OUT,
    "exit": Direction.OUT,
}

FOUND: Final = "200"
NO_SUCH_PERSON: Final = "461"
BUSY: Final = "410"

_WORD: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""A number or a code; what else stands there may be a name."""


class _Push(Struct, frozen=True):
    """What both kinds of records have."""

    serial: Field = msgspec.field(name="facesluiceId", default=None)
    time: Field = None
    live: Field = msgspec.field(name="Sendintime", default=None)
    direction: Field = None


class RecInfo(_Push, frozen=True):
    """The `info` of a RecPush."""

    record: Field = msgspec.field(name="RecordID", default=None)
    person: Field = msgspec.field(name="customId", default=None)
    status: Field = msgspec.field(name="VerifyStatus", default=None)
    similarity: Field = msgspec.field(name="similarity1", default=None)
    card: Field = msgspec.field(name="RFIDCard", default=None)
    wiegand: Field = msgspec.field(name="cardNum2", default=None)


class SnapInfo(_Push, frozen=True):
    """The `info` of a StrSnapPush; `picture` is read only where strangers' pictures are wanted."""

    snap: Field = msgspec.field(name="SnapID", default=None)
    picture: str | UnsetType = msgspec.field(name="pic", default=UNSET)


class _NumberInfo(Struct, frozen=True):
    record: Field = msgspec.field(name="RecordID", default=None)
    snap: Field = msgspec.field(name="SnapID", default=None)


class _SaidInfo(Struct, frozen=True):
    serial: Field = msgspec.field(name="facesluiceId", default=None)
    time: Field = None


class _Failed(Struct, frozen=True):
    person: Field = msgspec.field(name="customId", default=None)
    code: Field = msgspec.field(name="errcode", default=None)


class AckInfo(Struct, frozen=True):
    """The `info` of an answer, of whatever was asked."""

    result: Field = None
    person: Field = msgspec.field(name="customId", default=None)
    total: Field = msgspec.field(name="TotalPersonNum", default=None)
    not_added: list[_Failed] = msgspec.field(name="AddErrInfo", default_factory=list)


class Ack(Struct, frozen=True):
    """An answer to `message`."""

    operator: str
    message: Field = msgspec.field(name="messageId", default=None)
    code: Field = None
    info: AckInfo = msgspec.field(default_factory=AckInfo)

    @property
    def good(self) -> bool:
        """Whether the terminal did it: batches answer without a code, all else with both."""
        said = text(self.code), text(self.info.result).lower()
        return any(said) and said[0] in ("", FOUND) and said[1] in ("", "ok")


class Said(Struct, frozen=True):
    """A heartbeat, or that a terminal has come or gone."""

    operator: str
    info: _SaidInfo

    @property
    def serial(self) -> str:
        """Of which terminal."""
        return text(self.info.serial)


class _Rec(Struct, frozen=True):
    operator: Literal["RecPush"]
    info: RecInfo


class _Snap(Struct, frozen=True):
    operator: Literal["StrSnapPush"]
    info: SnapInfo


class _Numbered(Struct, frozen=True):
    info: _NumberInfo


_ACK: Final = msgspec.json.Decoder(Ack)
_SAID: Final = msgspec.json.Decoder(Said)
_REC: Final = msgspec.json.Decoder(_Rec)
_SNAP: Final = msgspec.json.Decoder(_Snap)
_NUMBERED: Final = msgspec.json.Decoder(_Numbered)


def text(field: Field) -> str:
    """Return a field as the text that it would be."""
    if field is None:
        return ""
    if isinstance(field, float) and field.is_integer():
        return str(int(field))
    return str(field).strip()


def word(field: Field) -> str:
    """Return a terminal's word for what went wrong, as far as it is one: it may be any text."""
    said = text(field)
    return said if _WORD.fullmatch(said) else "rejected"


def _read(decoder: "msgspec.json.Decoder[Any]", payload: bytes) -> Any:
    if len(payload) > LARGEST:
        raise InvalidMessage(f"a message of {len(payload)} bytes")
    try:
        return decoder.decode(payload)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors; theirs quote what they read
        raise InvalidMessage("a message that is none of the protocol") from None


def read_ack(payload: bytes) -> Ack:
    """Read an answer; InvalidMessage if it is none."""
    ack: Ack = _read(_ACK, payload)
    return ack


def read_said(payload: bytes) -> Said:
    """Read a heartbeat, an Online or an Offline; InvalidMessage if it is none."""
    said: Said = _read(_SAID, payload)
    return said


def read_record(payload: bytes) -> RecInfo:
    """Read a RecPush; InvalidMessage if it is none."""
    info: RecInfo = _read(_REC, payload).info
    return info


def read_snap(payload: bytes) -> SnapInfo:
    """Read a StrSnapPush; InvalidMessage if it is none."""
    info: SnapInfo = _read(_SNAP, payload).info
    return info


def number_of(payload: bytes) -> str:
    """Return the number of a record that makes no sense, to acknowledge it all the same; empty if none."""
    try:
        info = _read(_NUMBERED, payload).info
    except InvalidMessage:
        return ""
    return text(info.record) or text(info.snap)


def as_record(info: RecInfo, serial: str, zone: ZoneInfo, now: datetime) -> Record | None:
    """Return what a RecPush says; None if that is not known, InvalidMessage if it has no number."""
    status = text(info.status)
    read = _moment(info, zone)
    number = _number("rec", info.record, serial, read)
    if status not in STATUS:
        return None
    means = _means(info)
    what = STATUS[status]
    if what is What.STRANGER and means is Means.CARD:
        what = What.DENIED  # a card that nobody has, not a face
    return Record(
        what=what,
        number=number,
        happened_at=believed(read, now),
        person=text(info.person),
        means=means,
        direction=DIRECTIONS.get(text(info.direction).lower(), Direction.UNKNOWN),
        replay=_replayed(info, read, now),
    )


def as_stranger(info: SnapInfo, serial: str, zone: ZoneInfo, now: datetime, *, pictures: bool) -> Record:
    """Return what a StrSnapPush says; InvalidMessage if it has no number."""
    read = _moment(info, zone)
    return Record(
        what=What.STRANGER,
        number=_number("snap", info.snap, serial, read),
        happened_at=believed(read, now),
        means=Means.FACE,
        direction=DIRECTIONS.get(text(info.direction).lower(), Direction.UNKNOWN),
        replay=_replayed(info, read, now),
        picture=_picture(info.picture) if pictures and isinstance(info.picture, str) else None,
    )


def _means(info: RecInfo) -> Means:
    """Tell how: no field says so, but a likeness is of a face, and a card has a number."""
    try:
        alike = float(text(info.similarity) or 0)
    except ValueError:
        alike = 0.0
    if alike > 0:
        return Means.FACE
    if text(info.card).strip("0") or text(info.wiegand).strip("0"):
        return Means.CARD
    return Means.FACE


def _moment(info: _Push, zone: ZoneInfo) -> datetime | None:
    return read_time(text(info.time), zone)


def _number(kind: str, written: Field, serial: str, at: datetime | None) -> str:
    """Return what no other record is called: a terminal that is set back counts anew, later."""
    if not _WORD.fullmatch(text(written)):
        raise InvalidMessage("a record without a number")
    return (
        f"{serial}-{kind}-{text(written)}-{at:%Y-%m-%d %H:%M:%S}"
        if at
        else f"{serial}-{kind}-{text(written)}-"
    )


def _replayed(info: _Push, read: datetime | None, now: datetime) -> bool:
    return text(info.live) == "0" or (read is not None and now - read > OLD)


def _picture(written: str) -> bytes | None:
    head, _, body = written.partition("base64,")
    try:
        jpeg = base64.b64decode(body or head, validate=True)
    except (binascii.Error, ValueError):
        return None
    return jpeg if jpeg.startswith(b"\xff\xd8") and len(jpeg) <= LARGEST_PICTURE else None
