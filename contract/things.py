"""What a thing is: its properties, actions and events, as a W3C WoT Thing Description 1.1.

A driver declares these in one place that reads like the device's data sheet; the hub learns them from the
retained `description` message and from nothing else. Names outside the standard carry the prefix `hemei:`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct, field

from contract.codec import read
from contract.messages import Scalar
from contract.topics import Address, Channel

WOT_CONTEXT: Final = "https://www.w3.org/2022/wot/td/v1.1"
HEMEI_CONTEXT: Final = "https://hemei-hub.example/ns#"

Words = Mapping[str, str]
"""A text in each language: `{"zh-CN": …, "en": …}`."""

DataType = Literal["boolean", "integer", "number", "string"]
AnyDataType = Literal["boolean", "integer", "number", "string", "object", "array", "null"]
"""What other people's descriptions may say too."""

_NO_PROPERTIES: Final[Mapping[str, "Property"]] = MappingProxyType({})


class Property(Struct, frozen=True, kw_only=True):
    """One thing that a device knows about itself.

    `unit` is a unit's symbol ("%", "°C"); `stale_after_s` is the age after which a value must not be taken
    for live (None: three heartbeats of the thing). `history`: whether changes are kept as a series.
    """

    type: DataType
    title: Words
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[str, ...] = ()
    stale_after_s: float | None = None
    history: bool = True


class ActionSpec(Struct, frozen=True, kw_only=True):
    """One thing that a device can be told to do.

    `input` describes the fields of the action's input; all are required. `timeout_s`: how long the device may
    take until its own state must show success.
    """

    title: Words
    input: Mapping[str, Property] = _NO_PROPERTIES
    timeout_s: float = 15.0


class EventSpec(Struct, frozen=True, kw_only=True):
    """One thing that a device reports; the key of the spec is the CloudEvents `type`."""

    title: Words
    data: Mapping[str, Property] = _NO_PROPERTIES


class Location(Struct, frozen=True, kw_only=True):
    """Where a thing stands: `x` and `y` run from 0 to 1 over the site plan, from its upper left corner."""

    area: str
    floor: int = 0
    x: float | None = None
    y: float | None = None


class ThingModel(Struct, frozen=True, kw_only=True):
    """What every device of one family has, whatever its address."""

    properties: Mapping[str, Property]
    actions: Mapping[str, ActionSpec]
    events: Mapping[str, EventSpec]
    heartbeat_s: float = 10.0


class Thing(Struct, frozen=True, kw_only=True):
    """One device as it stands in a site: its model, its names, its place, the host that drives it."""

    address: Address
    title: Words
    model: ThingModel
    product: str | None = None
    location: Location | None = None
    driver: str | None = None
    tenant: str = "default"

    def description(self) -> bytes:
        """Write the Thing Description 1.1 (W3C Recommendation, 2023-12-05) as UTF-8 JSON."""
        return msgspec.json.encode(_description(self))


def _description(thing: Thing) -> dict[str, Any]:
    model = thing.model
    described: dict[str, Any] = {
        "@context": [WOT_CONTEXT, {"hemei": HEMEI_CONTEXT, "@language": "zh-CN"}],
        "@type": f"hemei:{thing.address.kind}",
        "id": f"urn:hemei:{thing.address.site}:{thing.address.kind}:{thing.address.device}",
        **_named(thing.title),
        "securityDefinitions": {"broker": {"scheme": "basic", "in": "auto"}},
        "security": "broker",
        "hemei:tenant": thing.tenant,
        "hemei:heartbeat": model.heartbeat_s,
        "properties": {name: _property(thing, spec) for name, spec in model.properties.items()},
        "actions": {name: _action(thing, spec) for name, spec in model.actions.items()},
        "events": {name: _event(thing, spec) for name, spec in model.events.items()},
    }
    optional = {
        "hemei:product": thing.product,
        "hemei:driver": thing.driver,
        "hemei:location": msgspec.to_builtins(thing.location) if thing.location else None,
    }
    return described | {key: value for key, value in optional.items() if value is not None}


