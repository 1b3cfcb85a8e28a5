"""Answers of a post that somebody waits for, found by what they answer to."""

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from contract.clock import Clock
from contract.errors import DeviceUnreachable
from drivers.runtime.waiting import changed

K = TypeVar("K", bound=Hashable)
A = TypeVar("A")


class Awaited(Generic[A]):
    """One answer, before and after it has come."""

    def __init__(self, clock: Clock) -> None:
        self.answer: A | None = None
        self.lost: str | None = None
        self.settled = asyncio.Event()
        self._clock = clock

    async def within(self, seconds: float) -> A | None:
        """Return the answer, None if there is none yet; DeviceUnreachable if the post was lost."""
        await changed(self._clock, self.settled, seconds)
        if self.lost is not None:
            raise DeviceUnreachable(self.lost)
        return self.answer


class Answers(Generic[K, A]):
    """All that one post is asked and has not answered. One question at a time under one key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._awaited: dict[K, Awaited[A]] = {}

    @contextmanager
    def expecting(self, key: K) -> Iterator[Awaited[A]]:
        """Wait for the answer to `key`; a later question under the same key gets it instead."""
        awaited = self._awaited[key] = Awaited[A](self._clock)
        try:
            yield awaited
        finally:
            if self._awaited.get(key) is awaited:
                del self._awaited[key]

    def take(self, key: K, answer: A) -> None:
        """Take an answer, which nobody may wait for any more."""
        if (awaited := self._awaited.get(key)) is not None:
            awaited.answer = answer
            awaited.settled.set()

    def lose(self, why: str) -> None:
        """Take that the post is gone: nothing will be answered."""
        for awaited in self._awaited.values():
            awaited.lost = why
            awaited.settled.set()
