"""What has been reported of a sensor: each change once, though the process may die at any moment.

Before an event goes to the outbox, its id and meaning are put down, and after it the flag that it was about.
What was put down and not finished is offered again, later or at the next start; the outbox knows its id.
"""

import contextlib
from typing import Final, NamedTuple
from uuid import uuid4

from drivers.runtime.database import StorageError
from drivers.runtime.interface import Port
from drivers.sensor.watch import Phase, Watch
from drivers.sensor.words import REPORTED, Flag

SAYING: Final = "saying"


class _Begun(NamedTuple):
    ident: str
    flag: Flag
    phase: Phase


class Said:
    """The phases that were reported, by flag; `watch` goes on from them."""

    def __init__(self, port: Port, watch: Watch) -> None:
        self._port = port
        self._watch = watch
        self._phases = {flag: _phase(port.recall(flag)) for flag in REPORTED}
        self._begun = self._interrupted(port.recall(SAYING))
        watch.resume(self._phases)

    async def say(self) -> None:
        """Report all news; StorageError if the outbox cannot keep it: it stays news."""
        if self._begun is not None:
            await self._finish(self._begun)
        for news in list(self._watch.news(self._phases)):
            self._begun = begun = _Begun(str(uuid4()), news.flag, news.phase)
            with contextlib.suppress(StorageError):  # missed only if this process dies now: an event twice
                await self._port.remember(SAYING, " ".join(begun))
            await self._finish(begun)

    async def _finish(self, begun: _Begun) -> None:
        ident, flag, phase = begun
        news = self._watch.news_of(flag, self._phases[flag], phase)
        await self._port.emit(news.type, news.data, id=ident)
        self._phases[flag] = phase
        self._begun = None
        with contextlib.suppress(StorageError):  # the same
            await self._port.remember(str(flag), str(phase))

    def _interrupted(self, begun: object) -> _Begun | None:
        """Return what an earlier process may not have come to say."""
        if not isinstance(begun, str):
            return None
        ident, flag, phase = begun.split()
        news = _Begun(ident, Flag(flag), Phase(phase))
        ours = news.flag in self._watch.reported and self._phases[news.flag] is not news.phase
        return news if ours else None


def _phase(recalled: object) -> Phase:
    return Phase(recalled) if isinstance(recalled, str) else Phase.OFF
