"""People and households: what is kept, what lists are told, who is refused, what the audit keeps."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contract.clock import epoch_ms
from contract.errors import InvalidMessage
from contract.lists import Category, Face
from hub.register.refusals import RegisterRefused, Stale, Unknown
from hub.register.wanted import HouseholdsWanted, PeopleWanted, Window
from tests.hub.register.made import LI, NOON, Office


async def test_a_person_is_in_the_list_under_a_pseudonym_and_nothing_more(office: Office) -> None:
    home = await office.home()
    made = await office.person(household=home.id, phone="138-0000 0000", cards=("123,45678", "w34:007"))
    assert made.key.startswith("r-")
    assert made.room == "3-2-501"
    assert made.phone == "13800000000"
    entry = office.people[made.key]
    assert entry.cards == ("8106606", "w34:7")
    assert entry.levels == ("residents",)
    assert entry.face is Face.NONE
    assert "王芳" not in msgspec.json.encode(entry).decode()
    (told,) = office.audited("person.added")
    assert told["about"] == made.key
    assert "王芳" not in str(office.audited())
    assert "13800000000" not in str(office.audited())


async def test_a_change_quotes_what_was_seen(office: Office) -> None:
    made = await office.person()
    until = epoch_ms(NOON + timedelta(days=1))
    changes = {"valid_until_ms": until, "blocked": True}
    changed = await office.register.people.change(made.key, changes, made.version, LI)
    assert (changed.version, changed.key) == (made.version + 1, made.key)
    assert office.people[made.key].blocked
    assert office.people[made.key].valid_until == NOON + timedelta(days=1)
    with pytest.raises(Stale) as stale:
        await office.register.people.change(made.key, {"name": "王方"}, made.version, LI)
    assert stale.value.now == changed
    assert office.audited("person.changed")[0]["details"] == {"fields": ["blocked", "valid_until_ms"]}


async def test_a_card_is_one_persons(office: Office) -> None:
    first, second = await office.person(cards=("77",)), await office.person("李四")
    for spelling in ("77", "0,77", "00077"):
        with pytest.raises(RegisterRefused, match="somebody else's"):
            await office.register.people.change(second.key, {"cards": (spelling,)}, second.version, LI)
    assert office.people[second.key].cards == ()
    await office.register.people.leave(first.key, first.version, LI, keep_vehicles=False)
    taken = await office.register.people.change(second.key, {"cards": ("77",)}, second.version, LI)
    assert taken.cards == ("77",)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"household": "h-none"}, "unknown-household"),
        ({"levels": ("none",)}, "unknown-level"),
        ({"cards": ("a card",)}, "bad-card"),
        ({"phone": "12x"}, "bad-phone"),
        ({"name": "  "}, "no-name"),
        ({"valid_from_ms": 2, "valid_until_ms": 2}, "bad-range"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_kept(
    quick: Office, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidMessage) as wrong:
        await quick.person(**{"name": "王芳"} | fields)
    assert wrong.value.code == code
    assert not quick.people
    assert (await quick.register.people.find(PeopleWanted(), Window())).total == 0


async def test_the_usual_level_follows_the_category(quick: Office) -> None:
    made = await quick.person()
    changed = await quick.register.people.change(made.key, {"category": Category.STAFF}, made.version, LI)
    assert changed.levels == ("staff",)
    own = await quick.register.people.change(made.key, {"levels": ("service",)}, changed.version, LI)
    back = await quick.register.people.change(made.key, {"category": Category.RESIDENT}, own.version, LI)
    assert back.levels == ("service",)


async def test_people_are_found_by_what_one_knows_of_them(office: Office) -> None:
    home, other = await office.home(), await office.home("10-1-201")
    wang = await office.person(household=home.id, phone="13800001111", cards=("77",))
    await office.person("李四", household=other.id)
    await office.vehicle("浙B·12345", person=wang.key)
    for q in ("王", "3-2-5", "3栋2单元501室", "0000 11", "77", "b1234", wang.key):
        found = await office.register.people.find(PeopleWanted(q=q), Window())
        assert [each.key for each in found.people] == [wang.key], q
    for q in ("%", "_", "'"):
        assert not (await office.register.people.find(PeopleWanted(q=q), Window())).people, q
    everybody = await office.register.people.find(PeopleWanted(), Window(limit=1))
    assert (everybody.total, everybody.next, everybody.people[0].room) == (2, 1, "3-2-501"), "3 before 10"
    rest = await office.register.people.find(PeopleWanted(), Window(after=1, limit=1))
    assert (rest.people[0].name, rest.next) == ("李四", None)


async def test_a_household_is_known_once_however_it_is_written(office: Office) -> None:
    home = await office.home()
    spelled = {"building": "3号楼", "unit": "2 单元", "number": "501室", "note": ""}
    with pytest.raises(RegisterRefused) as known:
        await office.register.households.add(spelled, LI)
    assert known.value.code == "household-known"
    person = await office.person(household=home.id)
    with pytest.raises(RegisterRefused) as lived_in:
        await office.register.households.remove(home.id, home.version, LI)
    assert lived_in.value.code == "household-in-use"
    detail = await office.register.households.get(home.id)
    assert [each.key for each in detail.people] == [person.key]
    assert detail.household.people == 1
    empty = await office.home("4-1-101")
    await office.register.households.remove(empty.id, empty.version, LI)
    with pytest.raises(Unknown):
        await office.register.households.get(empty.id)
    found = await office.register.households.find(HouseholdsWanted(q="3-2"), Window())
    assert [each.room for each in found.households] == ["3-2-501"]


async def test_who_leaves_without_a_face_is_dropped_at_once(office: Office) -> None:
    made = await office.person(cards=("77",))
    car = await office.vehicle(person=made.key)
    left = await office.register.people.leave(made.key, made.version, LI, keep_vehicles=False)
    assert left.left == office.now
    assert not office.people
    assert not office.vehicles
    assert (await office.register.vehicles.get(car.key)).removed == office.now
    with pytest.raises(RegisterRefused, match="they left"):
        await office.register.people.change(made.key, {"name": "x"}, left.version, LI)


async def test_a_name_is_erased_long_after_who_had_it_left(office: Office) -> None:
    made = await office.person(phone="13800001111", note="likes cats")
    await office.register.people.leave(made.key, made.version, LI, keep_vehicles=False)
    office.clock.advance(179 * 86400)
    await office.register.look()
    assert (await office.register.people.get(made.key)).person.name == "王芳"
    office.clock.advance(2 * 86400)
    await office.register.look()
    person = (await office.register.people.get(made.key)).person
    assert (person.name, person.phone, person.note, person.key) == ("", "", "", made.key)
    assert [each["about"] for each in office.audited("person.erased")] == [made.key]
