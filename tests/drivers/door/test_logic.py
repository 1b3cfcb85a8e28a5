"""What the door driver thinks: who may pass, and what the door does. No socket, no clock."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import ManualClock
from contract.errors import ConfigurationError
from contract.lists import Period, minute_of
from drivers.door import events, pins
from drivers.door.access import Access, AccessFile, parse_access, read_access
from drivers.door.cache import LOOK_S, AccessCache
from drivers.door.decision import Denial, decide
from drivers.door.readings import Readings
from drivers.door.state import NEXT, STANDS_OPEN, DoorState, Sight
from drivers.door.tries import Tries
from drivers.door.watch import Cause, Watch
from drivers.door.wiegand import Card
from drivers.lists.schedule import within
from drivers.runtime.tables import transitions

DOCUMENT = Path(__file__).parents[3] / "docs" / "devices" / "door.md"

FILE = {
    "holidays": ["2026-10-01"],
    "schedules": {
        "office": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "18:00"}],
        "nights": [{"from": "22:00", "to": "06:00"}],
        "cleaning": [{"days": ["mon", "holiday"], "from": "09:00", "to": "10:00"}],
    },
    "levels": {
        "all": {"doors": ["*"]},
        "office": {"doors": ["east"], "schedule": "office"},
        "nights": {"doors": ["east"], "schedule": "nights"},
        "cleaning": {"doors": ["east"], "schedule": "cleaning"},
    },
}
MONDAY_NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""12:00 in Shanghai."""


def access(**credential: Any) -> Access:
    credentials = [{"id": "c-1", "card": 7, "levels": ["all"], **credential}]
    return parse_access(json.dumps({**FILE, "credentials": credentials}).encode(), json=True)


def denial(given: Access, now: datetime = MONDAY_NOON, *, card: int = 7, **more: Any) -> Denial | None:
    return decide(given, "east", Card("w26", card), now, **more).denial


PIN = pins.hashed("2468")
_OBSTACLES: list[tuple[dict[str, Any], Denial]] = [
    ({"blocked": True}, Denial.BLOCKED),
    ({"valid_from": "2026-11-24"}, Denial.NOT_YET_VALID),
    ({"valid_until": "2026-11-22"}, Denial.EXPIRED),
    ({"levels": []}, Denial.NO_LEVEL),
    ({"levels": ["nights"]}, Denial.OUTSIDE_SCHEDULE),
]


@pytest.mark.parametrize("chosen", list(product([False, True], repeat=len(_OBSTACLES))))
@pytest.mark.parametrize(("pin", "locked_out"), list(product([False, True], repeat=2)))
def test_every_combination_of_obstacles(chosen: tuple[bool, ...], pin: bool, locked_out: bool) -> None:
    """The first obstacle is the reason; without any the card opens, with its PIN if it has one."""
    credential: dict[str, Any] = {"pin": PIN} if pin else {}
    expected = [reason for (_, reason), there in zip(_OBSTACLES, chosen, strict=True) if there]
    for (fields, _), there in zip(_OBSTACLES, chosen, strict=True):
        if there and not ("levels" in fields and "levels" in credential):
            credential.update(fields)
    made = decide(access(**credential), "east", Card("w26", 7), MONDAY_NOON, locked_out=locked_out)
    if expected:
        assert (made.denial, made.needs_pin) == (expected[0], False)
    else:
        assert made.denial is (Denial.TOO_MANY_TRIES if locked_out else None)
        assert made.needs_pin is (pin and not locked_out)


def test_strangers_and_formats() -> None:
    assert denial(access(), card=8) is Denial.UNKNOWN
    assert decide(access(), "east", Card("w34", 7), MONDAY_NOON).denial is None
    assert decide(access(card="w34:7"), "east", Card("w26", 7), MONDAY_NOON).denial is Denial.UNKNOWN
    assert decide(access(), "east", Card("raw56", 7), MONDAY_NOON).denial is Denial.UNKNOWN, (
        "a format is meant"
    )
    assert decide(access(levels=["office"]), "west", Card("w26", 7), MONDAY_NOON).denial is Denial.NO_LEVEL


