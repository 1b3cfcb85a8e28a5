"""One device while somebody looks: its newest picture, and in whose name it is asked to send more.

A lease is the device's own action `preview`: it makes the device send pictures for some seconds. Whoever
looks asks for it in their own name before they see anything, and again before it ends, so that the ledger's
actions say who looked at what, and for how long.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, NamedTuple

from contract.clock import Clock
from contract.codec import check_preview
from contract.errors import HemeiError, InvalidMessage, LinkError
from contract.mqtt import Broker, Connection, Incoming, Queue, reconnecting
from contract.topics import Address, Channel

QUEUE: Final = Queue(limit=4, when_full="shed")
"""Only the newest picture is ever shown."""

Ask = Callable[[Address, str, float], Coroutine[Any, Any, float]]
"""Asks a device in somebody's name to send for so many seconds; returns for how many it does."""


class NoPicture(HemeiError):
    """The device sends no pictures, or no longer; it may again later."""

    retryable = True
    default_code = "no-picture"


class Picture(NamedTuple):
    """A JPEG, its number within the watch, and when it came on the monotonic clock."""

    jpeg: bytes
    number: int
    at: float


class Watch:
    """Holds the newest picture of one device. Nothing is queued: who is slow misses pictures."""

    def __init__(self, address: Address, clock: Clock, ask: Ask) -> None:
        self.address = address
        self.looking: list[str] = []
        """Who looks, by name; somebody with two screens stands here twice."""
        self.newest: Picture | None = None
        self._clock = clock
        self._ask_device = ask
        self._leases: dict[str, float] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._over: HemeiError | None = None
        self._news = asyncio.Event()
        self.listening = asyncio.Event()
        """Set while our session with the broker hears the device."""

    @property
    def held(self) -> bool:
        """Whether somebody looks, or what was asked for is not over yet."""
        now = self._clock.monotonic()
        return bool(self.looking) or any(until > now for until in self._leases.values())

    async def hold(self, who: str, *, margin_s: float, lease_s: float) -> None:
        """Have `who` ask the device to send for `lease_s`, unless what they asked for lasts `margin_s` more.

        Refused or NoPicture if the device does not.
        """
        await self.listening.wait()
        if self._leases.get(who, 0.0) >= self._clock.monotonic() + margin_s:
            return
        asking = self._asking.get(who)
        if asking is None:
            asking = self._asking[who] = asyncio.create_task(self._ask(who, lease_s))
            asking.add_done_callback(lambda done: self._asked(who, done))
        await asyncio.shield(asking)

    async def _ask(self, who: str, lease_s: float) -> None:
        asked_at = self._clock.monotonic()
        self._leases[who] = asked_at + await self._ask_device(self.address, who, lease_s)

    def _asked(self, who: str, done: asyncio.Task[None]) -> None:
        del self._asking[who]
        if not done.cancelled():
            done.exception()  # whoever waited was told; they may have left

    def end(self, why: HemeiError) -> None:
        """Have everybody stop looking, because of `why`."""
        self._over = self._over or why
        self._wake()

    async def after(self, number: int, *, within_s: float, newer_than: float = 0.0) -> Picture:
        """Return the newest picture once it is after `number`; NoPicture, or what ended the watch."""
        try:
            async with asyncio.timeout(within_s):
                return await self._after(number, newer_than)
        except TimeoutError:
            raise NoPicture(f"no picture came for {within_s:g} s") from None

    async def _after(self, number: int, newer_than: float) -> Picture:
        while True:
            if self._over is not None:
                raise self._over
            newest = self.newest
            if newest is not None and newest.number > number and newest.at >= newer_than:
                return newest
            await self._news.wait()

    def take(self, message: Incoming) -> None:
        """Take a message of the device; InvalidMessage if it is no picture of now."""
        if message.retain:
            raise InvalidMessage("a preview that the broker kept is not of now", code="retained-preview")
        check_preview(message.payload)
        number = self.newest.number + 1 if self.newest else 1
        self.newest = Picture(message.payload, number, self._clock.monotonic())
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


async def listen(
    watch: Watch,
    broker: Broker,
    client_id: str,
    take: Callable[[Watch, Incoming], None],
) -> None:
    """Bring a watch the pictures of its device over a session of its own, until cancelled."""
    topic = watch.address.topic(Channel.PREVIEW)

    async def serve() -> None:
        async with Connection(broker, client_id, queue=QUEUE) as link:
            await link.subscribe([topic], qos=0)
            watch.listening.set()
            try:
                async for message in link:
                    take(watch, message)
            finally:
                watch.listening.clear()

    def lost(_: LinkError, pause_s: float) -> None:
        """Say nothing: the hub's main session does."""

    await reconnecting(serve, on_lost=lost)
