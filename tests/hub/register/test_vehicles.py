"""Vehicles, blocked plates and access levels: what is kept, and what gates are told."""

import pytest

from contract.errors import InvalidMessage
from contract.lists import Category, ListName, Period
from hub.register.refusals import RegisterRefused, Stale
from hub.register.wanted import VehiclesWanted, VisitsWanted, Window
from tests.hub.register.made import LI, Office
from tests.hub.register.tables import table


async def test_a_plate_is_kept_in_one_spelling_and_registered_once(office: Office) -> None:
    home = await office.home()
    owner = await office.person(household=home.id)
    made = await office.vehicle("浙b·123 45", person=owner.key)
    assert (made.plate, made.owner, made.room) == ("浙B12345", "王芳", "3-2-501")
    entry = office.vehicles[made.key]
    assert (entry.plate, entry.person, entry.levels) == ("浙B12345", owner.key, ("residents",))
    with pytest.raises(RegisterRefused) as taken:
        await office.vehicle("浙B-12345")
    assert taken.value.code == "plate-taken"
    with pytest.raises(InvalidMessage) as wrong:
        await office.vehicle("no plate!")
    assert wrong.value.code == "bad-plate"
    removed = await office.register.vehicles.remove(made.key, made.version, LI, "sold")
    assert removed.removed == office.now
    assert not office.vehicles
    again = await office.vehicle("浙B12345")
    assert again.key != made.key


async def test_a_change_quotes_what_was_seen(office: Office) -> None:
    made = await office.vehicle()
    changed = await office.register.vehicles.change(made.key, {"plate": "浙BD12345"}, made.version, LI)
    assert office.vehicles[made.key].plate == "浙BD12345"
    with pytest.raises(Stale) as stale:
        await office.register.vehicles.change(made.key, {"note": "x"}, made.version, LI)
    assert stale.value.now == changed
    other = await office.vehicle("浙A00001")
    with pytest.raises(RegisterRefused) as taken:
        await office.register.vehicles.change(other.key, {"plate": "浙BD12345"}, other.version, LI)
    assert taken.value.code == "plate-taken"
    assert office.vehicles[other.key].plate == "浙A00001"


async def test_an_unknown_plate_is_blocked_and_gone_when_it_is_not(office: Office) -> None:
    visit = await office.visit(plate="沪A88888")
    blocked = await office.register.vehicles.block("沪A·88888", "hit a gate", LI)
    assert (blocked.blocked, blocked.blocked_reason, blocked.blocked_by) == (
        True,
        "hit a gate",
        "user:li.wei",
    )
    assert {key: each.blocked for key, each in office.vehicles.items()} == {blocked.key: True}
    assert (await office.register.visits.get(visit.id, names=False)).state == "revoked"
    for again in (
        office.register.vehicles.block("沪A88888", "again", LI),
        office.visit(plate="沪A88888"),
        office.vehicle("沪A88888"),
        office.register.vehicles.remove(blocked.key, blocked.version, LI, "no"),
    ):
        with pytest.raises(RegisterRefused):
            await again
    lifted = await office.register.vehicles.unblock(blocked.key, blocked.version, LI, "paid")
    assert lifted.removed == office.now
    assert not office.vehicles
    assert [each["reason"] for each in office.audited("plate.")] == ["hit a gate", "paid"]


async def test_a_registered_plate_is_blocked_and_then_as_before(office: Office) -> None:
    made = await office.vehicle()
    blocked = await office.register.vehicles.block("浙B12345", "no", LI)
    assert blocked.key == made.key
    assert office.vehicles[made.key].blocked
    found = await office.register.vehicles.find(VehiclesWanted(blocked=True), Window())
    assert [each.key for each in found.vehicles] == [made.key]
    lifted = await office.register.vehicles.unblock(made.key, blocked.version, LI, "yes")
    assert (lifted.removed, lifted.blocked_reason) == (None, "")
    assert not office.vehicles[made.key].blocked
    visits = await office.register.visits.find(VisitsWanted(state="all"), Window(), names=True)
    assert visits.total == 0


async def test_a_block_does_not_leave_its_plate(office: Office) -> None:
    made = await office.vehicle("浙B12345")
    blocked = await office.register.vehicles.block("浙B12345", "stolen", LI)
    with pytest.raises(RegisterRefused) as refused:
        await office.register.vehicles.change(made.key, {"plate": "浙B99999"}, blocked.version, LI)
    assert refused.value.code == "already-blocked"
    preview = await office.imported(table(("编号", "车牌"), (made.key, "浙B99999")), "vehicles")
    assert preview.counts.bad == 1
    assert [(each.plate, each.blocked) for each in office.vehicles.values()] == [("浙B12345", True)]
    noted = await office.register.vehicles.change(made.key, {"note": "police"}, blocked.version, LI)
    assert (noted.blocked, noted.note) == (True, "police")


async def test_whose_vehicles_are_kept_when_they_leave(quick: Office) -> None:
    home = await quick.home()
    owner = await quick.person(household=home.id)
    made = await quick.vehicle(person=owner.key)
    await quick.register.people.leave(owner.key, owner.version, LI, keep_vehicles=True)
    assert quick.vehicles[made.key].person is None
    assert (await quick.register.vehicles.get(made.key)).room == "3-2-501"
    with pytest.raises(InvalidMessage):
        await quick.vehicle("浙A00001", person=owner.key)


async def test_a_register_begins_with_a_level_for_each_category(office: Office) -> None:
    levels = office.listed(ListName.LEVELS)
    assert set(levels) == {"residents", "staff", "visitors", "service"}
    assert levels["staff"].places == ("*",)
    assert levels["service"].periods == (Period(start="06:00", end="22:00"),)
    assert {each.timezone for each in levels.values()} == {"Asia/Shanghai"}
    assert len(Category) == len(levels)


async def test_a_level_that_somebody_has_stays(office: Office) -> None:
    fields = {"title": {"en": "Gym"}, "places": ("door/gym",), "periods": (), "holidays": ()}
    made = await office.register.levels.put("gym", fields, None, LI)
    assert office.listed(ListName.LEVELS)["gym"].places == ("door/gym",)
    with pytest.raises(Stale):
        await office.register.levels.put("gym", fields, None, LI)
    person = await office.person(levels=("residents", "gym"))
    with pytest.raises(RegisterRefused) as used:
        await office.register.levels.remove("gym", made.version, LI)
    assert used.value.code == "level-in-use"
    moved = await office.register.levels.put("gym", fields | {"places": ("door/*",)}, made.version, LI)
    assert (moved.used, office.listed(ListName.LEVELS)["gym"].places) == (1, ("door/*",))
    await office.register.people.leave(person.key, person.version, LI, keep_vehicles=False)
    await office.register.levels.remove("gym", moved.version, LI)
    assert "gym" not in office.listed(ListName.LEVELS)
    with pytest.raises(RegisterRefused):
        await office.register.levels.remove("residents", 1, LI)


async def test_a_plate_is_erased_long_after_the_vehicle_is_gone(office: Office) -> None:
    made = await office.vehicle(note="red")
    await office.register.vehicles.remove(made.key, made.version, LI, "sold")
    office.clock.advance(181 * 86400)
    await office.register.look()
    seen = await office.register.vehicles.get(made.key)
    assert (seen.plate, seen.note) == ("", "")
    assert "B12345" not in str(office.audited())
