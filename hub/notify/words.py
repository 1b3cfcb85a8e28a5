"""The words of a message, in each language: the same as on the screens."""

from collections.abc import Mapping
from typing import Final

from hub.alarms.definition import Priority, Words
from hub.alarms.lifecycle import State, Suppression
from hub.notify.news import NewsKind

FIRST_LANGUAGE: Final = "zh-CN"

PRIORITY: Final[Mapping[Priority, Words]] = {
    Priority.CRITICAL: {"zh-CN": "特急", "en": "Critical"},
    Priority.HIGH: {"zh-CN": "紧急", "en": "High"},
    Priority.MEDIUM: {"zh-CN": "重要", "en": "Medium"},
    Priority.LOW: {"zh-CN": "一般", "en": "Low"},
}

STATE: Final[Mapping[State, Words]] = {
    State.NORMAL: {"zh-CN": "待结案", "en": "to be closed"},
    State.UNACKNOWLEDGED: {"zh-CN": "未确认", "en": "unacknowledged"},
    State.ACKNOWLEDGED: {"zh-CN": "处置中", "en": "acknowledged"},
    State.RETURNED_UNACKNOWLEDGED: {"zh-CN": "已恢复，未确认", "en": "over, unacknowledged"},
}

SUPPRESSION: Final[Mapping[Suppression, Words]] = {
    Suppression.NONE: {"zh-CN": "", "en": ""},
    Suppression.SHELVED: {"zh-CN": "已搁置", "en": "shelved"},
    Suppression.SUPPRESSED_BY_DESIGN: {"zh-CN": "已归并", "en": "folded under its cause"},
    Suppression.OUT_OF_SERVICE: {"zh-CN": "检修停用", "en": "out of service"},
}

NEWS: Final[Mapping[NewsKind, Words]] = {
    NewsKind.RAISED: {"zh-CN": "报警", "en": "Alarm"},
    NewsKind.ESCALATED: {"zh-CN": "报警升级", "en": "Alarm is graver now"},
    NewsKind.STEP: {"zh-CN": "逾时无人确认", "en": "Nobody has acknowledged"},
    NewsKind.UNHIDDEN: {"zh-CN": "恢复提示，仍未确认", "en": "Shown again, still unacknowledged"},
    NewsKind.RETURNED: {"zh-CN": "恢复正常", "en": "Returned to normal"},
    NewsKind.ACKNOWLEDGED: {"zh-CN": "已有人确认", "en": "Acknowledged"},
}

CLOSED: Final[Words] = {"zh-CN": "已结案", "en": "closed"}
WHERE: Final[Words] = {"zh-CN": "位置：{place}", "en": "Where: {place}"}
HUB: Final[Words] = {"zh-CN": "系统自身", "en": "The hub itself"}
WHEN: Final[Words] = {"zh-CN": "时间：{time}（{zone}）", "en": "When: {time} ({zone})"}
NOW: Final[Words] = {"zh-CN": "现状：{state}", "en": "Now: {state}"}
COUNTED: Final[Words] = {"zh-CN": "，共 {count} 次", "en": ", {count} times"}
BY: Final[Words] = {"zh-CN": "（{who} 确认）", "en": " (acknowledged by {who})"}
FIRST_STEP: Final[Words] = {"zh-CN": "先做：{step}", "en": "First: {step}"}
REPEAT: Final[Words] = {
    "zh-CN": "可能重复：第 {attempt} 次发送，之前是否送达不明",
    "en": "May be a repeat: attempt {attempt}, nobody knows whether an earlier one arrived",
}
IN_TEST: Final[Words] = {"zh-CN": "[调试测试] ", "en": "[Test under way] "}
TEST_TITLE: Final[Words] = {"zh-CN": "[测试] {site}", "en": "[Test] {site}"}
TEST_BODY: Final[Words] = {
    "zh-CN": "这是一条测试通知，无需处理。\n时间：{time}（{zone}）",
    "en": "This is a test; nothing has to be done.\nWhen: {time} ({zone})",
}


def say(words: Words, language: str, **values: object) -> str:
    """Return a text in `language`, or in Chinese, or in whatever it has; in one piece per line."""
    text = words.get(language) or words.get(FIRST_LANGUAGE) or next(iter(words.values()), "")
    return text.format(**values) if values else text
