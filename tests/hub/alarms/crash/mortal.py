"""A hub in a process of its own that is killed, as `kill -9` does, at the nth step it takes.

A step is a transaction, a message over the broker, or a message to a contact; the hub dies right after it. To
die right before the next one leaves the same behind. Processes are forked from a server that has imported
everything, so that a life is short.
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
from hub.ledger.transactions import Transactions
from hub.notify.sender import AppriseSender
from hub.settings import HubSettings

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])

_write = Transactions._write
_send = AppriseSender.send
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
            self.step()
            return result

        def send(sender: AppriseSender, address: str, letter: Any) -> Any:
            outcome = _send(sender, address, letter)
            self.step()
            return outcome

        async def publish(link: Connection, topic: str, *arguments: Any, **named: Any) -> None:
            await _publish(link, topic, *arguments, **named)
            self.step()

        Transactions._write = write  # type: ignore[method-assign]  # what it does is as before
        AppriseSender.send = send  # type: ignore[method-assign]  # the same
        Connection.publish = publish  # type: ignore[method-assign,assignment]  # the same


def live(settings: HubSettings, dies_at: int) -> BaseProcess:
    """Start a hub; `dies_at` 0: it does not die by itself. The first start takes a while, and blocks."""
    process = _FORKS.Process(target=_live, args=(settings, dies_at), daemon=True)
    process.start()
    return process


def _live(settings: HubSettings, dies_at: int) -> None:
    Steps(dies_at).mark()
    asyncio.run(app.run(settings, asyncio.Event()))
