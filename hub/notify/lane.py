"""One contact's messages, one after another: a lane that is blocked blocks no other.

Each step is committed before the next: an attempt is in the ledger before it is made, its outcome together
with the alarm's own entry about it.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Final

from contract.errors import ConfigurationError
from hub.notify.contact import Contact
from hub.notify.courier import Outcome
from hub.notify.letter import Letter
from hub.notify.means import Means
from hub.notify.outbox import Notification, Stage

logger = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 300.0
LEDGER_PAUSE_S: Final = 5.0
"""After the ledger failed."""
LONGEST_SLEEP_S: Final = 30.0
"""So that a wall clock which is put right is noticed."""


class Lane:
    """Tells one contact. `waiting`: messages that it is still to be told."""

    def __init__(self, contact: Contact, means: Means) -> None:
        self.contact = contact
        self.waiting = 0
        self._means = means
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there may be something to tell."""
        self._woken.set()

    async def run(self) -> None:
        """Tell what there is to tell, until cancelled."""
        while True:
            self._woken.clear()
            try:
                pause_s = await self.turn()
            except Exception:
                logger.exception("the lane of contact %s stumbled", self._name)
                pause_s = LEDGER_PAUSE_S
            try:
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def turn(self) -> float | None:
        """Tell everything that is due; return in how many seconds there is more, None if not known."""
        outbox, ledger = self._means.outbox, self._means.ledger
        while True:
            waiting = await ledger.read(lambda connection: outbox.open(connection, self._name))
            self.waiting = len(waiting)
            now_ms = self._means.clock.now_ms()
            due = next((each for each in waiting if each.due_ms <= now_ms), None)
            if due is None:
                return sleep_s((each.due_ms for each in waiting), now_ms)
            await self._tell(due)

    @property
    def _name(self) -> str:
        return self.contact.id

    async def _tell(self, planned: Notification) -> None:
        means, now_ms = self._means, self._means.clock.now_ms()
        alarm = await means.desk.get(planned.alarm)
        begun = await means.ledger.write(lambda held: means.outbox.begin(held, planned.id, now_ms))
        if begun is None:
            return
        if begun.text is not None:
            letter = means.writer.plain(begun, self.contact)
        elif alarm is not None:
            letter = means.writer.about(alarm, begun, self.contact)
        else:
            await self._insist(begun, Stage.FAILED, "the alarm is gone")
            return
        outcome = await self._send(letter)
        if outcome.ok:
            await self._succeeded(begun)
        else:
            await self._failed(begun, outcome.reason)

    async def _send(self, letter: Letter) -> Outcome:
        means = self._means
        try:
            address = means.address_of(self.contact)
        except ConfigurationError as wrong:
            return Outcome(ok=False, reason=str(wrong))
        return await means.courier.take(self._name, address, letter)

    async def _succeeded(self, begun: Notification) -> None:
        means, now_ms = self._means, self._means.clock.now_ms()
        means.counts.sent += 1
        means.reach.got_through(self._name)
        await self._insist(begun, Stage.SENT, "")
        if self.waiting > 1:  # what waits after a failure need not wait longer, and goes in its order
            await means.ledger.write(lambda held: means.outbox.hurry(held, self._name, now_ms))

    async def _failed(self, begun: Notification, reason: str) -> None:
        means, now_ms = self._means, self._means.clock.now_ms()
        first_ms = begun.first_ms or now_ms
        last_ms = first_ms + round(self.contact.retry_for_s * 1000)
        logger.warning("contact %s, attempt %d failed: %s", self._name, begun.attempts, reason)
        means.counts.attempts_failed += 1
        means.reach.tried(self._name, first_ms)
        if now_ms >= last_ms:
            means.counts.failed += 1
            means.reach.lost([self._name])
            await self._insist(begun, Stage.FAILED, reason)
            return
        due_ms = min(now_ms + round(pause_s(begun.attempts) * 1000), last_ms)
        await means.ledger.write(lambda held: means.outbox.retry(held, begun.id, due_ms, reason))

    async def _insist(self, begun: Notification, stage: Stage, reason: str) -> None:
        """Write the outcome, however long the ledger takes: sending again instead would tell twice."""
        while True:
            try:
                await self._means.write_end(begun, stage, reason)
            except Exception:
                logger.exception("the outcome for contact %s cannot be written yet", self._name)
                await asyncio.sleep(LEDGER_PAUSE_S)
            else:
                return


def sleep_s(due_ms: Iterable[int], now_ms: int) -> float | None:
    """How long to sleep until the first is due; None: until woken."""
    first_ms = min(due_ms, default=None)
    return None if first_ms is None else min((first_ms - now_ms) / 1000, LONGEST_SLEEP_S)


def pause_s(attempts: int) -> float:
    """How long to wait after so many attempts that failed: 5 s, doubling up to 5 minutes."""
    return min(FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 16), LONGEST_PAUSE_S)
