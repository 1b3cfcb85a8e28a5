"""What hand-overs need of the alarm desk and of the notifier."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

from hub.alarms.alarm import Actor, Alarm, EntryKind
from hub.alarms.definition import Words
from hub.alarms.signals import Signal
from hub.notify.outbox import Notification


class Cases(Protocol):
    """What hand-overs need of the alarm desk."""

    async def get(self, ident: str) -> Alarm | None:
        """Return an alarm, open or not."""
        ...

    async def note(
        self,
        ident: str,
        kind: EntryKind,
        *,
        who: str | Actor = "hub",
        version: int | None = None,
        note: str = "",
        data: dict[str, Any] | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> Alarm:
        """Add an entry, and do `also` in the same transaction; Stale, Refused."""
        ...

    async def take(self, signals: Sequence[Signal], upto: int | None) -> object:
        """Raise alarms."""
        ...


class Teller(Protocol):
    """What hand-overs need of the notifier."""

    def plan(
        self,
        connection: Connection,
        *,
        subject: str,
        news: str,
        contacts: Sequence[str],
        text: Words,
    ) -> None:
        """Plan a letter."""
        ...

    def withdraw(self, connection: Connection, subject: str) -> None:
        """Do not send what is still planned."""
        ...

    def about(self, connection: Connection, subject: str) -> Notification | None:
        """Return how a letter fares."""
        ...

    def wake(self) -> None:
        """Send what is planned and committed."""
        ...
