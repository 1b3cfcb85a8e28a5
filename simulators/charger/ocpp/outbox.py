"""What a post has to tell, in the order of time: one message, and the next when that one is answered."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ocpp.exceptions import OCPPError

Call = Callable[[Any], Awaitable[Any]]
"""Sends a message and returns its answer; TimeoutError without one, OCPPError for a bad one."""


@dataclass(slots=True, kw_only=True, eq=False)
class Letter:
    """One message; where it depends on answers to earlier ones, `make` builds it when it is first sent.

    `kept`: it waits until it is answered, over lost connections too; else it is of this connection only.
    `taken` gets the answer.
    """

    message: Any = None
    make: Callable[[], Any] | None = None
    kept: bool = False
    taken: Callable[[Any], None] | None = None
    errors: int = 0


class Outbox:
    """The messages of one post. `lost` counts those that the other side would not have."""

    def __init__(self) -> None:
        self._letters: deque[Letter] = deque()
        self._filled = asyncio.Event()
        self.lost = 0

    @property
    def kept(self) -> int:
        """How many wait that must not be lost."""
        return sum(letter.kept for letter in self._letters)

    def put(self, letter: Letter) -> None:
        """Have a message sent after all others."""
        self._letters.append(letter)
        self._filled.set()

    def put_first(self, letters: list[Letter]) -> None:
        """Have messages sent before all others."""
        self._letters.extendleft(reversed(letters))
        self._filled.set()

    def forget_fleeting(self) -> None:
        """Forget what was only of the connection that is gone."""
        self._letters = deque(letter for letter in self._letters if letter.kept)

    async def deliver(self, call: Call, *, attempts: Callable[[], int], retry_s: Callable[[], float]) -> None:
        """Send for ever. What is not answered is sent again; what is refused `attempts` times is dropped."""
        while True:
            while not self._letters:
                self._filled.clear()
                await self._filled.wait()
            letter = self._letters[0]
            if not await self._send(letter, call, attempts()):
                await asyncio.sleep(retry_s() * max(1, letter.errors))

    async def _send(self, letter: Letter, call: Call, attempts: int) -> bool:
        """Send once; returns whether it is done with."""
        if letter.make is not None:
            letter.message, letter.make = letter.make(), None
        try:
            answer = await call(letter.message)
        except TimeoutError:
            return self._given_up(letter, letter.kept)
        except OCPPError:
            letter.errors += 1
            return self._given_up(letter, letter.kept and letter.errors < attempts)
        self._letters.remove(letter)
        if letter.taken is not None:
            letter.taken(answer)
        return True

    def _given_up(self, letter: Letter, again: bool) -> bool:
        if again:
            return False
        self._letters.remove(letter)
        self.lost += letter.kept
        return True
