"""Messages to bytes and back: UTF-8 JSON, checked where the bytes enter."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec

from contract.clock import rfc3339
from contract.errors import InvalidMessage
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

MAX_MEDIA_BYTES: Final = 16 * 1024 * 1024
"""A picture or clip longer than this is refused."""

M = TypeVar("M", Availability, State, Telemetry, Event, Action, Result, Committed)

MESSAGE_TYPES: Final[Mapping[Channel, type[Message]]] = MappingProxyType(
    {
        Channel.AVAILABILITY: Availability,
        Channel.STATE: State,
        Channel.TELEMETRY: Telemetry,
        Channel.EVENT: Event,
        Channel.ACTION: Action,
        Channel.RESULT: Result,
        Channel.COMMITTED: Committed,
    }
)

_decoders: Final[dict[type, msgspec.json.Decoder[Any]]] = {
    message: msgspec.json.Decoder(message) for message in MESSAGE_TYPES.values()
}


def decode(message: type[M], payload: bytes) -> M:
    """Read a payload as `message`; InvalidMessage names the field that is wrong."""
    if len(payload) > MAX_JSON_BYTES:
        raise InvalidMessage(f"payload of {len(payload)} bytes is over {MAX_JSON_BYTES}", code="too-large")
    try:
        decoded: M = _decoders[message].decode(payload)
    except msgspec.ValidationError as wrong:
        raise InvalidMessage(str(wrong), code="bad-fields") from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise InvalidMessage(f"not JSON: {wrong}", code="bad-json") from wrong
    return decoded


def encode(message: Message) -> bytes:
    """Write a message as JSON, its times with milliseconds."""
    fields: dict[str, Any] = msgspec.to_builtins(message, builtin_types=(datetime,))
    for name, value in fields.items():
        if isinstance(value, datetime):
            fields[name] = rfc3339(value)
    return msgspec.json.encode(fields)
