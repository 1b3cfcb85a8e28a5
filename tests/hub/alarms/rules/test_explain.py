"""Explains to who writes definitions which an event raises, and why the others do not."""

from typing import Any

from contract.clock import ManualClock
from contract.messages import Event
from hub.alarms.definition import Definition, Scope, Test
from hub.alarms.rules.explain import Verdict, explain, words
from hub.alarms.rules.occasion import Happening, Occasion
from hub.alarms.rules.shown import MAX_BYTES, MAX_FIELDS, reason
from hub.shadows.shadow import Connectivity, Reading, Shadow
from tests.hub.alarms.rules.house import GATE, definition, described

HIT = Test(event="hit", where={"by": ("car", "bike"), "hard": True})


def verdict(of: Definition, shadow: Shadow | None = None, **data: Any) -> Verdict:
    event = Event(specversion="1.0", id="1", source="gate", type="hit", time=ManualClock().now(), data=data)
    [found] = explain([of], event, GATE, described(), shadow)
    return found


def test_event_that_raises() -> None:
    found = verdict(definition(HIT, Test(event="hit")), by="car", hard=True)
    assert (found.raises, found.returns, found.against) == (True, False, ())
    assert found.raising.test == "event hit and by is car or bike and hard is true"
    assert found.raising.seen == {"event": "hit", "by": "car", "hard": True}


def test_event_with_other_data_does_not() -> None:
    found = verdict(definition(HIT, Test(event="hit")), by="cat", hard=True)
    assert (found.raises, found.returns) == (False, True)


def test_scope_and_switch_say_why_not() -> None:
    scope = Scope(kinds=("door",), areas=("west",), products=("X",), devices=("gate/west-in",))
    found = verdict(definition(HIT, enabled=False, on=scope), by="car", hard=True)
    assert found.raises is False
    assert found.against == (
        "it is switched off",
        "its kind is gate, not one of door",
        "its device is gate/east-in, not one of gate/west-in",
        "its area is east, not one of west",
        "its product is DZ-1, not one of X",
    )


def test_what_has_definitions_of_its_own_is_left_to_them() -> None:
    scope = Scope(except_kinds=("gate",), except_areas=("east", "west"))
    assert verdict(definition(HIT, on=scope)).against == (
        "its kind gate has definitions of its own",
        "its area east has definitions of its own",
    )
    assert verdict(definition(HIT, on=Scope(except_kinds=("gate",)))).against == (
        "its kind gate has definitions of its own",
    )


def test_what_depends_on_the_device_is_unknown_until_its_state_is_given() -> None:
    both = definition(Test(all=(Test(event="hit"), Test(property="armed", equals=True))))
    found = verdict(both)
    assert found.raises is None
    assert [(part.answer, part.seen) for part in found.raising.parts] == [
        (True, {"event": "hit"}),
        (None, None),
    ]
    shadow = Shadow(GATE, "default")
    shadow.connectivity = Connectivity.ONLINE
    shadow.readings["armed"] = Reading(True, 0, 0.0, 30.0)
    found = verdict(both, shadow)
    assert found.raises is True
    assert found.raising.parts[1].seen == {"value": True, "stale": False}


def test_every_test_has_words() -> None:
    said = {
        words(test): verdict(definition(test)).raising.seen
        for test in (
            Test(any=(HIT,)),
            Test(all=(HIT,)),
            Test(connectivity=("device-offline", "driver-offline")),
            Test(stale="level"),
            Test(missed=True),
            Test(property="level", above=5, below=7.5, in_=(6, 7)),
            Test(property="fault", equals="jammed"),
            Test(property="tamper"),
        )
    }
    assert said == {
        "any of": None,
        "all of": None,
        "connectivity is device-offline or driver-offline": "unknown",
        "level is too old": None,
        "events are missing": 0,
        "level is above 5 and below 7.5 and 6 or 7": None,
        "fault is jammed": None,
        "tamper is true": None,
    }


def occasion(data: dict[str, Any]) -> Occasion:
    return Occasion(
        happening=Happening(
            seq=1,
            address=GATE,
            id="1",
            type="hit",
            data=data,
            time_ms=0,
            received_ms=0,
            committed_ms=0,
            at=0.0,
        )
    )


def test_reason_is_bounded() -> None:
    shown = reason(None, (), occasion({"plate": "浙A12345", "picture": "x" * 10_000}))["event"]
    assert shown["data"]["plate"] == "浙A12345"
    assert len(shown["data"]["picture"]) == 256
    assert "cut" not in shown
    many = reason(None, (), occasion({str(number): number for number in range(100)}))["event"]
    assert (len(many["data"]), many["cut"]) == (MAX_FIELDS, True)
    large = reason(None, (), occasion({"a": 1, "b": ["x" * 100] * (MAX_BYTES // 100)}))["event"]
    assert (large["data"], large["cut"]) == ({"a": 1}, True)
