"""Hand-over: every item by name, both shifts in one transaction, nothing slips in between."""

import asyncio

import pytest

from contract.errors import InvalidMessage, Refused
from hub.alarms.definition import Priority
from hub.alarms.lifecycle import Suppression
from hub.posts.refusals import HandoverTaken, ItemsMissing, NotYourPost
from hub.posts.view import handover_view
from tests.hub.posts.gatehouse import (
    BOSS,
    CHEN,
    LI,
    SMOKE,
    WANG,
    ZHAO,
    Gatehouse,
    Site,
    alarm,
)

LEAK = alarm("leak", area="north", priority=Priority.LOW)
SHELVED = alarm("hidden", suppression=Suppression.SHELVED, shelved_until_ms=10**13)
ALL = frozenset({"smoke", "leak", "hidden"})


async def prepared(house: Gatehouse, post: str = "centre") -> str:
    """Have Li prepare to leave; return the hand-over's id."""
    await house.duty.shifts.sign_on(LI, post)
    await house.open(LEAK, SMOKE, SHELVED)
    return (await house.duty.handovers.prepare(LI, post, "the shed smells")).id


async def test_both_shifts_change_once_everything_is_accepted_by_name(any_site: Site) -> None:
    house = await any_site.start()
    ident = await prepared(house)
    waiting, items = await house.duty.handovers.waiting(WANG, "centre")
    assert [each.note for each in waiting] == ["the shed smells"]
    assert [item.alarm for item in items] == ["hidden", "smoke", "leak"]
    any_site.clock.advance(60)
    assert house.on_duty("centre") == ["li"]
    shift = await house.duty.handovers.accept(WANG, "centre", ident, ticked=ALL, note="seen all three")
    assert house.on_duty("centre") == ["wang"]
    assert shift.began_ms == any_site.clock.now_ms()
    assert house.duty.roster.on_duty.handovers == ()
    told = house.told[-1]
    assert (told.kind, told.who, told.note) == ("handed-over", "user:wang", "seen all three")
    assert told.data["items"] == ["hidden", "smoke", "leak"]


@pytest.mark.parametrize("left_out", sorted(ALL))
async def test_what_is_left_out_is_named(at_sqlite: Site, left_out: str) -> None:
    house = await at_sqlite.start()
    ident = await prepared(house)
    with pytest.raises(ItemsMissing, match=left_out) as refused:
        await house.duty.handovers.accept(WANG, "centre", ident, ticked=ALL - {left_out}, note="ok")
    assert [item.alarm for item in refused.value.items] == [left_out]
    assert refused.value.new == set()
    assert house.on_duty("centre") == ["li"]


async def test_what_came_in_meanwhile_must_be_accepted_as_well(any_site: Site) -> None:
    house = await any_site.start()
    ident = await prepared(house)
    await house.open(alarm("late"))
    with pytest.raises(ItemsMissing) as refused:
        await house.duty.handovers.accept(WANG, "centre", ident, ticked=ALL, note="ok")
    assert refused.value.new == {"late"}
    (waiting,), items = await house.duty.handovers.waiting(WANG, "centre")
    assert {item.alarm: item.new for item in handover_view(waiting, items).items}["late"] is True
    await house.duty.handovers.accept(WANG, "centre", ident, ticked=ALL | {"late"}, note="ok")
    assert house.on_duty("centre") == ["wang"]


async def test_what_has_ended_meanwhile_need_not_be_accepted_but_may(any_site: Site) -> None:
    house = await any_site.start()
    ident = await prepared(house)
    await house.change(LEAK, closed_ms=5)
    (waiting,), items = await house.duty.handovers.waiting(WANG, "centre")
    assert [item.alarm for item in handover_view(waiting, items).over] == ["leak"]
    await house.duty.handovers.accept(WANG, "centre", ident, ticked=ALL, note="ok")
    assert house.told[-1].data["items"] == ["hidden", "smoke"]


async def test_of_two_who_accept_at_once_one_wins_and_the_other_sees_who(any_site: Site) -> None:
    one, other = await any_site.start(), await any_site.start()
    ident = await prepared(one)
    answers = await asyncio.gather(
        one.duty.handovers.accept(WANG, "centre", ident, ticked=ALL, note="mine"),
        other.duty.handovers.accept(CHEN, "centre", ident, ticked=ALL, note="no, mine"),
        return_exceptions=True,
    )
    lost = [each for each in answers if isinstance(each, BaseException)]
    assert len(lost) == 1
    assert isinstance(lost[0], HandoverTaken)
    house = await any_site.start()
    (winner,) = house.duty.roster.at("centre")
    assert lost[0].by == winner.who
    assert winner.who in ("user:wang", "user:chen")
    assert lost[0].at_ms == any_site.clock.now_ms()


async def test_the_next_press_in_the_same_hub_sees_who_was_first(any_site: Site) -> None:
    house = await any_site.start()
    ident = await prepared(house)
    accept = house.duty.handovers.accept
    both = (accept(who, "centre", ident, ticked=ALL, note="mine") for who in (CHEN, WANG))
    first, second = await asyncio.gather(*both, return_exceptions=True)
    assert not isinstance(first, BaseException)
    assert isinstance(second, HandoverTaken)
    assert second.by == "user:chen"
    await house.open(alarm("late"))
    with pytest.raises(HandoverTaken, match="user:chen has accepted"):
        await accept(WANG, "centre", ident, ticked=ALL, note="mine")


