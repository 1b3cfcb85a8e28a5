"""What is asked and told of a terminal of Hikvision's. Where it wants a name, it is given the key. Pure."""

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from contract.passes import Means
from drivers.door.wiegand import parse_number
from drivers.face.hikvision.codes import EVENT
from drivers.face.rights import Rights
from drivers.face.times import valid_from, valid_until

LOCAL_TIME: Final = "%Y-%m-%dT%H:%M:%S"
CODE_DIGITS: Final = range(4, 9)


def events_from(serial: int, search: str, position: int, most: int) -> bytes:
    """Ask for what happened from a serial number on."""
    cond = {
        "searchID": search,
        "searchResultPosition": position,
        "maxResults": most,
        "major": EVENT,
        "minor": 0,
        "beginSerialNo": serial,
        "endSerialNo": 3_000_000_000,
    }
    return msgspec.json.encode({"AcsEventCond": cond})


def search(name: str, position: int, most: int, keys: Sequence[str] = ()) -> bytes:
    """Ask for a page of people: of some, or of all."""
    cond: dict[str, Any] = {"searchID": name, "searchResultPosition": position, "maxResults": most}
    if keys:
        cond["EmployeeNoList"] = [{"employeeNo": key} for key in keys]
    return msgspec.json.encode({"UserInfoSearchCond": cond})


def person(given: Rights, door: int, means: frozenset[Means], zone: ZoneInfo) -> bytes:
    """Write a person as the terminal is to hold it."""
    info = {
        "employeeNo": given.key,
        "name": given.key,
        "userType": "blackList" if given.barred else "normal",
        "Valid": {
            "enable": True,
            "beginTime": f"{valid_from(given.valid_from, zone):{LOCAL_TIME}}",
            "endTime": f"{valid_until(given.valid_until, zone):{LOCAL_TIME}}",
            "timeType": "local",
        },
        "doorRight": str(door),
        "RightPlan": [{"doorNo": door, "planTemplateNo": "1"}],
        "userVerifyMode": verify_mode(means if given.face else means - {Means.FACE}),
        "password": given.code if Means.CODE in means and len(given.code) in CODE_DIGITS else "",
    }
    return msgspec.json.encode({"UserInfo": info})


def verify_mode(means: frozenset[Means]) -> str:
    """Return the terminal's word for what may open it: one of them is enough."""
    if Means.FACE in means:
        return "cardOrfaceOrPw" if Means.CODE in means else "cardOrFace"
    return "cardOrPw" if Means.CODE in means else "card"


def card_numbers(cards: Sequence[str]) -> list[str]:
    """Return the numbers of cards as the terminal reads them: decimal."""
    numbers = []
    for written in cards:
        try:
            numbers.append(str(parse_number(written)[1]))
        except ValueError:
            continue
    return [each for each in dict.fromkeys(numbers) if len(each) <= 20]


def card(key: str, number: str) -> bytes:
    """Write a person's card."""
    return msgspec.json.encode({"CardInfo": {"employeeNo": key, "cardNo": number, "cardType": "normalCard"}})


def cards_of(key: str) -> bytes:
    """Write that all cards of a person go."""
    return msgspec.json.encode({"CardInfoDelCond": {"EmployeeNoList": [{"employeeNo": key}]}})


def deletion(keys: Sequence[str]) -> bytes:
    """Write that people go, with their cards and faces."""
    people = [{"employeeNo": key} for key in keys]
    return msgspec.json.encode({"UserInfoDetail": {"mode": "byEmployeeNo", "EmployeeNoList": people}})


def face(key: str, jpeg: bytes, boundary: str) -> bytes:
    """Write a person's face, as the parts of a form."""
    about = msgspec.json.encode({"faceLibType": "blackFD", "FDID": "1", "FPID": key})
    edge = boundary.encode()
    return b"\r\n".join(
        (
            b"--" + edge,
            b'Content-Disposition: form-data; name="FaceDataRecord"',
            b"Content-Type: application/json",
            b"",
            about,
            b"--" + edge,
            b'Content-Disposition: form-data; name="FaceImage"; filename="face.jpg"',
            b"Content-Type: image/jpeg",
            b"",
            jpeg,
            b"--" + edge + b"--",
            b"",
        )
    )


def door_command(word: str) -> bytes:
    """Write `open`, `close`, `alwaysOpen`."""
    return f"<RemoteControlDoor><cmd>{word}</cmd></RemoteControlDoor>".encode()
