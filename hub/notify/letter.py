"""What a message says: the same facts in the same order, whatever happened."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo

import msgspec
from msgspec import Struct, field

from contract.clock import from_epoch_ms
from contract.topics import HUB_KIND, Address
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Definition, Priority, Words
from hub.notify import words
from hub.notify.contact import Contact
from hub.notify.news import NewsKind, kind_of
from hub.notify.outbox import LINK, Notification
from hub.notify.words import say


class Letter(Struct, frozen=True, kw_only=True):
    """One message as it goes out. `key` is the same at each attempt; `good`: news that calms."""

    title: str
    body: str
    key: str
    priority: Priority | None = None
    good: bool = False


def _no_title(_address: Address) -> Words | None:
    return None


class SiteWords(Struct, frozen=True, kw_only=True):
    """How the site calls itself, its areas and devices, what time it has, and where its console is."""

    title: Words
    areas: Mapping[str, Words] = field(default_factory=dict)
    zone: tzinfo = UTC
    base_url: str | None = None
    device_title: Callable[[Address], Words | None] = _no_title


class Writer:
    """Writes letters about alarms."""

    def __init__(self, site: SiteWords, definitions: Mapping[str, Definition]) -> None:
        self._site = site
        self._definitions = definitions

    def about(self, alarm: Alarm, notification: Notification, contact: Contact) -> Letter:
        """Tell a notification's news and how the alarm stands now, in the contact's language."""
        language, kind = contact.language, kind_of(notification.news)
        lines = [
            say(words.NEWS[kind], language),
            say(words.WHERE, language, place=self.place(alarm, language)),
            self.when(words.WHEN, alarm.last_ms, language),
            say(words.NOW, language, state=_state(alarm, language)),
            self._first_step(alarm, kind, language),
            self._link(alarm),
            _repeat(notification, language),
        ]
        test = say(words.IN_TEST, language) if alarm.test else ""
        title = f"{test}[{say(words.PRIORITY[alarm.priority], language)}] {say(alarm.title, language)}"
        return Letter(
            title=_one_line(f"{title} · {self._area(alarm, language)}"),
            body="\n".join(_one_line(line) for line in lines if line),
            key=notification.key,
            priority=alarm.priority,
            good=kind in (NewsKind.RETURNED, NewsKind.ACKNOWLEDGED),
        )

    def plain(self, notification: Notification, contact: Contact) -> Letter:
        """Tell what somebody else has written down, in the contact's language."""
        text = msgspec.json.decode(notification.text or "{}", type=dict[str, str])
        link = text.pop(LINK, "")
        body = say(text, contact.language)
        repeat = _repeat(notification, contact.language)
        return Letter(
            title=say(self._site.title, contact.language),
            body="\n".join(_one_line(line) for line in (body, link, repeat) if line),
            key=notification.key,
        )

    def test(self, contact: Contact, now_ms: int) -> Letter:
        """Say that this is but a test."""
        return Letter(
            title=say(words.TEST_TITLE, contact.language, site=say(self._site.title, contact.language)),
            body=self.when(words.TEST_BODY, now_ms, contact.language),
            key=f"test:{contact.id}:{now_ms}",
        )

    def _area(self, alarm: Alarm, language: str) -> str:
        title = self._site.areas.get(alarm.area) if alarm.area else None
        return say(title, language) if title else alarm.area or say(self._site.title, language)

    def place(self, alarm: Alarm, language: str) -> str:
        """Say where an alarm is: area and device, or the device alone where its title names the area."""
        area, device = self._area(alarm, language), self._device(alarm.address, language)
        return device if area in device else f"{area} · {device}"

    def _device(self, address: Address, language: str) -> str:
        title = self._site.device_title(address)
        if title is None and address.kind == HUB_KIND:
            title = words.HUB
        return say(title, language) if title else f"{address.kind}/{address.device}"

    def when(self, template: Words, ms: int, language: str) -> str:
        """Say a time, in ms since 1970, by the site's clock: `{time}` and `{zone}` of a template."""
        local: datetime = from_epoch_ms(ms).astimezone(self._site.zone)
        return say(template, language, time=f"{local:%Y-%m-%d %H:%M:%S}", zone=f"UTC{local:%z}")

    def _first_step(self, alarm: Alarm, kind: NewsKind, language: str) -> str:
        definition = self._definitions.get(alarm.key)
        if definition is None or not definition.steps or kind is NewsKind.RETURNED:
            return ""
        return say(words.FIRST_STEP, language, step=say(definition.steps[0], language))

    def _link(self, alarm: Alarm) -> str:
        base = self._site.base_url
        return f"{base.rstrip('/')}/console#alarm={alarm.id}" if base else ""


def _state(alarm: Alarm, language: str) -> str:
    state = say(words.STATE[alarm.state] if alarm.open else words.CLOSED, language)
    if alarm.acknowledged_by:
        state += say(words.BY, language, who=alarm.acknowledged_by)
    if alarm.count > 1:
        state += say(words.COUNTED, language, count=alarm.count)
    suppression = say(words.SUPPRESSION[alarm.suppression], language)
    return f"{state} · {suppression}" if suppression else state


def _repeat(notification: Notification, language: str) -> str:
    if notification.attempts < 2:
        return ""
    return say(words.REPEAT, language, attempt=notification.attempts)


def _one_line(text: str) -> str:
    """Put blanks for control characters: a name must not forge a line of the message."""
    return "".join(each if each.isprintable() else " " for each in text)
