"""Visitors' passes: of guards and of households by their links, until they are over."""

from datetime import timedelta

import pytest

from contract.clock import epoch_ms
from contract.errors import InvalidMessage
from contract.passes import ACCESS_GRANTED, GATE_PASSED
from contract.topics import Address
from hub.register.refusals import LinkUnknown, RegisterRefused, Unknown
from hub.register.wanted import NewVisit, VisitsWanted, Window
from tests.hub.register.made import LI, LOBBY, NOON, Office

EAST = Address("hemei", "gate", "east-in")


async def test_a_pass_opens_by_plate_and_code_for_its_time(office: Office) -> None:
    await office.home()
    made = await office.visit(plate="沪a·12345", code=True, minutes=90, room="3栋2单元501", visitor="Mr Zhao")
    assert (made.plate, made.room, made.state) == ("沪A12345", "3-2-501", "open")
    assert len(made.code) == 8
    car, guest = office.vehicles[made.id], office.people[made.id]
    assert (car.valid_from, car.valid_until) == (NOON, NOON + timedelta(minutes=90))
    assert (guest.codes, guest.levels) == ((made.code,), ("visitors",))
    office.clock.advance(90 * 60)
    await office.register.look()
    assert not office.vehicles
    assert not office.people
    assert (await office.register.visits.get(made.id, names=True)).state == "over"


async def test_names_are_for_those_who_may_see_them(quick: Office) -> None:
    host = await quick.person()
    made = await quick.visit(person=host.key, visitor="Mr Zhao", phone="13900000000")
    seen = await quick.register.visits.get(made.id, names=False)
    assert (seen.visitor, seen.phone, seen.host) == (None, None, None)
    named = await quick.register.visits.find(VisitsWanted(), Window(), names=True)
    assert (named.visits[0].visitor, named.visits[0].host) == ("Mr Zhao", "王芳")
    assert "Zhao" not in str(quick.audited())


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"minutes": 24 * 60 + 1}, "too-long"),
        ({"from_ms": epoch_ms(NOON + timedelta(days=31))}, "too-far-ahead"),
        ({"minutes": None, "until_ms": epoch_ms(NOON)}, "bad-range"),
        ({"plate": "???"}, "bad-plate"),
        ({"room": "9-9-999"}, "unknown-room"),
        ({"household": "h-none"}, "unknown-household"),
        ({"person": "r-none"}, "unknown-person"),
    ],
)
async def test_what_is_no_pass_is_said(quick: Office, wanted: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidMessage) as wrong:
        await quick.visit(**wanted)
    assert wrong.value.code == code
    assert not quick.people
    assert not quick.vehicles


async def test_a_registered_plate_needs_no_pass_unless_it_has_lapsed(quick: Office) -> None:
    await quick.vehicle("浙B12345")
    with pytest.raises(RegisterRefused) as known:
        await quick.visit(plate="浙B12345")
    assert known.value.code == "plate-registered"
    await quick.vehicle("浙A00001", valid_until_ms=epoch_ms(NOON - timedelta(days=1)))
    assert (await quick.visit(plate="浙A00001")).state == "open"


async def test_a_pass_that_is_revoked_opens_nothing(quick: Office) -> None:
    made = await quick.visit()
    for _ in range(2):
        revoked = await quick.register.visits.revoke(made.id, LI, names=False)
        assert revoked.state == "revoked"
    assert not quick.people
    assert len(quick.audited("visit.revoked")) == 1
    with pytest.raises(Unknown):
        await quick.register.visits.revoke("g-none", LI, names=False)


async def test_a_household_lets_in_whom_it_wants_by_its_link(office: Office) -> None:
    home = await office.home()
    link = await office.register.households.new_link(home.id, LI)
    assert link.path == f"/visit#{link.key}"
    own = office.register.own_visits
    made = await own.add(link.key, NewVisit(code=True, visitor="Auntie", minutes=60), "192.0.2.9")
    await office.visit(household=home.id, visitor="by the guard")
    page = await own.of(link.key)
    assert [(each.id, each.visitor) for each in page.visits] == [(made.id, "Auntie")], "its own alone"
    assert (page.room, page.open, page.most_open, page.longest_minutes) == ("3-2-501", 1, 5, 1440)
    told = office.audited("visit.made")[0]
    assert (told["who"], told["address"]) == ("resident", "192.0.2.9")
    assert link.key not in str(office.audited())
    revoked = await own.revoke(link.key, made.id, "192.0.2.9")
    assert (revoked.state, (await own.of(link.key)).open) == ("revoked", 0)


