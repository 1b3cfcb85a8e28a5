"""One connection of a post, from the handshake to its end, in either version."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from websockets.asyncio.server import ServerConnection

from contract.errors import DeviceError
from drivers.charger.link import Link
from drivers.charger.ocpp.frames import Payload, Version
from drivers.charger.ocpp.post import Post
from drivers.charger.ocpp.rpc import NotHandled, Reply, Rpc
from drivers.charger.ocpp.schemas import Violation
from drivers.runtime.waiting import pause

QUIET_S: Final = 3.0
"""A post that has connected and says nothing is asked who it is: after a mere loss of the line, 1.6 has it
begin with nothing in particular."""

SILENT_S: Final = 90.0
"""A post that has said nothing for so long is asked whether it lives: its line may, and its program not."""

LOOK_S: Final = 10.0

M = TypeVar("M", bound=Struct)
Handler = Callable[[Payload], Awaitable[Reply]]

BOOT: Final = "BootNotification"
TRIGGER: Final = "TriggerMessage"


class Dialect(ABC):
    """What is different from version to version."""

    @property
    @abstractmethod
    def handlers(self) -> Mapping[str, Handler]:
        """What is done with the post's requests, by action."""

    @abstractmethod
    def link(self, connector: int) -> Link:
        """Return a way to ask something of a connector."""

    @abstractmethod
    async def set_up(self) -> None:
        """Learn what the post can do, and tell it what to report; DeviceError where it does not answer."""


class Session:
    """The conversation of a post that is connected."""

    def __init__(
        self,
        post: Post,
        connection: ServerConnection,
        version: Version,
        dialect: Callable[["Session"], Dialect],
    ) -> None:
        self.post = post
        self.rpc = Rpc(connection, version, post.clock, handle=self._handle, complain=post.complain)
        self.acquainted = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._dialect = dialect(self)

    async def run(self) -> None:
        """Converse until the connection ends."""
        self.post.came(self)
        self.later(self._break_the_silence())
        self.later(self._hang_up_on_the_dead())
        why = "the driver ends"
        try:
            why = await self.rpc.serve()
        finally:
            for task in self._tasks:
                task.cancel()
            self.post.left(self, why)

    def link(self, connector: int) -> Link:
        """Return a way to ask something of a connector."""
        return self._dialect.link(connector)

    def refresh(self, connector: int) -> None:
        """Have the post say again how a connector is, of which nobody wanted to know before."""
        self.later(self.link(connector).refresh())

    def replace(self) -> None:
        """End: the post has connected anew."""
        self._closing = self.rpc.close("replaced by a newer connection")

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something by the way, as long as the connection lives; a No is an answer, too."""
        task = asyncio.create_task(self._by_the_way(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ask(self, action: str, payload: Payload) -> Payload:
        """Ask the post something that is no connector's own."""
        return await self.rpc.call(action, payload, self.post.answer_timeout_s)

    def booted(self, product: str) -> None:
        """Take what the post says it is."""
        news = product != self.post.product or not self.acquainted
        self.post.product = product
        if news:
            self._introduce()

    def _introduce(self) -> None:
        first, self.acquainted = not self.acquainted, True
        self.post.introduced(self)
        if first:
            self.later(self._dialect.set_up())

    async def _handle(self, action: str, payload: Payload) -> Reply:
        handler = self._dialect.handlers.get(action)
        if handler is None:
            raise NotHandled
        async with self.post.turn:
            if action != BOOT and not self.acquainted:
                self._introduce()  # it booted long ago, and only lost the line
            return await handler(payload)

    async def _break_the_silence(self) -> None:
        await pause(self.post.clock, QUIET_S)
        if not self.acquainted and await self.ask_for_boot():
            await pause(self.post.clock, QUIET_S)
        if not self.acquainted:
            self._introduce()

    async def _hang_up_on_the_dead(self) -> None:
        """See that what a post said last does not pass for how it is now."""
        while self.rpc.quiet_s < SILENT_S:
            await pause(self.post.clock, LOOK_S)
            if self.rpc.quiet_s >= SILENT_S:
                with contextlib.suppress(DeviceError):  # any answer will do
                    await self.ask(TRIGGER, {"requestedMessage": "Heartbeat"})
        self._closing = self.rpc.close("it says nothing any more")

    async def ask_for_boot(self) -> bool:
        """Have the post say what it is; False if it cannot be asked."""
        try:
            answer = await self.ask(TRIGGER, {"requestedMessage": BOOT})
        except DeviceError as failed:
            if failed.code != "refused-by-post":
                raise
            return False
        return bool(answer["status"] == "Accepted")

    async def _by_the_way(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except DeviceError as failed:
            if failed.code == "no-answer":
                self.post.complain(str(failed))


def read(message: type[M], payload: Payload) -> M:
    """Take from a payload, which its schema has let pass, what is of use here."""
    try:
        return msgspec.convert(payload, message)
    except msgspec.ValidationError:
        raise Violation(f"{message.__name__}: a value out of range", "PropertyConstraintViolation") from None
