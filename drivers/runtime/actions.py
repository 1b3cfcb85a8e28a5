"""Takes actions from the wire: each at most once, never after its expiry, never a retained one.

Every action that can be read gets exactly one final result, kept on disk until the broker has it.
"""

import asyncio
import contextlib
import logging
from datetime import datetime, timedelta
from typing import Final

import msgspec

from contract import codec
from contract.clock import Clock
from contract.errors import InvalidMessage, Refused
from contract.messages import Action, ActionStatus, Problem, Result, Word
from contract.mqtt import Incoming
from contract.things import ActionSpec
from contract.topics import Address, Channel
from drivers.runtime.database import StorageError
from drivers.runtime.executor import Executor
from drivers.runtime.inputs import check_input
from drivers.runtime.outlet import Outlet
from drivers.runtime.store import Store
from drivers.runtime.supervisor import Supervisor

log = logging.getLogger(__name__)

LONGEST_VALIDITY: Final = timedelta(days=1)
"""Ids are kept until after the expiry, so an expiry must be near."""

LONGEST_INBOX: Final = 100


class _OnlyId(msgspec.Struct):
    id: Word


_only_id: Final = msgspec.json.Decoder(_OnlyId)


class ActionDesk:
    """The actions of one thing; `supervisor` None is a thing that can do nothing, such as the host."""

    def __init__(
        self, address: Address, supervisor: Supervisor | None, *, store: Store, outlet: Outlet, clock: Clock
    ) -> None:
        self.address = address
        self._supervisor = supervisor
        self._store = store
        self._outlet = outlet
        self._clock = clock
        self._inbox: asyncio.Queue[Action] = asyncio.Queue(LONGEST_INBOX)
        self._executor = Executor(supervisor, clock, self._finish) if supervisor else None
        self._notes: set[asyncio.Task[None]] = set()

    def take(self, message: Incoming) -> None:
        """Take a message from channel `action`."""
        if message.retain:
            self._outlet.counters.retained_actions_ignored += 1
            self._outlet.complaints.say(message.topic, "a retained action is ignored")
            return
        try:
            action = codec.decode(Action, message.payload)
        except InvalidMessage as wrong:
            self._reject(message, wrong)
            return
        try:
            self._inbox.put_nowait(action)
        except asyncio.QueueFull:
            self._answer(self._refusal(action.id, Refused("too many actions at once", code="busy")))

    async def run(self) -> None:
        """Admit and execute actions until cancelled; what runs then gets its result."""
        if self._executor is None:
            await self._admit_all()
            return
        executing = asyncio.create_task(self._executor.run())
        try:
            await self._admit_all()
        finally:
            self._executor.stop()
            with contextlib.suppress(asyncio.CancelledError):
                await executing
            if self._notes:
                await asyncio.wait(self._notes)

    def deliver(self, result: Result) -> None:
        """Publish a final result that is on disk; noted once the broker has it."""
        future = self._answer(result)
        if future is not None:
            future.add_done_callback(lambda done: self._delivered(result, done))

    async def _admit_all(self) -> None:
        while True:
            action = await self._inbox.get()
            try:
                await self._admit(action)
            except StorageError as full:  # without memory it could run twice: better not at all
                self._answer(self._refusal(action.id, Refused(str(full), code=full.code)))

    async def _admit(self, action: Action) -> None:
        now = self._clock.now()
        if action.expires > now + LONGEST_VALIDITY:
            self._answer(self._refusal(action.id, Refused("expires too late", code="expiry-too-far")))
            return
        known = await self._claim(action, now)
        if known is not None:
            self._outlet.counters.actions_repeated += 1
            if known.status.final:
                self.deliver(known)
            return
        if self._clock.now() >= action.expires:
            problem = Problem(code="expired", message="it came after its expiry")
            await self._finish(action, ActionStatus.EXPIRED, problem)
            return
        try:
            rank = self._check(action)
        except Refused as refused:
            await self._finish(action, ActionStatus.REFUSED, Problem(code=refused.code, message=str(refused)))
            return
        except Exception as bug:
            log.exception("%s: the driver's check has a bug", self.address)
            problem = Problem(code="driver-error", message=f"{type(bug).__name__}: {bug}")
            await self._finish(action, ActionStatus.FAILED, problem)
            return
        assert self._executor is not None  # noqa: S101 - `_check` refuses everything without one
        self._answer(Result(id=action.id, status=ActionStatus.ACCEPTED, ts=self._clock.now()))
        await self._executor.put(action, rank)

    async def _claim(self, action: Action, now: datetime) -> Result | None:
        """Note that the action has come; an urgent one does not wait until the disk has room for that."""
        try:
            return await self._store.claim(self.address, action, now)
        except StorageError as full:
            if self._supervisor is None or not self._supervisor.driver.urgent.get(action.action):
                raise
            self._outlet.complaints.say(str(self.address), f"done without a note of it: {full}")
            return None

    def _check(self, action: Action) -> int:
        """Return how urgent the action is; Refused if it cannot be done."""
        spec = self._spec(action.action)
        if self._supervisor is None or self._executor is None or spec is None:
            raise Refused(f"there is no action {action.action!r}", code="unknown-action")
        check_input(spec, action.input)
        driver = self._supervisor.driver
        if not self._supervisor.port.answering.is_set() and action.action not in driver.always:
            raise Refused("the device does not answer", code="device-unreachable")
        rank = driver.urgent.get(action.action, 0)
        if self._executor.full and rank == 0:
            raise Refused("too many actions wait", code="busy")
        driver.check(action.action, action.input)
        return rank

    def _spec(self, name: str) -> ActionSpec | None:
        return self._supervisor.port.thing.model.actions.get(name) if self._supervisor else None

    def _reject(self, message: Incoming, wrong: InvalidMessage) -> None:
        self._outlet.counters.messages_rejected += 1
        self._outlet.complaints.say(message.topic, str(wrong))
        with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            ident = _only_id.decode(message.payload[: codec.MAX_JSON_BYTES]).id
            self._answer(self._refusal(ident, Refused(str(wrong), code=wrong.code)))

    def _refusal(self, ident: str, refused: Refused) -> Result:
        problem = Problem(code=refused.code, message=str(refused))
        return Result(id=ident, status=ActionStatus.REFUSED, ts=self._clock.now(), error=problem)

    async def _finish(self, action: Action, status: ActionStatus, problem: Problem | None) -> None:
        result = Result(id=action.id, status=status, ts=self._clock.now(), error=problem)
        try:
            await self._store.finish(self.address, result)
        except StorageError as full:
            self._outlet.complaints.say(str(self.address), f"a result is not kept: {full}")
        self.deliver(result)

    def _answer(self, result: Result) -> asyncio.Future[None] | None:
        return self._outlet.answer(self.address.topic(Channel.RESULT), codec.encode(result))

    def _delivered(self, result: Result, done: asyncio.Future[None]) -> None:
        if done.cancelled() or (done.exception() is not None and not self._denied(done)):
            return  # the link was lost: said again at the next connection
        note = asyncio.ensure_future(self._note(result))
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)

    @staticmethod
    def _denied(done: asyncio.Future[None]) -> bool:
        return not getattr(done.exception(), "retryable", True)

    async def _note(self, result: Result) -> None:
        with contextlib.suppress(StorageError):  # then it is said once more at the next start
            await self._store.delivered(self.address, result.id)
