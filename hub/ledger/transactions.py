"""Runs pieces of work in the ledger, each in one transaction: what belongs together is there or is not.

Everything that is written goes through one thread, in the order in which it was asked for.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")


class Transactions:
    """The ledger's way in for what is written (`write`) and looked up (`read`)."""

    def __init__(self, engine: Engine, thread: Executor) -> None:
        self._engine = engine
        self._thread = thread

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction; if it raises, nothing of it is kept."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._write, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Look something up, beside whoever writes."""
        return await asyncio.to_thread(self._read, work)

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return work(connection)
