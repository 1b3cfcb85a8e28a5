"""The monthly report of a ledger made by hand: its figures, its pages, its PDF read by another's reader."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from defusedxml.ElementTree import fromstring

from hub.access.roles import Role
from hub.months import month_at
from tests.hub.api.house import House, clock, house
from tests.hub.monthly.made import BEFORE, MONTH, SETTINGS, SHANGHAI, fill
from tests.peers import require_program

pytestmark = pytest.mark.asyncio(loop_scope="module")
API = "/api/v1/reports/monthly"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Give one hub for all tests here: they only look."""
    folder: Path = tmp_path_factory.mktemp("monthly")
    async with house(folder, **SETTINGS) as running:
        fill(running)
        yield running


async def report(hub: House, month: object = MONTH) -> dict[str, Any]:
    answer = await hub.get(f"{API}/{month}", Role.SUPERVISOR)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def figures(found: dict[str, Any]) -> dict[str, tuple[float | None, float | None]]:
    return {
        each["key"]: (each["value"], each["before"]) for part in found["parts"] for each in part["figures"]
    }


def table(found: dict[str, Any], key: str) -> list[list[Any]]:
    rows: list[list[Any]] = next(
        each["rows"] for part in found["parts"] for each in part["tables"] if each["key"] == key
    )
    return rows


async def test_figures_are_those_counted_by_hand(hub: House) -> None:
    found = await report(hub)
    assert (found["month"], found["ended"], found["compared"][1]) == (str(MONTH), True, found["from"])
    figure = figures(found)
    assert figure["alarms-total"] == (2, 1)
    assert (figure["alarms-high"], figure["alarms-medium"]) == ((1, 0), (1, 1))
    assert (figure["alarms-acknowledge-median"], figure["alarms-unacknowledged"]) == ((90, None), (1, 1))
    assert (figure["orders"], figure["orders-in-time"], figure["orders-late"]) == ((7, 1), (5, 1), (1, 0))
    assert figure["orders-resolution"][0] == pytest.approx(500 / 6)
    assert figure["charging-sessions"] == (6, 2)
    assert (figure["charging-energy"], figure["charging-guessed"]) == ((9, 3), (1, 0))
    assert figure["charging-income"] == (pytest.approx(7.38), pytest.approx(2.46))
    assert (figure["vehicles-in"], figure["vehicles-out"], figure["vehicles-refused"]) == (
        (7, 4),
        (6, 0),
        (3, 0),
    )
    assert (figure["vehicles-peak"], figure["doors-passed"], figure["passes-seen"]) == (
        (8, 9),
        (12, 0),
        (2, 0),
    )
    assert (figure["water"], figure["water-meters"]) == ((2.5, 0), (1, 1))
    assert (figure["falling"], figure["rejected"], figure["missed"]) == ((3, 0), (1, 0), (5, None))


async def test_what_is_away_and_what_nobody_knows_are_apart(hub: House) -> None:
    found = await report(hub)
    figure = figures(found)
    days, days_before = len(MONTH.days), len(BEFORE.days)
    known = (days - 1) * 24 + (days - 10) * 24 + 10 * 24
    assert figure["availability"][0] == pytest.approx(100 * (known - 6) / known)
    assert figure["availability"][1] == pytest.approx(100 * (1 - 12 / (2 * days_before * 24)))
    assert (figure["away"], figure["unheard"]) == ((6, 12), (24, 0))
    assert (figure["devices"], figure["devices-new"], figure["devices-gone"]) == ((3, 3), (1, 0), (1, 0))
    assert figure["devices-unknown"] == (1, 1), "nothing is kept of whether the sprinkler was heard"
    ((title, ident, hours, times, _),) = table(found, "away-longest")
    assert (title, ident, hours, times) == ({"zh-CN": "东门摄像机堃"}, "camera/east", 6, 1)


async def test_bars_stand_on_their_days(hub: House) -> None:
    found = await report(hub)
    bars = {each["key"]: each for part in found["parts"] for each in part["bars"]}
    days = bars["vehicles-by-day"]
    assert [len(each["values"]) for each in days["series"]] == [len(MONTH.days)] * 2
    assert [each["values"][2] for each in days["series"]] == [7, 6]
    assert bars["charging-by-day"]["series"][0]["values"][:7] == [1.5] * 6 + [0]
    assert [each["values"][8] for each in bars["passes-by-hour"]["series"]] == [7, 12]


