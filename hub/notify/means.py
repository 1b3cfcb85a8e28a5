"""What all lanes share: how letters are written and sent, and what is known of how that goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection

from contract.clock import Clock
from contract.errors import InvalidMessage
from hub.alarms.alarm import Alarm, EntryKind
from hub.ledger.transactions import Transactions
from hub.notify.contact import Contact
from hub.notify.courier import Courier
from hub.notify.letter import Writer
from hub.notify.outbox import Notification, Outbox, Stage
from hub.notify.reach import Reach


class Timeline(Protocol):
    """What lanes need of the alarm desk."""

    async def get(self, ident: str) -> Alarm | None:
        """Return an alarm, open or not."""
        ...

    async def note(
        self,
        ident: str,
        kind: EntryKind,
        *,
        who: str = "hub",
        note: str = "",
        data: dict[str, Any] | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> Alarm:
        """Add an entry, and do `also` in the same transaction; InvalidMessage if there is no such alarm."""
        ...


class Counts:
    """Messages since the start of the hub."""

    def __init__(self) -> None:
        self.sent = 0
        self.failed = 0
        self.attempts_failed = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a lane works with."""

    ledger: Transactions
    outbox: Outbox
    desk: Timeline
    clock: Clock
    writer: Writer
    courier: Courier
    reach: Reach
    address_of: Callable[[Contact], str]
    counts: Counts = field(default_factory=Counts)

    async def write_end(self, begun: Notification, stage: Stage, reason: str) -> None:
        """Write what became of a message, together with the alarm's own entry about it."""
        now_ms = self.clock.now_ms()
        news = begun.news if begun.text is None else begun.news.partition(":")[0]
        data: dict[str, Any] = {"contact": begun.contact, "news": news, "outcome": stage.value}
        data |= {"attempts": begun.attempts, **({"reason": reason} if reason else {})}

        def also(connection: Connection) -> None:
            self.outbox.end(connection, begun.id, stage, now_ms, reason)

        if begun.case is None:
            await self.ledger.write(also)
            return
        try:
            await self.desk.note(begun.case, EntryKind.TOLD, data=data, also=also)
        except InvalidMessage:  # there is no such alarm
            await self.ledger.write(also)
