"""What a stranger's file can do to its reader: nothing, whatever is in it."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.register.importing import sheet
from hub.register.importing.columns import FIELDS, head_of, header
from hub.register.importing.known import Known
from hub.register.importing.planned import PROBLEMS
from hub.register.importing.planning import cells_of, plan_rows
from hub.register.importing.reading import read_file
from hub.register.importing.sheet import INEXACT, Line, Table, Unreadable, read
from hub.register.importing.template import template
from hub.register.importing.view import CellProblem, ImportWhat
from tests.hub.register.made import SHANGHAI
from tests.hub.register.tables import HEAD, WANG, table, workbook

NOBODY = Known(
    zone=SHANGHAI,
    levels=frozenset({"residents"}),
    homes={},
    people={},
    named={},
    carried={},
    vehicles={},
    parked={},
)
BOOK = workbook(HEAD, WANG)


def packed(**parts: bytes) -> bytes:
    """Make an archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """Put other bytes into one part of a workbook."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as book, zipfile.ZipFile(written, "w", 8) as archive:
        for part in book.namelist():
            archive.writestr(part, content if part == name else book.read(part))
    return written.getvalue()


def code_of(content: bytes) -> str:
    found = read(content)
    assert isinstance(found, Unreadable), found
    assert found.code in PROBLEMS
    return found.code


def test_what_is_no_table_is_said_to_be_none() -> None:
    assert code_of(b"PK\x03\x04 this is no archive") == "not-a-table"
    assert code_of(packed(a=b"1")) == "not-a-table"
    assert code_of(b"\xff\xfe\x00") == "not-a-table"
    assert code_of(b"\x81 \xff\xff") == "unknown-encoding"
    assert code_of(BOOK[: len(BOOK) // 2]) == "not-a-table"
    assert read(b"") == Table(lines=[])


def test_a_bomb_does_not_go_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_UNPACKED", 1024 * 1024)
    assert code_of(packed(**{"xl/worksheets/sheet1.xml": b" " * 2_000_000})) == "too-large"
    assert code_of(packed(**{f"part{n}": b"" for n in range(sheet.MOST_PARTS + 1)})) == "too-large"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_entities_are_not_followed(part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    found = read(with_part(part, bomb + b"<worksheet>&b;&f;</worksheet>"))
    assert isinstance(found, Unreadable) or all("ha" not in str(line) for line in found.lines)


def test_bounds_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 5)
    assert code_of(b"a\n" * 106) == "too-many-rows"
    assert code_of(b",".join([b"a"] * 65)) == "too-many-columns"
    long = read(b"x" * 2000)
    assert isinstance(long, Table)
    assert len(long.lines[0].cells[0]) == sheet.MOST_CHARACTERS


def test_what_a_workbook_says_of_its_size_need_not_be_true() -> None:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as book:
        content = book.read("xl/worksheets/sheet1.xml").replace(b'ref="A1:H2"', b'ref="A1:A1"')
    found = read(with_part("xl/worksheets/sheet1.xml", content))
    assert isinstance(found, Table)
    assert found.lines[1].cells[:2] == ["王芳", "3栋"]


def test_a_number_of_which_digits_are_lost_is_known() -> None:
    found = read(workbook(["卡号", "x"], [1234567890123456789, True], [0.5, None]))
    assert found == Table(lines=[Line(1, ["卡号", "x"]), Line(2, [INEXACT, "True"]), Line(3, ["0.5"])])


@pytest.mark.parametrize("what", ["people", "vehicles", "blocked"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_is_understood(what: ImportWhat, language: str, form: str) -> None:
    found = read(template(what, form, language))
    assert isinstance(found, Table)
    head = head_of(found.lines, what)
    assert not isinstance(head, CellProblem)
    assert (list(head.at), head.unknown) == (list(FIELDS[what]), [])
    assert found.lines[0].cells == header(what, language)
    planned = plan_rows(what, cells_of(found.lines, head), head.called, NOBODY)
    assert [each.state for each in planned] == ["new"]


async def test_a_file_is_read_by_a_process_of_its_own() -> None:
    found = await read_file(table(HEAD, WANG))
    assert isinstance(found, Table)
    assert found.lines[1].row == 2
    assert await read_file(b"PK nothing") == Unreadable(code="not-a-table")


def planned_of(what: ImportWhat, content: bytes) -> None:
    """Read and plan, as an import does; whatever is raised is a fault of ours."""
    found = read(content)
    if isinstance(found, Unreadable):
        assert found.code in PROBLEMS
        return
    head = head_of(found.lines, what)
    if isinstance(head, CellProblem):
        return
    for each in plan_rows(what, cells_of(found.lines, head), head.called, NOBODY):
        assert (each.state == "bad") == bool(each.problems)


quietly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(st.binary(max_size=300), st.sampled_from(["people", "vehicles", "blocked"]))
@quietly
def test_any_bytes_below_a_head_are_read_or_refused(noise: bytes, what: ImportWhat) -> None:
    planned_of(what, noise)
    planned_of(what, ",".join(header(what, "zh-CN")).encode() + b"\n" + noise)


@given(st.lists(st.lists(st.text(max_size=30), min_size=14, max_size=14), max_size=5))
@quietly
def test_any_cells_are_understood_or_named(rows: list[list[str]]) -> None:
    for what in FIELDS:
        planned_of(what, table(header(what, "en"), *rows, encoding="utf-16"))


@given(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=20))
@quietly
def test_a_damaged_workbook_is_read_or_refused(at: int, noise: bytes) -> None:
    planned_of("people", BOOK[:at] + noise + BOOK[at + len(noise) :])