async def test_a_month_that_goes_on_says_so(hub: House) -> None:
    now = month_at(clock.now_ms(), SHANGHAI)
    found = await report(hub, now)
    assert not found["ended"]
    assert table(found, "dropped-since-start"), "what is counted since the start only"
    page = (await hub.get(f"{API}/{now}.html", Role.SUPERVISOR)).text
    assert "本月尚未结束" in page
    assert figures(found)["alarms-total"][0] == 0


async def test_before_any_record_nothing_is_nought(hub: House) -> None:
    found = await report(hub, BEFORE)
    assert found["compared"] is None or figures(found)["alarms-total"] == (1, 0)
    early = await report(hub, BEFORE.moved(-3))
    assert early["compared"] is None
    assert {before for _, before in figures(early).values()} == {None}
    assert figures(early)["availability"][0] is None
    assert "记录始于" in (await hub.get(f"{API}/{BEFORE.moved(-3)}.html", Role.SUPERVISOR)).text


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "离线最久的设备"), ("en", "Away longest")])
async def test_the_page_needs_nothing_else(hub: House, language: str, words: str) -> None:
    answer = await hub.get(f"{API}/{MONTH}.html", Role.SUPERVISOR, params={"language": language})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'sha256-" in answer.headers["content-security-policy"]
    page = answer.text
    assert words in page
    assert "东门摄像机堃" in page
    assert not [each for each in ("<script", "style=", "href=", "src=") if each in page]
    svgs = page.split("<svg")[1:]
    assert len(svgs) == 5
    for each in svgs:
        assert fromstring("<svg" + each.split("</svg>")[0] + "</svg>").get("role") == "img"


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "小区月度报告"), ("en", "Monthly report")])
async def test_the_pdf_brings_its_letters(hub: House, language: str, words: str, tmp_path: Path) -> None:
    answer = await hub.get(f"{API}/{MONTH}.pdf", Role.SUPERVISOR, params={"language": language})
    assert answer.headers["content-type"] == "application/pdf"
    assert f'filename="hemei-{MONTH}.pdf"' in answer.headers["content-disposition"]
    assert len(answer.content) < 400_000
    file = tmp_path / "report.pdf"
    file.write_bytes(answer.content)
    text = poppler("pdftotext", str(file), "-")
    assert words in text
    assert "东门摄像机〓" in text, "a letter that the font lacks is not left out"
    pages = re.search(r"Pages: +([0-9]+)", poppler("pdfinfo", str(file)))
    assert pages is not None
    assert 3 <= int(pages[1]) <= 8
    fonts = poppler("pdffonts", str(file)).splitlines()[2:]
    assert len(fonts) == 2
    for font in fonts:
        assert "NotoSansCJKSC" in font
        assert font.split()[-5:-2] == ["yes", "yes", "yes"], "embedded, a subset, can be searched"


def poppler(program: str, *arguments: str) -> str:
    """Have another's reader look at the file."""
    path = require_program(program, "poppler-utils")
    return subprocess.run([path, *arguments], check=True, capture_output=True, text=True).stdout


async def test_who_may_and_what_the_audit_says(hub: House) -> None:
    for form in ("", ".html", ".pdf"):
        for role in (Role.GUARD, Role.WALL, Role.ADMIN, Role.LIAISON):
            assert (await hub.get(f"{API}/{MONTH}{form}", role)).status_code == 403
        assert (await hub.http.get(f"{API}/{MONTH}{form}")).status_code == 401
    assert (await hub.get(f"{API}/{MONTH}", Role.SUPERVISOR)).is_success
    looks = await hub.get("/api/v1/audit", Role.SUPERVISOR, params={"what": "report.viewed"})
    entries = looks.json()["entries"]
    assert {each["who"] for each in entries} == {"token:supervisor"}
    assert str(MONTH) in {each["about"] for each in entries}


@pytest.mark.parametrize("month", ["2999-01", "2026-13", "2026-1", "1970-01"])
async def test_what_is_no_month(hub: House, month: str) -> None:
    answer = await hub.get(f"{API}/{month}", Role.SUPERVISOR)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_who_asks_at_the_same_time_is_told_the_same(hub: House) -> None:
    month = BEFORE.moved(-1)
    asked = await asyncio.gather(*(report(hub, month) for _ in range(4)))
    assert len({each["as_of"] for each in asked}) == 1, "made once"
