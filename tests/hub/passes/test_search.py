"""The record is searched: whose, where, when, by plates with wildcards, page by page."""

import re
import secrets
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from contract.errors import InvalidMessage
from contract.passes import ACCESS_DENIED, Direction, Means
from contract.plates import folded, normalised
from hub.passes import search
from hub.passes.pattern import PlatePattern, plate_pattern
from hub.passes.record import Outcome
from hub.passes.settings import Group
from hub.passes.wanted import Place, Spot, Wanted, spot_of
from tests.hub.passes.made import EAST_IN, GARAGE, LOBBY, Gatehouse, Ground, gatehouse_on


async def _filled(house: Gatehouse) -> None:
    house.goes("浙B11111", vehicle="v-1", person="p-1", category="resident", ago_s=50)
    house.goes("浙B22222", category="visitor", at=GARAGE, ago_s=40)
    house.goes("浙B11111", "out", vehicle="v-1", person="p-1", category="resident", means="command", ago_s=30)
    house.reads("浙B33333", "refused", reason="unknown", ago_s=20)
    house.lets_in("p-1", means="face", direction="in", ago_s=10)
    house.tell(LOBBY, ACCESS_DENIED, {"reason": "expired", "holder": "p-2", "means": "code"})
    await house.look()


INDEX: Final = re.compile(r"^SEARCH passes USING (?:COVERING )?INDEX ix_passes_(\w+) .*$")

CASES: Final[list[tuple[dict[str, Any], list[int]]]] = [
    ({}, [0, 10, 20, 30, 40, 50]),
    ({"limit": 2}, [0, 10]),
    ({"places": [Place("gate", "east-in")]}, [20, 50]),
    ({"places": [Place("gate", "east-in"), Place("door", "b3-lobby")]}, [0, 10, 20, 50]),
    ({"places": [Place("door", None), Place("gate", "garage-in")]}, [0, 10, 40]),
    ({"places": []}, []),
    ({"areas": frozenset({"garage", "b3"})}, [0, 10, 40]),
    ({"areas": frozenset({"garage"}), "places": [Place("gate", "east-out")]}, [30, 40]),
    ({"areas": frozenset({"nowhere"})}, []),
    ({"direction": Direction.IN}, [10, 40, 50]),
    ({"means": Means.CODE}, [0]),
    ({"means": Means.PLATE, "direction": Direction.IN}, [40, 50]),
    ({"category": Group.RESIDENT}, [30, 50]),
    ({"category": Group.UNKNOWN}, [0, 10, 20]),
    ({"outcome": "passed"}, [10, 30, 40, 50]),
    ({"outcome": "refused"}, [0, 20]),
    ({"outcome": "seen"}, []),
    ({"person": "p-1"}, [10, 30, 50]),
    ({"vehicle": "v-1"}, [30, 50]),
    ({"vehicle": "v-1", "plate": "*222*"}, []),
    ({"person": "p-1", "places": [Place("gate", None)]}, [30, 50]),
    ({"passback": True}, []),
    ({"plate": "浙b·1llll"}, [30, 50]),
    ({"plate": "浙b·1llll", "exact": True}, []),
    ({"plate": "*3*"}, [20]),
    ({"plate": "浙B*", "outcome": "passed"}, [30, 40, 50]),
    ({"plate": "*"}, [0, 10, 20, 30, 40, 50]),
]
"""What is wanted, and how many seconds ago each pass was that is found."""


async def test_whose_where_and_how(house: Gatehouse) -> None:
    await _filled(house)
    for wanted, ago_s in CASES:
        found = await house.found(**wanted)
        assert [each.at for each in found] == [_at(house, ago) for ago in ago_s], wanted


def _at(house: Gatehouse, ago_s: int) -> str:
    assert house.now_ms % 60_000 == 0
    return f"2026-11-24T03:59:{60 - ago_s}.000Z" if ago_s else "2026-11-24T04:00:00.000Z"


async def test_when(house: Gatehouse) -> None:
    await _filled(house)
    from_ms, to_ms = house.now_ms - 40_000, house.now_ms - 10_000
    found = await house.found(from_ms=from_ms, to_ms=to_ms)
    assert [each.at for each in found] == [_at(house, ago) for ago in (20, 30, 40)]


async def test_page_by_page_nothing_is_left_out_or_shown_twice(house: Gatehouse) -> None:
    for number in range(7):
        house.goes(f"浙B0000{number}", ago_s=number // 3)
    await house.look()
    shown: list[int] = []
    before: Spot | None = None
    for _ in range(4):
        page = await house.passes.find(Wanted(before=before, limit=2))
        shown += [each.seq for each in page.passes]
        before = spot_of(page.next) if page.next else None
    assert before is None
    assert len(set(shown)) == len(shown) == 7
    assert shown == [each.seq for each in await house.found()]


@pytest.mark.parametrize("text", ["", "-", "1", "1-", "-1", "1-2-3", "１-2", "1" * 20 + "-1", "a-b"])
def test_a_page_begins_where_one_ended(text: str) -> None:
    with pytest.raises(InvalidMessage) as refused:
        spot_of(text)
    assert refused.value.code == "bad-before"


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("浙B·123*", "浙B123*"),
        ("　浙ｂ１２３＊", "浙B123*"),
        ("浙B？2％", "浙B?2*"),
        ("b-1 2_3.4", "B1234"),
        ("***1**", "*1*"),
        (r"\1'\"%", r"\1'\"*"),
    ],
)
def test_what_is_typed(typed: str, text: str) -> None:
    assert plate_pattern(typed) == PlatePattern(text=text)


