"""What a grid officer is told of an alarm: what, where, when, how grave. No plate, no name, no picture."""

from typing import Final

from msgspec import Struct

from hub.alarms.alarm import Alarm
from hub.alarms.definition import Words
from hub.notify import words
from hub.notify.letter import Writer
from hub.notify.words import say
from hub.referrals.referral import Referral

LANGUAGES: Final = ("zh-CN", "en")
LETTER: Final[Words] = {
    "zh-CN": "请警格处理：[{priority}] {title}。{where}。{when}。请打开链接确认收到并回复，{end} 后失效。",
    "en": "For the police grid: [{priority}] {title}. {where}. {when}. Please open the link, confirm receipt"
    " and answer; it ends {end}.",
}
CLOSED: Final[Words] = {
    "zh-CN": "已结案，无需再处理：[{priority}] {title}。{where}。{when}。如已处置或另有情况，{end} 前仍可打开"
    "原链接回复。",
    "en": "The community has closed this case, nothing more is needed: [{priority}] {title}. {where}. {when}."
    " If there is something to say, the link takes answers until {end}.",
}
TIME: Final[Words] = {"zh-CN": "{time}", "en": "{time} ({zone})"}


class Telling(Struct, frozen=True):
    """Says it in every language; `writer` knows what the site's places are called."""

    writer: Writer

    def place(self, alarm: Alarm) -> Words:
        """Say where."""
        return {language: self.writer.place(alarm, language) for language in LANGUAGES}

    def letter(self, alarm: Alarm, referral: Referral) -> Words:
        """Say what the letter says."""
        return self._say(LETTER, alarm, referral.due_ms)

    def closed(self, alarm: Alarm, referral: Referral) -> Words:
        """Say that a case is closed."""
        return self._say(CLOSED, alarm, referral.ends_ms(alarm.closed_ms))

    def _say(self, template: Words, alarm: Alarm, end_ms: int) -> Words:
        return {language: self._in(language, template, alarm, end_ms) for language in LANGUAGES}

    def _in(self, language: str, template: Words, alarm: Alarm, end_ms: int) -> str:
        return say(
            template,
            language,
            priority=say(words.PRIORITY[alarm.priority], language),
            title=say(alarm.title, language),
            where=say(words.WHERE, language, place=self.writer.place(alarm, language)),
            when=self.writer.when(words.WHEN, alarm.raised_ms, language),
            end=self.writer.when(TIME, end_ms, language),
        )
