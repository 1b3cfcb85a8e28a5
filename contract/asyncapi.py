"""The AsyncAPI 3.0 document of what travels on MQTT, made from the message types themselves."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from contract.codec import MESSAGE_TYPES, AnyMessage, encode
from contract.lists import Category, Held, Holding, ListName, Portion, Vehicle
from contract.messages import (
    Action,
    ActionStatus,
    Availability,
    AvailabilityStatus,
    Committed,
    Event,
    Problem,
    Result,
    State,
    Telemetry,
)
from contract.things import ActionSpec, Description, EventSpec, Location, Property, Thing, ThingModel
from contract.topics import PASSING, RETAINED, ROOT, Address, Channel

VERSION: Final = "0.1.0"
"""Grows when a reader of the messages must know."""

_SCHEMA: Final = "#/components/schemas/{name}"
_GATE: Final = Address("hemei", "gate", "east-in")
_DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_NOW: Final = datetime(2026, 11, 24, 1, 2, 3, 4000, tzinfo=UTC)
_ID: Final = "01JD9Y2N8QK3"


class _Way(NamedTuple):
    """Who sends on a channel, and what the channel is for."""

    sender: str
    receiver: str
    summary: str


_WAYS: Final[Mapping[Channel, _Way]] = MappingProxyType(
    {
        Channel.DESCRIPTION: _Way("driver", "hub", "What the thing is: a W3C WoT Thing Description 1.1"),
        Channel.AVAILABILITY: _Way("driver", "hub", "Whether the thing can be talked to"),
        Channel.STATE: _Way("driver", "hub", "All properties, on change and at a heartbeat"),
        Channel.TELEMETRY: _Way("driver", "hub", "Measurements for history; the first to be shed"),
        Channel.EVENT: _Way("driver", "hub", "Something happened: CloudEvents 1.0, kept exactly once"),
        Channel.MEDIA: _Way("driver", "hub", "The bytes of a picture or clip that an event names"),
        Channel.PREVIEW: _Way("driver", "hub", "A picture for whoever watches now; kept nowhere"),
        Channel.ACTION: _Way("hub", "driver", "Do this once, before it expires, or not at all"),
        Channel.RESULT: _Way("driver", "hub", "What became of an action; success means the device shows it"),
        Channel.COMMITTED: _Way("hub", "driver", "Which events the driver host need not keep any longer"),
        Channel.HOLDING: _Way("driver", "hub", "How far the driver host has the lists that its drivers use"),
        Channel.LIST: _Way("hub", "driver", "Who may pass where: what changed in a list, or all of it"),
    }
)

_BYTES: Final[Mapping[Channel, str]] = MappingProxyType(
    {Channel.MEDIA: "application/octet-stream", Channel.PREVIEW: "image/jpeg"}
)
"""Channels that carry no JSON, and what instead."""

_PARAMETERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "site": "The site, [a-z0-9-]{1,64}",
        "kind": "The kind of thing, such as gate; driver for a driver host; [a-z0-9-]{1,64}",
        "device": "The device within site and kind, [a-z0-9-]{1,64}",
        "sha256": "SHA-256 of the payload in lower-case hexadecimal",
    }
)


def document() -> dict[str, Any]:
    """Return the whole document as plain values, ready for YAML or JSON."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(_document()))
    return plain


def _document() -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "id": "urn:hemei:hub",
        "info": {
            "title": "Hemei Hub on MQTT",
            "version": VERSION,
            "description": (
                "What driver hosts and the hub say to each other. UTF-8 JSON; RFC 3339 times in UTC with "
                "milliseconds. Unknown fields are ignored. Nothing rests on a feature of MQTT 5: id, expiry "
                "and issuer are in the payload too."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "broker.example:8883",
                "protocol": "mqtts",
                "protocolVersion": "5.0",
                "description": "mosquitto or any other broker; MQTT 3.1.1 will do. No anonymous access.",
                "security": [{"type": "userPassword"}],
            }
        },
        "channels": {channel.value: _channel(channel) for channel in Channel},
        "operations": dict(
            operation
            for channel, way in _WAYS.items()
            for operation in (
                _operation(channel, way.sender, "send"),
                _operation(channel, way.receiver, "receive"),
            )
        ),
        "components": {
            "messages": {channel.value: _message(channel) for channel in Channel},
            "schemas": _schemas(),
        },
    }


def _channel(channel: Channel) -> dict[str, Any]:
    names = ["site", "kind", "device"] + (["sha256"] if channel is Channel.MEDIA else [])
    address = f"{ROOT}/{{site}}/{{kind}}/{{device}}/{channel.value}"
    return {
        "address": address + ("/{sha256}" if channel is Channel.MEDIA else ""),
        "summary": _WAYS[channel].summary,
        "parameters": {name: {"description": _PARAMETERS[name]} for name in names},
        "messages": {channel.value: {"$ref": f"#/components/messages/{channel.value}"}},
    }


