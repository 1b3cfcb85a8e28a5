"""Tells one program, one message after the other; a slow one holds nobody but itself."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from contract.clock import Clock
from contract.errors import ConfigurationError
from hub.ledger.transactions import Transactions
from hub.webhooks.message import Message, read_secret, signed
from hub.webhooks.settings import Webhook
from hub.webhooks.standing import HookView, Standing
from hub.webhooks.store import Due, HookStore, Position

if TYPE_CHECKING:
    from hub.webhooks.post import Answer

logger = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 900.0
IDLE_S: Final = 60.0


class Lane:
    """One webhook."""

    def __init__(
        self,
        hook: Webhook,
        store: HookStore,
        ledger: Transactions,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.hook = hook
        self.standing = Standing()
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._sleep = sleep
        self._tries = 0
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Take that there may be something to tell."""
        self._news.set()

    async def run(self) -> None:
        """Tell until cancelled, or until the program wants no more."""
        at = await self._ledger.write(lambda connection: self._store.position(connection, self.hook.id))
        self.standing.gone = at.gone_url == self.hook.url
        while not self.standing.gone:
            self._news.clear()
            due = await self._ledger.read(lambda connection: self._store.due(connection, self.hook, at))  # noqa: B023 - awaited here
            message = due.message if due is not None else None
            self.standing.oldest_ms = message.at_ms if message is not None else None
            if due is None:
                await self._idle()
            else:
                at = await self._tell(due, at)
        logger.warning("webhook %s wants no more (HTTP 410)", self.hook.id)

    async def view(self) -> HookView:
        """Say how it does, and count what waits."""
        now_ms, standing = self._clock.now_ms(), self.standing
        waiting, more = await self._ledger.read(lambda connection: self._store.waiting(connection, self.hook))
        return HookView(
            id=self.hook.id,
            failing=standing.failing(now_ms),
            trying=standing.begun_ms is not None,
            gone=standing.gone,
            waiting=0 if standing.gone else waiting,
            more=more,
            behind_s=standing.behind_s(now_ms),
            told_ms=standing.told_ms,
            error=standing.error,
            given_up=standing.given_up,
        )

    async def _idle(self) -> None:
        try:
            async with asyncio.timeout(IDLE_S):
                await self._news.wait()
        except TimeoutError:
            return

    async def _tell(self, due: Due, at: Position) -> Position:
        """Send what is due; return the position after it, or the same if it must be tried again."""
        if due.message is None:
            return await self._move(due.after)
        answer, standing = await self._send(due.message), self.standing
        if answer.ok:
            standing.took(self._clock.now_ms())
            self._tries = 0
            return await self._move(due.after)
        standing.refused(answer.reason, self._clock.now_ms())
        if answer.gone:
            stopped = await self._move(replace(at, gone_url=self.hook.url))
            standing.gone = True
            return stopped
        if self._clock.now_ms() - due.message.at_ms > self.hook.give_up_after_s * 1000:
            standing.gave_up()
            logger.error("webhook %s: %s is given up: %s", self.hook.id, due.message.id, answer.reason)
            return await self._move(due.after)
        await self._sleep(pause_s(self._tries))
        self._tries += 1
        return at

    async def _send(self, message: Message) -> "Answer":
        from hub.webhooks.post import Answer, post  # noqa: PLC0415 - its library is slow to load; most hubs tell nobody

        try:
            text = await asyncio.to_thread(Path(self.hook.secret_file).read_text, "utf-8")
            headers = signed(message, read_secret(text), self._clock.now_ms() // 1000)
        except (OSError, ConfigurationError) as wrong:
            return Answer(ok=False, reason=f"secret_file: {wrong}")
        return await post(self.hook.url, message.body, headers, private=self.hook.private)

    async def _move(self, to: Position) -> Position:
        await self._ledger.write(lambda connection: self._store.move(connection, self.hook.id, to))
        return to


def pause_s(tries: int) -> float:
    """Return how long to wait after so many failures before this one, spread by chance."""
    longest: float = min(FIRST_PAUSE_S * 2 ** min(tries, 16), LONGEST_PAUSE_S)
    spread = random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, hides nothing
    return longest * spread
