"""Has the bundles made that are released, one after another, and deletes them when their days are over.

Which are to be made stands in the ledger, how far each is in its folder: killed at any moment, hub or maker,
it goes on there.
"""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from contract.clock import Clock
from hub.disclosure.desk import DisclosureDesk
from hub.disclosure.making.failures import ENDED, failed_by
from hub.disclosure.making.job import kept_job
from hub.disclosure.making.making import begin_job
from hub.disclosure.making.process import follow
from hub.disclosure.making.telling import WHOSE_FILE, Failed, Finished, Stopped, Told
from hub.disclosure.reading.bounds import Surroundings, newest_at, passes_wait
from hub.disclosure.refusals import DisclosureRefused
from hub.disclosure.request import Disclosure, Progress
from hub.disclosure.states import State
from hub.disclosure.subjects import Subject
from hub.ledger.transactions import Transactions
from hub.settings import HubSettings

logger = logging.getLogger(__name__)

LOOK_S: Final = 60.0
AGAIN_S: Final = 5.0
TRIES: Final = 3
"""Of a process that is killed, or fails in a way that may pass by itself."""

PASSES_WITHIN_S: Final = 60.0
"""So long the record of passes may take to have what came before the release; then what it has leaves."""

_subjects: Final = msgspec.json.Decoder(list[Subject]).decode


class Maker:
    """One tenant's maker of bundles. Lives on the hub's event loop.

    `around` says what the hub knows of its devices now. Without `settings.export_command` nothing is made.
    """

    def __init__(
        self,
        desk: DisclosureDesk,
        ledger: Transactions,
        settings: HubSettings,
        clock: Clock,
        around: Callable[[], Surroundings],
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._settings = settings
        self._clock = clock
        self._around = around
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._now: str | None = None
        self._tried: dict[str, int] = {}
        desk.on_change = self.changed

    def changed(self, after: Disclosure) -> None:
        """Take that a disclosure has changed: there may be work, or what is being made is not wanted."""
        self._wake.set()
        if after.id == self._now and after.state is not State.MAKING:
            self._stop.set()

    async def run(self) -> None:
        """Make and delete until cancelled."""
        while True:
            self._wake.clear()
            wait_s = LOOK_S
            try:
                await self.once()
            except Exception:  # a full disk, a fault of ours: the hub goes on, it is tried again
                logger.exception("bundles: something is left undone; it is tried again")
                wait_s = AGAIN_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def once(self) -> None:
        """Make all that is released, and delete what is over."""
        for each in await self._desk.to_purge():
            await asyncio.to_thread(_delete, self._folder(each.id))
            await self._desk.purged(each.id)
        while self._settings.export_command and (waiting := await self._desk.to_make()):
            await self._make(waiting[0].id, self._settings.export_command)

    async def _make(self, ident: str, command: Sequence[str]) -> None:
        self._now = ident
        self._stop.clear()
        try:
            found = await self._desk.begin(ident)
            outcome = await self._outcome(found, command)
            await self._take(found, outcome)
        except DisclosureRefused as refused:  # its time is over, or it was stopped at this moment
            logger.info("disclosure %s is not made: %s", ident, refused)
        finally:
            self._now = None

    async def _outcome(self, found: Disclosure, command: Sequence[str]) -> Told | None:
        try:
            await self._begin(found)
            return await follow(command, found.id, self._progressed(found.id), self._stop)
        except Exception as wrong:  # whatever it is: told, and the next bundle is made
            logger.exception("a bundle cannot be begun")
            return failed_by(wrong)

    async def _begin(self, found: Disclosure) -> None:
        """Fix what the bundle is made of, if that is not done yet."""
        if await asyncio.to_thread(kept_job, self._folder(found.id)) is not None:
            return
        await self._passes_are_taken(found)
        around = self._around()
        await self._ledger.read(
            lambda connection: begin_job(self._settings, connection.engine, self._clock, found, around)
        )

    async def _passes_are_taken(self, found: Disclosure) -> None:
        """Wait until the record of passes has what came before the release."""
        upto = await self._ledger.read(lambda c: newest_at(c, self._settings.tenant, found.decided_ms or 0))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PASSES_WITHIN_S):
                while await self._passes_wait(upto):  # noqa: ASYNC110 - it stands in the ledger
                    await asyncio.sleep(1)

    async def _passes_wait(self, upto: int) -> bool:
        return await self._ledger.read(lambda c: passes_wait(c, self._settings.tenant, upto))

    async def _take(self, found: Disclosure, outcome: Told | None) -> None:
        """Write how it ended. What was stopped is written already; what may pass is tried again."""
        if isinstance(outcome, Finished):
            self._tried.pop(found.id, None)
            await self._desk.made(found.id, outcome.made, await asyncio.to_thread(self._whose, found.id))
            return
        if self._stop.is_set() or isinstance(outcome, Stopped):
            return
        tries = self._tried[found.id] = self._tried.get(found.id, 0) + 1
        told = outcome if isinstance(outcome, Failed) else Failed(ENDED, again=True)
        if told.again and tries < TRIES:
            logger.warning("the making of %s ended; it is gone on with", found.number)
            return
        self._tried.pop(found.id)
        await self._desk.failed(found.id, told.why)

    def _progressed(self, ident: str) -> Callable[[Progress], None]:
        return lambda progress: self._desk.progressed(ident, progress)

    def _whose(self, ident: str) -> list[Subject]:
        return _subjects((self._folder(ident) / WHOSE_FILE).read_bytes())

    def _folder(self, ident: str) -> Path:
        return self._settings.disclosures_dir / ident


def _delete(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
