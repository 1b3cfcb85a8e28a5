"""The hand-over record: one page, with what the register says and the sums, as another's reader reads it."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from hub.bundle.contents import Contents, Counted, Stamped
from hub.bundle.times import moment
from hub.disclosure.desk import DISCARDED
from hub.disclosure.reading.withheld import WHY
from hub.disclosure.record import record_of
from hub.disclosure.record_pdf import record_pdf
from hub.disclosure.refusals import NotThere
from hub.disclosure.request import Disclosure, Made, Officer
from hub.disclosure.states import Step
from hub.disclosure.view import both
from tests.hub.disclosure.made import BUNDLE, SHANGHAI, TO_MS, ZHAO, Desk
from tests.peers import require_program

SITE: Final = {"zh-CN": "和美家园", "en": "Hemei Gardens"}
ZIP, INSIDE, KEY = ("0123abcd" * 8, "4567ef01" * 8, "89ab2345" * 8)
CONTENTS: Final = Contents(
    tables=(Counted(what={"zh-CN": "通行记录", "en": "Passes"}, number=1234),),
    pictures=200,
    clips=0,
    withheld=(Counted(what=WHY["plates"], number=7),),
    software="hemei-hub 1.2.3",
)
MADE: Final = replace(BUNDLE, sha256=ZIP, zip_sha256=ZIP, signer=KEY, contents=CONTENTS)


def read(pdf: bytes, folder: Path) -> tuple[str, int]:
    """Have another's reader look at a PDF; returns its words, one space apart, and how many pages it has."""
    file = folder / "record.pdf"
    file.write_bytes(pdf)
    pages = re.search(r"Pages: +([0-9]+)", poppler("pdfinfo", file))
    assert pages is not None
    return " ".join(poppler("pdftotext", file, "-layout", "-", last=True).split()), int(pages[1])


def poppler(program: str, file: Path, *arguments: str, last: bool = False) -> str:
    path = require_program(program, "poppler-utils")
    said = [*arguments[:-1], str(file), *arguments[-1:]] if last else [*arguments, str(file)]
    return subprocess.run([path, *said], check=True, capture_output=True, text=True).stdout


def written(found: Disclosure, made: Made) -> bytes:
    return record_pdf(record_of(found, made, SITE, SHANGHAI), moment(made.made_ms))


def grouped(digest: str) -> str:
    return " ".join(re.findall("." * 8, digest))


async def test_it_says_what_the_register_says_and_the_sums(one_desk: Desk, tmp_path: Path) -> None:
    found = await one_desk.ready()
    pdf = written(found, MADE)
    text, pages = read(pdf, tmp_path)
    assert pages == 1
    for said in (
        f"移交记录 {found.number}",
        "和美家园 Hemei Gardens",
        "A3302-2026-00017",
        "鄞州分局刑侦大队",
        "周正（031177）",
        both(found.terms.title).zh,
        "甬公(刑)调证字〔2026〕17号",
        "user:zhao.min",
        "user:chen.jing",
        "通行记录 Passes 1,234",
        "图片 pictures 200",
        "车牌已遮挡 plates masked 7",
        "2026-0001.zip · 1,234 字节",
        "hemei-hub 1.2.3",
        "时间戳 Time stamp 无",
        "尚未登记",
        grouped(ZIP),
        grouped(KEY),
        "certutil -hashfile 2026-0001.zip SHA256",
        "sha256sum 2026-0001.zip",
        "移交人",
        "接收人",
        "警号",
        "物业盖章",
    ):
        assert said in text, said
    assert written(found, MADE) == pdf


async def test_once_entered_it_names_both_sides(one_desk: Desk, tmp_path: Path) -> None:
    found = await one_desk.press(await one_desk.ready(), Step.HAND, to="周正 031177")
    sealed = replace(CONTENTS, withheld=(), stamp=Stamped(at_ms=TO_MS, by="CN=Stamper"))
    locked = replace(MADE, name="2026-0001.zip.age", encrypted=True, zip_sha256=INSIDE, contents=sealed)
    text, pages = read(written(found, locked), tmp_path)
    assert pages == 1
    handed = text.index("移交登记 Handed over by")
    assert ZHAO.who in text[handed : text.index("接收登记 Received by")]
    for said in (
        "接收登记 Received by 周正 031177",
        "CN=Stamper",
        "无 none",
        "已加密",
        grouped(ZIP),
        grouped(INSIDE),
    ):
        assert said in text, said


async def test_whatever_stands_on_it_it_is_one_page_and_says_what_it_leaves_out(
    one_desk: Desk, tmp_path: Path
) -> None:
    found = replace(
        await one_desk.ready(),
        officers=tuple(Officer(name="阿卜杜热合曼·买买提", number=f"0311{n:02}") for n in range(20)),
        case_number="A" * 200,
        unit="鄞州分局" * 50,
        document_number="甬公" * 100,
        requested_by=f"user:{'z' * 250}",
        decided_by=f"user:{'c' * 250}",
        handed_by=f"user:{'z' * 250}",
        handed_to="周正" * 100,
        handed_ms=TO_MS,
    )
    tables = [{"zh-CN": f"测量数据第{n}类", "en": f"measurements of sort {n}"} for n in range(12)]
    full = Contents(
        tables=tuple(Counted(what=each, number=1_000_000) for each in tables),
        pictures=20_000,
        clips=100,
        withheld=tuple(Counted(what=each, number=700) for each in WHY.values()),
        software="hemei-hub 1.2.3",
        stamp=Stamped(at_ms=TO_MS, by="CN=Somebody who stamps, " * 12),
    )
    made = replace(MADE, name="2026-0001.zip.age", encrypted=True, zip_sha256=INSIDE, contents=full)
    text, pages = read(written(found, made), tmp_path)
    assert pages == 1
    assert re.search(r"另有 1?[0-9] 名 and 1?[0-9] more", text)
    assert len(re.findall(r"另有 1?[0-9] 项 and 1?[0-9] more", text)) == 2
    places = [text.index(each) for each in ("README.txt", "物业盖章", "Two copies")]
    assert places == sorted(places), "nothing runs into the boxes"
    for said in (grouped(ZIP), grouped(INSIDE), grouped(KEY)):
        assert said in text


async def test_what_was_made_before_contents_were_kept_says_so(one_desk: Desk, tmp_path: Path) -> None:
    found = await one_desk.ready()
    assert found.made == BUNDLE
    text, _ = read(written(found, BUNDLE), tmp_path)
    assert text.count("未留存，见封面 not kept, see the cover") == 3
    assert grouped(BUNDLE.sha256) in text


async def test_it_outlives_the_files_but_not_a_withdrawal(one_desk: Desk) -> None:
    found = await one_desk.ready()
    number, pdf = await one_desk.service.record(found.id)
    assert (number, pdf[:5]) == (found.number, b"%PDF-")
    gone = await one_desk.press(found, Step.WITHDRAW, reason="not needed")
    assert gone.state in DISCARDED
    with pytest.raises(NotThere):
        await one_desk.service.record(found.id)
    kept = await one_desk.press(await one_desk.ready(), Step.HAND, to="周正 031177")
    await one_desk.desk.purged(kept.id)
    assert (await one_desk.service.record(kept.id))[1].startswith(b"%PDF-")
