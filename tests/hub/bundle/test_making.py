"""A bundle is the same however often its making was killed, and says what was asked of it."""

import csv
import hashlib
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import msgspec
import openpyxl
import pytest

from contract.clock import SystemClock
from contract.errors import ConfigurationError
from hub.bundle.custody import chained
from hub.bundle.errors import MakingCancelled, SourceFault, StampFailed, WrongRecipient
from hub.bundle.keys import SigningKeys, read_public
from hub.bundle.making import Making, Options
from hub.bundle.progress import Bundle, Progress, Stage
from hub.bundle.readme import WINDOWS
from hub.bundle.sheets import MOST_LETTERS, write_workbook
from hub.bundle.source import MediaFile, Row
from hub.bundle.tables import columns_of
from tests.hub.bundle.changing import faults
from tests.hub.bundle.conftest import Made
from tests.hub.bundle.synthetic import BEGIN_MS, PASSES, Synthetic, facts

ROOT = Path(__file__).parents[3]
MOMENTS = ("reading:24", "sheets:1", "packing:9", "writing:2")


def lives(keys: Path, *lives: tuple[Path, str]) -> list[int]:
    """Make a bundle in real processes, one after another, and return how they ended."""
    said = [f"{folder}={moment}" for folder, moment in lives]
    command = [sys.executable, "-m", "tests.hub.bundle.child", str(keys), *said]
    return [int(end) for end in subprocess.check_output(command, cwd=ROOT, timeout=120).split()]


def test_killed_at_any_moment_it_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    folder, whole = tmp_path / "killed", tmp_path / "whole"
    for each in (folder, whole):
        each.mkdir()
    ends = lives(tmp_path / "keys", *((folder, moment) for moment in MOMENTS), (whole, "never"))
    assert ends == [-signal.SIGKILL] * len(MOMENTS) + [0]
    making = Making(folder, Synthetic(), facts(), SigningKeys(tmp_path / "keys"), Options(), SystemClock())
    resumed = making.run(lambda _progress: None, lambda: False)
    left = sorted(each.name for each in folder.iterdir())
    number = facts().number
    assert left == [f"{number}.zip", f"{number}.zip.sha256", f"{number}.zip.sha256.sig", "progress.json"]
    assert (whole / resumed.name).read_bytes() == (folder / resumed.name).read_bytes()
    assert not faults(folder / resumed.name)
    assert making.run(lambda _progress: None, lambda: False) == resumed


def test_a_cancelled_making_may_go_on_or_begin_with_other_facts(tmp_path: Path) -> None:
    heard: list[Progress] = []
    making = Making(tmp_path, Synthetic(), facts(), SigningKeys(tmp_path / "keys"), Options(), SystemClock())
    with pytest.raises(MakingCancelled) as cancelled:
        making.run(heard.append, lambda: len(heard) > 1)
    assert cancelled.value.retryable
    assert (heard[-1].stage, heard[-1].done, heard[-1].total) == ("reading", 40, 43)
    kept = json.loads((tmp_path / "progress.json").read_text())
    assert kept["tables"]["passes"]["rows"] == 40
    other = Making(
        tmp_path, Synthetic(), facts("2026-0008"), SigningKeys(tmp_path / "keys"), Options(), SystemClock()
    )
    with pytest.raises(MakingCancelled):
        other.run(lambda _progress: None, lambda: True)
    assert json.loads((tmp_path / "progress.json").read_text())["facts"] != kept["facts"]


def test_tables_are_there_three_times(made: Made, tmp_path: Path) -> None:
    with ZipFile(made.file) as opened:
        opened.extractall(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "data/passes.jsonl").read_text().splitlines()]
    assert len(lines) == 40
    assert lines[0]["at"] == "2025-12-01T00:00:00.000Z"
    assert lines[0]["left"] == "2025-12-01T00:00:05.000Z"
    assert (lines[1]["note"], lines[1]["known"]) == ('=HYPERLINK("http://x")', False)
    with (tmp_path / "data/passes.csv").open(encoding="utf-8-sig", newline="") as text:
        table = list(csv.reader(text))
    assert table[0] == [
        "发生时间",
        "接收时间",
        "道闸",
        "车牌",
        "离开时间",
        "车速",
        "已登记",
        "备注",
        "图像文件",
    ]
    assert table[1][0] == "2025-12-01 08:00:00.000+08:00"
    assert table[2][7] == '\'=HYPERLINK("http://x")'
    assert (tmp_path / table[1][8]).is_file()
    sheet = openpyxl.load_workbook(tmp_path / "data/passes.xlsx").active
    assert sheet is not None
    assert sheet.cell(1, 1).value == "发生时间（Asia/Shanghai）"
    assert str(sheet.cell(2, 1).value) == "2025-12-01 08:00:00"
    assert (sheet.cell(3, 8).value, sheet.cell(3, 8).data_type) == ('=HYPERLINK("http://x")', "s")
    assert (sheet.cell(2, 4).value, sheet.max_row) == ("浙A00000", 41)


