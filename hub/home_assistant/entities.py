"""From a device's description to the entities that Home Assistant shows of it.

An entity is one property, or a way to make the device act (`hub.home_assistant.controls`). What is neither a
number, nor yes or no, nor one of a list of words is left out: free text may be a plate, a name or a card.
Discovery is by entity, which every Home Assistant since 2023 understands.
"""

from typing import Any, Final, NamedTuple

from contract.things import Description, SchemaSeen
from contract.topics import Address
from hub.home_assistant import topics
from hub.home_assistant.settings import HomeAssistantSettings
from hub.home_assistant.units import SWITCHED, measured

EXPIRE_AFTER_S: Final = 180
"""After how much silence Home Assistant shows nothing any more, whatever the hub's status says."""

Config = dict[str, Any]


class Entity(NamedTuple):
    """One entity: what Home Assistant calls its kind, its name among the device's own, its configuration."""

    component: str
    name: str
    config: Config


class Subject(NamedTuple):
    """A device, what it says that it is, and what the site file says of Home Assistant.

    `area`: what people call the place where it stands.
    """

    address: Address
    description: Description
    settings: HomeAssistantSettings
    area: str | None = None

    def words(self, titles: dict[str, str], otherwise: str) -> str:
        """Return a title in the language that the site file asks for, else in Chinese, else what there is."""
        language = self.settings.language
        return titles.get(language) or titles.get("zh-CN") or next(iter(titles.values()), otherwise)


def properties(subject: Subject) -> list[Entity]:
    """Return an entity for each property that may be shown."""
    shown = (_property(subject, name, seen) for name, seen in subject.description.properties.items())
    return [entity for entity in shown if entity is not None]


def may_be_shown(name: str, schema: SchemaSeen | None) -> bool:
    """Whether a property's value can be no personal data, and its name can be discovered."""
    if schema is None or not topics.is_name(name):
        return False
    return schema.type in ("boolean", "integer", "number") or (schema.type == "string" and bool(schema.enum))


def _property(subject: Subject, name: str, schema: SchemaSeen) -> Entity | None:
    if not may_be_shown(name, schema):
        return None
    title = subject.words(schema.titles, schema.title or name)
    shared = entity(subject, name, title, _there(name)) | {"expire_after": EXPIRE_AFTER_S}
    if schema.type == "boolean":
        template = f"{{{{ {{true: 'ON', false: 'OFF'}}.get({value_of(name)}, none) }}}}"
        classed = {"device_class": SWITCHED[name]} if name in SWITCHED else {}
        return Entity("binary_sensor", name, shared | {"value_template": template} | classed)
    shared["value_template"] = f"{{{{ {value_of(name)} }}}}"
    if schema.type == "string":
        return Entity("sensor", name, shared | {"device_class": "enum", "options": list(schema.enum)})
    return Entity("sensor", name, shared | _number(schema))


def _number(schema: SchemaSeen) -> Config:
    told = measured(schema.unit)
    if told is None:
        return {"state_class": "measurement"}
    said: Config = {"unit_of_measurement": told.unit, "state_class": told.state_class}
    return said | ({"device_class": told.device_class} if told.device_class else {})


def value_of(name: str) -> str:
    """Return the expression of Home Assistant's templates for a value; None while there is none."""
    return f"value_json.properties.get('{name}')"


def _there(name: str) -> str:
    return f"'{name}' in value_json.properties"


def entity(subject: Subject, name: str, title: str, there: str) -> Config:
    """Return what every entity has; `there` is the expression that says whether it is available."""
    address = subject.address
    ident = f"{topics.node(address.site)}_{address.kind}_{address.device}_{name}"
    return {
        "name": title,
        "unique_id": ident,
        "object_id": f"{address.kind}_{address.device}_{name}",
        "state_topic": topics.state(address),
        "availability_mode": "all",
        "availability": [
            {"topic": topics.status(address.site)},
            {
                "topic": topics.state(address),
                "value_template": f"{{{{ 'online' if {there} else 'offline' }}}}",
            },
        ],
        "device": _device(subject),
        "origin": {"name": "Hemei Hub"},
    }


def _device(subject: Subject) -> Config:
    address, description = subject.address, subject.description
    said: dict[str, str | None] = {
        "name": subject.words(description.titles, description.title),
        "model": description.product,
        "suggested_area": subject.area,
    }
    idents = [f"{topics.node(address.site)}_{address.kind}_{address.device}"]
    return {"identifiers": idents} | {key: value for key, value in said.items() if value}
