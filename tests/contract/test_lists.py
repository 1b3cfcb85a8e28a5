"""The lists' entries: what may stand in them, and what a period covers."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.codec import decode, encode
from contract.errors import InvalidMessage
from contract.lists import (
    LIST_OF,
    Category,
    Face,
    Holding,
    Level,
    ListName,
    Period,
    Person,
    Portion,
    Vehicle,
    minute_of,
)
from tests.contract import samples

PORTION: dict[str, Any] = {"list": "people", "edition": "e", "after": 0, "upto": 1, "head": 1}


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), ("07:05", 425), ("23:59", 1439), ("24:00", 1440)])
def test_a_time_of_day(text: str, minute: int) -> None:
    assert minute_of(text) == minute


@pytest.mark.parametrize(
    "text", ["", "7:00", "24:01", "25:00", "12:60", "12:00 ", "12:00\n", "-1:00", "ab:cd"]
)
def test_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match="must be HH:MM"):
        minute_of(text)
    with pytest.raises(ValueError, match="must be HH:MM"):
        Period(end=text)


@pytest.mark.parametrize(
    ("start", "end", "today", "yesterday", "minute", "covered"),
    [
        ("08:00", "18:00", "mon", "sun", 8 * 60, True),
        ("08:00", "18:00", "mon", "sun", 18 * 60, False),
        ("08:00", "18:00", "tue", "mon", 9 * 60, False),
        ("22:00", "06:00", "mon", "sun", 23 * 60, True),
        ("22:00", "06:00", "tue", "mon", 5 * 60, True),
        ("22:00", "06:00", "tue", "mon", 6 * 60, False),
        ("22:00", "06:00", "mon", "sun", 5 * 60, False),
        ("00:00", "24:00", "mon", "sun", 1439, True),
        ("08:00", "08:00", "mon", "sun", 8 * 60, False),
    ],
)
def test_a_period_covers(
    start: str, end: str, today: Any, yesterday: Any, minute: int, covered: bool
) -> None:
    assert Period(days=("mon",), start=start, end=end).covers(today, yesterday, minute) is covered


@given(samples.periods, st.integers(0, 1439))
def test_a_period_of_no_day_covers_nothing(period: Period, minute: int) -> None:
    never = msgspec.structs.replace(period, days=())
    assert not never.covers("mon", "sun", minute)


def test_each_kind_of_entry_has_its_list() -> None:
    assert {Level: ListName.LEVELS, Person: ListName.PEOPLE, Vehicle: ListName.VEHICLES} == LIST_OF
    fields = Portion.__struct_fields__
    assert all(name in fields for name in ListName)


def test_what_is_usual_is_not_sent() -> None:
    person = Person(key="p-1", cards=("8061550",))
    portion = Portion(list=ListName.PEOPLE, edition="e", after=0, upto=1, head=1, people=(person,))
    sent = encode(portion)
    assert b'"people":[{"key":"p-1","cards":["8061550"]}]' in sent
    assert b"vehicles" not in sent
    back = decode(Portion, sent).people[0]
    assert (back.category, back.face, back.blocked) == (Category.RESIDENT, Face.NONE, False)
    held = decode(
        Holding, b'{"ts":"2026-11-24T01:02:03Z","lists":{"people":{"edition":"","revision":0,"entries":0}}}'
    )
    assert held.lists[ListName.PEOPLE].staged is None


@pytest.mark.parametrize(
    "change",
    [
        {"list": "names"},
        {"edition": ""},
        {"after": -1},
        {"people": [{"key": ""}]},
        {"people": [{"key": "p/1"}]},
        {"people": [{"key": "p-1\n"}]},
        {"people": [{"key": "p-1", "codes": ["12a4"]}]},
        {"people": [{"key": "p-1", "codes": ["123"]}]},
        {"people": [{"key": "p-1", "cards": [""]}]},
        {"people": [{"key": "p-1", "valid_until": "2026-11-24T01:02:03"}]},
        {"people": [{"key": "p-1", "face": "yes"}]},
        {"vehicles": [{"key": "v-1", "plate": ""}]},
        {"vehicles": [{"key": "v-1", "plate": "\u743c" * 17}]},
        {"levels": [{"key": "l-1", "places": ["gate"]}]},
        {"levels": [{"key": "l-1", "places": ["*/east"]}]},
        {"levels": [{"key": "l-1", "places": ["*"], "periods": [{"from": "8:00"}]}]},
        {"levels": [{"key": "l-1", "places": ["*"], "periods": [{"since": "08:00"}]}]},
        {"drop": ["\u738b"]},
    ],
    ids=str,
)
def test_a_portion_must_not_say(change: dict[str, Any]) -> None:
    decode(Portion, msgspec.json.encode(PORTION))
    with pytest.raises(InvalidMessage) as refused:
        decode(Portion, msgspec.json.encode(PORTION | change))
    assert refused.value.code == "bad-fields"
