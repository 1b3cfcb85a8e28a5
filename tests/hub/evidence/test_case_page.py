"""The readable page: whole, in both languages, and whatever stands in a text stays text."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from hub.alarms.alarm import Actor
from hub.alarms.board import Board
from hub.alarms.definition import by_key
from hub.alarms.view import CaseView
from hub.evidence.case_page import case_page, wanted_pictures
from hub.evidence.case_sheet import PageSettings
from hub.evidence.case_words import _EN, _WORDS, _ZH, Language
from hub.evidence.piece import PieceKind
from hub.evidence.view import piece_view
from tests.hub.alarms.made import GATE
from tests.hub.evidence.scene import Scene

JPEG = b"\xff\xd8\xff\xe0 a picture"
EVIL = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


class Tags(HTMLParser):
    """Collects elements, their attributes and their text, as a browser would find them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def settings(language: Language = "zh-CN") -> PageSettings:
    return PageSettings(
        language=language,
        zone=ZoneInfo("Asia/Shanghai"),
        site={"zh-CN": "和美小区", "en": "Hemei Garden"},
        made=datetime(2026, 1, 1, 1, tzinfo=UTC),
        made_by="user:li.wei",
        areas={"east-gate": {"zh-CN": "东门", "en": "East gate"}},
    )


async def case(yard: Scene, note: str = "去看了") -> CaseView:
    """Let an alarm gather a picture of its event, a snapshot, and no clip; acknowledge it."""
    alarm = await yard.alarm(yard.event(GATE, "hemei.gate.faulted", [JPEG]))
    await yard.steps()
    yard.cameras.ended(yard.cameras.asked("snapshot")[0], "failed", note)
    await yard.later(200)
    now = yard.desk.standing()[alarm.id]
    await yard.desk.acknowledge(alarm.id, now.version, Actor(who=note, post="gatehouse"), note)
    now = yard.desk.standing()[alarm.id]
    board = Board(by_key((yard.definition,)), yard.desk.standing, lambda *_: None, yard.clock)
    with yard.engine.connect() as connection:
        pieces = [piece_view(each, held=True) for each in yard.store.of_alarm(connection, alarm.id)]
    return board.case(now, await yard.desk.timeline(alarm.id), pieces, [{"number": 7, "title": {"en": note}}])


async def test_it_holds_the_whole_case(yard: Scene) -> None:
    view = await case(yard)
    (sha256,) = wanted_pictures(view.evidence)
    page = case_page(view, {sha256: JPEG}, settings())
    found = Tags(page)
    for text in (
        "道闸故障",
        "未取得: 去看了",
        "gatehouse",
        sha256,
        view.id,
        "2026-01-01 08:00:05.000+08:00",
        "东门",
    ):
        assert any(text in each for each in found.texts), text
    assert "img" in found.tags
    data = next(each for each in view.evidence if each.kind is PieceKind.DATA)
    assert data.sha256 in page


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_nothing_in_a_text_becomes_part_of_the_page(yard: Scene, language: Language) -> None:
    view = await case(yard, EVIL)
    pieces = [replace(each, device=EVIL, details={EVIL: EVIL}) for each in view.evidence]
    entries = [replace(each, note=EVIL, post=EVIL, data={EVIL: [EVIL]}) for each in view.timeline]
    words = {language: EVIL}
    spoilt = replace(
        view, title=words, steps=[words], rationale=words, area=EVIL, assigned_to=EVIL, data={EVIL: EVIL}
    )
    spoilt = replace(spoilt, timeline=entries, evidence=pieces)
    page = case_page(spoilt, {}, replace(settings(language), made_by=EVIL, site=words))
    found = Tags(page)
    assert {"script", "img"}.isdisjoint(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert page.count("&lt;script&gt;") > 10


async def test_it_needs_nothing_else(yard: Scene) -> None:
    view = await case(yard)
    page = case_page(view, dict.fromkeys(wanted_pictures(view.evidence), JPEG), settings("en"))
    found = Tags(page)
    sources = [value or "" for name, value in found.attributes if name in ("src", "href")]
    assert sources
    assert all(each.startswith("data:image/jpeg;base64,") for each in sources)
    assert not re.search(r"https?://|@import|url\(", page)


async def test_what_is_no_picture_is_not_shown_as_one(yard: Scene) -> None:
    view = await case(yard)
    (sha256,) = wanted_pictures(view.evidence)
    page = case_page(view, {sha256: b"<svg onload=alert(1)>"}, settings())
    assert "img" not in Tags(page).tags


async def test_a_picture_too_large_is_named_by_its_hash_alone(yard: Scene) -> None:
    view = await case(yard)
    large = [replace(each, size=3 * 1024 * 1024) for each in view.evidence]
    assert wanted_pictures(large) == []


def test_every_english_word_is_a_chinese_one_too() -> None:
    assert set(_EN) <= set(_ZH)
    assert set(_WORDS) == {"zh-CN", "en"}
