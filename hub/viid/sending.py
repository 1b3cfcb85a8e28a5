"""Sends the objects of one stream, judges each by its answer, and has patience with it for a while."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import Connection

from hub.viid.items import Item
from hub.viid.session import Session, Unreachable
from hub.viid.store import End, FeedStore
from hub.viid.stream import Stream
from hub.viid.verdict import MAX_TRIES, Judged, Verdict, judge

logger = logging.getLogger(__name__)

MOST_DOUBTFUL: Final = 3
"""Set aside one after the other for a fault that may be the library's: then it is the library's."""

FINAL: Final = frozenset({Verdict.TAKEN, Verdict.ASIDE})
PATIENT: Final = frozenset({Verdict.AGAIN, Verdict.DOUBTFUL})


class Counts(Struct):
    """Since the start of the hub. `failed`: requests; `nameless`: passes, by device that has no id.

    `superseded`: notices of devices whose place a newer one took before they arrived.
    """

    sent: int = 0
    failed: int = 0
    superseded: int = 0
    nameless: Counter[str] = field(default_factory=Counter)


class Turn(Struct, frozen=True, kw_only=True):
    """Whether there was something; `wait`: the library wants to be left alone for a while."""

    some: bool
    wait: bool = False


NOTHING: Final = Turn(some=False)
Outcomes = Sequence[tuple[Item, Judged]]


class Sending:
    """The requests of one stream. `alone`: so many objects go one by one now, to find out which it is."""

    def __init__(self, stream: Stream) -> None:
        self.counts = Counts()
        self.alone = 0
        self._stream = stream
        self._tries: Counter[str] = Counter()
        self._doubtful = 0

    async def send(self, session: Session, path: str, body: bytes, items: Sequence[Item]) -> Outcomes:
        """Send a request, and say what becomes of each object; Unreachable if there is no session."""
        try:
            reply = await session.post(path, body)
        except Unreachable:
            self.counts.failed += 1
            raise
        judged = judge([each.status_id for each in items], reply)
        self.alone = max(0, self.alone - 1)
        if any(each.verdict is Verdict.ALONE for each in judged.values()):
            self.alone = len(items)
        return [(item, self._patience(item, judged[item.status_id])) for item in items]

    @staticmethod
    async def again(session: Session, path: str, body: bytes, item: Item) -> Outcomes:
        """Send one object once more, and say what it comes to this time; Unreachable."""
        reply = await session.post(path, body)
        return [(item, judge([item.status_id], reply)[item.status_id])]

    def write(self, connection: Connection, store: FeedStore, done: Outcomes, end: End) -> None:
        """Write what became of objects; `end` but for how often each was sent."""
        for item, judged in done:
            tries = self._tries[item.status_id] or 1
            store.settle(connection, self._stream, item, judged, replace(end, tries=tries))

    def count(self, done: Outcomes) -> None:
        """Count what is confirmed or set aside, and written."""
        for item, judged in done:
            self._tries.pop(item.status_id, None)
            if judged.verdict is Verdict.TAKEN:
                self.counts.sent += 1
                self._doubtful = 0
            else:
                logger.warning("%s of %d is set aside: code %s", self._stream.key, item.seq, judged.code)

    def _patience(self, item: Item, judged: Judged) -> Judged:
        """Set aside what has failed by itself too often, unless it is the library that fails."""
        if judged.verdict is not Verdict.DOUBTFUL:
            return judged
        self._tries[item.status_id] += 1
        if self._tries[item.status_id] < MAX_TRIES or self._doubtful >= MOST_DOUBTFUL:
            return judged
        self._doubtful += 1
        return replace(judged, verdict=Verdict.ASIDE)


def finished(judged: Outcomes) -> Outcomes:
    """Return what is confirmed or set aside."""
    return [(item, each) for item, each in judged if each.verdict in FINAL]


def turn_of(judged: Outcomes) -> Turn:
    """Say whether to go on at once."""
    return Turn(some=True, wait=any(each.verdict in PATIENT for _, each in judged))
