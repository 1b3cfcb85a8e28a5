"""The register: who finds what in it, whose disclosures, and the sheet of it."""

import csv
import io
import secrets

import pytest
from sqlalchemy import insert

from hub.disclosure.sheet import COLUMNS
from hub.disclosure.states import State, Step
from hub.disclosure.store import Wanted
from hub.disclosure.subjects import Subject
from hub.passes.record import Outcome, Pass
from hub.passes.schema import passes
from hub.register.schema import vehicles
from tests.hub.disclosure.made import BUNDLE, CHEN, ZHAO, Desk, scope


async def numbers(desk: Desk, **wanted: object) -> list[int]:
    """Return the running numbers of what is found."""
    return [each.n for each in await desk.desk.find(Wanted(**wanted))]  # type: ignore[arg-type]  # what a test asks


async def test_the_newest_come_first_page_by_page(desk: Desk) -> None:
    for _ in range(5):
        await desk.request()
    first = await desk.service.page(Wanted(limit=2))
    assert [each.number[-4:] for each in first.exports] == ["0005", "0004"]
    second = await desk.service.page(Wanted(limit=2, before=first.next))
    assert [each.number[-4:] for each in second.exports] == ["0003", "0002"]
    last = await desk.service.page(Wanted(limit=2, before=second.next))
    assert ([each.number[-4:] for each in last.exports], last.next) == (["0001"], None)


async def test_it_is_searched_by_state_and_by_what_people_know(desk: Desk) -> None:
    await desk.request(case_number="A-77_1", purpose="查找肇事车辆")
    second = await desk.request(unit="钟公庙派出所")
    await desk.press(second, Step.APPROVE, CHEN)
    assert await numbers(desk, states=frozenset({State.APPROVED})) == [2]
    assert await numbers(desk, states=frozenset({State.APPROVED, State.REQUESTED})) == [2, 1]
    for text, found in (
        ("a-77_", [1]),
        ("肇事", [1]),
        ("钟公庙", [2]),
        ("调证字", [2, 1]),
        (second.number, [2]),
        ("%", []),
    ):
        assert await numbers(desk, text=text) == found, text


def vehicle(tenant: str, key: str, plate: str, person: str) -> dict[str, object]:
    """Make a row of the register."""
    return {
        "tenant": tenant,
        "key": key,
        "plate": plate,
        "category": "resident",
        "person": person,
        "levels": "[]",
        "blocked": False,
        "block_only": False,
        "blocked_reason": "",
        "note": "",
        "changed_ms": 0,
        "version": 1,
    }


async def test_whose_disclosures_there_were_is_found_by_person_vehicle_and_plate(desk: Desk) -> None:
    mine = vehicle(desk.tenant, "v-1", "浙B12345", "p-1")
    await desk.ledger.write(lambda c: c.execute(insert(vehicles).values(mine)))
    await desk.request(scope=scope(person="p-1"))
    await desk.request(scope=scope(vehicle="v-1"))
    await desk.request(scope=scope(plate="浙b·12345"))
    await desk.request(scope=scope(person="p-2"))
    await desk.request(scope=scope(plate="浙B*"))
    assert await numbers(desk, person="p-1") == [3, 2, 1]
    assert await numbers(desk, vehicle="v-1") == [3, 2]
    assert await numbers(desk, plate="浙B1234S") == [3]  # as a camera may have read it
    assert await numbers(desk, plate="浙B12345") == [3, 2]
    assert await numbers(desk, person="p-2") == [4]
    assert await numbers(desk, person="p-2", plate="浙B12345") == []


async def test_whose_passes_were_picked_and_whose_data_left_is_found_too(desk: Desk) -> None:
    seq = secrets.randbelow(10**12) + 1
    record = Pass(
        seq=seq,
        tenant=desk.tenant,
        site="hemei",
        kind="gate",
        device="east-in",
        at_ms=0,
        received_ms=0,
        outcome=Outcome.PASSED,
        person="p-3",
        plate="浙B00001",
        folded="浙800001",
    )
    await desk.ledger.write(lambda c: c.execute(insert(passes).values(row_of(record))))
    picked = await desk.approved(scope=scope(passes=(seq,)))
    assert await numbers(desk, person="p-3") == await numbers(desk, plate="浙B00001") == [1]
    await desk.desk.begin(picked.id)
    left = [Subject("person", f"p-{n}") for n in range(3, 1203)]
    await desk.desk.made(picked.id, BUNDLE, left)
    assert await numbers(desk, person="p-1202") == await numbers(desk, person="p-3") == [1]
    assert (await desk.audit())[-1].details["subjects"] == 1200


def row_of(record: Pass) -> dict[str, object]:
    """Write a pass as the record does."""
    return {name: getattr(record, name) for name in ("seq", "tenant", "site", "kind", "device", "person")} | {
        "at_ms": 0,
        "received_ms": 0,
        "outcome": record.outcome.value,
        "direction": record.direction.value,
        "means": record.means.value,
        "plate": record.plate,
        "folded": record.folded,
        "colour": record.colour.value,
        "pictures": "[]",
        "replay": False,
        "passback": False,
        "passback_told": False,
        "dwell_s": 0.0,
    }


async def test_the_sheet_has_all_that_is_asked_later_and_computes_nothing(one_desk: Desk) -> None:
    found = await one_desk.ready(purpose="=1+1", scope=scope(plate="浙B12345", devices=("gate/*",)))
    await one_desk.press(found, Step.HAND, to="周正")
    text = await one_desk.service.sheet(Wanted(), ZHAO, "", {})
    head, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert head == list(COLUMNS)
    said = dict(zip(head, row, strict=True))
    assert said["编号 Number"] == found.number
    assert said["用途 Purpose"] == "'=1+1"
    assert said["对象 Subject"] == "浙B12345"
    assert said["审批人 Decided by"] == CHEN.who
    assert said["文件校验值 SHA-256"] == BUNDLE.sha256
    assert said["起 From"].endswith("+08:00")
    last = (await one_desk.audit())[-1]
    assert (last.what, last.who, last.details["rows"]) == ("disclosure.register-exported", ZHAO.who, 1)


@pytest.mark.parametrize("text", ["2026-", "-1", "9" * 40 + "-1", "二〇二六-1", "\\"])
async def test_whatever_somebody_types_is_searched_for(one_desk: Desk, text: str) -> None:
    assert await numbers(one_desk, text=text) == []
