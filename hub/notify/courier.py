"""Sends without blocking anybody: each attempt in a thread of its own, with a limit.

A thread cannot be stopped. One that takes longer is left to itself, and does not keep the hub from ending;
a contact that has left `MOST_LEFT` of them behind is not tried again before one has ended.
"""

import asyncio
import threading
from collections import Counter
from contextlib import suppress
from functools import cached_property
from typing import Final, Protocol

from msgspec import Struct

from hub.notify.letter import Letter

LIMIT_S: Final = 30.0
MOST_LEFT: Final = 3


class Outcome(Struct, frozen=True):
    """Whether the service took a letter; if not, why, in words that hold no secret."""

    ok: bool
    reason: str = ""


class Sender(Protocol):
    """Sends letters. Blocking; called in threads."""

    def fault(self, address: str) -> str | None:
        """Say what is wrong with an address, without quoting it; None if nothing can be seen."""
        ...

    def send(self, address: str, letter: Letter) -> Outcome:
        """Send once; how long that may take is for the address (`?cto=`, `?rto=`, in seconds) to say."""
        ...


class Unloaded:
    """Apprise, loaded when first asked: a site that tells nobody need not carry its 10 MiB."""

    @cached_property
    def _sender(self) -> Sender:
        from hub.notify.sender import AppriseSender  # noqa: PLC0415 - see above

        return AppriseSender()

    def fault(self, address: str) -> str | None:
        """Say what is wrong with an address."""
        return self._sender.fault(address)

    def send(self, address: str, letter: Letter) -> Outcome:
        """Send once."""
        return self._sender.send(address, letter)


class Courier:
    """Takes letters to addresses. Lives on the hub's event loop."""

    def __init__(self, sender: Sender, limit_s: float = LIMIT_S) -> None:
        self._sender = sender
        self._limit_s = limit_s
        self._left: Counter[str] = Counter()

    async def take(self, contact: str, address: str, letter: Letter) -> Outcome:
        """Send once; not taken within the limit counts as not taken, though it may still arrive."""
        if self._left[contact] >= MOST_LEFT:
            return Outcome(ok=False, reason=f"{MOST_LEFT} earlier attempts have not ended yet")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Outcome] = loop.create_future()

        def finish(outcome: Outcome) -> None:
            self._left[contact] -= 1
            if not done.done():
                done.set_result(outcome)

        def work() -> None:
            outcome = self._send(address, letter)
            with suppress(RuntimeError):  # the hub has ended meanwhile
                loop.call_soon_threadsafe(finish, outcome)

        self._left[contact] += 1
        threading.Thread(target=work, name=f"notify-{contact}", daemon=True).start()
        try:
            async with asyncio.timeout(self._limit_s):
                return await done
        except TimeoutError:
            return Outcome(ok=False, reason=f"no outcome within {self._limit_s:g} s")

    def _send(self, address: str, letter: Letter) -> Outcome:
        try:
            return self._sender.send(address, letter)
        except Exception as wrong:  # whatever a service's plug-in does, the others are told
            return Outcome(ok=False, reason=f"the sending library failed: {type(wrong).__name__}")
