"""Sign-on and sign-off: who may, one post at a time, and nobody leaves a post alone unseen."""

import pytest

from contract.errors import InvalidMessage, Refused
from hub.access.roles import Role
from hub.posts.records import DutyEntryKind
from hub.posts.refusals import NotYourPost
from tests.hub.posts.gatehouse import BOSS, CENTRE, CHEN, GATE, LI, SMOKE, WANG, ZHAO, Site, person


async def test_a_shift_begins_once_and_goes_on(any_site: Site) -> None:
    house = await any_site.start()
    assert not house.duty.manned("centre")
    first = await house.duty.shifts.sign_on(LI, "centre")
    any_site.clock.advance(5)
    assert (await house.duty.shifts.sign_on(LI, "centre")).id == first.id
    await house.duty.shifts.sign_on(WANG, "centre")
    assert house.duty.manned("centre")
    assert house.on_duty("centre") == ["li", "wang"]
    assert house.changes == 2
    assert [entry.kind for entry in house.told] == [DutyEntryKind.SIGNED_ON] * 2


async def test_shifts_survive_a_restart(any_site: Site) -> None:
    before = await any_site.start()
    shift = await before.duty.shifts.sign_on(LI, "centre")
    after = await any_site.start()
    assert after.duty.roster.shift_of("user:li") == shift
    assert after.duty.actor(LI).post == "centre"
    assert after.duty.actor(WANG).post is None


async def test_one_person_is_at_one_post_at_a_time(any_site: Site) -> None:
    house = await any_site.start()
    await house.duty.shifts.sign_on(LI, "centre")
    with pytest.raises(Refused, match="you are on duty at centre") as refused:
        await house.duty.shifts.sign_on(LI, "north-gate")
    assert refused.value.code == "on-duty-elsewhere"
    assert house.on_duty("north-gate") == []


async def test_a_second_hub_on_the_ledger_cannot_have_them_at_another_post(any_site: Site) -> None:
    one, other = await any_site.start(), await any_site.start()
    await one.duty.shifts.sign_on(LI, "centre")
    with pytest.raises(Refused, match="you are on duty at centre"):
        await other.duty.shifts.sign_on(LI, "north-gate")


async def test_only_the_people_of_a_post_sign_on_and_supervisors(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    with pytest.raises(NotYourPost, match="user:zhao is not among the people of post centre"):
        await house.duty.shifts.sign_on(ZHAO, "centre")
    await house.duty.shifts.sign_on(ZHAO, "north-gate")
    await house.duty.shifts.sign_on(BOSS, "centre")
    assert house.on_duty("centre") == ["boss"]


@pytest.mark.parametrize("role", [Role.WALL, Role.LIAISON, Role.ADMIN])
async def test_nobody_else_is_ever_on_duty(at_sqlite: Site, role: Role) -> None:
    house = await at_sqlite.start()
    for post in ("centre", "north-gate"):
        with pytest.raises(NotYourPost):
            await house.duty.shifts.sign_on(person("li", role), post)
    assert house.duty.roster.on_duty.shifts == ()


async def test_a_post_that_there_is_not(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    with pytest.raises(InvalidMessage, match="there is no post 'south'; there are: centre, north-gate"):
        await house.duty.shifts.sign_on(LI, "south")
    assert not house.duty.manned("south")


async def test_the_last_one_at_a_post_must_hand_over(any_site: Site) -> None:
    house = await any_site.start()
    await house.duty.shifts.sign_on(LI, "centre")
    with pytest.raises(Refused, match="nobody else is at centre: hand over") as refused:
        await house.duty.shifts.sign_off(LI, "centre", reason="tired")
    assert refused.value.code == "handover-needed"
    assert house.duty.manned("centre")


async def test_with_a_colleague_one_leaves_if_nothing_is_open(any_site: Site) -> None:
    house = await any_site.start()
    await house.duty.shifts.sign_on(LI, "centre")
    await house.duty.shifts.sign_on(WANG, "centre")
    await house.open(SMOKE)
    with pytest.raises(Refused, match="1 alarms of centre are open or shelved"):
        await house.duty.shifts.sign_off(LI, "centre")
    await house.change(SMOKE, closed_ms=5)
    ended = await house.duty.shifts.sign_off(LI, "centre")
    assert (ended.end, ended.ended_by) == ("signed-off", "user:li")
    assert house.on_duty("centre") == ["wang"]
    assert house.told[-1].data["unmanned"] is False


async def test_a_supervisor_ends_a_shift_with_a_reason_that_is_on_record(any_site: Site) -> None:
    house = await any_site.start()
    await house.duty.shifts.sign_on(LI, "centre")
    await house.open(SMOKE)
    with pytest.raises(InvalidMessage, match="say why"):
        await house.duty.shifts.sign_off(BOSS, "centre", person="user:li", reason=" ")
    with pytest.raises(NotYourPost, match="only a supervisor") as refused:
        await house.duty.shifts.sign_off(WANG, "centre", person="user:li", reason="asleep")
    assert refused.value.code == "supervisor-only"
    await house.duty.shifts.sign_off(BOSS, "centre", person="user:li", reason="taken ill")
    assert not house.duty.manned("centre")
    told = house.told[-1]
    assert (told.who, told.note, told.data["person"]) == ("user:boss", "taken ill", "user:li")
    assert told.data["unmanned"] is True


async def test_a_supervisor_alone_at_a_post_gives_a_reason_too(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    await house.duty.shifts.sign_on(BOSS, "centre")
    with pytest.raises(Refused, match="hand over"):
        await house.duty.shifts.sign_off(BOSS, "centre")
    ended = await house.duty.shifts.sign_off(BOSS, "centre", reason="the centre closes")
    assert ended.end == "by-supervisor"


async def test_who_is_not_on_duty_cannot_sign_off(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    await house.duty.shifts.sign_on(LI, "centre")
    for who, post in ((CHEN, "centre"), (LI, "north-gate")):
        with pytest.raises(NotYourPost, match="is not on duty at"):
            await house.duty.shifts.sign_off(who, post)


async def test_a_post_that_the_site_file_no_longer_has_holds_nobody(at_sqlite: Site) -> None:
    house = await at_sqlite.start()
    await house.duty.shifts.sign_on(LI, "north-gate")
    await house.duty.handovers.prepare(LI, "north-gate", "all quiet")
    house = await at_sqlite.start(posts=(CENTRE,))
    assert house.duty.roster.on_duty.shifts == ()
    assert house.duty.roster.on_duty.handovers == ()
    assert house.told[-1].data["end"] == "post-removed"
    await house.duty.shifts.sign_on(LI, "centre")
    assert house.on_duty(GATE.id) == []
