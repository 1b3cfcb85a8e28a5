"""Imports, one after another: a table is read, shown, confirmed and done. Lives on the hub's event loop.

What is confirmed is in the ledger before it is begun, and how far it is with each row that it does: a hub
that dies in the middle goes on where it was.
"""

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import AsyncIterable, Callable, Sequence
from typing import Final

from sqlalchemy import Connection

from contract.clock import rfc3339_ms
from hub.alarms.alarm import Actor
from hub.register.importing.bad import bad_sheet
from hub.register.importing.planned import problem
from hub.register.importing.planning import columns_of
from hub.register.importing.schema import imports
from hub.register.importing.sheet import MOST_BYTES
from hub.register.importing.store import Import, ImportStore
from hub.register.importing.view import ImportRow, ImportRows, ImportView, ImportWhat, RowState
from hub.register.importing.working import Working
from hub.register.keeping import Keeping, there
from hub.register.names import IMPORT, new_key
from hub.register.refusals import RegisterChanged, RegisterRefused, TooLarge
from hub.register.show import moment
from hub.register.trail import ITSELF
from hub.register.visiting import DAY_MS

logger = logging.getLogger(__name__)

MOST_WAITING: Final = 2
"""Files that wait to be read; each is held in memory."""
SHOWN: Final = 50
KEPT_DAYS: Final = 7
"""How long a preview waits, and bad rows are kept: they hold names."""
LOOK_S: Final = 60.0
"""How often it is looked whether something was left undone."""
LEFT_OUT: Final = ("bad", "conflict")


