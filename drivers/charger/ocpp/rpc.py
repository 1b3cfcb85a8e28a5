"""A conversation in OCPP-J over one WebSocket: requests of the post in turn, requests of ours one at a time.

Answers are taken while a request of the post is still at work, so that whoever handles it may ask something.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple
from uuid import uuid4

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from contract.clock import Clock
from contract.errors import DeviceError, DeviceUnreachable, HemeiError
from drivers.charger.ocpp import frames, schemas
from drivers.charger.ocpp.frames import Payload, Version
from drivers.runtime.waiting import within

log = logging.getLogger(__name__)

MOST_NONSENSE: Final = 10
"""So many faults with nothing sensible in between, and the post is shown out."""

MOST_WAITING: Final = 32
"""Requests of a post that wait their turn; OCPP allows it one. More stay in the socket."""


class Reply(NamedTuple):
    """What is answered, and what is done once it is on its way."""

    payload: Payload
    then: Callable[[], None] | None = None


class NotHandled(Exception):
    """An action that OCPP knows and this product does not."""


Outcome = Payload | DeviceError
"""What comes of a request. An error is a value until somebody who asked is there to have it raised."""

Handle = Callable[[str, Payload], Awaitable[Reply]]


class Rpc:
    """One connection; `handle` is given the post's requests, `complain` hears of every fault."""

    def __init__(
        self,
        connection: ServerConnection,
        version: Version,
        clock: Clock,
        *,
        handle: Handle,
        complain: Callable[[str], None],
    ) -> None:
        self.version = version
        self._connection = connection
        self._clock = clock
        self._handle = handle
        self._complain = complain
        self._nonsense = 0
        self._turn = asyncio.Lock()
        self._asked: dict[str, asyncio.Future[Outcome]] = {}
        self._given_up: deque[str] = deque(maxlen=16)
        self._inbox: asyncio.Queue[frames.Call | None] = asyncio.Queue(MOST_WAITING)
        self._over = False
        self._ended: str | None = None
        self._heard_at = clock.monotonic()

    @property
    def quiet_s(self) -> float:
        """For how long the post has said nothing at all."""
        return self._clock.monotonic() - self._heard_at

    async def serve(self) -> str:
        """Converse until the connection ends; return why it did, for people."""
        answering = asyncio.create_task(self._answer())
        try:
            with contextlib.suppress(ConnectionClosed):
                while True:
                    raw = await self._connection.recv()
                    self._heard_at = self._clock.monotonic()
                    await self._take(raw)
        finally:
            self._end()
        await answering
        return self._why()

    async def call(self, action: str, payload: Payload, timeout_s: float) -> Payload:
        """Ask the post something, once; see `drivers.charger.link.Link` for the errors."""
        async with self._turn:
            ident = str(uuid4())
            answer = self._asked[ident] = asyncio.get_running_loop().create_future()
            try:
                exchange = self._exchange(frames.call(ident, action, payload), answer)
                outcome = await within(self._clock, timeout_s, exchange)
            except TimeoutError:
                self._given_up.append(ident)
                late = f"no answer to {action} within {timeout_s:g} s"
                raise DeviceError(late, code="no-answer") from None
            finally:
                self._asked.pop(ident, None)
        if isinstance(outcome, DeviceError):
            raise outcome
        await self._check(action, outcome)
        return outcome

    def close(self, why: str, code: int = CloseCode.NORMAL_CLOSURE) -> asyncio.Task[None]:
        """End the conversation now; the task ends with the closing handshake."""
        self._over, self._ended = True, why
        return asyncio.create_task(self._connection.close(code, why))

    async def _exchange(self, frame: str, answer: asyncio.Future[Outcome]) -> Outcome:
        try:
            await self._send(frame)
        except DeviceUnreachable as lost:
            return lost
        return await answer

    async def _send(self, frame: str) -> None:
        if self._over:
            raise DeviceUnreachable("the post is not connected")
        try:
            await self._connection.send(frame)
        except ConnectionClosed:
            raise DeviceUnreachable("the post is not connected") from None

    async def _take(self, raw: str | bytes) -> None:
        if self._over:
            return
        try:
            said = frames.parse(raw, self.version)
        except frames.Nonsense as nonsense:
            await self._object(nonsense)
            return
        if isinstance(said, frames.Call):
            await self._inbox.put(said)
        else:
            self._match(said)

    async def _object(self, nonsense: frames.Nonsense) -> None:
        asked = self._asked.get(nonsense.id)
        if nonsense.code is None and asked is not None and not asked.done():
            asked.set_result(DeviceError("its answer makes no sense", code="no-answer"))
        if nonsense.code is not None:
            await self._say(frames.error(nonsense.id, nonsense.code, str(nonsense)))
        self._fault(str(nonsense))

    def _match(self, said: frames.Result | frames.Failure) -> None:
        asked = self._asked.get(said.id)
        if asked is None or asked.done():
            if said.id not in self._given_up:
                self._fault("an answer that nobody asked for")
            return
        self._nonsense = 0
        if isinstance(said, frames.Result):
            asked.set_result(said.payload)
        else:
            asked.set_result(refused(f"{said.code} {said.description}"))

    async def _check(self, action: str, result: Payload) -> None:
        try:
            await schemas.check_answer(self.version, action, result)
        except schemas.Violation as wrong:
            self._fault(f"answer to {wrong}")
            raise DeviceError("its answer makes no sense", code="no-answer") from None

    async def _answer(self) -> None:
        """Handle the post's requests in their order; those it has not waited for come again."""
        while (call := await self._inbox.get()) is not None:
            then = await self._answer_one(call)
            if then is not None and not self._over:
                then()

    async def _answer_one(self, call: frames.Call) -> Callable[[], None] | None:
        try:
            await self._known(call)
            payload, then = await self._handle(call.action, call.payload)
        except schemas.Violation as wrong:
            await self._say(frames.error(call.id, wrong.code, str(wrong)))
            self._fault(str(wrong))
        except NotHandled:
            await self._say(frames.error(call.id, "NotSupported", "not done here"))
        except HemeiError as failed:  # what was reported is not kept: the post must say it again
            await self._say(frames.error(call.id, "InternalError", f"not kept: {failed.code}"))
        except Exception:
            log.exception("%s is not handled", call.action)
            await self._say(frames.error(call.id, "InternalError", "not handled"))
        else:
            self._nonsense = 0
            await self._say(frames.result(call.id, payload))
            return then
        return None

    async def _known(self, call: frames.Call) -> None:
        if call.action not in schemas.ACTIONS[self.version]:
            raise schemas.Violation("unknown action", "NotImplemented")
        await schemas.check_request(self.version, call.action, call.payload)

    async def _say(self, frame: str) -> None:
        with contextlib.suppress(DeviceUnreachable):  # it will ask again
            await self._send(frame)

    def _fault(self, what: str) -> None:
        self._complain(what)
        self._nonsense += 1
        if self._nonsense == MOST_NONSENSE:
            self._showing_out = self.close("nothing but protocol errors", CloseCode.PROTOCOL_ERROR)

    def _end(self) -> None:
        """Let the request at work finish, and nothing else."""
        self._over = True
        while not self._inbox.empty():
            self._inbox.get_nowait()
        self._inbox.put_nowait(None)
        for asked in self._asked.values():
            if not asked.done():
                asked.set_result(DeviceUnreachable("the post was lost before it answered"))

    def _why(self) -> str:
        if self._ended is not None:
            return self._ended
        sent = self._connection.protocol.close_sent
        if sent is not None and sent.code == CloseCode.MESSAGE_TOO_BIG:
            self._complain("a message that is too big")
            return "it sent a message that is too big"
        if sent is not None and sent.code == CloseCode.INTERNAL_ERROR:
            return "it does not answer pings"
        return f"the connection ended ({self._connection.close_code})"


def refused(words: str) -> DeviceError:
    """Return the post's No; its words are cut and made printable."""
    shown = "".join(letter for letter in words[:200] if letter.isprintable())
    return DeviceError(f"the post refuses: {shown}", code="refused-by-post")
