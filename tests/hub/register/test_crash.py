"""Kill the hub after every transaction of an import: it goes on, and every row is done once.

Real processes, SIGKILL, a real ledger.
"""

import asyncio
import signal
from collections import Counter
from pathlib import Path

from hub.ledger.engine import open_ledger
from hub.register.importing.working import ROWS_AT_ONCE
from hub.register.wanted import PeopleWanted, Window
from tests.hub.register.made import LI, Place, office_on
from tests.hub.register.mortal import live
from tests.hub.register.tables import HEAD, table

ROWS = ROWS_AT_ONCE + 1


async def died(url: str, tenant: str, dies_at: int) -> bool:
    """Let a process work until its end, or until it is killed; whether it was."""
    process = live(url, tenant, dies_at)
    await asyncio.to_thread(process.join)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


async def test_an_import_outlives_the_hub(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    engine = open_ledger(url)
    rows = [(f"p{n}", "3", "2", str(n // 3), "", str(1000 + n), "", "") for n in range(ROWS)]
    steps = 0
    while True:
        steps += 1
        tenant = f"t{steps}"
        async with office_on(Place(engine, tenant)) as office:
            preview = await office.imported(table(HEAD, *rows))
            assert preview.plan is not None
            await office.register.imports.apply(preview.id, preview.plan, LI)
            killed = await died(url, tenant, steps)
            await office.register.imports.work()  # the hub that comes after it
            done = await office.register.imports.get(preview.id)
            assert (done.state, done.applied, done.counts.conflict) == ("applied", ROWS, 0)
            assert (await office.register.people.find(PeopleWanted(), Window())).total == ROWS
            assert len(office.people) == ROWS
            added = Counter(each["about"] for each in office.audited("person.added"))
            assert len(added) == ROWS == added.total()
            assert len(office.audited("import.applied")) == 1
        if not killed:
            break
    engine.dispose()
    assert steps == 4, "two of rows, and one that ends it"
