"""What an import takes time for: to read a file, to see what it would do, and to do it."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from hub.alarms.alarm import Actor
from hub.register.importing.applying import Applying
from hub.register.importing.columns import Head, head_of
from hub.register.importing.known import read_known
from hub.register.importing.planned import TO_DO, Planned, counts_of, digest_of, problem
from hub.register.importing.planning import Numbered, cells_of, new_homes, plan_rows
from hub.register.importing.reading import read_file
from hub.register.importing.sheet import MOST_ROWS, Unreadable
from hub.register.importing.store import AT_ONCE, Import, ImportStore, Stored
from hub.register.importing.view import CellProblem, ImportCounts
from hub.register.keeping import Keeping, there

ROWS_AT_ONCE: Final = 100
"""Rows done in one transaction: events of devices wait that long."""


class Preview(Struct, frozen=True, kw_only=True):
    """What an import would do."""

    planned: list[Planned]
    counts: ImportCounts
    plan: str


class Working:
    """One tenant's imports, at work."""

    def __init__(self, keeping: Keeping, store: ImportStore) -> None:
        self._keeping = keeping
        self._store = store

    async def read(self, key: str, content: bytes) -> None:
        """Read a file and keep what it would do; or why it cannot be read."""
        found = await read_file(content)
        if isinstance(found, Unreadable):
            await self._refuse(key, problem(found.code))
            return
        made = await self.get(key)
        head = head_of(found.lines, made.what)
        if isinstance(head, CellProblem):
            await self._refuse(key, head)
            return
        rows = cells_of(found.lines, head)
        if not 0 < len(rows) <= MOST_ROWS:
            await self._refuse(key, problem("too-many-rows" if rows else "no-rows"))
            return
        await self._keep(made, head, rows)

    async def apply(self, key: str) -> None:
        """Do what was confirmed, from where it was left."""
        more = True
        while more:
            more = await self._keeping.write(lambda connection: self._some(connection, key))

    async def preview(self, made: Import) -> Preview:
        """See what an import would do now."""

        def read(connection: Connection) -> Preview:
            rows = [(each.planned.row, each.cells) for each in self._store.rows(connection, made.key)]
            return self._plan(connection, made, rows)

        return await self._keeping.read(read)

    async def replan(self, made: Import, preview: Preview) -> None:
        """Keep another preview."""
        for start in range(0, len(preview.planned), AT_ONCE):
            some = preview.planned[start : start + AT_ONCE]
            await self._keeping.ledger.write(
                lambda connection, some=some: self._store.replan(connection, made.key, some)  # type: ignore[misc]
            )
        await self._change(made.key, counts=preview.counts, plan=preview.plan)

    async def get(self, key: str) -> Import:
        """Read an import. Unknown."""
        return there(await self._keeping.read(lambda c: self._store.get(c, key)), "import")

    async def _keep(self, made: Import, head: Head, rows: Sequence[Numbered]) -> None:
        named = replace(made, columns=head.called)
        preview = await self._keeping.read(lambda connection: self._plan(connection, named, rows))
        cells = dict(rows)
        stored = [Stored(cells=dict(cells[each.row]), planned=each) for each in preview.planned]
        for start in range(0, len(stored), AT_ONCE):
            await self._keeping.ledger.write(partial(self._add, made.key, stored[start : start + AT_ONCE]))
        await self._change(
            made.key,
            state="previewed",
            plan=preview.plan,
            counts=preview.counts,
            columns=head.called,
            unknown_columns=head.unknown,
        )

    def _add(self, key: str, rows: Sequence[Stored], connection: Connection) -> None:
        """Keep rows, unless somebody has cancelled the import meanwhile: they hold names."""
        made = self._store.hold(connection, key)
        if made is not None and made.state == "reading":
            self._store.add_rows(connection, key, rows)

    async def _refuse(self, key: str, why: CellProblem) -> None:
        now_ms = self._keeping.clock.now_ms()
        await self._change(key, state="unreadable", problem=why, ended_ms=now_ms)

    async def _change(self, key: str, **changes: object) -> None:
        def work(connection: Connection) -> None:
            made = self._store.get(connection, key)
            if made is not None and made.state in ("reading", "previewed"):
                self._store.change(connection, made, **changes)

        await self._keeping.ledger.write(work)

    def _plan(self, connection: Connection, made: Import, rows: Sequence[Numbered]) -> Preview:
        known = read_known(self._keeping, connection)
        planned = plan_rows(made.what, rows, made.columns, known)
        counts = counts_of(planned, new_homes(planned, known))
        return Preview(planned=planned, counts=counts, plan=digest_of(planned))

    def _some(self, connection: Connection, key: str) -> bool:
        """Do some rows; False once there are none left."""
        made = self._store.hold(connection, key)
        if made is None or made.state != "applying":
            return False
        stored = self._store.rows(connection, key, states=TO_DO, after=made.upto, limit=ROWS_AT_ONCE)
        if not stored:
            self._end(connection, made)
            return False
        rows = [each.planned for each in stored]
        by = Actor(who=made.applied_by or made.made_by)
        applying = Applying(self._keeping, by, key)
        left_out = getattr(applying, made.what)(connection, rows)
        self._store.replan(connection, key, left_out)
        counts = _left_out(made.counts, left_out, rows)
        done = made.applied + len(rows) - len(left_out)
        self._store.change(connection, made, upto=rows[-1].row, applied=done, counts=counts)
        return True

    def _end(self, connection: Connection, made: Import) -> None:
        now_ms = self._keeping.clock.now_ms()
        self._store.forget(connection, made.key, all_of_them=False)
        self._store.change(connection, made, state="applied", ended_ms=now_ms)
        by = Actor(who=made.applied_by or made.made_by)
        counts = {name: getattr(made.counts, name) for name in ImportCounts.__struct_fields__}
        self._keeping.trail.write(connection, by, "import.applied", made.key, counts=counts)


def _left_out(counts: ImportCounts, left_out: Sequence[Planned], rows: Sequence[Planned]) -> ImportCounts:
    """Count rows that were left out after all."""
    if not left_out:
        return counts
    planned = {row.row: row.state for row in rows}
    new = sum(planned[row.row] == "new" for row in left_out)
    return replace(
        counts,
        new=counts.new - new,
        changed=counts.changed - (len(left_out) - new),
        conflict=counts.conflict + len(left_out),
    )