@pytest.mark.parametrize("typed", ["*", "＊＊", "%", " ", "·"])
def test_every_plate_is_no_search(typed: str) -> None:
    assert plate_pattern(typed) is None


CHARACTERS = "浙沪01ODQIL2Z5S8B6GUV7"
TYPED = st.text(alphabet=f"{CHARACTERS}**??？＊％·\\", min_size=1, max_size=9)
PLATES = st.lists(st.text(alphabet=f"{CHARACTERS}%_\\", min_size=1, max_size=8), min_size=1, max_size=8)


def _matches(typed: str, plate: str, fold: Callable[[str], str]) -> bool:
    """Match by the plain rule, without SQL."""
    text = fold(normalised(typed)).replace("%", "*")
    rule = "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in text)
    return re.fullmatch(rule, fold(plate), re.DOTALL) is not None


@given(typed=TYPED, told=PLATES, exact=st.booleans(), few=st.sampled_from([0, 2, 20_000]))
@settings(max_examples=40, deadline=None)
async def test_wildcards_mean_what_they_say(
    one_ledger: Engine, typed: str, told: list[str], exact: bool, few: int
) -> None:
    """By the index of plates or back in time, whichever way leads there."""
    pattern = plate_pattern(typed, exact=exact)
    async with gatehouse_on(Ground(one_ledger, f"tenant-{secrets.token_hex(6)}")) as house:
        for number, plate in enumerate(told):
            house.goes(plate, ident=str(number), ago_s=number)
        await house.look()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search, "MOST_ROWS", few)
            found = (await house.passes.find(Wanted(plate=pattern))).passes
        plates = [normalised(each) for each in told]
        if pattern is None:
            assert len(found) == len(told)
            return
        fold = folded if not exact else str
        assert [each.plate for each in found] == [each for each in plates if _matches(typed, each, fold)]


async def test_wildcards_on_each_database(house: Gatehouse) -> None:
    told = ["浙B11111", "沪B11111", "浙BLLLL1", "浙A2345", "浙\\1"]
    for number, plate in enumerate(told):
        house.goes(plate, ident=str(number), ago_s=number)
    await house.look()
    for typed in ("浙B1*", "*11", "?B?1111", "浙B11111", "浙Bl*", "%", "浙\\%", "浙_1111"):
        found = await house.found(typed)
        assert [each.plate for each in found] == [each for each in told if _matches(typed, each, folded)], (
            typed
        )


async def test_a_search_reads_no_more_than_it_shows(quick: Gatehouse) -> None:
    """SQLite says by which index it goes, and that it sorts nothing but the passes of a few plates."""
    await _filled(quick)

    def plan(connection: Connection, wanted: Wanted) -> list[str]:
        shown: list[str] = []
        for way in search.ways(connection, quick.at.tenant, wanted):
            asked = search.along(way, quick.at.tenant, wanted)
            plain = asked.compile(connection, compile_kwargs={"literal_binds": True})
            steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {plain}").all()
            shown.append(", ".join(INDEX.sub(r"\1", step.detail) for step in steps))
        return shown

    async def way(**wanted: Any) -> list[str]:
        return await quick.ledger.read(lambda connection: plan(connection, Wanted(**wanted)))

    one, several = PlatePattern(text="浙B11111"), PlatePattern(text="*1")
    gate = Place(EAST_IN.kind, EAST_IN.device)
    assert await way() == ["time"]
    assert await way(from_ms=0, to_ms=1, before=Spot(1, 1)) == ["time"]
    assert await way(plate=one, vehicle="v-1", places=[gate], from_ms=0) == ["folded"]
    assert await way(plate=several, places=[gate]) == ["folded, USE TEMP B-TREE FOR ORDER BY"]
    assert await way(vehicle="v-1", person="p-1", places=[gate]) == ["vehicle"]
    assert await way(person="p-1", places=[gate], means=Means.FACE) == ["person"]
    assert await way(places=[gate, Place("gate", "garage-in")], category=Group.VISITOR) == ["place"] * 2
    assert await way(places=[gate, Place("door", None)]) == ["time"]
    assert await way(outcome=Outcome.REFUSED, places=[gate]) == ["refused"]
    assert await way(passback=True, places=[gate], outcome=Outcome.PASSED) == ["passback"]
    assert await way(means=Means.FIRE, category=Group.VISITOR) == ["means"]
    assert await way(category=Group.VISITOR, direction=Direction.IN) == ["category"]
    assert await way(category=Group.UNKNOWN, outcome=Outcome.PASSED) == ["time"]