def test_the_manifest_says_where_it_comes_from(made: Made) -> None:
    with ZipFile(made.file) as opened:
        told = json.loads(opened.read("manifest.json"))
        names = opened.namelist()
        pictures = [opened.read(each["file"]) for each in told["media"]]
    assert told["case"]["number"] == "A3301XX2026010001"
    assert [each["name"] for each in told["case"]["officers"]] == ["王警官", "赵警官"]
    assert (told["approval"]["requested_by"], told["approval"]["decided_by"]) == (
        "user:liaison.li",
        "user:supervisor.chen",
    )
    assert told["query"]["kinds"] == ["passes", "events"]
    assert told["clocks"][0]["offset_ms"] == -120.5
    assert told["clocks"][1]["offset_ms"] is None
    assert told["withheld"][0]["number"] == 7
    assert (told["tables"][0]["first_at"], told["tables"][0]["rows"]) == ("2025-12-01T00:00:00.000Z", 40)
    assert told["tables"][0]["first_received"] == "2025-12-01T00:00:00.040Z"
    assert [hashlib.sha256(each).hexdigest() for each in pictures] == [
        each["sha256"] for each in told["media"]
    ]
    assert len(pictures) == 3, "six rows show three pictures"
    assert len(names) == made.bundle.files
    kept = made.bundle.contents
    assert kept is not None
    assert [(each.what["en"], each.number) for each in kept.tables] == [("Passes", 40), ("Events", 3)]
    assert (kept.pictures, kept.clips, kept.withheld[0].number) == (3, 0, 7)
    assert kept.software == told["software"]


def test_the_cover_says_who_asked_and_nothing_in_it_is_markup(made: Made) -> None:
    with ZipFile(made.file) as opened:
        page, pdf = opened.read("cover.html").decode(), opened.read("cover.pdf")
    assert "核查 &lt;车辆&gt; 出入 &amp; 时间" in page
    assert "王警官（012345）、赵警官（012346）" in page
    assert "http" not in page
    assert "<script" not in page
    assert pdf.startswith(b"%PDF")


def test_the_readme_says_how_it_is_checked_on_windows_as_the_docs_do(made: Made) -> None:
    with ZipFile(made.file) as opened:
        readme = opened.read("README.txt").decode()
        sums = [line.split("  ", 1) for line in opened.read("SHA256SUMS").decode().splitlines()]
        assert all(hashlib.sha256(opened.read(name)).hexdigest() == digest for digest, name in sums)
    assert f"certutil -hashfile {made.bundle.name} SHA256" in readme
    assert WINDOWS in readme
    assert f"最后一个数应为 {made.bundle.files}" in readme
    assert WINDOWS in (ROOT / "docs/police-bundle.md").read_text(encoding="utf-8")


def test_a_source_that_breaks_its_word_is_found(tmp_path: Path) -> None:
    class Wrong(Synthetic):
        def media(self, row: Row) -> list[tuple[MediaFile, bytes]]:  # type: ignore[override]  # also iterable
            return [(file, b"other bytes") for file, _ in super().media(row)]

    class Silent(Synthetic):
        def media(self, row: Row) -> list[tuple[MediaFile, bytes]]:  # type: ignore[override]  # the same
            return []

    for source in (Wrong(), Silent()):
        making = Making(tmp_path, source, facts(), SigningKeys(tmp_path / "keys"), Options(), SystemClock())
        with pytest.raises(SourceFault, match="picture"):
            making.run(lambda _progress: None, lambda: False)


def test_a_recipient_that_is_none_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    options = Options(recipients=("age1nonsense",))
    with pytest.raises(WrongRecipient, match="age1"):
        Making(tmp_path, Synthetic(), facts(), SigningKeys(tmp_path / "keys"), options, SystemClock())
    assert not list(tmp_path.iterdir())


def test_a_long_text_is_cut_in_the_workbook_and_marked(tmp_path: Path) -> None:
    row = {"at": None, "received": None, "gate": "x" * 40_000, "plate": 12345678901234567, "left": None}
    row |= {"speed": 1.5, "known": True, "note": "\x01", "media": []}
    (tmp_path / "rows").write_bytes(msgspec.json.encode(row) + b"\n")
    zone = ZoneInfo("Asia/Shanghai")
    write_workbook(tmp_path / "rows", tmp_path / "x.xlsx", PASSES, zone, BEGIN_MS, lambda _rows: None)
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert sheet is not None
    cut = str(sheet.cell(2, 3).value)
    assert (len(cut), cut[-1]) == (MOST_LETTERS, "〕")
    assert sheet.cell(2, 4).value == "12345678901234567"
    assert sheet.cell(2, 7).value == "是"