class Imports:
    """One tenant's imports. `running`: how many are being done."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._store = ImportStore(keeping.site.tenant)
        self._working = Working(keeping, self._store)
        self._files: deque[tuple[str, bytes]] = deque()
        self._uploaded: set[str] = set()
        self._confirmed: deque[str] = deque()
        self._wake = asyncio.Event()
        self._replanning = asyncio.Lock()
        self.running = 0

    async def upload(
        self, parts: AsyncIterable[bytes], what: ImportWhat, file: str, who: Actor
    ) -> ImportView:
        """Take a file in; it is read as soon as its turn comes. TooLarge, RegisterRefused."""
        content = await _whole(parts)
        if len(self._files) >= MOST_WAITING:
            raise RegisterRefused("other files are being read; try again", code="too-many-imports")
        made = Import(
            key=new_key(IMPORT),
            what=what,
            file=file,
            sha256=hashlib.sha256(content).hexdigest(),
            state="reading",
            made_ms=self._keeping.clock.now_ms(),
            made_by=who.who,
        )

        def work(connection: Connection) -> None:
            self._store.add(connection, made)
            self._keeping.trail.write(connection, who, "import.uploaded", made.key, sha256=made.sha256)

        self._uploaded.add(made.key)
        await self._keeping.ledger.write(work)
        self._files.append((made.key, content))
        self._wake.set()
        return _view(made)

    async def all(self) -> list[ImportView]:
        """Return imports, the newest first."""
        found = await self._keeping.read(lambda connection: self._store.find(connection, limit=SHOWN))
        return [_view(each) for each in found]

    async def get(self, key: str) -> ImportView:
        """Return an import. Unknown."""
        return _view(await self._working.get(key))

    async def rows(self, key: str, state: RowState | None, after: int, limit: int) -> ImportRows:
        """Return rows in the order of the file. Unknown."""
        states = None if state is None else [state]

        def read(connection: Connection) -> ImportRows:
            there(self._store.get(connection, key), "import")
            found = self._store.rows(connection, key, states=states, after=after, limit=limit + 1)
            rows = [
                ImportRow(
                    row=each.planned.row,
                    state=each.planned.state,
                    key=each.planned.key,
                    changes=each.planned.changes,
                    cells=each.cells,
                    problems=each.planned.problems,
                )
                for each in found[:limit]
            ]
            return ImportRows(rows=rows, next=rows[-1].row if len(found) > limit else None)

        return await self._keeping.read(read)

    async def bad_csv(self, key: str, language: str) -> str:
        """Return the rows that were left out, for a spreadsheet. Unknown."""

        def read(connection: Connection) -> str:
            made = there(self._store.get(connection, key), "import")
            found = self._store.rows(connection, key, states=LEFT_OUT)
            return bad_sheet(made.what, made.columns, found, language)

        return await self._keeping.read(read)

    async def apply(self, key: str, plan: str, who: Actor) -> ImportView:
        """Have done what was previewed as `plan`. RegisterChanged: it would do something else now."""
        async with self._replanning:
            made = await self._working.get(key)
            if made.state != "previewed":
                raise RegisterRefused(f"the import is {made.state}", code="not-previewed")
            preview = await self._working.preview(made)
            if preview.plan != made.plan:
                await self._working.replan(made, preview)
            if preview.plan != plan:
                raise RegisterChanged("the import would do something else now; look at it again")

            def work(connection: Connection) -> Import:
                held = there(self._store.hold(connection, key), "import")
                if held.state != "previewed":
                    raise RegisterRefused(f"the import is {held.state}", code="not-previewed")
                self._keeping.trail.write(connection, who, "import.confirmed", key, plan=plan)
                return self._store.change(connection, held, state="applying", applied_by=who.who)

            confirmed = await self._keeping.ledger.write(work)
        self._confirmed.append(key)
        self._wake.set()
        return _view(confirmed)

    async def cancel(self, key: str, who: Actor) -> ImportView:
        """Forget an import that was not confirmed. RegisterRefused, Unknown."""

        def work(connection: Connection) -> Import:
            made = there(self._store.get(connection, key), "import")
            if made.state in ("applying", "applied"):
                raise RegisterRefused("it was confirmed", code="already-confirmed")
            self._store.forget(connection, key, all_of_them=True)
            self._keeping.trail.write(connection, who, "import.cancelled", key)
            now_ms = self._keeping.clock.now_ms()
            return self._store.change(connection, made, state="cancelled", ended_ms=now_ms)

        async with self._replanning:
            return _view(await self._keeping.ledger.write(work))

    async def export(self, write: Callable[..., str], what: ImportWhat, language: str, who: Actor) -> str:
        """Return the register in the columns of an import, once the audit has who wanted it."""
        await self._keeping.ledger.write(
            lambda connection: self._keeping.trail.write(connection, who, "register.exported", what)
        )
        return await self._keeping.read(lambda connection: write(self._keeping, connection, what, language))

    async def run(self) -> None:
        """Work until cancelled."""
        await self._keeping.write(self._interrupt)
        await self.resume()
        while True:
            self._wake.clear()
            try:
                await self.work()
                await self._keeping.ledger.write(self._forget_old)
            except Exception:  # a full disk, a fault of ours: what was confirmed is tried again
                logger.exception("an import is left undone; it is tried again")
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()
            except TimeoutError:
                await self.resume()

    async def work(self) -> None:
        """Read what waits to be read, and do what is confirmed."""
        while self._files or self._confirmed:
            self.running += 1
            try:
                await (self._read_next() if self._files else self._apply_next())
            finally:
                self.running -= 1

    async def _read_next(self) -> None:
        try:
            await self._working.read(*self._files[0])
        finally:
            key, _ = self._files.popleft()  # one that cannot be read must not keep all others back
            self._uploaded.discard(key)

    async def _apply_next(self) -> None:
        key = self._confirmed.popleft()
        try:
            await self._working.apply(key)
        except BaseException:
            self._confirmed.append(key)
            raise

    async def resume(self) -> None:
        """Go on with what was confirmed."""

        def work(connection: Connection) -> Sequence[str]:
            confirmed = self._store.find(connection, imports.c.state == "applying")
            return [made.key for made in reversed(confirmed)]

        for key in await self._keeping.read(work):
            if key not in self._confirmed:
                self._confirmed.append(key)

    def _interrupt(self, connection: Connection) -> None:
        """Say that what was being read when the hub ended is lost."""
        lost, now_ms = problem("interrupted"), self._keeping.clock.now_ms()
        for made in self._store.find(connection, imports.c.state == "reading"):
            if made.key not in self._uploaded:
                self._store.forget(connection, made.key, all_of_them=True)
                self._store.change(connection, made, state="unreadable", problem=lost, ended_ms=now_ms)

    def _forget_old(self, connection: Connection) -> None:
        """Forget previews that nobody confirmed, and rows that were left out, after some days."""
        before_ms = self._keeping.clock.now_ms() - KEPT_DAYS * DAY_MS
        old = imports.c.made_ms < before_ms
        for made in self._store.find(connection, old, imports.c.state == "previewed"):
            self._store.change(connection, made, state="cancelled", ended_ms=self._keeping.clock.now_ms())
            self._keeping.trail.write(connection, ITSELF, "import.cancelled", made.key)
        for made in self._store.find(connection, old, imports.c.state.in_(["applied", "cancelled"])):
            self._store.forget(connection, made.key, all_of_them=True)


async def _whole(parts: AsyncIterable[bytes]) -> bytes:
    content = bytearray()
    async for part in parts:
        content += part
        if len(content) > MOST_BYTES:
            raise TooLarge(f"a table may have {MOST_BYTES // 1024 // 1024} MiB")
    return bytes(content)


def _view(made: Import) -> ImportView:
    return ImportView(
        id=made.key,
        what=made.what,
        file=made.file,
        state=made.state,
        plan=made.plan,
        counts=made.counts,
        applied=made.applied,
        columns=columns_of(made.columns, made.what),
        unknown_columns=made.unknown_columns,
        problem=made.problem,
        made=rfc3339_ms(made.made_ms),
        made_by=made.made_by,
        ended=moment(made.ended_ms),
    )
