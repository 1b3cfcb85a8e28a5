"""What is inside: by the gates' clocks, in whatever order it is told, and put right by people."""

import secrets
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from contract.clock import rfc3339_ms
from hub.passes.refusals import NotInside, StaleStay
from hub.passes.settings import Group, PassSettings
from tests.hub.passes.made import GARAGE, HOUR, LI, MINUTE, Gatehouse, Ground, gatehouse_on


async def test_in_and_out(house: Gatehouse) -> None:
    house.goes("浙B11111", category="resident", vehicle="v-1")
    house.goes("浙B22222", category="visitor", vehicle="v-2")
    house.goes("浙B33333")
    house.goes("")
    counts = await house.look()
    assert counts.inside == {"resident": 1, "visitor": 1, "staff": 0, "service": 0, "unknown": 1}
    assert (counts.inside_total, counts.in_today) == (3, 4), "what has no plate cannot be told from others"
    house.clock.advance(MINUTE)
    for plate, vehicle in (("浙B11111", "v-1"), ("浙B33333", "")):
        house.goes(plate, "out", vehicle=vehicle)
    counts = await house.look()
    assert (counts.inside_total, counts.inside[Group.VISITOR], counts.out_today) == (1, 1, 2)
    house.goes("浙B22222", "unknown", vehicle="v-2", ago_s=-1)
    assert (await house.look()).inside_total == 1, "nobody knows which way it went"


async def test_an_in_that_is_told_after_a_later_out_changes_nothing(house: Gatehouse) -> None:
    house.goes("浙B11111", "out", ago_s=MINUTE)
    house.goes("浙B11111", "in", ago_s=3 * HOUR, replay=True)
    assert (await house.look()).inside_total == 0
    out, came = await house.found()
    assert not out.passback
    assert not came.passback
    assert came.at < out.at < came.received


async def test_a_misread_character_is_the_same_vehicle_unless_both_are_known(house: Gatehouse) -> None:
    house.goes("浙B0D812")
    house.goes("浙BOQB1Z", "out", ago_s=-1)
    house.clock.advance(5)
    house.goes("浙B88888", vehicle="v-8", category="resident")
    house.goes("浙BB8888", vehicle="v-b", category="resident")
    assert (await house.look()).inside_total == 2


async def test_a_vehicle_that_was_registered_while_inside_is_one(house: Gatehouse) -> None:
    house.goes("浙B11111")
    house.clock.advance(HOUR)
    house.goes("浙B11111", "out", vehicle="v-1", category="resident")
    assert (await house.look()).inside_total == 0
    house.clock.advance(HOUR)
    house.goes("浙B11111", "in", vehicle="v-1", category="resident")
    house.clock.advance(HOUR)
    house.goes("浙B11111", "out")
    assert (await house.look()).inside_total == 0, "it was taken out of the list meanwhile"
    assert not any(each.passback for each in await house.found())


async def test_twice_the_same_way_is_a_passback_whichever_is_told_first(house: Gatehouse) -> None:
    house.goes("浙B11111", "in", ago_s=10)
    house.goes("浙B11111", "in", ago_s=30)
    house.goes("浙B22222", "out", ago_s=20, passback=True)
    await house.look()
    assert [each.passback for each in await house.found("浙B11111")] == [True, False]
    house.goes("浙B11111", "out", ago_s=20)
    house.goes("浙B22222", "in", ago_s=25)
    await house.look()
    assert [each.passback for each in await house.found("浙B11111")] == [False, False, False]
    assert [each.passback for each in await house.found("浙B22222")] == [True, False], "its gate said so"
    assert [each.plate for each in await house.found(passback=True)] == ["浙B22222"]


async def test_gates_within_the_community_do_not_count(quick_ground: Ground) -> None:
    async with gatehouse_on(quick_ground, PassSettings(inner_gates=("gate/garage-in",))) as house:
        house.goes("浙B11111", ago_s=60)
        house.goes("浙B11111", "in", at=GARAGE, ago_s=50)
        house.goes("浙B11111", "out", at=GARAGE, ago_s=40)
        assert (await house.look()).inside_total == 1
        house.goes("浙B11111", "out", ago_s=30)
        assert (await house.look()).inside_total == 0
        assert not any(each.passback for each in await house.found())


