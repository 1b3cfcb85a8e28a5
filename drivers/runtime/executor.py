"""One device's actions, one at a time; urgent ones do not wait."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from contract.clock import Clock
from contract.errors import HemeiError, Refused
from contract.messages import Action, ActionStatus, Problem
from drivers.runtime import performing
from drivers.runtime.supervisor import Supervisor

log = logging.getLogger(__name__)

LONGEST_QUEUE: Final = 16

Finish = Callable[[Action, ActionStatus, Problem | None], Awaitable[None]]
Outcome = tuple[ActionStatus, Problem | None]

_PREEMPTED: Final = Problem(code="pre-empted", message="a more urgent action came")
_STOPPED: Final = Problem(code="driver-stopped", message="the driver host stops")
_SUCCEEDED: Final[Outcome] = (ActionStatus.SUCCEEDED, None)


class Turn(NamedTuple):
    """An action that waits or runs, and how urgent it is."""

    action: Action
    rank: int


class Executor:
    """Runs the actions of one device in order of urgency, then of arrival; `finish` is told each outcome."""

    def __init__(self, supervisor: Supervisor, clock: Clock, finish: Finish) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._finish = finish
        self._waiting: deque[Turn] = deque()
        self._running: Turn | None = None
        self._work: asyncio.Task[None] | None = None
        self._cut_off: Problem | None = None
        self._wake = asyncio.Event()
        self._stopping = False

    @property
    def full(self) -> bool:
        """Whether no further action may wait."""
        return len(self._waiting) >= LONGEST_QUEUE

    async def put(self, action: Action, rank: int) -> None:
        """Let `action` wait its turn; those of a lower rank that wait or run make way for an urgent one."""
        if rank > 0:
            losers = [turn for turn in self._waiting if turn.rank < rank]
            self._waiting = deque(turn for turn in self._waiting if turn.rank >= rank)
            if self._running is not None and self._running.rank < rank:
                self._cut_off_running(_PREEMPTED)
            for loser in losers:
                await self._finish(loser.action, ActionStatus.REFUSED, _PREEMPTED)
        self._waiting.append(Turn(action, rank))
        self._wake.set()

    async def run(self) -> None:
        """Take turns until `stop`."""
        while not self._stopping:
            self._wake.clear()
            if not self._waiting:
                await self._wake.wait()
                continue
            turn = max(self._waiting, key=lambda each: each.rank)  # the first of equals
            self._waiting.remove(turn)
            status, problem = await self._take(turn)
            await self._finish(turn.action, status, problem)
        for turn in self._waiting:
            await self._finish(turn.action, ActionStatus.REFUSED, _STOPPED)

    def stop(self) -> None:
        """End what runs and refuse what waits; `run` then returns."""
        self._stopping = True
        self._cut_off_running(_STOPPED)
        self._wake.set()

    def _cut_off_running(self, why: Problem) -> None:
        if self._work is not None:
            self._cut_off = why
            self._work.cancel()

    async def _take(self, turn: Turn) -> Outcome:
        action = turn.action
        if self._clock.now() >= action.expires:
            return ActionStatus.EXPIRED, Problem(code="expired", message="its turn came after its expiry")
        self._running, self._cut_off = turn, None
        performed = performing.begin(action.id)
        self._work = asyncio.create_task(self._supervisor.perform(action.action, action.input))
        try:
            await asyncio.wait({self._work})
            return self._outcome(self._work)
        finally:
            performed.over = True
            if not self._work.done():
                self._work.cancel()
            self._running = self._work = None

    def _outcome(self, work: asyncio.Task[None]) -> Outcome:
        if work.cancelled():
            return ActionStatus.FAILED, self._cut_off or Problem(code="driver-error", message="cancelled")
        error = work.exception()
        if error is None:
            return _SUCCEEDED
        if isinstance(error, Refused):
            return ActionStatus.REFUSED, Problem(code=error.code, message=str(error))
        if isinstance(error, HemeiError):
            return ActionStatus.FAILED, Problem(code=error.code, message=str(error))
        log.error("%s: an action of the driver has a bug", self._supervisor.port.name, exc_info=error)
        return ActionStatus.FAILED, Problem(code="driver-error", message=f"{type(error).__name__}: {error}")
