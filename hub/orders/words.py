"""What people who look at no screen are told of an order, in each language."""

from typing import Final

from hub.alarms.definition import Words
from hub.orders.calendar import Calendar
from hub.orders.limits import Limit, Reminder, times_of
from hub.orders.order import Told, WorkOrder

_SENTENCES: Final = {
    (Limit.RESPOND, Told.NEAR_DUE): {
        "zh-CN": "工单 {number}“{title}”尚无人响应，时限 {by}",
        "en": "Order {number} “{title}”: nobody has responded yet, due {by}",
    },
    (Limit.RESPOND, Told.OVERDUE): {
        "zh-CN": "工单 {number}“{title}”响应超时，时限 {by}",
        "en": "Order {number} “{title}”: response overdue since {by}",
    },
    (Limit.RESOLVE, Told.NEAR_DUE): {
        "zh-CN": "工单 {number}“{title}”即将到期，时限 {by}",
        "en": "Order {number} “{title}”: not done yet, due {by}",
    },
    (Limit.RESOLVE, Told.OVERDUE): {
        "zh-CN": "工单 {number}“{title}”处置超时，时限 {by}",
        "en": "Order {number} “{title}”: overdue since {by}",
    },
}


def reminder_text(order: WorkOrder, reminder: Reminder, calendar: Calendar) -> Words:
    """Write a reminder; times are the site's."""
    by = calendar.text(times_of(order, reminder.limit).by_ms)
    return {
        language: sentence.format(number=order.number, title=_in(order.title, language), by=by)
        for language, sentence in _SENTENCES[reminder.limit, reminder.told].items()
    }


def _in(words: Words, language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")
