"""A hub in a process of its own that is killed, as `kill -9` does, at the nth step it takes.

What a step is, each walk says by its `Mark`; the hub dies right after it. To die right before the next one
leaves the same behind. Processes are forked from a server that has imported everything, so that a life is
short.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from multiprocessing.process import BaseProcess
from threading import Lock
from typing import Any, Final

from hub import app
from hub.settings import HubSettings

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__, "hub.notify.sender"])  # the hub loads it when first needed


class Steps:
    """Counts steps, and dies at one of them; at 0 never."""

    def __init__(self, dies_at: int) -> None:
        self._left = dies_at
        self._lock = Lock()

    def after(self, owner: type, name: str, counts: Callable[..., bool] | None = None) -> None:
        """Let each call of this method be a step; `counts` gets its result and arguments, and may say no."""
        done = getattr(owner, name)

        def step(result: Any, *arguments: Any) -> Any:
            if counts is None or counts(result, *arguments):
                self._step()
            return result

        if iscoroutinefunction(done):

            @wraps(done)
            async def stepping(*arguments: Any, **named: Any) -> Any:
                return step(await done(*arguments, **named), *arguments)
        else:

            @wraps(done)
            def stepping(*arguments: Any, **named: Any) -> Any:
                return step(done(*arguments, **named), *arguments)

        setattr(owner, name, stepping)

    def _step(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


Mark = Callable[[Steps], None]
"""Says what a step is; a function of a module, as another process must find it."""


def prepare() -> None:
    """Have everything imported, so that no life begins with that. Blocking."""
    nothing = _FORKS.Process(target=int)
    nothing.start()
    nothing.join()


def live(settings: HubSettings, mark: Mark, dies_at: int) -> BaseProcess:
    """Start a hub; `dies_at` 0: it does not die by itself. Always on one and the same thread."""
    process = _FORKS.Process(target=_live, args=(settings, mark, dies_at), daemon=True)
    process.start()
    return process


def _live(settings: HubSettings, mark: Mark, dies_at: int) -> None:
    mark(Steps(dies_at))
    asyncio.run(app.run(settings, asyncio.Event()))
