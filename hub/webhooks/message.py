"""What a program is told: CloudEvents 1.0 in structured JSON, signed as Standard Webhooks says. Pure.

No person can be told from it: no plate, no card, no name, nothing that somebody wrote.
"""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Any, Final

import msgspec
from msgspec import Struct

from contract.clock import rfc3339_ms
from contract.errors import ConfigurationError
from hub.alarms.alarm import Change, EntryKind
from hub.ledger.queries import EventView

PREFIX: Final = "whsec_"
LEAST_SECRET: Final = 24
"""Bytes; Standard Webhooks asks for 24 to 64."""

PERSONAL: Final = frozenset(
    {"plate", "before", "recognised", "vehicle", "person", "holder", "record", "card", "card-ending"}
    | {"credential", "order", "transaction", "name", "note"}
)
"""What an event's data may say of somebody, also by an id: who has the register would know who it is."""

WORD: Final = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
"""A word of a list, such as `tailgated`; no plate, name or sentence is one."""

QUIET: Final = frozenset(
    {EntryKind.COMMENTED, EntryKind.TOLD, EntryKind.LINKED, EntryKind.EVIDENCE, EntryKind.SHOWN}
    | {each for each in EntryKind if each.value.startswith("refer")}
)
"""What is done about an alarm beside its own changes: told to nobody here."""

_encode: Final = msgspec.json.Encoder().encode


class Message(Struct, frozen=True, kw_only=True):
    """One request's `webhook-id`, its body, and when it happened, in ms since 1970."""

    id: str
    body: bytes
    at_ms: int


def read_secret(text: str) -> bytes:
    """Read a signing secret, base64 with or without `whsec_`; ConfigurationError if it is none."""
    try:
        secret = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
    except binascii.Error as wrong:
        raise ConfigurationError("is no base64; allowed: whsec_ and base64 of 24 to 64 bytes") from wrong
    if len(secret) < LEAST_SECRET:
        raise ConfigurationError(f"is too short; allowed: {LEAST_SECRET} bytes or more, in base64")
    return secret


def signed(message: Message, secret: bytes, now_s: int) -> dict[str, str]:
    """Return the headers of a request (Standard Webhooks 1.0.0, "Signature scheme", v1)."""
    content = b".".join((message.id.encode(), str(now_s).encode(), message.body))
    digest = base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()
    return {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": message.id,
        "webhook-timestamp": str(now_s),
        "webhook-signature": f"v1,{digest}",
    }


def of_event(event: EventView, at_ms: int) -> Message:
    """Tell of an event, without what it says of anybody."""
    data = event.data if isinstance(event.data, dict) else {}
    body = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": event.time,
        "subject": f"{event.kind}/{event.device}",
        "datacontenttype": "application/json",
        "data": {name: value for name, value in data.items() if _may_be_told(name, value)},
    }
    return Message(id=f"event-{event.seq}", body=_encode(body), at_ms=at_ms)


def _may_be_told(name: str, value: object) -> bool:
    if name in PERSONAL:
        return False
    return (
        WORD.fullmatch(value) is not None if isinstance(value, str) else isinstance(value, bool | int | float)
    )


def of_change(change: Change) -> bytes:
    """Tell of what happened to an alarm: not who did it, and not what they wrote."""
    alarm, entry = change.after, change.entry
    data: dict[str, Any] = {
        name: getattr(alarm, name)
        for name in ("id", "key", "title", "priority", "kind", "state", "suppression", "active", "count")
    }
    body = {
        "specversion": "1.0",
        "id": f"{alarm.id}-{entry.n}",
        "source": f"{alarm.site}/alarms",
        "type": f"hemei.alarm.{entry.kind.value}",
        "time": rfc3339_ms(entry.ts_ms),
        "subject": alarm.id,
        "datacontenttype": "application/json",
        "data": data
        | {
            "device": f"{alarm.device_kind}/{alarm.device}",
            "area": alarm.area,
            "version": alarm.version,
            "raised": rfc3339_ms(alarm.raised_ms),
        },
    }
    return _encode(body)
