"""What a gate has to put on disk, in order, while nobody at the gate waits for the disk."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Self

from contract.clock import Clock
from contract.errors import HemeiError
from drivers.plates.telling import Report
from drivers.runtime.interface import Port
from drivers.runtime.waiting import within

log = logging.getLogger(__name__)

MOST_PICTURES: Final = 32 * 1024 * 1024
"""Bytes of pictures that wait for the disk; of further reports only the words are kept, which is counted."""

MOST: Final = 4096
"""Works that wait for the disk; further ones are given up, and counted."""

LAST_WORDS_S: Final = 3.0
"""How long the end of the host waits for what is not on disk yet."""

Work = Callable[[], Awaitable[None]]


class Writing:
    """Puts one thing after the other on disk, from `start` until `aclose`."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._works: deque[tuple[Work, asyncio.Future[bool]]] = deque()
        self._pictures = 0
        """Bytes of pictures that wait."""
        self._stirred = asyncio.Event()
        self._idle = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> Self:
        """Begin to write."""
        self._task = asyncio.create_task(self._write())
        return self

    async def aclose(self) -> None:
        """Write what waits, if the disk is willing, and end."""
        if self._task is None:
            return
        try:
            await within(self._clock, LAST_WORDS_S, self._idle.wait())
        except TimeoutError:
            log.warning("%s: %d works did not get to disk", self._port.name, len(self._works))
        self._task.cancel()
        await asyncio.wait({self._task})

    def report(self, report: Report) -> asyncio.Future[bool]:
        """Have an event kept; the result says whether it is on disk, or cannot be."""
        size = sum(map(len, report.media))
        media = report.media
        if media and self._pictures + size > MOST_PICTURES:
            self._port.malformed("the disk is too slow: a vehicle's pictures are left out")
            size, media = 0, ()
        self._pictures += size
        kept = self.put(
            lambda: self._port.emit(report.type, report.data, media=media, id=report.id, time=report.time)
        )
        kept.add_done_callback(lambda _: self._written(size))
        return kept

    def put(self, work: Work) -> asyncio.Future[bool]:
        """Have something done after all that waits; the result says whether it was."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if len(self._works) >= MOST:
            self._port.malformed("the disk is too slow: what a gate has to tell is given up")
            done.set_result(False)
            return done
        self._works.append((work, done))
        self._idle.clear()
        self._stirred.set()
        return done

    @property
    def _clock(self) -> Clock:
        return self._port.clock

    async def _write(self) -> None:
        while True:
            while self._works:
                work, done = self._works[0]
                worked = await self._do(work)
                self._works.popleft()
                if not done.done():
                    done.set_result(worked)
            self._idle.set()
            self._stirred.clear()
            await self._stirred.wait()

    async def _do(self, work: Work) -> bool:
        try:
            await work()
        except HemeiError as full:  # counted and logged where it is refused; the gate must go on
            log.debug("%s: not kept: %s", self._port.name, full)
            return False
        except Exception:
            log.exception("%s: what was to be kept was not", self._port.name)
            return False
        return True

    def _written(self, size: int) -> None:
        self._pictures -= size
