"""A Hikvision face terminal's words (ISAPI, JSON): its events, and how it writes and reads people.

Numbers of events are the `MINOR_…` constants of the vendor's SDK; shapes are those of public adapters.
"""

import json
from datetime import datetime
from typing import Any, Final

from simulators.face.record import Kind, Record
from simulators.face.roster import Holder
from simulators.isapi import ZONE, iso

EVENT: Final = 5
MINOR: Final = {
    Kind.CARD: 0x01,
    Kind.EXPIRED: 0x08,
    Kind.CARD_UNKNOWN: 0x09,
    Kind.LOCK_OPEN: 0x15,
    Kind.LOCK_CLOSED: 0x16,
    Kind.EXIT: 0x17,
    Kind.DOOR_OPEN: 0x19,
    Kind.DOOR_CLOSED: 0x1A,
    Kind.FACE: 0x4B,
    Kind.STRANGER: 0x4C,
    Kind.SPOOF: 0x68,
    Kind.BARRED: 0x71,
    Kind.CODE_WRONG: 0x97,
    Kind.CODE: 0xB5,
}
_LOCAL: Final = "%Y-%m-%dT%H:%M:%S"


def alert(record: Record, *, door: int, current: bool) -> bytes:
    """Write an event as the stream has it; `current` no: it says later what nobody heard."""
    event = {
        "deviceName": "DS-HEMEI",
        "majorEventType": EVENT,
        "subEventType": MINOR[record.kind],
        **_who(record, "employeeNoString"),
        "cardReaderNo": 1,
        "doorNo": door,
        "verifyNo": 1,
        "serialNo": record.number,
        "frontSerialNo": record.number - 1,
        "currentVerifyMode": "cardOrFace",
        "currentEvent": current,
        "attendanceStatus": "undefined",
        "mask": "no",
    }
    said = {
        "ipAddress": "192.0.2.68",
        "portNo": 80,
        "protocol": "HTTP",
        "macAddress": "44:a6:42:00:00:03",
        "channelID": 1,
        "dateTime": iso(record.at_s),
        "activePostCount": 1,
        "eventType": "AccessControllerEvent",
        "eventState": "active",
        "eventDescription": "Access Controller Event",
        "deviceID": "1",
        "AccessControllerEvent": event,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def row(record: Record, *, door: int) -> dict[str, object]:
    """Write an event as an answer to `AcsEvent` has it."""
    return {
        "major": EVENT,
        "minor": MINOR[record.kind],
        "time": iso(record.at_s),
        **_who(record, "employeeNoString"),
        "cardReaderNo": 1,
        "doorNo": door,
        "type": 0,
        "serialNo": record.number,
        "currentVerifyMode": "cardOrFace",
    }


def _who(record: Record, key_name: str) -> dict[str, object]:
    who: dict[str, object] = {}
    if record.key:
        who |= {key_name: record.key, "name": record.name, "userType": "normal"}
    if record.card:
        who |= {"cardNo": record.card, "cardType": 1}
    return who


def read_person(said: dict[str, Any]) -> Holder:
    """Read a `UserInfo`; ValueError where it is none."""
    key = said.get("employeeNo")
    if not isinstance(key, str) or not 0 < len(key) <= 32:
        raise ValueError("employeeNo")
    valid = said.get("Valid") or {}
    bounded = valid.get("enable") is True
    return Holder(
        key=key,
        name=str(said.get("name", ""))[:32],
        barred=said.get("userType") == "blackList",
        valid_from_s=_moment(valid["beginTime"]) if bounded else None,
        valid_until_s=_moment(valid["endTime"]) if bounded else None,
        code=str(said.get("password") or ""),
    )


def person(holder: Holder) -> dict[str, object]:
    """Write a `UserInfo` as a search finds it."""
    return {
        "employeeNo": holder.key,
        "name": holder.name,
        "userType": "blackList" if holder.barred else "normal",
        "Valid": {"enable": holder.valid_until_s is not None, "timeType": "local"},
        "doorRight": "1",
        "numOfCard": len(holder.cards),
        "numOfFace": int(holder.face),
        "numOfFP": 0,
    }


def _moment(written: str) -> float:
    moment = datetime.fromisoformat(written)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).timestamp()
