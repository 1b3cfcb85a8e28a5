"""Messages to bytes and back: UTF-8 JSON, checked where the bytes enter."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec

from contract.clock import rfc3339
from contract.errors import InvalidMessage
from contract.lists import Holding, Portion
from contract.messages import (
    Action,
    Availability,
    Committed,
    Event,
    Message,
    Result,
    State,
    Telemetry,
)
from contract.topics import Channel

MAX_JSON_BYTES: Final = 256 * 1024
"""A JSON message longer than this is refused unread."""

MAX_DEPTH: Final = 64
"""A JSON message nested deeper than this is refused unread."""

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Times on the wire lie from `EARLIEST` to before `LATEST`, so that each has a UTC form and a count."""

MAX_MEDIA_BYTES: Final = 16 * 1024 * 1024
"""A picture or clip longer than this is refused."""

MAX_PREVIEW_BYTES: Final = 1024 * 1024
"""A picture on `preview` longer than this is refused: several a second are sent."""

M = TypeVar("M", Availability, State, Telemetry, Event, Action, Result, Committed, Holding, Portion)
T = TypeVar("T")

AnyMessage = Message | Holding | Portion

_NO_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")

MESSAGE_TYPES: Final[Mapping[Channel, type[AnyMessage]]] = MappingProxyType(
    {
        Channel.AVAILABILITY: Availability,
        Channel.STATE: State,
        Channel.TELEMETRY: Telemetry,
        Channel.EVENT: Event,
        Channel.ACTION: Action,
        Channel.RESULT: Result,
        Channel.COMMITTED: Committed,
        Channel.HOLDING: Holding,
        Channel.LIST: Portion,
    }
)

_JPEG_BEGINS: Final = b"\xff\xd8\xff"
_JPEG_ENDS: Final = b"\xff\xd9"
"""SOI with the next marker's first byte, and EOI (ITU-T T.81, table B.1)."""

_decoders: Final[dict[type, msgspec.json.Decoder[Any]]] = {
    message: msgspec.json.Decoder(message) for message in MESSAGE_TYPES.values()
}


def decode(message: type[M], payload: bytes) -> M:
    """Read a payload as `message`; InvalidMessage names the field that is wrong."""
    decoded: M = read(_decoders[message], payload)
    moment = _moment(decoded)
    if moment is not None and not EARLIEST <= moment < LATEST:
        raise InvalidMessage(f"the time {moment.isoformat()} is out of range", code="bad-time")
    return decoded


def read(decoder: msgspec.json.Decoder[T], payload: bytes) -> T:
    """Read JSON from outside; InvalidMessage, and no other error, whatever the bytes are."""
    if len(payload) > MAX_JSON_BYTES:
        raise InvalidMessage(f"payload of {len(payload)} bytes is over {MAX_JSON_BYTES}", code="too-large")
    if b"\\u0000" in payload:
        raise InvalidMessage("payload holds the character NUL, which databases do not keep", code="bad-text")
    if _depth(payload) > MAX_DEPTH:
        raise InvalidMessage(f"payload is nested deeper than {MAX_DEPTH}", code="too-deep")
    try:
        return decoder.decode(payload)
    except msgspec.ValidationError as wrong:
        raise InvalidMessage(str(wrong), code="bad-fields") from wrong
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise InvalidMessage(f"not JSON: {wrong}", code="bad-json") from wrong


def check_preview(payload: bytes) -> None:
    """Look whether a payload of `preview` may be a JPEG picture; InvalidMessage if it cannot."""
    if len(payload) > MAX_PREVIEW_BYTES:
        raise InvalidMessage(f"picture of {len(payload)} bytes is over {MAX_PREVIEW_BYTES}", code="too-large")
    if not (payload.startswith(_JPEG_BEGINS) and payload.endswith(_JPEG_ENDS)):
        raise InvalidMessage("payload is no whole JPEG picture", code="bad-picture")


def _depth(payload: bytes) -> int:
    """Count how deep brackets are nested, those in texts included; 0 where that cannot matter."""
    if payload.count(b"[") + payload.count(b"{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for bracket in payload.translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _moment(message: AnyMessage) -> datetime | None:
    match message:
        case Event():
            return message.time
        case Action():
            return message.expires
        case Committed() | Portion():
            return None
        case _:
            return message.ts


def encode(message: AnyMessage) -> bytes:
    """Write a message as JSON, its times with milliseconds."""
    fields: dict[str, Any] = msgspec.to_builtins(message, builtin_types=(datetime,))
    for name, value in fields.items():
        if isinstance(value, datetime):
            fields[name] = rfc3339(value)
    return msgspec.json.encode(fields)
