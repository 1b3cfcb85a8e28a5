"""What is said to a terminal in facesluice's words. Where it wants a name, it is given the key. Pure."""

import base64
from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from drivers.door.wiegand import parse_number
from drivers.face.facesluice.messages import ROOT
from drivers.face.rights import Rights
from drivers.face.times import valid_from, valid_until

RECORD: Final = 2
SNAP: Final = 1
"""`PushAckType` of what is acknowledged."""

LONGEST_NAME: Final = 32
LOCAL_TIME: Final = "%Y-%m-%d %H:%M:%S"


def down(serial: str) -> str:
    """Return the topic on which a terminal is told something."""
    return f"{ROOT}/{serial}"


def command(operator: str, message: str, info: Any, **more: Any) -> bytes:
    """Return a command; its answer names `message`."""
    return msgspec.json.encode({"messageId": message, "operator": operator, **more, "info": info})


def batch(operator: str, message: str, info: Any, count: int) -> bytes:
    """Return a command about several people."""
    return msgspec.json.encode(
        {
            "messageId": message,
            "DataBegin": "BeginFlag",
            "operator": operator,
            "PersonNum": count,
            "info": info,
            "DataEnd": "EndFlag",
        }
    )


def push_ack(serial: str, message: str, kind: int, number: str) -> bytes:
    """Return that a record is kept and need not come again."""
    info = {"facesluiceId": serial, "PushAckType": kind, "SnapOrRecordID": number}
    return command("PushAck", message, info)


def online_ack(serial: str) -> bytes:
    """Return that a terminal was seen to have come; it says so again until it hears this."""
    return msgspec.json.encode({"operator": "Online-Ack", "info": {"facesluiceId": serial, "result": "ok"}})


def person(given: Rights, zone: ZoneInfo, jpeg: bytes | None = None) -> dict[str, Any]:
    """Return a person as the terminal is to hold it. Where it wants a name, it is given the key."""
    info: dict[str, Any] = {
        "customId": given.key,
        "name": given.key[:LONGEST_NAME],
        "personType": 1 if given.barred else 0,
        **_validity(given, zone),
        **_card(given.cards),
    }
    if jpeg is not None:
        info["pic"] = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
    return info


def _validity(given: Rights, zone: ZoneInfo) -> dict[str, Any]:
    if given.valid_from is None and given.valid_until is None:
        return {"tempCardType": 0}
    return {
        "tempCardType": 1,
        "cardValidBegin": f"{valid_from(given.valid_from, zone):{LOCAL_TIME}}",
        "cardValidEnd": f"{valid_until(given.valid_until, zone):{LOCAL_TIME}}",
    }


def _card(cards: Sequence[str]) -> dict[str, Any]:
    """Return the first card that the protocol can express: it holds one of each person."""
    for written in cards:
        try:
            form, number = parse_number(written)
        except ValueError:
            continue
        if (form is not None and form.startswith("raw")) or number >= 1 << 32:
            continue
        short = form == "w26" or (form is None and number < 1 << 24)
        return {
            "cardType2": 2,
            "WiegandType": 0 if short else 1,
            "cardNum2": number,
            "RFCardMode": 0,
            "RFIDCard": str(number),
        }
    return {"cardType2": 0}