def _operation(channel: Channel, who: str, action: str) -> tuple[str, dict[str, Any]]:
    retained = channel in RETAINED
    qos = 0 if channel in PASSING else 1
    operation: dict[str, Any] = {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel.value}"},
        "title": f"The {who} {action}s {channel.value}",
        "bindings": {"mqtt": {"qos": qos, "retain": retained, "bindingVersion": "0.2.0"}},
    }
    if channel is Channel.ACTION:
        operation["bindings"]["mqtt"]["messageExpiryInterval"] = {
            "type": "integer",
            "minimum": 1,
            "description": "Seconds until `expires`",
        }
        operation["reply"] = {"channel": {"$ref": f"#/channels/{Channel.RESULT.value}"}}
    return f"{who}-{action}-{channel.value}", operation


def _message(channel: Channel) -> dict[str, Any]:
    message: dict[str, Any] = {"name": channel.value, "title": _WAYS[channel].summary}
    if channel in _BYTES:
        return message | {
            "contentType": _BYTES[channel],
            "payload": {"type": "string", "format": "binary"},
        }
    message["payload"] = {"$ref": _SCHEMA.format(name=_payload(channel).__name__)}
    if channel is Channel.ACTION:
        message["bindings"] = {
            "mqtt": {
                "correlationData": {"type": "string", "description": "The id of the action"},
                "responseTopic": f"{ROOT}/{{site}}/{{kind}}/{{device}}/{Channel.RESULT.value}",
                "bindingVersion": "0.2.0",
            }
        }
    return message | {"examples": [{"payload": msgspec.json.decode(_example(channel))}]}


def _payload(channel: Channel) -> type:
    return MESSAGE_TYPES.get(channel, Description)


def _schemas() -> dict[str, Any]:
    types = sorted({_payload(channel) for channel in Channel}, key=lambda each: each.__name__)
    _, schemas = msgspec.json.schema_components(types, ref_template=_SCHEMA)
    return dict(sorted(schemas.items()))


def _example(channel: Channel) -> bytes:
    if channel is Channel.DESCRIPTION:
        return _EXAMPLE_THING.description()
    return encode(_EXAMPLES[channel])


_EXAMPLES: Final[Mapping[Channel, AnyMessage]] = MappingProxyType(
    {
        Channel.AVAILABILITY: Availability(status=AvailabilityStatus.READY, ts=_NOW),
        Channel.STATE: State(
            ts=_NOW, boot=3, seq=1207, properties={"state": "open", "position": 100, "beam-broken": False}
        ),
        Channel.TELEMETRY: Telemetry(ts=_NOW, boot=3, seq=88, values={"motor-current": 1.7}),
        Channel.EVENT: Event(
            specversion="1.0",
            id="east-in-3-41",
            source=str(_GATE),
            type="hemei.gate.vehicle-passed",
            time=_NOW,
            datacontenttype="application/json",
            boot=3,
            sequence=41,
            driver="gates",
            outbox="2c1f",
            outboxnumber=512,
            outboxfirst=510,
            data={"media": [_DIGEST]},
        ),
        Channel.ACTION: Action(id=_ID, action="open", input={}, issuer="user:7", expires=_NOW),
        Channel.RESULT: Result(
            id=_ID,
            status=ActionStatus.FAILED,
            ts=_NOW,
            error=Problem(code="limit-timeout", message="The boom did not reach its upper limit within 15 s"),
        ),
        Channel.COMMITTED: Committed(outbox="2c1f", upto=511),
        Channel.HOLDING: Holding(
            ts=_NOW, lists={ListName.VEHICLES: Held(edition="7f3a", revision=15_023, entries=14_980)}
        ),
        Channel.LIST: Portion(
            list=ListName.VEHICLES,
            edition="7f3a",
            after=15_023,
            upto=15_024,
            head=15_024,
            vehicles=(
                Vehicle(key="v-4hq7", plate="琼A12345", category=Category.RESIDENT, levels=("residents",)),
            ),
        ),
    }
)

_EXAMPLE_THING: Final = Thing(
    address=_GATE,
    title={"zh-CN": "东门入口", "en": "East gate, in"},
    product="Barrier board",
    driver="gates",
    location=Location(area="east-gate", floor=0, x=0.8, y=0.4),
    model=ThingModel(
        properties={
            "state": Property(
                type="string", title={"zh-CN": "状态", "en": "State"}, enum=("closed", "opening", "open")
            ),
            "position": Property(
                type="number", title={"zh-CN": "位置", "en": "Position"}, unit="%", minimum=0, maximum=100
            ),
        },
        actions={"open": ActionSpec(title={"zh-CN": "开闸", "en": "Open"}, timeout_s=15)},
        events={"hemei.gate.opened": EventSpec(title={"zh-CN": "已开闸", "en": "Opened"})},
    ),
)
