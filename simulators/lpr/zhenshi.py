"""臻识 (Zhenshi) words, whichever wire carries them: a reading as JSON, and what an answer tells it to do.

Names and shapes are those of the vendor's public HTTP push document and of public adapters; how a real camera
fills the many other fields does not matter to anybody who opens a gate.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from simulators.lpr.plates import is_new_energy
from simulators.lpr.record import Record

NO_PLATE = "_无_"
_ZONE = timezone(timedelta(hours=8))
_BLUE, _GREEN = 1, 5
_TYPE_BLUE, _TYPE_GREEN = 1, 19
_DIRECTIONS = {"unknown": 0, "in": 4, "out": 3}  # 3: away from the camera, 4: towards it
_LOOP_TRIGGER = 2


@dataclass(frozen=True, slots=True)
class Switch:
    """What an answer does to an output: 0 off, 1 on, 2 on for `delay_ms`."""

    output: int
    value: int
    delay_ms: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a camera reads in an answer: outputs to switch, and whether it may tell its next old record."""

    switches: tuple[Switch, ...] = ()
    continues: bool = False


PULSE = Switch(0, 2, 500)


def plate_result(record: Record, *, offline: bool, coded: bool) -> dict[str, Any]:
    """Write a reading as `PlateResult`; `coded` as MQTT has it: texts in base64, pictures by other names."""
    license_ = record.plate or NO_PLATE
    taken = datetime.fromtimestamp(record.taken_s, _ZONE)
    whole, part = _b64(record.whole), _b64(record.part)
    pictures = (
        {"full_image_content": whole, "small_image_content": part}
        if coded
        else {
            "imageFile": whole,
            "imageFileLen": len(record.whole),
            "imageFragmentFile": part,
            "imageFragmentFileLen": len(record.part),
        }
    )
    return {
        "license": _b64(license_.encode()) if coded else license_,
        "plateid": record.number,
        "confidence": record.confidence,
        "colorType": (_GREEN if is_new_energy(record.plate) else _BLUE) if record.plate else 0,
        "direction": _DIRECTIONS[record.direction],
        "isoffline": int(offline),
        "is_fake_plate": 0,
        "triggerType": _LOOP_TRIGGER,
        "type": (_TYPE_GREEN if is_new_energy(record.plate) else _TYPE_BLUE) if record.plate else 0,
        "location": {"RECT": {"left": 90, "top": 160, "right": 230, "bottom": 204}},
        "timeStamp": {"Timeval": _timeval(record.taken_s, taken)},
        "gioouts": [],
        **pictures,
    }


def alarm_info(serial: str, name: str, result: dict[str, Any], *, coded: bool) -> dict[str, Any]:
    """Wrap a `PlateResult` as the camera says it."""
    return {
        "AlarmInfoPlate": {
            "channel": 0,
            "deviceName": _b64(name.encode()) if coded else name,
            "ipaddr": "192.0.2.65",
            "serialno": serial,
            "user_data": "",
            "result": {"PlateResult": result},
        }
    }


def input_info(serial: str, name: str, source: int, closed: bool) -> dict[str, Any]:
    """Say that an input changed."""
    result = {"TriggerResult": {"source": source, "value": int(closed)}}
    return {"AlarmGioIn": {"deviceName": name, "ipaddr": "192.0.2.65", "result": result, "serialno": serial}}


def read_answer(body: bytes) -> Answer:
    """Read an answer to a push or a poll; ValueError where it is none. Unknown keys mean nothing to it."""
    said = json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("not an object")  # noqa: TRY004 - to a camera all nonsense is one
    answer = said.get("Response_AlarmInfoPlate")
    if not isinstance(answer, dict):
        return Answer()
    switches = [PULSE] if answer.get("info") == "ok" else []
    if (switch := read_switch(answer.get("ivs_ioctrl"))) is not None:
        switches.append(switch)
    offline = answer.get("ContinuePushOffline")
    continues = isinstance(offline, dict) and offline.get("continue") == 1
    return Answer(tuple(switches), continues)


def read_switch(said: object) -> Switch | None:
    """Read `{"io", "value", "delay"}`; None where it makes no sense."""
    if not isinstance(said, dict):
        return None
    output, value, delay_ms = said.get("io"), said.get("value"), said.get("delay", 500)
    if type(output) is int and value in (0, 1, 2) and type(delay_ms) is int:
        return Switch(output, value, delay_ms)
    return None


def _timeval(taken_s: float, taken: datetime) -> dict[str, int]:
    return {
        "sec": int(taken_s),
        "usec": int(taken_s % 1 * 1_000_000),
        "decyear": taken.year,
        "decmon": taken.month,
        "decday": taken.day,
        "dechour": taken.hour,
        "decmin": taken.minute,
        "decsec": taken.second,
    }


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
