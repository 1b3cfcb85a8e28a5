"""An import in a process of its own that is killed, as `kill -9` does, after its nth transaction."""

import asyncio
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from typing import Any, Final

from contract.clock import ManualClock
from hub.ledger.engine import open_ledger
from hub.ledger.transactions import Transactions
from tests.hub.crash.mortal import Steps
from tests.hub.register.made import NOON, Office, Place

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


def live(url: str, tenant: str, dies_at: int) -> BaseProcess:
    """Go on with what was confirmed; `dies_at` 0: to its end."""
    process = _FORKS.Process(target=_live, args=(url, tenant, dies_at), daemon=True)
    process.start()
    return process


def _live(url: str, tenant: str, dies_at: int) -> None:
    Steps(dies_at).after(Transactions, "_write", counts=_of_an_import)
    asyncio.run(_work(url, tenant))


def _of_an_import(_result: Any, _ledger: Transactions, work: Any) -> bool:
    return bool(work.__module__ == "hub.register.importing.working")


async def _work(url: str, tenant: str) -> None:
    engine = open_ledger(url)
    with ThreadPoolExecutor(1) as thread:
        office = Office(Transactions(engine, thread), ManualClock(NOON), Place(engine, tenant))
        await office.register.begin()
        await office.register.imports.resume()
        await office.register.imports.work()
    engine.dispose()