def _named(words: Words) -> dict[str, Any]:
    return {"title": words.get("zh-CN") or next(iter(words.values())), "titles": dict(words)}


def _schema(spec: Property) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": spec.type, **_named(spec.title)}
    limits = {"unit": spec.unit, "minimum": spec.minimum, "maximum": spec.maximum}
    schema |= {key: value for key, value in limits.items() if value is not None}
    if spec.enum:
        schema["enum"] = list(spec.enum)
    return schema


def _object(fields: Mapping[str, Property]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _schema(spec) for name, spec in fields.items()},
        "required": list(fields),
    }


def _form(thing: Thing, channel: Channel, operation: str) -> list[dict[str, Any]]:
    href = thing.address.topic(channel)
    return [{"href": href, "op": operation, "contentType": "application/json"}]


def _property(thing: Thing, spec: Property) -> dict[str, Any]:
    affordance = _schema(spec) | {
        "readOnly": True,
        "observable": True,
        "hemei:history": spec.history,
        "forms": _form(thing, Channel.STATE, "observeproperty"),
    }
    if spec.stale_after_s is not None:
        affordance["hemei:staleAfter"] = spec.stale_after_s
    return affordance


def _action(thing: Thing, spec: ActionSpec) -> dict[str, Any]:
    return {
        **_named(spec.title),
        "input": _object(spec.input),
        "hemei:timeout": spec.timeout_s,
        "forms": _form(thing, Channel.ACTION, "invokeaction"),
    }


def _event(thing: Thing, spec: EventSpec) -> dict[str, Any]:
    return {
        **_named(spec.title),
        "data": _object(spec.data),
        "forms": _form(thing, Channel.EVENT, "subscribeevent"),
    }


class SchemaSeen(Struct, frozen=True, kw_only=True):
    """The part of a data schema that the hub uses; read from a description."""

    type: AnyDataType = "string"
    title: str | None = None
    titles: dict[str, str] = field(default_factory=dict)
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[Scalar, ...] = ()
    stale_after_s: float | None = field(default=None, name="hemei:staleAfter")
    history: bool = field(default=True, name="hemei:history")


class InputSeen(Struct, frozen=True, kw_only=True):
    """An action's input: its fields and which of them must be there."""

    properties: dict[str, SchemaSeen] = field(default_factory=dict)
    required: tuple[str, ...] = ()


class ActionSeen(Struct, frozen=True, kw_only=True):
    """An action as the hub reads it from a description."""

    title: str | None = None
    titles: dict[str, str] = field(default_factory=dict)
    input: InputSeen = field(default_factory=InputSeen)
    timeout_s: float = field(default=15.0, name="hemei:timeout")


class EventSeen(Struct, frozen=True, kw_only=True):
    """An event as the hub reads it from a description."""

    title: str | None = None
    titles: dict[str, str] = field(default_factory=dict)


class Description(Struct, frozen=True, kw_only=True):
    """A thing as the hub reads it from its `description` message, whoever wrote that."""

    title: str
    titles: dict[str, str] = field(default_factory=dict)
    tenant: str = field(default="default", name="hemei:tenant")
    product: str | None = field(default=None, name="hemei:product")
    driver: str | None = field(default=None, name="hemei:driver")
    heartbeat_s: float = field(default=10.0, name="hemei:heartbeat")
    location: Location | None = field(default=None, name="hemei:location")
    properties: dict[str, SchemaSeen] = field(default_factory=dict)
    actions: dict[str, ActionSeen] = field(default_factory=dict)
    events: dict[str, EventSeen] = field(default_factory=dict)


_decoder: Final = msgspec.json.Decoder(Description)


def read_description(payload: bytes) -> Description:
    """Read a `description` payload; InvalidMessage names the field that is wrong."""
    return read(_decoder, payload)