async def test_killed_in_the_middle_nothing_has_happened(any_site: Site) -> None:
    house = await any_site.start()
    ident = await prepared(house)
    house.crash = lambda entry: entry.kind == "handed-over"
    with pytest.raises(RuntimeError, match="killed"):
        await house.duty.handovers.accept(WANG, "centre", ident, ticked=ALL, note="ok")
    after = await any_site.start()
    assert after.on_duty("centre") == ["li"]
    await after.duty.handovers.accept(WANG, "centre", ident, ticked=ALL, note="ok")
    assert after.on_duty("centre") == ["wang"]


async def test_prepared_anew_it_is_the_same_hand_over(any_site: Site) -> None:
    house = await any_site.start()
    ident = await prepared(house)
    await house.open(alarm("late"))
    again = await house.duty.handovers.prepare(LI, "centre", "and one more")
    assert again.id == ident
    assert len(again.items) == 4
    assert len(house.duty.roster.on_duty.handovers) == 1


async def test_a_colleague_may_take_over_and_goes_on(any_site: Site) -> None:
    house = await any_site.start()
    ident = await prepared(house)
    mine = await house.duty.shifts.sign_on(WANG, "centre")
    shift = await house.duty.handovers.accept(WANG, "centre", ident, ticked=ALL, note="ok")
    assert shift.id == mine.id
    assert house.on_duty("centre") == ["wang"]


async def test_nobody_hands_over_to_themselves_or_from_elsewhere(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    ident = await prepared(house)
    accept = house.duty.handovers.accept
    with pytest.raises(Refused, match="somebody else must accept"):
        await accept(LI, "centre", ident, ticked=ALL, note="ok")
    await house.duty.shifts.sign_on(WANG, "north-gate")
    with pytest.raises(Refused, match="on duty at north-gate"):
        await accept(WANG, "centre", ident, ticked=ALL, note="ok")
    with pytest.raises(NotYourPost, match="not among the people"):
        await accept(ZHAO, "centre", ident, ticked=ALL, note="ok")
    with pytest.raises(NotYourPost, match="not among the people"):
        await house.duty.handovers.waiting(ZHAO, "centre")
    with pytest.raises(InvalidMessage, match="no such hand-over"):
        await accept(CHEN, "north-gate", ident, ticked=ALL, note="ok")
    assert house.on_duty("centre") == ["li"]


async def test_only_who_is_on_duty_prepares_to_leave_and_says_how_things_are(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    await house.duty.shifts.sign_on(LI, "centre")
    with pytest.raises(NotYourPost, match="user:wang is not on duty at centre"):
        await house.duty.handovers.prepare(WANG, "centre", "bye")
    with pytest.raises(InvalidMessage, match="note"):
        await house.duty.handovers.prepare(LI, "centre", "  ")


async def test_a_note_is_needed_where_there_is_something_to_take_over(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    ident = await prepared(house)
    with pytest.raises(InvalidMessage, match="in your own words"):
        await house.duty.handovers.accept(WANG, "centre", ident, ticked=ALL, note=" ")
    for each in (LEAK, SMOKE, SHELVED):
        await house.change(each, closed_ms=5)
    await house.duty.handovers.accept(WANG, "centre", ident, ticked=frozenset(), note="")
    assert house.on_duty("centre") == ["wang"]


async def test_signed_off_by_a_supervisor_there_is_nothing_to_accept(any_site: Site) -> None:
    house = await any_site.start()
    ident = await prepared(house)
    await house.duty.shifts.sign_off(BOSS, "centre", person="user:li", reason="ill")
    assert house.duty.roster.on_duty.handovers == ()
    with pytest.raises(Refused, match="ended in another way") as refused:
        await house.duty.handovers.accept(WANG, "centre", ident, ticked=ALL, note="ok")
    assert refused.value.code == "handover-void"


async def test_a_post_hands_over_its_own_areas_and_what_is_of_none(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    await house.duty.shifts.sign_on(LI, "north-gate")
    await house.open(SMOKE, LEAK, alarm("far", area="south"), alarm("hub", area=None))
    items = (await house.duty.handovers.prepare(LI, "north-gate", "quiet")).items
    assert [item.alarm for item in items] == ["hub", "smoke", "leak"]


async def test_what_is_folded_under_a_cause_is_accepted_with_it(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    await house.duty.shifts.sign_on(LI, "north-gate")
    by_design = Suppression.SUPPRESSED_BY_DESIGN
    children = [alarm(f"child-{n}", suppression=by_design, parent="power") for n in range(3)]
    stray = alarm("stray", suppression=by_design, parent="elsewhere")
    await house.open(alarm("power"), stray, *children)
    items = (await house.duty.handovers.prepare(LI, "north-gate", "power cut")).items
    assert [(item.alarm, item.children) for item in items] == [("power", 3), ("stray", 0)]
