"""The canary: a test alarm that travels the whole path every few minutes, or else the wall says so.

The hub publishes an event at the broker as a driver does; ingest, ledger, rules and desk take it like any
other, and what the desk commits is shown on the live stream. Nobody is alerted: its definition is quiet.
While canaries arrive, their alarm stays open and counts them; it returns by itself when none came for long.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from msgspec import Struct

from contract.clock import Clock, rfc3339_ms
from contract.codec import encode
from contract.errors import LinkError
from contract.messages import Event
from contract.topics import HUB_KIND, Address, Channel
from hub.alarms.alarm import Change, EntryKind
from hub.alarms.changes import Participant
from hub.alarms.definition import Definition, Priority, Scope, Test

logger = logging.getLogger(__name__)

EVERY_S: Final = 300.0
AGAIN_S: Final = 30.0
WITHIN_S: Final = 10.0
FIRST_S: Final = 10.0
"""After a start, retained messages and what waited at the broker come first."""

EVENT: Final = "hemei.hub.canary"
KEY: Final = "canary"
DEFINITION: Final = Definition(
    key=KEY,
    title={"zh-CN": "报警自检", "en": "Canary"},
    priority=Priority.LOW,
    on=Scope(kinds=(HUB_KIND,), devices=(f"{HUB_KIND}/canary",)),
    raised_by=Test(event=EVENT),
    repeat_within_s=86_400.0,
    off_delay_s=4 * EVERY_S,
    quiet=True,
)
"""Part of the product, not of a site's configuration: what sends it and what expects it must agree."""


class CanaryView(Struct, frozen=True, kw_only=True):
    """What the live stream says. `ok` null: none was due yet; `last`: when the last one arrived."""

    ok: bool | None = None
    last: str | None = None


class Canary(Participant):
    """Sends canaries and expects them as changes at the desk. `on_view` is told when its state differs."""

    def __init__(
        self,
        site: str,
        clock: Clock,
        publish: Callable[[str, bytes], Awaitable[None]],
        on_view: Callable[[CanaryView], None] = lambda _: None,
    ) -> None:
        self.view = CanaryView()
        self.every_s, self.again_s = EVERY_S, AGAIN_S
        self.within_s, self.first_s = WITHIN_S, FIRST_S
        self._address = Address(site, HUB_KIND, KEY)
        self._clock = clock
        self._publish = publish
        self._on_view = on_view
        self._run = secrets.token_hex(8)
        self._sent = 0
        self._arrived = asyncio.Event()

    @property
    def late(self) -> bool:
        """Whether the last canary did not arrive in time."""
        return self.view.ok is False

    def committed(self, changes: Sequence[Change]) -> None:
        """Look whether the canary is among what the desk has committed."""
        for change in changes:
            raised = change.entry.kind in (EntryKind.RAISED, EntryKind.REPEATED)
            if change.after.key == KEY and raised and _event_of(change.after.data) == self._ident:
                self._arrived.set()
                self._show(CanaryView(ok=True, last=rfc3339_ms(self._clock.now_ms())))

    async def run(self) -> None:
        """Send a canary every few minutes, until cancelled; sooner again if one did not arrive."""
        await asyncio.sleep(self.first_s)
        while True:
            arrived = await self.send()
            await asyncio.sleep(self.every_s if arrived else self.again_s)

    async def send(self) -> bool:
        """Send one and wait for it; whether it arrived in time."""
        self._sent += 1
        self._arrived.clear()
        try:
            async with asyncio.timeout(self.within_s):
                await self._publish(self._address.topic(Channel.EVENT), encode(self._event()))
                await self._arrived.wait()
        except (TimeoutError, LinkError) as lost:
            logger.warning("a canary did not arrive within %.0f s (%s)", self.within_s, lost or "no answer")
            self._show(CanaryView(ok=False, last=self.view.last))
            return False
        return True

    @property
    def _ident(self) -> str:
        return f"{self._run}-{self._sent}"

    def _event(self) -> Event:
        return Event(
            specversion="1.0",
            id=self._ident,
            source=str(self._address),
            type=EVENT,
            time=self._clock.now(),
        )

    def _show(self, view: CanaryView) -> None:
        self.view = view
        self._on_view(view)


def _event_of(data: dict[str, Any]) -> object:
    """Return the id of the event that rules give as the reason of an alarm."""
    event = data.get("event")
    return event.get("id") if isinstance(event, dict) else None