@pytest.mark.parametrize(
    ("fields", "local", "opens"),
    [
        ({"valid_until": "2026-11-23"}, "2026-11-23T23:59:59", True),
        ({"valid_until": "2026-11-23"}, "2026-11-24T00:00:00", False),
        ({"valid_until": "2026-11-23T12:00"}, "2026-11-23T11:59:59", True),
        ({"valid_until": "2026-11-23T12:00"}, "2026-11-23T12:00:00", False),
        ({"valid_from": "2026-11-23"}, "2026-11-22T23:59:59", False),
        ({"valid_from": "2026-11-23"}, "2026-11-23T00:00:00", True),
        ({"levels": ["office"]}, "2026-11-23T08:00:00", True),
        ({"levels": ["office"]}, "2026-11-23T18:00:00", False),
        ({"levels": ["office"]}, "2026-11-22T12:00:00", False),
        ({"levels": ["office"]}, "2026-10-01T12:00:00", True),
        ({"levels": ["nights"]}, "2026-11-23T05:59:00", True),
        ({"levels": ["nights"]}, "2026-11-23T22:00:00", True),
        ({"levels": ["cleaning"]}, "2026-10-01T09:30:00", True),
        ({"levels": ["cleaning"]}, "2026-11-23T09:30:00", True),
        ({"levels": ["cleaning"]}, "2026-11-24T09:30:00", False),
    ],
)
def test_times_are_the_sites_own(fields: dict[str, Any], local: str, opens: bool) -> None:
    now = datetime.fromisoformat(local + "+08:00")
    assert (denial(access(**fields), now) is None) is opens


@given(st.integers(0, 1440), st.integers(0, 1440), st.datetimes())
def test_a_period_is_what_its_minutes_say(start: int, end: int, moment: datetime) -> None:
    period = Period(start=f"{start // 60:02}:{start % 60:02}", end=f"{end // 60:02}:{end % 60:02}")
    minute = moment.hour * 60 + moment.minute
    inside = start <= minute < end if start <= end else minute >= start or minute < end
    assert within([period], moment, frozenset({date(2026, 5, 1)})) is inside


