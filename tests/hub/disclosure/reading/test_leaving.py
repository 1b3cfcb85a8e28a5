"""What leaves on each legal basis, and nothing wider than what was approved."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hub.disclosure.bases import LegalBasis
from hub.disclosure.scope import DataKind, Scope
from tests.hub.disclosure.yard import DECIDED_MS, NOON_MS, NOTHING, OTHER, PLATE, SCOPE, Yard, basis

PASSES = replace(SCOPE, kinds=(DataKind.PASSES,))
NAMED = replace(PASSES, plate=PLATE)


@contextmanager
def a_yard(folder: Path, url: str | None = None) -> Iterator[Yard]:
    """Give a site with two vehicles, one of somebody who lives there."""
    made = Yard(folder, url)
    made.live()
    made.passes(1, person="p-1", vehicle="v-1", pictures=(made.picture(),))
    made.passes(2, plate=OTHER, pictures=("ab" * 32,))
    yield made
    made.close()


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    """Give a site, for what no database decides."""
    with a_yard(tmp_path) as made:
        yield made


@pytest.fixture
def each_yard(ledger_url: str, tmp_path: Path) -> Iterator[Yard]:
    """Give a site; the test runs once on each database."""
    with a_yard(tmp_path, ledger_url) as made:
        yield made


def left(yard: Yard, on: LegalBasis, scope: Scope, table: str = "passes") -> list[dict[str, Any]]:
    """Return rows as they leave, by column, with how many media and whether those are masked."""
    cut = yard.reader.cut(scope, DECIDED_MS)
    with yard.reader.source(on, scope, cut, NOTHING) as source:
        spec = next(each for each in source.tables() if each.name == table)
        found = []
        for row in source.rows(table, None):
            files = [file.masked for file, _ in source.media(row)]
            assert len(files) == len(row.media)
            values = dict(zip((each.key for each in spec.columns), row.values, strict=True))
            found.append(values | {"masked": files, "at": row.at_ms, "received": row.received_ms})
        return found


def held_back(yard: Yard, on: LegalBasis, scope: Scope) -> dict[str, int]:
    cut = yard.reader.cut(scope, DECIDED_MS)
    with yard.reader.source(on, scope, cut, NOTHING) as source:
        withheld = source.withheld()
        assert all(set(each.why) == {"zh-CN", "en"} for each in withheld)
        return {each.what: each.number for each in withheld}


GOLDEN = [
    # Of the first row: plate, person, name, telephone, room, which pictures are masked; of the other: plate.
    ("criminal", PASSES, PLATE, "p-1", "王小明", "13812345678", "3-2-501", [False], OTHER),
    ("public-security", PASSES, "琼A***45", "***", None, None, None, [True], "琼B***90"),
    ("public-security", NAMED, PLATE, "p-1", None, None, None, [False], None),
    ("missing-person", NAMED, PLATE, "p-1", None, None, None, [False], None),
    ("person-concerned", NAMED, PLATE, None, None, None, None, [True], None),
    ("public-security", replace(PASSES, passes=(1,)), PLATE, "p-1", None, None, None, [False], None),
    ("public-security", replace(PASSES, plate="琼A123*"), "琼A***45", "***", None, None, None, [True], None),
    ("public-security", replace(PASSES, person="p-1"), PLATE, "p-1", None, None, None, [False], None),
]


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: f"{case[0]}-{case[1].plate or len(case[1].passes)}")
def test_what_leaves_is_what_the_basis_reveals_of_whom_the_scope_names(yard: Yard, case: Any) -> None:
    key, scope, plate, person, name, telephone, room, masked, other = case
    on = basis(key, longest_days=30)
    rows = left(yard, on, scope)
    first = rows[0]
    said = (first["plate"], first.get("person"), first.get("name"), first.get("telephone"), first.get("room"))
    assert said == (plate, person, name, telephone, room)
    assert first["masked"] == masked
    assert [row["plate"] for row in rows[1:]] == ([other] if other else [])
    assert set(first) == {*on.fields_of(DataKind.PASSES), "masked", "at", "received"} - {"pictures"}


def test_the_time_at_which_the_hub_heard_of_it_leaves_only_if_the_basis_says_so(yard: Yard) -> None:
    assert left(yard, basis("criminal"), PASSES)[0]["received"] == NOON_MS + 41
    assert left(yard, basis("person-concerned"), NAMED)[0]["received"] is None


def test_what_is_held_back_is_counted_with_its_reason(each_yard: Yard) -> None:
    assert held_back(each_yard, basis("public-security"), PASSES) == {
        "plates": 2,
        "persons": 2,
        "pictures-masked": 1,
        "pictures-gone": 1,
    }
    assert held_back(each_yard, basis("criminal"), PASSES) == {"identity": 1, "pictures-gone": 1}


def test_a_scope_that_is_wider_than_the_basis_is_not_opened(yard: Yard) -> None:
    with pytest.raises(ValueError, match="days"):
        left(yard, basis("missing-person"), replace(NAMED, to_ms=NOON_MS + 30 * 86_400_000))


def test_what_comes_in_after_the_release_does_not_leave_though_it_be_of_before(each_yard: Yard) -> None:
    before = left(each_yard, basis("criminal"), PASSES)
    cut = each_yard.reader.cut(PASSES, DECIDED_MS)
    each_yard.passes(3, at_ms=NOON_MS, received_ms=DECIDED_MS + 1)
    each_yard.event(4, {"plate": PLATE}, NOON_MS, received_ms=DECIDED_MS + 1)
    assert left(each_yard, basis("criminal"), PASSES) == before
    assert len(left(each_yard, basis("criminal"), SCOPE, "events")) == 2
    assert each_yard.reader.cut(PASSES, DECIDED_MS) == cut


def test_nothing_leaves_of_another_time_place_or_tenant(each_yard: Yard) -> None:
    each_yard.passes(3, at_ms=SCOPE.from_ms - 1)
    each_yard.passes(4, at_ms=SCOPE.to_ms)
    each_yard.passes(5, kind="door", device="b3-lobby")
    each_yard.passes(6, tenant="next-door")
    assert len(left(each_yard, basis("criminal"), PASSES)) == 3
    gate = replace(PASSES, devices=("gate/*",))
    assert len(left(each_yard, basis("criminal"), gate)) == 2
    assert len(left(each_yard, basis("criminal"), replace(gate, areas=("east-gate",)))) == 2
    assert not left(each_yard, basis("criminal"), replace(gate, areas=("garage",)))


def test_of_an_event_known_items_leave_and_each_is_what_it_is(each_yard: Yard) -> None:
    data = {
        "plate": PLATE,
        "before": OTHER,
        "person": "p-1",
        "reason": "listed",
        "confidence": 97.5,
        "note": "王小明 13812345678",
        "phone-number": 13812345678,
        "media": ["ab" * 32],
    }
    each_yard.event(7, data, type="hemei.gate.tailgated")
    on = basis("criminal", reveals=basis("public-security").reveals)
    scope = replace(SCOPE, plate=PLATE, kinds=(DataKind.EVENTS,))
    [row] = left(each_yard, on, scope, "events")
    assert row["data"] == (
        '{"before":"琼B***90","confidence":97.5,"person":"p-1","plate":"琼A12345","reason":"listed"}'
    )
    assert held_back(each_yard, on, scope)["data"] == 2


def test_clips_leave_only_where_they_may_be_seen(yard: Yard) -> None:
    clip = yard.keep(b"\x00\x00\x00\x18ftypisom" + bytes(100))
    yard.event(8, {"plate": PLATE, "media": [clip]})
    scope = replace(SCOPE, plate=PLATE, clips=True, kinds=(DataKind.EVENTS,))
    assert left(yard, basis("criminal"), scope, "events")[0]["masked"] == [False]
    narrow = basis("criminal", reveals=frozenset())
    assert left(yard, narrow, scope, "events")[0]["masked"] == []
    assert held_back(yard, narrow, scope)["clips"] == 1


def test_rows_go_on_behind_any_cursor(each_yard: Yard) -> None:
    each_yard.passes(*range(10, 25))
    for number in range(30, 40):
        each_yard.event(number, {"reason": "listed"})
    scope = replace(SCOPE, kinds=(DataKind.PASSES, DataKind.EVENTS))
    cut = each_yard.reader.cut(scope, DECIDED_MS)
    with each_yard.reader.source(basis("criminal"), scope, cut, NOTHING) as source:
        for table in ("passes", "events"):
            rows = list(source.rows(table, None))
            assert len(rows) == source.count(table)
            for place in (0, 7, len(rows) - 1):
                assert list(source.rows(table, rows[place].cursor)) == rows[place + 1 :]


def test_a_damaged_or_unreadable_picture_stays_and_is_counted(yard: Yard) -> None:
    damaged, wrong = yard.picture(3), yard.keep(b"no picture at all")
    path = yard.media.path(damaged)
    assert path is not None
    path.write_bytes(b"rust")
    yard.passes(9, pictures=(damaged, wrong))
    withheld = held_back(yard, basis("criminal", reveals=frozenset()), PASSES)
    assert withheld["pictures-damaged"] == 1
    assert withheld["pictures-unreadable"] == 1
