"""Imports: what a table would do is shown first, and exactly that is done."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from contract.lists import Category
from hub.register.importing.export import exported
from hub.register.importing.view import ImportView, ImportWhat
from hub.register.refusals import RegisterChanged, RegisterRefused, TooLarge
from hub.register.wanted import HouseholdsWanted, PeopleWanted, VehiclesWanted, Window
from tests.hub.register.made import LI, SHANGHAI, Office
from tests.hub.register.tables import HEAD, LI_SI, WANG, table, workbook


async def wrong(office: Office, made: ImportView) -> list[tuple[int, str, str]]:
    """Return row, column and code of what is wrong."""
    rows = (await office.register.imports.rows(made.id, None, 0, 500)).rows
    return [(row.row, one.column, one.code) for row in rows for one in row.problems]


async def test_a_table_becomes_people_and_households(office: Office) -> None:
    preview = await office.imported(table(HEAD, WANG, LI_SI))
    assert (preview.state, preview.counts.new, preview.counts.households) == ("previewed", 2, 1)
    assert not office.people, "nothing before it is confirmed"
    assert preview.plan is not None
    applying = await office.register.imports.apply(preview.id, preview.plan, LI)
    assert applying.state == "applying"
    await office.register.imports.work()
    done = await office.register.imports.get(preview.id)
    assert (done.state, done.applied) == ("applied", 2)
    staff, resident = (await office.register.people.find(PeopleWanted(), Window())).people[::-1]
    assert (resident.name, resident.room, resident.phone) == ("王芳", "3-2-501", "13800001111")
    assert (staff.category, staff.levels, staff.valid_until) == (Category.STAFF, ("staff",), None)
    entry = office.people[resident.key]
    assert entry.cards == ("8061550",)
    assert entry.valid_until == datetime(2031, 1, 1, tzinfo=SHANGHAI)
    assert [each["about"] for each in office.audited("person.added")] == [resident.key, staff.key]
    assert "王芳" not in str(office.audited())
    assert not (await office.register.imports.rows(preview.id, None, 0, 9)).rows, "names are not kept twice"


@pytest.mark.parametrize(
    "content",
    [
        table(HEAD, WANG, encoding="utf-8-sig"),
        table(HEAD, WANG, encoding="gb18030"),
        table(HEAD, WANG, encoding="utf-16", separator="\t"),
        table(HEAD, WANG, separator=";"),
        table(("", "", ""), ("和美小区业主名单",), (), HEAD, (), WANG, ()),
        table([f" {name}* " for name in HEAD], WANG),
        table(
            ("Room", "Unit", "Building", "NAME", "mobile", "x"), ("501", "2", "3", "王芳", "13800001111", "y")
        ),
        workbook(HEAD, WANG),
        workbook(("和美小区业主名单",), HEAD, (), WANG, hidden=True),
        workbook(
            ("姓名", "房号", "楼栋", "单元", "电话", "有效期至"),
            ("王芳", 501, 3.0, 2, 13800001111, datetime(2030, 12, 31)),  # noqa: DTZ001 - Excel has no zones
        ),
    ],
    ids=["bom", "gb18030", "utf-16", "semicolon", "title", "stars", "english", "xlsx", "hidden", "numbers"],
)
async def test_tables_are_read_however_they_are_written(quick: Office, content: bytes) -> None:
    done = await quick.applied(content)
    assert (done.counts.new, done.applied) == (1, 1)
    (person,) = (await quick.register.people.find(PeopleWanted(), Window())).people
    assert (person.name, person.room, person.phone) == ("王芳", "3-2-501", "13800001111")


async def test_every_bad_row_is_named_with_what_to_do(quick: Office) -> None:
    await quick.person("holder", cards=("999",))
    rows = [
        ("", "3", "2", "501", "", "", "", ""),
        ("甲", "3", "2", "", "", "", "", ""),
        ("乙", "", "", "", "", "", "业主", ""),
        ("丙", "3", "2", "501", "12ab", "no card", "邻居", "2030-13-01"),
        ("丁", "3", "2", "501", "", "999", "", ""),
        ("戊", "3", "2", "501", "", "5", "", "2031-1-1"),
        ("戊", "3栋", "2单元", "501", "", "", "", ""),
        ("己", "3", "2", "501", "", "5", "", ""),
        ("庚", "3", "2", "501", "", "8061550;" * 62 + "12345678", "", "0001-01-01"),
    ]
    made = await quick.imported(table(HEAD, *rows))
    assert (made.counts.new, made.counts.bad) == (1, 8)
    assert await wrong(quick, made) == [
        (2, "姓名", "empty"),
        (3, "房号", "bad-room"),
        (4, "房号", "no-room"),
        (5, "类别", "bad-category"),
        (5, "电话", "bad-phone"),
        (5, "卡号", "bad-card"),
        (5, "有效期至", "bad-date"),
        (6, "卡号", "card-taken"),
        (8, "姓名", "twice"),
        (9, "卡号", "card-twice"),
        (10, "卡号", "too-long"),
        (10, "有效期至", "bad-date"),
    ]
    sheet = list(csv.reader(io.StringIO((await quick.register.imports.bad_csv(made.id, "zh-CN"))[1:])))
    assert sheet[0] == ["行号", "问题", "姓名", "类别", "楼栋", "单元", "房号", "电话", "卡号", "有效期至"]
    assert sheet[1][:2] == ["2", "姓名: 不能为空"]
    assert len(sheet) == 9
    mended = await quick.imported((await quick.register.imports.bad_csv(made.id, "en")).encode())
    assert mended.unknown_columns == ["row", "what to do"], "it can be uploaded as it is"


async def test_a_second_time_nothing_is_different(quick: Office) -> None:
    await quick.applied(table(HEAD, WANG, LI_SI))
    before = dict(quick.people)
    again = await quick.applied(table(HEAD, WANG, LI_SI))
    assert (again.counts.unchanged, again.applied) == (2, 0)
    assert quick.people == before


async def test_an_empty_cell_says_nothing_and_a_dash_that_there_is_nothing(quick: Office) -> None:
    await quick.applied(table(HEAD, WANG))
    (before,) = (await quick.register.people.find(PeopleWanted(), Window())).people
    moved = await quick.applied(
        table(
            ("姓名", "卡号", "楼栋", "单元", "房号", "电话", "有效期至"),
            ("王芳", "8061550", "4", "1", "101", "-", ""),
        )
    )
    assert (moved.counts.changed, moved.counts.households) == (1, 1)
    (after,) = (await quick.register.people.find(PeopleWanted(), Window())).people
    assert (after.key, after.room, after.phone) == (before.key, "4-1-101", "")
    assert (after.cards, after.valid_until) == (before.cards, before.valid_until)
    assert (await quick.register.households.find(HouseholdsWanted(), Window())).total == 2


async def test_vehicles_have_their_owners(office: Office) -> None:
    await office.applied(table(HEAD, WANG))
    head = ("车牌", "车主", "楼栋", "单元", "房号", "类别")
    rows = [
        ("浙B·12345", "王芳", "3", "2", "501", ""),
        ("浙b 12345", "", "", "", "", ""),
        ("浙A00001", "王芳", "", "", "", "服务"),
        ("浙A00002", "nobody", "", "", "", ""),
        ("plate?", "", "", "", "", ""),
    ]
    made = await office.imported(table(head, *rows), "vehicles")
    assert await wrong(office, made) == [
        (3, "车牌", "twice"),
        (5, "车主", "unknown-owner"),
        (6, "车牌", "bad-plate"),
    ]
    assert made.plan is not None
    await office.register.imports.apply(made.id, made.plan, LI)
    await office.register.imports.work()
    found = (await office.register.vehicles.find(VehiclesWanted(), Window())).vehicles
    assert [(each.plate, each.owner, each.room, each.levels) for each in found] == [
        ("浙A00001", "王芳", "3-2-501", ("service",)),
        ("浙B12345", "王芳", "3-2-501", ("residents",)),
    ]
    assert {each.plate for each in office.vehicles.values()} == {"浙A00001", "浙B12345"}


async def test_blocked_plates_are_imported_with_their_reasons(office: Office) -> None:
    known = await office.vehicle("浙B12345")
    visit = await office.visit(plate="沪A88888")
    content = table(("车牌号", "原因"), ("浙B12345", "欠费"), ("沪A·88888", "hit a gate"), ("京A00001", ""))
    done = await office.applied(content, "blocked")
    assert (done.counts.new, done.counts.changed, done.counts.bad) == (1, 1, 1)
    assert office.vehicles[known.key].blocked
    assert len(office.vehicles) == 2
    assert (await office.register.visits.get(visit.id, names=False)).state == "revoked"
    assert (await office.applied(content, "blocked")).counts.unchanged == 2
    taken = await office.imported(table(("车牌",), ("浙B12345",)), "vehicles")
    assert await wrong(office, taken) == [(2, "车牌", "plate-blocked")]


async def test_what_is_confirmed_is_what_was_previewed(quick: Office) -> None:
    preview = await quick.imported(table(HEAD, WANG, LI_SI))
    assert preview.plan is not None
    home = await quick.home()
    await quick.person("王芳", household=home.id)
    with pytest.raises(RegisterChanged):
        await quick.register.imports.apply(preview.id, preview.plan, LI)
    assert len(quick.people) == 1
    now = await quick.register.imports.get(preview.id)
    assert (now.state, now.counts.changed, now.counts.new) == ("previewed", 1, 1)
    assert now.plan is not None
    assert now.plan != preview.plan
    await quick.register.imports.apply(now.id, now.plan, LI)
    with pytest.raises(RegisterRefused) as twice:
        await quick.register.imports.apply(now.id, now.plan, LI)
    assert twice.value.code == "not-previewed"


async def test_a_row_that_no_longer_fits_is_left_out(office: Office) -> None:
    first = await office.person("王芳", household=(await office.home()).id)
    car = ("赵六", "9", "9", "909", "", "77", "", "")
    preview = await office.imported(table(HEAD, WANG, LI_SI, car))
    assert preview.plan is not None
    await office.register.imports.apply(preview.id, preview.plan, LI)
    await office.register.people.change(first.key, {"note": "meanwhile"}, first.version, LI)
    await office.person("孙七", cards=("77",))
    await office.register.imports.work()
    done = await office.register.imports.get(preview.id)
    assert (done.state, done.applied, done.counts.conflict) == ("applied", 1, 2)
    assert await wrong(office, done) == [(2, "", "changed-meanwhile"), (4, "", "changed-meanwhile")]


async def test_an_import_is_cancelled_before_it_is_confirmed(quick: Office) -> None:
    preview = await quick.imported(table(HEAD, WANG))
    cancelled = await quick.register.imports.cancel(preview.id, LI)
    assert cancelled.state == "cancelled"
    assert not (await quick.register.imports.rows(preview.id, None, 0, 9)).rows
    assert preview.plan is not None
    with pytest.raises(RegisterRefused):
        await quick.register.imports.apply(preview.id, preview.plan, LI)
    done = await quick.applied(table(HEAD, WANG))
    with pytest.raises(RegisterRefused) as confirmed:
        await quick.register.imports.cancel(done.id, LI)
    assert confirmed.value.code == "already-confirmed"


async def test_what_is_cancelled_while_it_is_read_keeps_no_names(quick: Office) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield table(HEAD, WANG)

    reading = await quick.register.imports.upload(parts(), "people", "x.csv", LI)
    await quick.register.imports.cancel(reading.id, LI)
    await quick.register.imports.work()
    assert (await quick.register.imports.get(reading.id)).state == "cancelled"
    assert not (await quick.register.imports.rows(reading.id, None, 0, 9)).rows


async def test_a_vehicle_is_not_given_to_who_has_left_meanwhile(quick: Office) -> None:
    home = await quick.home()
    owner = await quick.person("王芳", household=home.id)
    preview = await quick.imported(
        table(("车牌", "车主"), ("浙B12345", "王芳"), ("浙A00001", "")), "vehicles"
    )
    assert preview.plan is not None
    await quick.register.imports.apply(preview.id, preview.plan, LI)
    await quick.register.people.leave(owner.key, owner.version, LI, keep_vehicles=False)
    await quick.register.imports.work()
    assert [each.plate for each in quick.vehicles.values()] == ["浙A00001"]
    done = await quick.register.imports.get(preview.id)
    assert await wrong(quick, done) == [(2, "", "changed-meanwhile")]


async def test_what_was_being_read_when_the_hub_ended_is_lost_and_says_so(quick: Office) -> None:
    preview = await quick.imported(table(HEAD, WANG))

    async def parts() -> AsyncIterator[bytes]:
        yield table(HEAD, WANG)

    reading = await quick.register.imports.upload(parts(), "people", "x.csv", LI)
    quick.register.imports._uploaded.clear()  # as a restart does
    await quick.register.imports._keeping.write(quick.register.imports._interrupt)
    lost = await quick.register.imports.get(reading.id)
    assert lost.problem is not None
    assert (lost.state, lost.problem.code) == ("unreadable", "interrupted")
    assert (await quick.register.imports.get(preview.id)).state == "previewed"


async def test_bad_rows_and_forgotten_previews_do_not_stay(quick: Office) -> None:
    bad = await quick.applied(table(HEAD, ("", "3", "2", "501", "", "", "", "")))
    preview = await quick.imported(table(HEAD, WANG))
    quick.clock.advance(8 * 86400)
    await quick.register.imports._keeping.write(quick.register.imports._forget_old)
    assert not (await quick.register.imports.rows(bad.id, None, 0, 9)).rows
    assert (await quick.register.imports.get(preview.id)).state == "cancelled"
    await quick.register.imports._keeping.write(quick.register.imports._forget_old)
    assert not (await quick.register.imports.rows(preview.id, None, 0, 9)).rows


async def test_a_table_that_is_too_large_is_not_taken(quick: Office) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 1024 * 1024

    with pytest.raises(TooLarge):
        await quick.register.imports.upload(parts(), "people", "x.csv", LI)


@pytest.mark.parametrize("what", ["people", "vehicles", "blocked"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_what_is_exported_can_be_imported_again(quick: Office, what: ImportWhat, language: str) -> None:
    await quick.applied(table((*HEAD, "备注"), (*WANG, "=1+1"), (*LI_SI, "- a note")))
    owner = (await quick.register.people.find(PeopleWanted(q="王芳"), Window())).people[0]
    await quick.vehicle("浙B12345", person=owner.key)
    await quick.register.vehicles.block("沪A88888", "=1+1", LI)
    text = await quick.register.imports.export(exported, what, language, LI)
    again = await quick.imported(text.encode(), what)
    assert (again.counts.unchanged, again.counts.rows) == (
        {"people": 2, "vehicles": 1, "blocked": 1}[what],
        {"people": 2, "vehicles": 1, "blocked": 1}[what],
    ), await wrong(quick, again)
