"""People and households: what is kept, what lists are told, who is refused, what the audit keeps."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contract.clock import epoch_ms
from contract.errors import InvalidMessage
from contract.lists import Category, Face
from hub.register.refusals import RegisterRefused, Stale, Unknown
from hub.register.rooms import address
from hub.register.wanted import HouseholdsWanted, PeopleWanted, Window
from tests.hub.register.made import LI, NOON, Office
from tests.hub.register.tables import HEAD, table


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


@pytest.mark.parametrize(("held", "wanted"), [("w26:77", "77"), ("77", "w34:77")])
async def test_a_card_is_one_persons_in_whatever_format(quick: Office, held: str, wanted: str) -> None:
    holder = await quick.person(cards=(held,))
    with pytest.raises(RegisterRefused) as taken:
        await quick.person("李四", cards=(wanted,))
    assert taken.value.code == "card-taken"
    row = ("李四", "", "", "", "", wanted, "员工", "")
    preview = await quick.imported(table(HEAD, row))
    (bad,) = (await quick.register.imports.rows(preview.id, "bad", 0, 9)).rows
    assert [each.code for each in bad.problems] == ["card-taken"]
    await quick.register.people.leave(holder.key, holder.version, LI, keep_vehicles=False)
    preview = await quick.imported(table(HEAD, row, ("赵六", "", "", "", "", held, "员工", "")))
    (bad,) = (await quick.register.imports.rows(preview.id, "bad", 0, 9)).rows
    assert [each.code for each in bad.problems] == ["card-twice"]
    assert preview.plan is not None
    await quick.register.imports.apply(preview.id, preview.plan, LI)
    await quick.person("孙七", cards=(held,))
    await quick.register.imports.work()
    assert (await quick.register.imports.get(preview.id)).counts.conflict == 1
    several = await quick.person("周八", cards=("w26:99", "w34:99", "raw56:77"))
    assert several.cards == ("w26:99", "w34:99", "raw56:77")


@pytest.mark.parametrize(
    "written",
    [
        ("3栋", "2单元", "501室"),
        ("3号楼", "2门", "501号"),
        ("3#楼", "2", "501"),
        ("第3幢", "第2单元", "501"),
        ("3号", "02", "501"),
        ("03", "2", "501"),
        ("", "", "3#楼2单元501室"),
        ("", "", "第3栋第2单元501"),
        ("", "", "3号2单元501"),
        ("", "", "03-02-501"),
    ],
)
def test_a_room_is_called_the_same_however_it_is_written(written: tuple[str, str, str]) -> None:
    assert address(*written).room == "3-2-501"


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
