"""Facesluice's words (MQTT `mqtt/face/…`), as public documents of the protocol have them; numbers are texts.

A document says neither how a terminal words a photograph held before it nor which code it gives for an
operator that it does not know: here that is a refusal (`VerifyStatus` 2) with a low likeness, and 400.
"""

import base64
import json
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from simulators.face.picture import face_jpeg
from simulators.face.record import DENIED, GRANTED, Kind, Record
from simulators.face.roster import Holder

ROOT: Final = "mqtt/face"
HEARTBEAT: Final = f"{ROOT}/heartbeat"
BASIC: Final = f"{ROOT}/basic"

OK, WRONG, FULL, NO_SUCH_PERSON, NOT_DELETED = "200", "400", "466", "461", "467"
NO_DIRECTION: Final = "unknow"  # the protocol's own spelling
_ZONE: Final = timezone(timedelta(hours=8))
_TIME: Final = "%Y-%m-%d %H:%M:%S"
_TEMPORARY: Final = "1"


def text(value: object) -> str:
    """Return a field as the text that it would be."""
    return "" if value is None else str(value)


def local(unix_s: float) -> str:
    """Write a time as the terminal does: its own, without a zone."""
    return datetime.fromtimestamp(unix_s, _ZONE).strftime(_TIME)


def said(operator: str, **fields: Any) -> bytes:
    """Write a message."""
    return json.dumps({"operator": operator, **fields}, ensure_ascii=False).encode()


def info(serial: str, **fields: object) -> dict[str, object]:
    """Write what most messages hold."""
    return {"facesluiceId": serial, **fields}


def record_push(record: Record, serial: str, *, live: bool) -> bytes:
    """Write a record: RecPush, or StrSnapPush of somebody unknown; with names and pictures, as they do."""
    picture = "data:image/jpeg;base64," + base64.b64encode(face_jpeg()).decode()
    common = {"time": local(record.at_s), "Sendintime": str(int(live)), "direction": NO_DIRECTION}
    if record.kind is Kind.STRANGER:
        return said("StrSnapPush", info=info(serial, SnapID=str(record.number), pic=picture, **common))
    status = "1" if record.kind in GRANTED else "2" if record.key else "3"
    likeness = "97.5" if record.kind is Kind.FACE else "31.0" if record.kind is Kind.SPOOF else "0"
    told = info(
        serial,
        customId=record.key,
        personId="1",
        RecordID=str(record.number),
        VerifyStatus=status,
        PersonType="1" if record.kind is Kind.BARRED else "0",
        similarity1=likeness,
        personName=record.name,
        **common,
    )
    if record.card:
        told["RFIDCard"] = record.card
    if record.by_face:
        told["pic"] = picture
    return said("RecPush", info=told)


def is_told(record: Record) -> bool:
    """Whether the protocol has words for a record: it has none for locks and contacts."""
    return record.kind in GRANTED | DENIED or record.kind is Kind.STRANGER


def read_person(said_of: dict[str, Any]) -> Holder:
    """Read a person of EditPerson; ValueError where that is none."""
    key = text(said_of.get("customId"))
    if not 0 < len(key) <= 48:
        raise ValueError("customId")
    temporary = text(said_of.get("tempCardType")) == _TEMPORARY
    card = text(said_of.get("RFIDCard"))
    return Holder(
        key=key,
        name=text(said_of.get("name"))[:32],
        barred=text(said_of.get("personType")) == "1",
        valid_from_s=_moment(said_of.get("cardValidBegin")) if temporary else None,
        valid_until_s=_moment(said_of.get("cardValidEnd")) if temporary else None,
        cards=(card,) if card else (),
        face=bool(said_of.get("pic")),
    )


def _moment(written: object) -> float | None:
    return datetime.strptime(text(written), _TIME).replace(tzinfo=_ZONE).timestamp()