@pytest.mark.parametrize("text", ["24:01", "8:00", "12:60", "noon"])
def test_no_times(text: str) -> None:
    with pytest.raises(ValueError, match="HH:MM"):
        minute_of(text)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"credentials": [{"id": "c", "card": 1, "levels": ["none"]}]}, "no level 'none'"),
        ({"levels": {"x": {"doors": ["*"], "schedule": "none"}}}, "no schedule 'none'"),
        ({"credentials": [{"id": "c", "card": 1}, {"id": "d", "card": "0,1"}]}, "there twice"),
        ({"credentials": [{"id": "c", "card": 1, "pin": "2468"}]}, "argon2"),
        ({"credentials": [{"id": "Zhang San", "card": 1}]}, "id"),
        ({"credentials": [{"id": "c", "card": 1, "name": "x"}]}, "name"),
        ({"credentials": [{"id": "c", "card": 1, "valid_until": "soon"}]}, "isoformat"),
        ({"timezone": "Mars/Olympus"}, "Mars"),
    ],
)
def test_mistakes_in_the_access_file_are_named(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    file = tmp_path / "access.json"
    file.write_text(json.dumps({**FILE, **changes}))
    with pytest.raises(ConfigurationError, match=complaint):
        read_access(file)


@given(st.binary(max_size=200))
def test_any_text_is_a_list_or_refused(text: bytes) -> None:
    for is_json in (True, False):
        try:
            parse_access(text, json=is_json)
        except (ValueError, RecursionError):
            continue


def test_twenty_thousand_credentials(tmp_path: Path) -> None:
    credentials = [{"id": f"c-{n}", "card": n, "levels": ["all"], "holder": f"r-{n}"} for n in range(20_000)]
    file = tmp_path / "access.json"
    file.write_text(json.dumps({**FILE, "credentials": credentials}))
    started = perf_counter()
    many = read_access(file)
    loaded = perf_counter()
    assert all(decide(many, "east", Card("w26", n), MONDAY_NOON).denial is None for n in range(0, 20_000, 20))
    assert len(many) == 20_000
    assert loaded - started < 5
    assert (perf_counter() - loaded) / 1000 < 0.01, "a decision is no part of the 500 ms"


async def test_the_cache_keeps_the_last_good_list(tmp_path: Path) -> None:
    clock = ManualClock()
    file = tmp_path / "access.toml"
    cache = AccessCache(file, clock)
    await cache.refresh()
    assert (cache.good, cache.loaded, len(cache.access)) == (False, False, 0)
    for text, good in (
        ('[[credentials]]\nid = "c-1"\ncard = 1\nvalid_until = 2027-01-01\n', True),
        ("[[credentials]", False),
        ("", True),
    ):
        file.write_text(text)
        clock.advance(LOOK_S)
        await cache.refresh()
        assert cache.good is good
        assert len(cache.access) == (0 if not text else 1)


def test_pins() -> None:
    assert pins.is_right("2468", PIN)
    assert not pins.is_right("2469", PIN)
    assert not pins.is_right("2468", "no hash")
    assert pins.keys(b"12\x0d*\x7fA#") == "12#**#"
    for wrong in ("123", "1" * 13, "12a4", ""):
        with pytest.raises(ValueError, match="digits"):
            pins.hashed(wrong)


def test_wrong_tries_are_told_once_and_lock_only_their_card() -> None:
    tries = Tries(3, window_s=60, lockout_s=300)
    assert [tries.failed(now) for now in (0, 1, 2, 3, 80, 81)] == [None, None, 3, None, None, None]
    tries.granted("c-1")
    assert tries.wrong == 0
    for now in (0, 1, 2):
        tries.wrong_pin("c-1", now)
    assert tries.locked_out("c-1", 100)
    assert not tries.locked_out("c-2", 100)
    assert not tries.locked_out("c-1", 301)


def test_the_table_is_total_and_in_the_documentation() -> None:
    assert {state: set(NEXT[state]) for state in NEXT} == {state: set(Sight) for state in DoorState}
    assert transitions(NEXT, Sight) in DOCUMENT.read_text("utf-8")


SHUT = Readings(contact_open=False, exit_request=False, fire_contact=False, unlocked=False)
OPEN = replace(SHUT, contact_open=True)


def play(
    *looks: tuple[float, Readings], allow: tuple[Cause, float] | None = None, free: Cause | None = None
) -> Any:
    """Return the last state and the types of all events."""
    watch, told = Watch(held_open_s=30), []
    for at, readings in looks:
        if allow and at >= allow[1]:
            watch.allow(allow[0], allow[1], 7)
        told += watch.look(readings, at, free)
    return watch.state, [happening.type for happening in told]


def test_doors() -> None:
    assert play((0, SHUT), (1, OPEN)) == (DoorState.FORCED, [events.FORCED])
    assert play((0, OPEN)) == (DoorState.OPEN, [])
    let_in = play((0, SHUT), (1, OPEN), (9, SHUT), allow=(Cause.CARD, 0))
    assert let_in == (DoorState.CLOSED, [events.OPENED, events.CLOSED])
    propped = play((0, SHUT), (1, OPEN), (31, OPEN), (40, SHUT), allow=(Cause.CARD, 0))
    assert propped[1] == [events.OPENED, events.HELD_OPEN, events.HELD_OPEN_ENDED, events.CLOSED]
    assert play((0, SHUT), (1, OPEN), (99, OPEN), free=Cause.FIRE) == (DoorState.OPEN, [events.OPENED])


def test_a_door_may_stand_open_as_long_as_ever_once_nothing_holds_it_unlocked() -> None:
    watch = Watch(held_open_s=30)
    looks = [(0, SHUT, Cause.HOLD), (1, OPEN, Cause.HOLD), (99, OPEN, Cause.HOLD), (128, OPEN, None)]
    told = [happening.type for at, seen, free in looks for happening in watch.look(seen, at, free)]
    assert (watch.state, told) == (DoorState.OPEN, [events.OPENED])
    assert [each.type for each in watch.look(OPEN, 129, None)] == [events.HELD_OPEN]


def test_what_happened_while_nobody_saw_is_no_burglary() -> None:
    watch = Watch(held_open_s=30)
    watch.look(SHUT, 0, None)
    watch.lost()
    assert watch.state is DoorState.UNKNOWN
    (opened,) = watch.look(OPEN, 10, None)
    assert (opened.type, opened.data) == (events.OPENED, {"cause": "unknown"})
    watch.lost()
    assert watch.look(OPEN, 20, None) == []
    watch.lost()
    assert [each.type for each in watch.look(SHUT, 30, None)] == [events.CLOSED]


contacts = st.builds(
    Readings,
    contact_open=st.sampled_from([None, False, True]),
    unlocked=st.sampled_from([None, False, True]),
    exit_request=st.booleans(),
    tamper=st.booleans(),
)


@given(
    st.lists(
        st.tuples(
            contacts, st.floats(0.1, 50), st.sampled_from([None, Cause.FIRE, Cause.HOLD]), st.booleans()
        )
    )
)
def test_openings_and_closings_alternate(looks: list[tuple[Readings, float, Cause | None, bool]]) -> None:
    watch, now, told = Watch(held_open_s=30), 0.0, []
    for readings, later, free, lost in looks:
        now += later
        if lost:
            watch.lost()
        told += [each.type for each in watch.look(readings, now, free)]
    doors = [each for each in told if each in (events.OPENED, events.FORCED, events.CLOSED)]
    ways = [each == events.CLOSED for each in doors]
    assert all(one is not two for one, two in pairwise(ways))
    held = [each for each in told if each in (events.HELD_OPEN, events.HELD_OPEN_ENDED)]
    assert all(one != two for one, two in pairwise(held))
    assert watch.state in STANDS_OPEN or not watch.readings.contact_open


def test_the_file_as_written_has_defaults() -> None:
    assert Access(msgspec.convert({}, AccessFile)).zone.key == "Asia/Shanghai"
    assert timedelta(hours=8) == MONDAY_NOON.astimezone(Access(AccessFile()).zone).utcoffset()
