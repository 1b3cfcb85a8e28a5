"""Descriptions are W3C Thing Descriptions 1.1, and the hub reads from them what a driver declared."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker

import drivers
from contract.things import (
    ActionSpec,
    EventSpec,
    Location,
    Property,
    Thing,
    ThingModel,
    read_description,
)
from contract.topics import Address
from tests.contract import samples
from tests.peers import require_npm_package

Title = {"zh-CN": "门", "en": "Door"}

DOOR = Thing(
    address=Address("s", "door", "north"),
    title={"zh-CN": "北门", "en": "North door"},
    product="A door",
    driver="doors",
    tenant="other",
    location=Location(area="north", floor=-1, x=0.25, y=1),
    model=ThingModel(
        heartbeat_s=30,
        properties={
            "state": Property(type="string", title=Title, enum=("open", "closed")),
            "temperature": Property(
                type="number",
                title=Title,
                unit="°C",
                minimum=-40,
                maximum=85,
                stale_after_s=60,
                history=False,
            ),
        },
        actions={
            "release": ActionSpec(
                title=Title, input={"seconds": Property(type="integer", title=Title, minimum=1)}, timeout_s=3
            )
        },
        events={
            "hemei.door.forced": EventSpec(title=Title, data={"by": Property(type="string", title=Title)})
        },
    ),
)


@pytest.fixture(scope="module")
def standard() -> Draft7Validator:
    """Give what checks against the standard's own JSON Schema."""
    folder = require_npm_package("wot-thing-description-types")
    schema = json.loads((folder / "schema" / "td-json-schema-validation.json").read_text(encoding="utf-8"))
    assert schema["version"].startswith("1.1")
    return Draft7Validator(schema, format_checker=FormatChecker())


def described(thing: Thing) -> dict[str, Any]:
    """Return the description as plain values."""
    description: dict[str, Any] = json.loads(thing.description())
    return description


def declared_models() -> Iterator[tuple[str, ThingModel]]:
    """Find each model that a driver family declares."""
    for found in pkgutil.walk_packages(drivers.__path__, "drivers."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if isinstance(value, ThingModel):
                yield f"{found.name}.{name}", value


MODELS = dict(declared_models())


def test_a_full_description_is_valid(standard: Draft7Validator) -> None:
    standard.validate(described(DOOR))


def test_a_broken_description_is_not_valid(standard: Draft7Validator) -> None:
    broken = described(DOOR)
    broken["properties"]["state"]["type"] = "word"
    assert not standard.is_valid(broken)
    assert not standard.is_valid({key: value for key, value in described(DOOR).items() if key != "security"})


@pytest.mark.parametrize("name", list(MODELS))
def test_each_driver_familys_description_is_valid(name: str, standard: Draft7Validator) -> None:
    thing = Thing(address=Address("s", "thing", "one"), title=Title, model=MODELS[name])
    standard.validate(described(thing))
    model = MODELS[name]
    specs: list[Property | ActionSpec | EventSpec] = [*model.properties.values(), *model.actions.values()]
    for spec in [*specs, *model.events.values()]:
        assert set(spec.title) >= {"zh-CN", "en"}


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
titles = st.fixed_dictionaries({}, optional={"zh-CN": texts, "en": texts}).filter(bool)
properties = st.builds(
    Property,
    type=st.sampled_from(["boolean", "integer", "number", "string"]),
    title=titles,
    unit=st.none() | texts,
    minimum=st.none() | samples.floats,
    maximum=st.none() | samples.floats,
    enum=st.lists(texts, max_size=3, unique=True).map(tuple),
    stale_after_s=st.none() | st.floats(0.1, 1e6),
    history=st.booleans(),
)
fields = st.dictionaries(samples.ids, properties, max_size=3)
models = st.builds(
    ThingModel,
    properties=fields,
    actions=st.dictionaries(
        samples.ids,
        st.builds(ActionSpec, title=titles, input=fields, timeout_s=st.floats(0.1, 600)),
        max_size=2,
    ),
    events=st.dictionaries(samples.ids, st.builds(EventSpec, title=titles, data=fields), max_size=2),
    heartbeat_s=st.floats(0.1, 3600),
)
locations = st.builds(
    Location,
    area=texts,
    floor=st.integers(-9, 99),
    x=st.none() | st.floats(0, 1),
    y=st.none() | st.floats(0, 1),
)
things = st.builds(
    Thing,
    address=samples.addresses,
    title=titles,
    model=models,
    product=st.none() | texts,
    location=st.none() | locations,
    driver=st.none() | samples.ids,
    tenant=samples.ids,
)


@given(thing=things)
def test_any_description_is_valid(thing: Thing, standard: Draft7Validator) -> None:
    standard.validate(described(thing))


@given(thing=things)
def test_the_hub_reads_what_the_driver_declared(thing: Thing) -> None:
    seen = read_description(thing.description())
    assert (seen.titles, seen.tenant, seen.product) == (dict(thing.title), thing.tenant, thing.product)
    assert (seen.driver, seen.location) == (thing.driver, thing.location)
    assert seen.heartbeat_s == thing.model.heartbeat_s
    assert set(seen.events) == set(thing.model.events)
    for name, spec in thing.model.properties.items():
        schema = seen.properties[name]
        assert (schema.type, schema.unit, schema.enum) == (spec.type, spec.unit, spec.enum)
        assert (schema.minimum, schema.maximum) == (spec.minimum, spec.maximum)
        assert (schema.stale_after_s, schema.history) == (spec.stale_after_s, spec.history)
    for name, action in thing.model.actions.items():
        assert seen.actions[name].timeout_s == action.timeout_s
        assert set(seen.actions[name].input.properties) == set(action.input)
        assert set(seen.actions[name].input.required) == set(action.input)


def test_the_first_language_stands_in_for_chinese() -> None:
    assert described(DOOR)["title"] == "北门"
    english = Thing(address=DOOR.address, title={"en": "North door"}, model=DOOR.model)
    assert described(english)["title"] == "North door"


def test_somebody_elses_description_is_read() -> None:
    seen = read_description(b'{"title":"x","@type":["a"],"properties":{"p":{"type":"object","forms":[]}}}')
    assert seen.title == "x"
