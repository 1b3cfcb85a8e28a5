"""What a question is about: a property of a device, with what the device says of it."""

from typing import NamedTuple, Protocol

from contract.errors import InvalidMessage
from contract.things import Description
from contract.topics import Address, address
from hub.alarms.definition import Words
from hub.history.store import SeriesKey, Value

NUMBERS = frozenset({"number", "integer"})


class Described(Protocol):
    """The shadows."""

    def description(self, address: Address) -> Description | None:
        """Return what a device says that it is; None if it never did."""
        ...


class Named(NamedTuple):
    """A property. `type` is a word of JSON Schema; empty: nobody says."""

    series: SeriesKey
    title: Words
    device_title: Words
    unit: str | None
    type: str

    @property
    def device(self) -> str:
        """Return whose it is."""
        return str(self.series.address)

    @property
    def numeric(self) -> bool:
        """Whether means say something of it."""
        return self.type in NUMBERS

    def value(self, kept: Value) -> Value:
        """Return what the device said: history keeps a boolean as a number."""
        return bool(kept) if self.type == "boolean" and isinstance(kept, int | float) else kept


def named(text: str, tenant: str, shadows: Described) -> Named:
    """Read `site/kind/device/property`; InvalidMessage says what is wrong with it."""
    *device, name = text.split("/", 3)
    if len(device) != 3 or not 0 < len(name) <= 256:
        raise InvalidMessage(f"{text!r} must be site/kind/device/property", code="bad-property")
    where = address("/".join(device))
    description = shadows.description(where)
    schema = description.properties.get(name) if description is not None else None
    return Named(
        series=SeriesKey(tenant, where, name),
        title=schema.titles if schema is not None else {},
        device_title=description.titles if description is not None else {},
        unit=schema.unit if schema is not None else None,
        type=schema.type if schema is not None else "",
    )
