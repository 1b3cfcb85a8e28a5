"""`hemei register` on a site's ledger."""

import stat
from pathlib import Path

import pytest

from tests.hemei.commands import Hemei, on_a_site
from tests.hub.register.tables import HEAD, LI_SI, WANG, table, workbook


@pytest.fixture
def hemei(tmp_path: Path) -> Hemei:
    return on_a_site(tmp_path, "register")


def test_a_list_is_shown_and_then_imported(hemei: Hemei, tmp_path: Path) -> None:
    file, sheet = tmp_path / "list.xlsx", tmp_path / "out.csv"
    file.write_bytes(workbook(HEAD, WANG, LI_SI, ("", "3")))
    shown = hemei("import", str(file), said="n\n")
    assert "3 rows: 2 new, 0 changed, 0 unchanged, 1 bad; 1 new households" in shown
    assert "row 4: 姓名: must not be empty" in shown
    assert "Nothing was changed" in shown
    assert "已导入 2 行" in hemei("import", str(file), "--yes", locale="zh_CN.UTF-8")
    assert "Nothing was changed" in hemei("import", str(file), "--yes")
    assert "2 rows written" in hemei("export", str(sheet))
    assert "王芳" in sheet.read_text(encoding="utf-8-sig")
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    assert "residents" in hemei("levels")
    link = hemei("link", "3-2-501", "--address", "https://hemei.example.cn")
    assert "https://hemei.example.cn/visit#" in link
    assert "no such room" in hemei("link", "9-9-999", code=2)


def test_what_cannot_be_read_says_why(hemei: Hemei, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    assert "No such file" in hemei("import", str(file), code=2)
    file.write_bytes(table(("x", "y"), ("1", "2")))
    assert "no header found" in hemei("import", str(file), code=2)
