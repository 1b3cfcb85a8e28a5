"""What is said on one line as frames, whatever they mean: noise is told of, what was cut off is given up."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Final, Generic, TypeVar

from drivers.charger.tcp.deframing import Deframer, Format, Noise
from drivers.charger.tcp.line import Line
from drivers.charger.tcp.listener import Complain, Job

F = TypeVar("F")

CUT_S: Final = 5.0
"""A frame that has begun and is silent for so long does not go on."""

MOST_NOISE: Final = 4096
"""Bytes without a frame between them: to look for frames in noise takes time, which belongs to everybody."""


class Conversation(ABC, Generic[F]):
    """A `Talk` in frames."""

    def __init__(self, line: Line, form: Format[F], complain: Complain) -> None:
        self._line = line
        self._complain = complain
        self._deframer: Deframer[F] = Deframer(form)
        self._noise = 0

    def hear(self, chunk: bytes) -> Iterable[Job]:
        """Take what came. Answers go at once to who waits: what is to be done may be waiting itself."""
        if chunk:
            return self._jobs(self._deframer.feed(chunk))
        return [*self._jobs(self._cut()), *self._watch()]

    @abstractmethod
    def over(self) -> None:
        """Take that the line is closed."""

    @abstractmethod
    def _meet(self, frame: F) -> Iterable[Job]:
        """Pass on what somebody waits for; return what is to be done in its turn."""

    @abstractmethod
    def _watch(self) -> Iterable[Job]:
        """Look what the passing of time has brought."""

    def _cut(self) -> list[F | Noise]:
        silent = self._line.clock.monotonic() - self._line.heard_at > CUT_S
        return self._deframer.cut() if silent and self._deframer.pending else []

    def _jobs(self, found: list[F | Noise]) -> list[Job]:
        jobs: list[Job] = []
        for each in found:
            if isinstance(each, Noise):
                self._suffer(each)
            else:
                self._noise = 0
                jobs += self._meet(each)
        return jobs

    def _suffer(self, noise: Noise) -> None:
        self._complain(f"{self._line.peer}: {noise}")
        self._noise += noise.size
        if self._noise > MOST_NOISE:
            self._line.close("nothing but noise")
