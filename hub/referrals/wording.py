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
    "zh-CN": "请警格处理：[{priority}] {title}。{where}。{when}。请打开链接确认收到并回复，{due} 后失效。",
    "en": "For the police grid: [{priority}] {title}. {where}. {when}. Please open the link, confirm receipt"
    " and answer; it ends {due}.",
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
        return {language: self._letter(alarm, referral, language) for language in LANGUAGES}

    def _letter(self, alarm: Alarm, referral: Referral, language: str) -> str:
        return say(
            LETTER,
            language,
            priority=say(words.PRIORITY[alarm.priority], language),
            title=say(alarm.title, language),
            where=say(words.WHERE, language, place=self.writer.place(alarm, language)),
            when=self.writer.when(words.WHEN, alarm.raised_ms, language),
            due=self.writer.when(TIME, referral.due_ms, language),
        )