async def test_a_link_is_good_for_its_household_alone_and_until_the_next(quick: Office) -> None:
    home, other = await quick.home(), await quick.home("4-1-101")
    first = await quick.register.households.new_link(home.id, LI)
    others = await quick.register.households.new_link(other.id, LI)
    made = await quick.register.own_visits.add(first.key, NewVisit(code=True, minutes=60), "a")
    guards = await quick.visit(household=other.id)
    for visit in (made.id, guards.id, "g-none"):
        with pytest.raises(Unknown):
            await quick.register.own_visits.revoke(others.key, visit, "a")
    second = await quick.register.households.new_link(home.id, LI)
    with pytest.raises(LinkUnknown):
        await quick.register.own_visits.of(first.key)
    assert (await quick.register.own_visits.of(second.key)).open == 1
    for _ in range(2):
        assert (await quick.register.households.revoke_link(home.id, LI)).link is None
    with pytest.raises(LinkUnknown):
        await quick.register.own_visits.add(second.key, NewVisit(code=True, minutes=60), "a")


async def test_a_link_is_dead_when_the_last_of_a_household_has_left(quick: Office) -> None:
    home = await quick.home()
    first, last = [await quick.person(name, household=home.id) for name in ("王芳", "李四")]
    link = (await quick.register.households.new_link(home.id, LI)).key
    await quick.register.people.leave(first.key, first.version, LI, keep_vehicles=False)
    assert (await quick.register.own_visits.of(link)).room == "3-2-501"
    await quick.register.people.leave(last.key, last.version, LI, keep_vehicles=False)
    with pytest.raises(LinkUnknown):
        await quick.register.own_visits.of(link)
    assert [each["about"] for each in quick.audited("household.unlinked")] == [home.id]


async def test_a_household_has_so_many_passes_at_a_time(office: Office) -> None:
    home = await office.home()
    link = await office.register.households.new_link(home.id, LI)
    own = office.register.own_visits
    for _ in range(5):
        await own.add(link.key, NewVisit(code=True, minutes=60), "a")
    with pytest.raises(RegisterRefused) as too_many:
        await own.add(link.key, NewVisit(code=True, minutes=60), "a")
    assert too_many.value.code == "too-many-visits"
    office.clock.advance(3600)
    await own.add(link.key, NewVisit(code=True, minutes=60), "a")


async def test_what_the_register_knows_of_a_plate_is_no_households_business(quick: Office) -> None:
    home = await quick.home()
    link = await quick.register.households.new_link(home.id, LI)
    await quick.vehicle("浙B12345")
    await quick.register.vehicles.block("沪A88888", "police", LI)
    for plate in ("浙B12345", "沪A88888"):
        with pytest.raises(RegisterRefused) as refused:
            await quick.register.own_visits.add(link.key, NewVisit(plate=plate, minutes=60), "a")
        assert (refused.value.code, str(refused.value)) == (
            "plate-refused",
            "ask the property office about this plate",
        )


async def test_it_is_seen_when_a_pass_was_used_first(office: Office) -> None:
    by_car, on_foot = await office.visit(plate="沪A12345"), await office.visit()
    office.clock.advance(60)
    used = office.now
    await office.report(GATE_PASSED, EAST, vehicle=by_car.id, person="", plate="沪A12345")
    await office.report(ACCESS_GRANTED, LOBBY, holder=on_foot.id, credential="c")
    await office.report(ACCESS_GRANTED, LOBBY, holder=None)
    office.clock.advance(60)
    await office.report(GATE_PASSED, EAST, vehicle=by_car.id)
    for made in (by_car, on_foot):
        assert (await office.register.visits.get(made.id, names=False)).used == used


async def test_visitors_are_forgotten_after_a_while(quick: Office) -> None:
    made = await quick.visit(plate="沪A12345", visitor="Mr Zhao", phone="13900000000")
    quick.clock.advance(91 * 86400)
    await quick.register.look()
    seen = await quick.register.visits.get(made.id, names=True)
    assert (seen.visitor, seen.phone, seen.plate) == ("", "", None)


async def test_pseudonyms_are_resolved_as_far_as_one_may_see(office: Office) -> None:
    home = await office.home()
    person = await office.person(household=home.id)
    car = await office.vehicle(person=person.key)
    visit = await office.visit(household=home.id, visitor="Mr Zhao", plate="沪A12345")
    keys = [visit.id, "r-none", car.key, person.key]
    guard = await office.register.who.of(keys, names=False)
    assert [(each.sort, each.room, each.name) for each in guard] == [
        ("visit", "3-2-501", None),
        (None, None, None),
        ("vehicle", "3-2-501", None),
        ("person", "3-2-501", None),
    ]
    assert [each.known for each in guard] == [True, False, True, True]
    named = await office.register.who.of(keys, names=True)
    assert [each.name for each in named] == ["Mr Zhao", None, "王芳", "王芳"]
    with pytest.raises(Unknown):
        await office.register.who.one("r-none", names=True)
    assert [each.key for each in await office.register.who.of_plate("沪A·12345", names=False)] == [visit.id]
    assert [each.key for each in await office.register.who.of_plate("浙b12345", names=False)] == [car.key]
    assert not await office.register.who.of_plate("京A00001", names=False)
