"""Every family's alarms.toml: each name is on the family's data sheets, and each text is there to be read."""

import pytest

from drivers.runtime.families import driver_type, known_families
from hemei import strict
from hemei.alarms import faults, loops, models
from hemei.alarms.in_force import in_force
from hemei.alarms.known import Known
from hemei.alarms.shipped import AlarmsFile, files, shipped
from hemei.alarms.tables import AlarmTables
from hub.alarms.definition import Definition, Priority

FILES = dict(files())
DEFINITIONS = in_force(AlarmTables()).definitions
BY_KEY = {each.key: each for each in DEFINITIONS}
KNOWN = Known(
    kinds=frozenset({*shipped().kinds, "hub", "supply"}),
    areas=frozenset({"bike-shed"}),
    devices={},
    products=frozenset(),
    contacts=frozenset(),
    posts=frozenset(),
    order_kinds=frozenset(each.key for each in shipped().order_kinds),
)
LONGEST_STEP = 110


def test_every_family_has_one() -> None:
    assert set(FILES) >= {*known_families(), "hub", "runtime"}


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda each: each.key)
def test_what_it_names_is_on_the_data_sheets(definition: Definition) -> None:
    assert list(models.faults(definition, models.DataSheets([]))) == []
    assert list(faults.faults(definition, KNOWN)) == []


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda each: each.key)
def test_a_guard_can_read_why_and_what_to_do(definition: Definition) -> None:
    texts = [definition.title, definition.rationale, *definition.steps]
    assert all(set(text) == {"zh-CN", "en"} and all(text.values()) for text in texts)
    assert definition.steps, "an alarm for which nobody can say what to do is none"
    if definition.on.kinds not in (("hub",), ("driver",)):
        assert 2 <= len(definition.steps) <= 5
    assert all(len(step["en"]) <= LONGEST_STEP for step in definition.steps)


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"hub", "runtime"}))
def test_what_each_action_brings_about_is_declared(name: str) -> None:
    file = strict.convert(strict.read_toml(FILES[name]), AlarmsFile, where=name)
    assert file.kind is not None
    sheets = list(driver_type(name).data_sheets())
    assert set(file.causes) == {action for sheet in sheets for action in sheet.actions}
    for action, effect in file.causes.items():
        for event in effect.events:
            assert any(event in sheet.events for sheet in sheets), (action, event)
        for prop, values in effect.properties.items():
            specs = [sheet.properties[prop] for sheet in sheets if prop in sheet.properties]
            assert specs, (action, prop)
            assert all(spec.enum == () or value in spec.enum for spec in specs for value in values)


def test_nothing_that_ships_can_raise_itself() -> None:
    assert list(loops.faults(DEFINITIONS, shipped().effects, KNOWN)) == []


def test_the_grave_ones_hold_until_somebody_was_there() -> None:
    latching = {each.key for each in DEFINITIONS if each.latching}
    assert latching >= {"smoke", "bike-shed-smoke", "door-tampered", "camera-covered", "sensor-tampered"}
    assert {each.key for each in DEFINITIONS if each.review} >= {"door-forced", "falling-object"}
    assert BY_KEY["smoke"].priority is BY_KEY["bike-shed-smoke"].priority is Priority.CRITICAL


def test_one_smoke_is_one_alarm() -> None:
    assert BY_KEY["smoke"].on.except_areas == BY_KEY["bike-shed-smoke"].on.areas


def test_a_device_that_is_not_heard_is_one_alarm() -> None:
    generic = set(BY_KEY["device-offline"].on.except_kinds)
    own = {
        kind
        for each in DEFINITIONS
        for kind in each.on.kinds
        if each.key != "device-offline" and "device-offline" in str(each.raised_by)
    }
    assert own <= generic


def test_causes_that_fold_others_are_there_to_be_raised() -> None:
    covers = {each.covers: each.key for each in DEFINITIONS if each.covers}
    assert covers == {"driver": "driver-lost", "supply": "supply-lost"}
    assert BY_KEY["supply-lost"].on.kinds == ("supply",), "of which there is no device, so no rule raises it"
