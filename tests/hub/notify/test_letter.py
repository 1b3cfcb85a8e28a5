"""What a message says, in both languages."""

from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from contract.topics import Address
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Priority
from hub.alarms.lifecycle import State, Suppression
from hub.notify import words
from hub.notify.letter import SiteWords, Writer
from hub.notify.news import NewsKind
from hub.notify.outbox import Notification, Stage
from tests.hub.alarms.made import definition, raised
from tests.hub.notify.made import WORDS, contact

SHED = definition(
    "shed-smoke",
    title={"zh-CN": "车棚烟雾", "en": "Smoke in the shed"},
    steps=({"zh-CN": "呼叫消防 119", "en": "Call the fire brigade"}, {"zh-CN": "再看", "en": "Then look"}),
)


def alarm(**changes: object) -> Alarm:
    from hub.alarms.moves import first

    made = first(raised(SHED, at_ms=1_795_000_000_123), "a1", "default", 0).alarm
    return replace(made, **changes)


def notification(kind: NewsKind = NewsKind.RAISED, attempts: int = 1) -> Notification:
    return Notification(
        id=1,
        alarm="a1",
        contact="li",
        news=f"{kind.value}:1:high",
        state=Stage.SENDING,
        planned_ms=0,
        due_ms=0,
        attempts=attempts,
        first_ms=0,
        reason="",
    )


def test_chinese_first() -> None:
    letter = Writer(WORDS, {SHED.key: SHED}).about(
        alarm(count=3, area="east-gate"), notification(), contact("li")
    )
    assert letter.title == "[紧急] 车棚烟雾 · 东门"
    assert letter.body.splitlines() == [
        "报警",
        "位置：东门 · 入口道闸",
        "时间：2026-11-18 19:06:40（UTC+0800）",
        "现状：未确认，共 3 次",
        "先做：呼叫消防 119",
        "https://hub.example/console#alarm=a1",
    ]
    assert (letter.key, letter.priority) == ("a1:li:raised:1:high", Priority.HIGH)


def test_english_where_the_contact_reads_it() -> None:
    known = alarm(
        state=State.ACKNOWLEDGED, acknowledged_by="wang", suppression=Suppression.SHELVED, area="unnamed"
    )
    site = SiteWords(title={"zh-CN": "和美小区"}, zone=ZoneInfo("Europe/London"))
    letter = Writer(site, {}).about(
        known, notification(NewsKind.ESCALATED, attempts=2), contact("li", language="en")
    )
    assert letter.title == "[High] Smoke in the shed · unnamed"
    assert letter.body.splitlines() == [
        "Alarm is graver now",
        "Where: unnamed · gate/east-in",
        "When: 2026-11-18 11:06:40 (UTC+0000)",
        "Now: acknowledged (acknowledged by wang) · shelved",
        "May be a repeat: attempt 2, nobody knows whether an earlier one arrived",
    ]


def test_a_name_cannot_forge_a_line_or_a_template() -> None:
    site = SiteWords(
        title={"en": "Site"}, device_title=lambda _: {"en": "Gate\r\nNow: all is well {site} \u2028"}
    )
    letter = Writer(site, {}).about(alarm(), notification(), contact("li", language="en"))
    where = [line for line in letter.body.splitlines() if line.startswith("Where")]
    assert where == ["Where: east-gate · Gate  Now: all is well {site}  "]
    assert len([line for line in letter.body.splitlines() if line.startswith("Now")]) == 1


def test_a_place_that_the_device_is_named_after_is_said_once() -> None:
    site = SiteWords(
        title={"en": "Site"},
        areas={"east-gate": {"zh-CN": "东门", "en": "East gate"}},
        device_title=lambda _: {"zh-CN": "东门", "en": "Barrier of the east gate"},
    )
    writer = Writer(site, {})
    assert writer.place(alarm(area="east-gate"), "zh-CN") == "东门"
    assert writer.place(alarm(area="east-gate"), "en") == "East gate · Barrier of the east gate"


def test_the_hub_itself_is_where_its_own_alarms_are() -> None:
    site = SiteWords(title={"zh-CN": "和美小区", "en": "Site"})
    own = alarm(area=None, device_kind="hub", device="links")
    writer = Writer(site, {})
    assert writer.place(own, "zh-CN") == "和美小区 · 系统自身"
    assert writer.place(own, "en") == "Site · The hub itself"


def test_calming_news_are_marked() -> None:
    letter = Writer(WORDS, {SHED.key: SHED}).about(
        alarm(closed_ms=5), notification(NewsKind.RETURNED), contact("li")
    )
    assert letter.good
    assert "已结案" in letter.body
    assert "119" not in letter.body


@pytest.mark.parametrize("table", [words.PRIORITY, words.STATE, words.SUPPRESSION, words.NEWS])
def test_every_word_is_there_in_both_languages(table: dict[object, dict[str, str]]) -> None:
    kinds = {type(key) for key in table}
    assert set(table) == set(kinds.pop())  # type: ignore[call-overload] # an enum is iterable
    assert all(set(each) == {"zh-CN", "en"} for each in table.values())


def test_device_without_a_title_is_named_by_its_address() -> None:
    asked: list[Address] = []
    site = SiteWords(title={"en": "Site"}, device_title=asked.append)
    letter = Writer(site, {}).about(alarm(area=None), notification(), contact("li"))
    assert "位置：Site · gate/east-in" in letter.body
    assert asked == [Address("hemei", "gate", "east-in")]
