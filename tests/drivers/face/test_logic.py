"""Whom a terminal is to hold, and in which order it is told. No socket, no clock."""

from datetime import UTC, datetime, timedelta
from itertools import product

import msgspec
import pytest

from contract.lists import Category, Face, Level, Period, Person
from drivers.face.model import FACESLUICE, HIKVISION
from drivers.face.options import FaceOptions
from drivers.face.plan import DOUBT, RETRY, Plan, withdrawn_since
from drivers.face.rights import Rights, rights

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
"""12:00 on a Monday in Shanghai."""
LEVELS = {
    "all": Level(key="all", places=("*",)),
    "hall": Level(key="hall", places=("door/hall",)),
    "yard": Level(key="yard", places=("door/yard",)),
    "night": Level(key="night", places=("door/*",), periods=(Period(start="22:00", end="06:00"),)),
}


def person(*levels: str, **fields: object) -> Person:
    return Person(key="p-1", levels=levels, **fields)  # type: ignore[arg-type]  # callers name fields


def wanted(given: Person, *, now: datetime = NOON, held: bool = False) -> Rights | None:
    return rights(given, LEVELS, "hall", now, held=held)


@pytest.mark.parametrize(
    ("given", "barred"),
    [
        (person("all"), False),
        (person("hall", "yard"), False),
        (person("yard"), None),
        (person(), None),
        (person("night"), True),
        (person("night", "hall"), False),
        (person("all", blocked=True), True),
        (person("all", valid_from=NOON + timedelta(days=1)), False),
        (person("all", valid_until=NOON), None),
        (person("not-come-yet"), None),
    ],
)
def test_rights(given: Person, barred: bool | None) -> None:
    made = wanted(given)
    assert (made and made.barred) is barred


def test_who_is_held_is_not_removed_for_a_level_that_has_not_come_yet() -> None:
    made = wanted(person("not-come-yet"), held=True)
    assert made is not None
    assert made.barred


def test_the_digest_is_of_everything_that_is_sent() -> None:
    base = {
        "category": Category.STAFF,
        "cards": ("1",),
        "codes": ("2468",),
        "valid_until": NOON.replace(year=2027),
    }
    others = {
        "category": Category.RESIDENT,
        "cards": ("2",),
        "codes": ("1357",),
        "valid_until": None,
        "blocked": True,
        "face": Face.CONSENTED,
    }
    digests = {
        made.digest for name in others if (made := wanted(person("all", **{**base, name: others[name]})))
    }
    first = wanted(person("all", **base))
    assert first is not None
    assert len(digests | {first.digest}) == len(others) + 1


def test_whoever_must_not_pass_comes_first() -> None:
    plan = Plan("hall")
    for key, given, word in (
        ("new", person("all"), ""),
        ("barred", person("all", blocked=True), "old"),
        ("gone", None, "old"),
        ("never", None, ""),
        ("doubtful", person("all"), DOUBT),
    ):
        plan.consider(key, given and msgspec.structs.replace(given, key=key), LEVELS, word, NOON)
    assert list(plan.removals) == ["gone"]
    assert [each.key for each in plan.next_puts(9)] == ["barred"]
    plan.urgent.clear()
    assert [each.key for each in plan.next_puts(9)] == ["new", "doubtful"]
    assert [each.key for each in plan.next_puts(1)] == ["new"]


def test_what_the_clock_changes() -> None:
    plan = Plan("hall")
    until = NOON + timedelta(minutes=5)
    for key, given in (("guest", person("all", valid_until=until)), ("porter", person("night"))):
        whole = msgspec.structs.replace(given, key=key)
        plan.consider(key, whole, LEVELS, "x", NOON)
    assert plan.turned(LEVELS, NOON) == []
    assert plan.turned(LEVELS, until) == ["guest"]
    assert plan.turned(LEVELS, until) == [], "an end is told once"
    assert plan.turned(LEVELS, NOON.replace(hour=14)) == ["porter"]


def test_whom_a_terminal_does_not_take_waits_unless_something_changes() -> None:
    plan = Plan("hall")
    plan.consider("p-1", person("all"), LEVELS, "", NOON)
    plan.refused(plan.next_puts(1), NOON)
    assert len(plan.failed) == 1
    plan.consider("p-1", person("all"), LEVELS, "", NOON)
    assert plan.next_puts(1) == []
    plan.consider("p-1", person("all", cards=("7",)), LEVELS, "", NOON)
    assert len(plan.next_puts(1)) == 1
    plan.refused(plan.next_puts(1), NOON)
    assert plan.turned(LEVELS, NOON + RETRY) == ["p-1"]
    plan.consider("p-1", None, LEVELS, "", NOON)
    assert plan.failed == {}


def test_another_withdrawal_is_another() -> None:
    assert withdrawn_since(None) == withdrawn_since(person(face=Face.CONSENTED)) == ""
    assert withdrawn_since(person(face=Face.WITHDRAWN)) == "-"
    since = withdrawn_since(person(face=Face.WITHDRAWN, face_since=NOON))
    assert since == "2026-11-23T04:00:00.000Z"


_WIRES = ("mqtt://192.0.2.5/1306612", "http://192.0.2.20")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        *(
            ({"wire": wire, "means": means}, "card or code")
            for wire, means in product(_WIRES, (["face"], []))
        ),
        ({"wire": _WIRES[0], "means": ["face", "code"]}, "knows only card, face"),
        ({"wire": _WIRES[0], "fire_release": True}, "cannot be held open"),
        ({"wire": "mqtt://192.0.2.5"}, "/SERIAL"),
        ({"wire": "mqtt://192.0.2.5/#"}, "/SERIAL"),
        ({"wire": "mqtt://192.0.2.5/a/b"}, "/SERIAL"),
        ({"wire": "mqtt://192.0.2.5:99999/1"}, "/SERIAL"),
        ({"wire": "http://admin@192.0.2.20"}, "credentials_file"),
        ({"wire": "ftp://192.0.2.20"}, "http[s]://HOST"),
        ({"wire": _WIRES[1], "password_file": "x"}, "credentials_file"),
        ({"wire": _WIRES[1], "timezone": "Mars/Base"}, "Asia/Shanghai"),
        ({"wire": _WIRES[1], "enrolment": "/no/such/folder"}, "is no folder"),
        ({"wire": _WIRES[1], "credentials_file": "/no/such/file"}, "credentials_file"),
    ],
)
def test_wrong_options_are_named(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=complaint.replace("[", r"\[")):
        msgspec.convert(options, FaceOptions)


def test_the_data_sheets_know_no_names() -> None:
    for sheet in (FACESLUICE, HIKVISION):
        words = {name for event in sheet.events.values() for name in event.data} | set(sheet.properties)
        assert not {"name", "person-name", "id-card"} & words
