"""The feed's process is killed in the middle: nothing is lost, and nothing comes as something else."""

import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from pathlib import Path

import msgspec

from hub.ledger.engine import open_ledger
from simulators.viid.library import Library
from tests.hub.passes.made import Ground, gatehouse_on
from tests.hub.viid.made import feeding, library_up, plates, settings
from tests.ledgers import new_ledger
from tests.waiting import eventually

TENANT = "killed"
FLEET = [f"浙C{number:05}" for number in range(24)]


async def started(ledger: str, library: Library, folder: Path) -> Process:
    said = msgspec.json.encode(settings(library.url, folder, batch=3)).decode()
    words = ("-m", "tests.hub.viid.process", ledger, TENANT, said)
    process = await create_subprocess_exec(sys.executable, *words, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"begun\n"
    return process


async def test_nothing_is_lost_and_nothing_becomes_another(tmp_path: Path) -> None:
    ledger = new_ledger(tmp_path / "ledger.sqlite")
    engine = open_ledger(ledger)
    async with library_up() as library, gatehouse_on(Ground(engine, TENANT)) as house:
        process = await started(ledger, library, tmp_path)
        try:
            for plate in FLEET:
                house.goes(plate)
            await house.look()
            library.faults.slow_s = 0.05
            await eventually(lambda: len(library.shelves.objects) > 6)
        finally:
            process.kill()
            await process.wait()
        library.faults.slow_s = 0.0
        async with feeding(house, settings(library.url, tmp_path, batch=3), tmp_path):
            await eventually(lambda: set(FLEET) <= set(plates(library)))
    engine.dispose()
    assert sorted(plates(library)) == FLEET
    assert max(library.shelves.times[ident] for ident in library.shelves.objects if len(ident) == 48) <= 2
