"""A hub in a process of its own that is killed, as `kill -9` does, at the nth step that charging takes.

A step is a transaction of charging, an action written down, or an action published; the hub dies right after
it. Processes are forked from a server that has imported everything, so that a life is short.
"""

import asyncio
import multiprocessing
import os
import signal
from multiprocessing.process import BaseProcess
from threading import Lock
from typing import Any, Final

from contract.mqtt import Connection
from hub import app
from hub.actions.records import ActionTable
from hub.ledger.transactions import Transactions
from hub.settings import HubSettings

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])

_write = Transactions._write
_add = ActionTable.add
_publish = Connection.publish


class Steps:
    """Counts steps, and dies at one of them; at 0 never."""

    def __init__(self, dies_at: int) -> None:
        self._left = dies_at
        self._lock = Lock()

    def step(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def mark(self) -> None:
        """Let the hub's own code take these steps."""

        def write(transactions: Transactions, work: Any) -> Any:
            result = _write(transactions, work)
            if work.__module__.startswith("hub.charging.") and result is not False:
                self.step()
            return result

        def add(table: ActionTable, record: Any) -> None:
            _add(table, record)
            self.step()

        async def publish(link: Connection, topic: str, *arguments: Any, **named: Any) -> None:
            await _publish(link, topic, *arguments, **named)
            if topic.endswith("/action"):
                self.step()

        Transactions._write = write  # type: ignore[method-assign]  # what it does is as before
        ActionTable.add = add  # type: ignore[method-assign]  # the same
        Connection.publish = publish  # type: ignore[method-assign,assignment]  # the same


def live(settings: HubSettings, dies_at: int) -> BaseProcess:
    """Start a hub; `dies_at` 0: it does not die by itself. The first start takes a while, and blocks."""
    process = _FORKS.Process(target=_live, args=(settings, dies_at), daemon=True)
    process.start()
    return process


def _live(settings: HubSettings, dies_at: int) -> None:
    Steps(dies_at).mark()
    asyncio.run(app.run(settings, asyncio.Event()))