async def test_who_stays_for_too_long(house: Gatehouse) -> None:
    house.goes("浙B11111", category="resident", vehicle="v-1", ago_s=500 * HOUR)
    house.goes("浙B22222", category="visitor", vehicle="v-2", ago_s=25 * HOUR)
    house.goes("浙B33333", category="visitor", vehicle="v-3", ago_s=23 * HOUR)
    house.goes("浙B44444", ago_s=13 * HOUR)
    counts = await house.look()
    assert counts.long_stay == {"resident": 0, "visitor": 1, "staff": 0, "service": 0, "unknown": 1}
    assert await house.plates_inside() == ["浙B11111", "浙B22222", "浙B33333", "浙B44444"]
    assert [each.plate for each in await house.inside(long_stay=True)] == ["浙B22222", "浙B44444"]
    assert [each.plate for each in await house.inside(group=Group.VISITOR)] == ["浙B22222", "浙B33333"]
    assert [each.plate for each in await house.inside(longer_than_hours=24.0)] == ["浙B11111", "浙B22222"]
    (unknown,) = await house.inside(group=Group.UNKNOWN)
    assert (unknown.hours, unknown.long_stay, unknown.since) == (13.0, True, "2026-11-23T15:00:00.000Z")


async def test_somebody_puts_the_count_right(house: Gatehouse) -> None:
    house.goes("浙B11111", ago_s=HOUR)
    await house.look()
    (there,) = await house.inside()
    with pytest.raises(StaleStay):
        await house.passes.has_left(there.id, there.version + 1, LI, "not on its place")
    assert await house.passes.has_left(there.id + 1000, 1, LI, "not on its place") is None
    left = await house.passes.has_left(there.id, there.version, LI, "not on its place")
    assert left is not None
    assert (left.inside, left.version, left.long_stay) == (False, there.version + 1, False)
    with pytest.raises(NotInside):
        await house.passes.has_left(there.id, left.version, LI, "not on its place")
    assert await house.inside() == []
    (entry,) = house.audited()
    assert (entry["who"], entry["what"], entry["about"]) == ("user:li.wei", "passes.left", "浙B11111")
    assert entry["reason"] == "not on its place"

    house.goes("浙B11111", "in", ago_s=30 * MINUTE)
    assert (await house.look()).inside_total == 0, "told late, it says nothing of later"
    house.clock.advance(HOUR)
    house.goes("浙B11111", "in")
    assert (await house.look()).inside_total == 1
    newest, between, first = await house.found()
    assert not newest.passback, "somebody has said that it left"
    assert (between.passback, first.passback) == (True, False)


class Move(NamedTuple):
    """A vehicle that goes through a gate, so many minutes after the start."""

    plate: str
    known: bool
    direction: str
    minute: int


PLATES = ("浙B11111", "浙B8B888", "粤Z1234港")
MOVES = st.lists(
    st.builds(
        Move,
        plate=st.sampled_from(PLATES),
        known=st.booleans(),
        direction=st.sampled_from(["in", "out"]),
        minute=st.integers(0, 10_000),
    ),
    max_size=12,
    unique_by=lambda move: move.minute,
)


def expected(moves: Sequence[Move]) -> tuple[set[str], set[int]]:
    """Return, by the plain rule, which plates are inside and which moves are passbacks."""
    there: set[str] = set()
    again: set[int] = set()
    for plate in PLATES:
        mine = sorted((move for move in moves if move.plate == plate), key=lambda move: move.minute)
        again |= {after.minute for before, after in pairwise(mine) if before.direction == after.direction}
        if mine and mine[-1].direction == "in":
            there.add(plate)
    return there, again


@given(moves=MOVES, data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_counts_the_same(one_ledger: Engine, moves: list[Move], data: st.DataObject) -> None:
    """Told in any order, in groups of any size, registered or not: what happened decides alone."""
    told = data.draw(st.permutations(moves))
    looks = data.draw(st.lists(st.booleans(), min_size=len(told), max_size=len(told)))
    async with gatehouse_on(Ground(one_ledger, f"tenant-{secrets.token_hex(6)}")) as house:
        for move, looked in zip(told, looks, strict=True):
            vehicle = f"v-{PLATES.index(move.plate)}" if move.known else ""
            ago_s = (20_000 - move.minute) * MINUTE
            house.goes(move.plate, move.direction, vehicle=vehicle, ago_s=ago_s, ident=str(move.minute))
            if looked:
                await house.look()
        counts = await house.look()
        there, again = expected(moves)
        assert set(await house.plates_inside()) == there
        assert counts.inside_total == len(there)
        start_ms = house.now_ms - round(20_000 * MINUTE * 1000)
        found = {each.at for each in await house.found(passback=True)}
        assert found == {rfc3339_ms(start_ms + minute * 60_000) for minute in again}
