"""Plans who is told of a change of an alarm, in the change's own transaction. Blocking."""

from collections.abc import Mapping

from sqlalchemy import Connection

from hub.alarms.alarm import Alarm, Change
from hub.alarms.definition import Definition
from hub.alarms.lifecycle import Suppression
from hub.notify.news import News, NewsKind, hidden, news_of, unacknowledged
from hub.notify.outbox import Outbox
from hub.notify.recipients import Recipients


class Planner:
    """Decides what is told to whom, kept back or dropped. `asked`: news told only where asked for."""

    def __init__(
        self,
        outbox: Outbox,
        recipients: Recipients,
        definitions: Mapping[str, Definition],
        asked: frozenset[NewsKind],
    ) -> None:
        self._outbox = outbox
        self._recipients = recipients
        self._definitions = definitions
        self._asked = asked

    def within(self, connection: Connection, change: Change) -> None:
        """Plan what follows from a change."""
        before, after, now_ms = change.before, change.after, change.entry.ts_ms
        if not unacknowledged(after):
            self._outbox.drop_held(connection, after.id, now_ms)
        elif before is not None and hidden(before) and not hidden(after):
            self._unhide(connection, change)
        elif before is not None and hidden(after) and not hidden(before):
            self._outbox.hold(connection, after.id)
        news = news_of(change, self._definitions.get(after.key), self._asked)
        if news is not None:
            contacts = self._contacts(connection, after, news)
            held = hidden(after)
            self._outbox.plan(connection, after.id, news.key, contacts, now_ms, held=held)

    def _unhide(self, connection: Connection, change: Change) -> None:
        """Tell what was kept back; after a shelf or maintenance also those who knew of it before."""
        after, entry = change.after, change.entry
        released = self._outbox.release(connection, after.id, entry.ts_ms)
        if change.before is None or change.before.suppression is Suppression.SUPPRESSED_BY_DESIGN:
            return
        news = News(kind=NewsKind.UNHIDDEN, entry=entry.n, priority=after.priority.value)
        rest = [each for each in self._contacts(connection, after, news) if each not in released]
        self._outbox.plan(connection, after.id, news.key, rest, entry.ts_ms)

    def _contacts(self, connection: Connection, alarm: Alarm, news: News) -> list[str]:
        if news.kind in (NewsKind.RETURNED, NewsKind.ACKNOWLEDGED):
            return self._outbox.told(connection, alarm.id)
        definition = self._definitions.get(alarm.key)
        own = definition.tell if definition is not None and news.also_definition else ()
        return [each.id for each in self._recipients.of((*own, *news.tell), alarm.priority)]
