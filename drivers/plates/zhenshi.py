"""What Zhenshi (臻识) cameras say, over HTTP and over MQTT: from bytes to meaning. No socket.

Built from the vendor's HTTP push protocol and public notes on the MQTT one; see docs/devices/plates.md.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from contract.errors import InvalidMessage, Refused
from drivers.plates.camera import Contact
from drivers.plates.lenient import Leaf, name, whole
from drivers.plates.options import PlateOptions
from drivers.plates.zhenshi_result import Reading, reading
from drivers.plates.zhenshi_shapes import (
    Alarm,
    Payload,
    TriggerResult,
    read_body,
    read_envelope,
    read_head,
)

MOST_INPUTS: Final = 64

_FORM_SERIAL: Final = re.compile(rb'serialno"?[\s=]+([A-Za-z0-9._:-]{1,64})')
_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")


@dataclass(frozen=True, slots=True)
class Alive:
    """A sign of life without other meaning: a heartbeat, a poll, how the barrier stands."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The reply to the command with this id; 200: done."""

    id: str
    code: int


Said: TypeAlias = Reading | Contact | Alive | Confirmation


def read_push(body: bytes, content_type: str, options: PlateOptions, now: datetime) -> Said:
    """Read what came over HTTP.

    InvalidMessage if it makes no sense, Refused `wrong-serial` if it is another camera that says it.
    """
    if _is_form(body, content_type):
        found = _FORM_SERIAL.search(body)
        _check_serial(found[1].decode() if found else None, options)
        return Alive()
    said = read_body(body)
    if said.info_plate is not None:
        return _plate_result(said.info_plate, options, now)
    if said.gio_in is not None:
        return _contact(said.gio_in, options)
    return Alive()


def read_message(
    kind: str, payload: bytes, options: PlateOptions, now: datetime, *, retained: bool = False
) -> Said:
    """Read what came over MQTT on a topic that ends with `kind`, as `ivs_result`; errors as `read_push`."""
    if kind.endswith("/reply"):
        return _confirmation(payload, options)
    if kind not in ("ivs_result", "offline_record", "gpio_in"):
        _check_serial(read_head(payload).sn, options)
        return Alive()
    envelope = read_envelope(payload)
    _check_serial(envelope.sn, options)
    held = envelope.payload or Payload()
    body = held.body or held
    info_plate, gio_in = body.info_plate or held.info_plate, body.gio_in or held.gio_in
    if gio_in is not None and kind == "gpio_in":
        return _contact(gio_in, options)
    if info_plate is None or kind == "gpio_in":
        raise InvalidMessage(f"{kind} without what it should hold", code="bad-fields")
    replay = retained or kind == "offline_record"
    return _plate_result(info_plate, options, now, said_at=envelope.timestamp, replay=replay)


def _is_form(body: bytes, content_type: str) -> bool:
    """Heartbeats are forms (§2.5.1), or empty; what cameras say of the type is not always true."""
    begins = body[:64].lstrip()
    if begins.startswith((b"{", b"\xef\xbb\xbf")):
        return False
    return not begins or begins.startswith(b"--") or content_type.lower().startswith(_FORMS)


def _plate_result(
    alarm: Alarm, options: PlateOptions, now: datetime, *, said_at: Leaf = None, replay: bool = False
) -> Reading:
    _check_serial(alarm.serial, options)
    result = alarm.result.plate if alarm.result else None
    if result is None:
        raise InvalidMessage("AlarmInfoPlate without PlateResult", code="bad-fields")
    return reading(
        result,
        options,
        now,
        serial=name(alarm.serial),
        channel=alarm.channel,
        said_at=said_at,
        replay=replay,
    )


def _contact(alarm: Alarm, options: PlateOptions) -> Contact:
    _check_serial(alarm.serial, options)
    trigger = (alarm.result.trigger if alarm.result else None) or alarm.trigger or TriggerResult()
    source, value = whole(trigger.source), whole(trigger.value)
    if source is None or not 0 <= source < MOST_INPUTS or value is None:
        raise InvalidMessage("AlarmGioIn without source and value", code="bad-fields")
    return Contact(number=source, closed=value != 0)


def _confirmation(payload: bytes, options: PlateOptions) -> Confirmation:
    head = read_head(payload)
    _check_serial(head.sn, options)
    ident, code = name(head.id), whole(head.code)
    if ident is None or code is None:
        raise InvalidMessage("a reply without id and code", code="bad-fields")
    return Confirmation(ident, code)


def _check_serial(said: Leaf, options: PlateOptions) -> None:
    """Raise Refused if another camera speaks; one that says no number is known by its path or topic."""
    if options.serial is None or said in (None, ""):
        return
    if not isinstance(said, str) or said.casefold() != options.serial.casefold():
        raise Refused("another camera's serial number", code="wrong-serial")
