"""Profiles: which object a pass or a device becomes on the wire, field by field. Data, read from TOML. Pure.

A profile may extend another: an object with the same `item` takes over its fields and adds to them. A field
is `{value = …}`, or `{from = "name of a fact"}` with `words` for its values, `else` for others, `as` a type,
and `keep_empty` where an empty text must be sent too.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contract.errors import ConfigurationError

SHIPPED: Final = ("national", "community")

Facts = Mapping[str, Any]
Document = dict[str, Any]


class Of(StrEnum):
    """What objects are made of."""

    DEVICE = "device"
    DEVICE_STATE = "device-state"
    DOOR = "door"
    MOTOR_VEHICLE = "motor-vehicles"
    FACE = "faces"
    PERSON = "persons"


class Field(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"otherwise": "else"}):
    """Where a field's value comes from."""

    from_: str | None = msgspec.field(name="from", default=None)
    value: Any = None
    words: dict[str, Any] | None = None
    otherwise: Any = None
    as_: Literal["text", "whole", "number"] | None = msgspec.field(name="as", default=None)
    keep_empty: bool = False


Fields = dict[str, Field]


class Pictures(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How pictures stand in an object. `types`: of the first, the second …; the last holds for all after."""

    list: str = "SubImageList"
    item: str = "SubImageInfoObject"
    types: tuple[str, ...]
    fields: Fields


class Shape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of object: where it is posted, how many are wrapped, its fields; `id`: the one that is it."""

    of: Of
    path: str
    list: str
    item: str
    id: str
    fields: Fields
    pictures: Pictures | None = None


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole profile. `needs`: what `[viid.more]` must say; `needs_of_devices`: the same of each device."""

    key: str
    extends: str | None = None
    needs: tuple[str, ...] = ()
    needs_of_devices: tuple[str, ...] = ()
    object: tuple[Shape, ...] = ()

    def of(self, what: Of) -> list[Shape]:
        """Return the shapes of what is made of one thing."""
        return [each for each in self.object if each.of is what]


def read_profile(text: str) -> Profile:
    """Read a profile with what it extends; ConfigurationError says what is wrong."""
    try:
        said = msgspec.toml.decode(text, type=Profile)
    except msgspec.MsgspecError as wrong:
        raise ConfigurationError(f"is no profile: {wrong}") from wrong
    return said if said.extends is None else _extended(shipped(said.extends), said)


@cache
def shipped(key: str) -> Profile:
    """Return a profile that ships; ConfigurationError names those there are."""
    if key not in SHIPPED:
        raise ConfigurationError(f"there is no profile {key!r}; allowed: {', '.join(SHIPPED)}")
    return read_profile(files("hub.viid").joinpath(f"profiles/{key}.toml").read_text("utf-8"))


def _extended(base: Profile, more: Profile) -> Profile:
    shapes = {each.item: each for each in base.object}
    for each in more.object:
        known = shapes.get(each.item)
        shapes[each.item] = each if known is None else _grown(known, each)
    return replace(more, object=tuple(shapes.values()))


def _grown(known: Shape, more: Shape) -> Shape:
    return replace(more, fields=known.fields | more.fields, pictures=more.pictures or known.pictures)


def written(shape: Shape, facts: Facts, pictures: Sequence[Facts] = ()) -> Document:
    """Write one object."""
    document = _fields(shape.fields, facts)
    if shape.pictures is not None and pictures:
        types = shape.pictures.types
        shown = [
            _fields(shape.pictures.fields, {**facts, **each, "type": types[min(n, len(types) - 1)]})
            for n, each in enumerate(pictures)
        ]
        document[shape.pictures.list] = {shape.pictures.item: shown}
    return document


def wrapped(shape: Shape, documents: Sequence[Document]) -> bytes:
    """Write the body of a request with some objects."""
    return msgspec.json.encode({shape.list: {shape.item: documents}})


def _fields(fields: Fields, facts: Facts) -> Document:
    found = ((name, _value(each, facts), each.keep_empty) for name, each in fields.items())
    return {name: value for name, value, keep in found if keep or value not in (None, "")}


def _value(said: Field, facts: Facts) -> Any:
    if said.from_ is None:
        return said.value
    value = facts.get(said.from_)
    if said.words is not None:
        value = said.words.get(str(value), said.otherwise)
    elif value in (None, ""):
        value = said.otherwise if said.otherwise is not None else ("" if said.keep_empty else None)
    if value is None or said.as_ is None:
        return value
    return {"text": str, "whole": int, "number": float}[said.as_](value)