def test_another_sheet_begins_where_one_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.bundle.sheets.MOST_ROWS", 4)
    row = {column.key: None for column in columns_of(PASSES)} | {"media": []}
    lines = [msgspec.json.encode(row | {"speed": number}) for number in range(8)]
    (tmp_path / "rows").write_bytes(b"\n".join(lines) + b"\n")
    told: list[int] = []
    zone = ZoneInfo("Asia/Shanghai")
    write_workbook(tmp_path / "rows", tmp_path / "x.xlsx", PASSES, zone, BEGIN_MS, told.append)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["passes", "passes 2"]
    assert [book["passes 2"].cell(place, 6).value for place in (1, 2, 5)] == ["车速", 4, 7]
    assert told == [4, 8]


def test_what_was_made_and_is_gone_is_made_anew(tmp_path: Path) -> None:
    making = Making(tmp_path, Synthetic(), facts(), SigningKeys(tmp_path / "keys"), Options(), SystemClock())
    with pytest.raises(MakingCancelled):
        making.run(lambda _progress: None, lambda: True)
    shutil.rmtree(tmp_path / "content")
    heard: list[Progress] = []
    with pytest.raises(MakingCancelled):
        making.run(heard.append, lambda: True)
    assert (heard[0].stage, heard[0].done) == ("reading", 40)


def test_a_name_that_is_none_of_a_file_is_refused(tmp_path: Path) -> None:
    for number in ("../2026", "a/b", "2026 1", ""):
        with pytest.raises(SourceFault, match="name of a file"):
            Making(
                tmp_path, Synthetic(), facts(number), SigningKeys(tmp_path / "keys"), Options(), SystemClock()
            )


def test_keys_are_made_once_private_and_kept_when_renewed(tmp_path: Path) -> None:
    keys = SigningKeys(tmp_path / "keys")
    first = keys.current().public
    assert SigningKeys(tmp_path / "keys").current().public.fingerprint == first.fingerprint
    assert (tmp_path / "keys/signing.pem").stat().st_mode & 0o777 == 0o600
    with keys.renewing() as renewal:
        assert keys.current().public.fingerprint == renewal.old.fingerprint == first.fingerprint
    second = renewal.new
    assert (tmp_path / "keys/signing.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(StampFailed), keys.renewing():
        raise StampFailed("whatever goes wrong before it is in place")
    assert sorted(each.name for each in (tmp_path / "keys").iterdir()) == ["old", "signing.pem"]
    assert second.fingerprint != first.fingerprint
    assert [each.fingerprint for each in keys.public_keys()] == [second.fingerprint, first.fingerprint]
    assert read_public(first.pem).fingerprint == first.fingerprint
    (tmp_path / "keys/signing.pem").write_text("nonsense")
    with pytest.raises(ConfigurationError, match="signing key"):
        keys.current()


def test_a_bundle_that_is_being_made_while_the_key_is_renewed_ends_with_one_of_both(tmp_path: Path) -> None:
    keys = SigningKeys(tmp_path / "keys")
    old = keys.current().public

    def run(folder: Path, upto: Stage | None) -> Bundle:
        """Make a bundle; renew the key when it begins to pack."""
        folder.mkdir(exist_ok=True)
        at: list[Stage] = []

        def heard(progress: Progress) -> None:
            if progress.stage is Stage.PACKING and Stage.PACKING not in at and upto is not None:
                with keys.renewing():
                    pass
            at.append(progress.stage)

        making = Making(folder, Synthetic(), facts(), keys, Options(), SystemClock())
        return making.run(heard, lambda: at[-1] is upto is Stage.WRITING)

    went_on = run(tmp_path / "on", Stage.SIGNING)
    assert went_on.signer == old.fingerprint, "it had begun with that"
    assert not faults(tmp_path / "on" / went_on.name)
    with pytest.raises(MakingCancelled):
        run(tmp_path / "off", Stage.WRITING)
    again = run(tmp_path / "off", None)
    assert again.signer == keys.current().public.fingerprint, (
        "else it would end half with the one, half the other"
    )
    assert not faults(tmp_path / "off" / again.name)


def test_custody_is_chained() -> None:
    told = chained(facts().steps)
    before = "0" * 64
    for line in told.text.decode().splitlines():
        assert json.loads(line)["before"] == before
        before = hashlib.sha256(f"{before}{line}".encode()).hexdigest()
    assert (told.steps, told.head) == (2, before)
