"""Doors obey the pushed lists: cards and codes of people in them, beside the access file. libosdp again."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contract import codec
from contract.lists import Level, ListName, Person, Portion
from contract.topics import Channel
from drivers.door import events
from drivers.door.access import NOBODY, parse_access
from drivers.door.decision import Denial, decide, decide_code
from drivers.door.entry import Entry, Step
from drivers.door.options import DoorOptions
from drivers.door.people import People
from drivers.door.wiegand import Card
from drivers.runtime.listed import InMemory
from tests.broker import Mosquitto
from tests.drivers.door.third_party import ALICE, KEY, STRANGER, House, house
from tests.drivers.stage import HOST_ADDRESS
from tests.waiting import eventually

TRIES = 6
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LEVELS = {
    "all": Level(key="all", places=("door/*",)),
    "east": Level(key="east", places=("door/east",)),
}


class Host:
    """As much of a driver host as lists need."""

    def __init__(self, *people: Person) -> None:
        self._lists: Mapping[Any, Any] = {
            Person: InMemory("first", 1, {each.key: each for each in people}),
            Level: InMemory("first", 1, dict(LEVELS)),
        }

    def listed(self, kind: Any) -> Any:
        return self._lists[kind]


def people(*given: Person) -> People:
    return People(Host(*given))  # type: ignore[arg-type]  # all that it asks for


def person(key: str, *levels: str, **fields: Any) -> Person:
    return Person(key=key, levels=levels or ("all",), **fields)


@pytest.mark.parametrize(
    ("given", "denial"),
    [
        (person("p-1", cards=("8061550",)), None),
        (person("p-1", cards=("123,1166",)), None),
        (person("p-1", cards=("w34:8061550",)), Denial.UNKNOWN),
        (person("p-1", cards=("no card",)), Denial.UNKNOWN),
        (person("p-1", cards=("8061550",), blocked=True), Denial.BLOCKED),
        (person("p-1", "none", cards=("8061550",)), Denial.NO_LEVEL),
        (person("p-1", cards=("8061550",), valid_until=NOON), Denial.EXPIRED),
        (person("p-1", cards=("8061550",), valid_from=NOON.replace(hour=5)), Denial.NOT_YET_VALID),
    ],
)
def test_a_card_of_the_lists(given: Person, denial: Denial | None) -> None:
    made = decide(
        NOBODY,
        "east",
        Card("w26", 8_061_550 if given.cards[0] != "123,1166" else (123 << 16) + 1166),
        NOON,
        people=people(given),
    )
    assert made.denial is denial
    assert made.person == (None if denial is Denial.UNKNOWN else "p-1")


def test_the_access_file_comes_first() -> None:
    lost = {"id": "c-1", "card": 7, "levels": ["x"], "blocked": True}
    file = parse_access(
        json.dumps({"levels": {"x": {"doors": ["*"]}}, "credentials": [lost]}).encode(), json=True
    )
    both = people(person("p-1", cards=("7",)))
    made = decide(file, "east", Card("w26", 7), NOON, people=both)
    assert (made.denial, made.person) == (Denial.BLOCKED, None)


def test_a_code_that_two_have_by_chance_opens_for_the_one_who_may() -> None:
    both = people(person("p-1", "none", codes=("2468",)), person("p-2", codes=("2468",)))
    assert decide_code(both, "east", "2468", NOON).person == "p-2"
    assert decide_code(both, "east", "13579", NOON).denial is Denial.UNKNOWN_CODE


def entry(tmp_path: Path, given: People) -> Entry:
    (tmp_path / "key").write_text(KEY)
    options = DoorOptions(
        wire="osdp-tcp://192.0.2.1:1?address=1",
        key_file=str(tmp_path / "key"),
        wrong_tries=2,
        tries_window_s=60,
        lockout_s=100,
    )
    return Entry(options, given)


def test_codes_alone_wait_after_too_many_wrong_ones_and_cards_do_not(tmp_path: Path) -> None:
    given = people(person("p-1", cards=("7",), codes=("2468",)))
    front = entry(tmp_path, given)

    def typed(keys: str, now: float) -> Any:
        verdict = front.keys(keys, now)
        if verdict is None or verdict.step is not Step.CHECK_CODE:
            return verdict
        return front.code(given, "east", verdict.pin, NOON, now)

    assert typed("24", 0) is None
    assert typed("68#", 5).person == "p-1"
    assert typed("2468", 10) is None
    assert typed("#", 100) is None, "who waits too long begins anew"
    assert typed("99*2468#", 100).step is Step.GRANT
    assert typed("1111#", 101).denial is Denial.UNKNOWN_CODE
    second = typed("2222#", 102)
    assert (second.denial, second.tries) == (Denial.UNKNOWN_CODE, 2)
    assert typed("2468#", 103).denial is Denial.TOO_MANY_TRIES
    assert front.card(NOBODY, "east", Card("w26", 7), NOON, 104).step is Step.GRANT
    assert typed("2468#", 105).denial is Denial.TOO_MANY_TRIES
    assert typed("2468#", 203).step is Step.GRANT


def test_a_code_of_ones_own_buys_no_more_tries(tmp_path: Path) -> None:
    given = people(person("p-1", codes=("2468",)))
    front = entry(tmp_path, given)

    def typed(code: str, now: float) -> Any:
        return front.code(given, "east", code, NOON, now)

    assert typed("1111", 0).tries is None
    assert typed("2468", 10).step is Step.GRANT
    second = typed("2222", 20)
    assert (second.denial, second.tries) == (Denial.UNKNOWN_CODE, 2), "somebody must be told"
    assert typed("2468", 30).denial is Denial.TOO_MANY_TRIES
    assert typed("2468", 121).step is Step.GRANT


async def push(home: House, which: ListName, **changes: Any) -> None:
    portion = Portion(list=which, edition="first", after=0, upto=1, head=1, **changes)
    await home.ear.publish(HOST_ADDRESS.topic(Channel.LIST), codec.encode(portion))


async def heard(home: House, show: Callable[[], None], of_type: str, **fields: str) -> dict[str, Any]:
    """Show something until its event comes: a line that breaks on a busy machine loses what was shown."""

    def found() -> list[dict[str, Any]]:
        said = [dict(each.data or {}) for each in home.events(of_type)]
        return [each for each in said if fields.items() <= each.items()]

    for _ in range(TRIES):
        show()
        with suppress(TimeoutError):
            await eventually(lambda: bool(found()), 10)
            break
    return found()[0]


async def test_people_of_the_lists_pass_by_card_and_by_code(mosquitto: Mosquitto, tmp_path: Path) -> None:
    async with house(mosquitto, tmp_path) as home:
        await home.start(home.device(access_file=None, direction="in"))
        await home.shows(access_list="none", credentials=None)
        home.readers.card(ALICE)
        assert (await home.event(events.DENIED)).data["reason"] == "no-access-list"
        resident = person("p-1042", cards=(str(ALICE),), codes=("2468",))
        await push(home, ListName.LEVELS, levels=tuple(LEVELS.values()))
        await push(home, ListName.PEOPLE, people=(resident,))
        await home.shows(access_list="good", credentials=1)
        whose = {"credential": "", "holder": "p-1042", "pin": False, "direction": "in"}
        card = await heard(home, lambda: home.readers.card(ALICE), events.GRANTED, means="card")
        assert card == {**whose, "means": "card"}
        code = await heard(
            home, lambda: home.readers.tell(address=1, keys="2468\r"), events.GRANTED, means="code"
        )
        assert code == {**whose, "means": "code"}
        denied = await heard(
            home, lambda: home.readers.tell(address=1, keys="1357#"), events.DENIED, means="code"
        )
        assert denied["reason"] == "unknown-code"
        ending = {"card-ending": str(STRANGER)[-4:]}
        await heard(home, lambda: home.readers.card(STRANGER), events.DENIED, **ending)
        assert "2468" not in str([each.data for each in home.events(events.GRANTED)])
        await home.stop()
        await home.start(home.device(access_file=None))
        await home.shows(access_list="good", credentials=1)
