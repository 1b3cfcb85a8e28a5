"""What of an alarm's change is worth a message, and under which name it is told once."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from hub.alarms.alarm import Alarm, Change, EntryKind
from hub.alarms.definition import Definition
from hub.alarms.lifecycle import State, Suppression

UNKNOWN_TO_ANYBODY: Final = frozenset({State.UNACKNOWLEDGED, State.RETURNED_UNACKNOWLEDGED})


class NewsKind(StrEnum):
    """What has happened; the first part of a notification's `news`."""

    RAISED = "raised"
    ESCALATED = "escalated"
    """It is graver now."""
    STEP = "step"
    """Nobody acknowledged in time, so others are told."""
    UNHIDDEN = "unhidden"
    """A shelf or maintenance ended, and it is still unacknowledged."""
    RETURNED = "returned"
    ACKNOWLEDGED = "acknowledged"


class News(Struct, frozen=True, kw_only=True):
    """Something to tell. `entry`: of the alarm's timeline, so that each is told once.

    `tell`: contacts and posts beside those of the definition (`also_definition` False: these alone).
    """

    kind: NewsKind
    entry: int
    priority: str
    tell: tuple[str, ...] = ()
    also_definition: bool = True

    @property
    def key(self) -> str:
        """Unique among the news of one alarm."""
        return f"{self.kind.value}:{self.entry}:{self.priority}"


def kind_of(key: str) -> NewsKind:
    """Return which kind of news a key stands for."""
    return NewsKind(key.partition(":")[0])


def unacknowledged(alarm: Alarm) -> bool:
    """Whether nobody has said that they know of it."""
    return alarm.open and alarm.state in UNKNOWN_TO_ANYBODY


def hidden(alarm: Alarm) -> bool:
    """Whether it is shelved, folded under its cause or out of service: then nobody is told."""
    return alarm.suppression is not Suppression.NONE


def news_of(change: Change, definition: Definition | None, asked: frozenset[NewsKind]) -> News | None:
    """Return what a change is to those who are told; None if nothing.

    Returns and acknowledgements are told if `asked` for.
    """
    kind = _kind(change, definition)
    if kind is None or (kind in (NewsKind.RETURNED, NewsKind.ACKNOWLEDGED) and kind not in asked):
        return None
    tell = change.entry.data.get("tell", ()) if change.entry.kind is EntryKind.ESCALATED else ()
    return News(
        kind=kind,
        entry=change.entry.n,
        priority=change.after.priority.value,
        tell=tuple(tell),
        also_definition=kind is not NewsKind.STEP,
    )


def _kind(change: Change, definition: Definition | None) -> NewsKind | None:
    before, after = change.before, change.after
    if before is not None and after.priority.rank < before.priority.rank:
        return NewsKind.ESCALATED
    match change.entry.kind:
        case EntryKind.RAISED:
            return None if flutters(before, after, definition) else NewsKind.RAISED
        case EntryKind.ESCALATED:
            return NewsKind.STEP
        case EntryKind.RETURNED:
            return NewsKind.RETURNED
        case EntryKind.ACKNOWLEDGED:
            return NewsKind.ACKNOWLEDGED
        case _:
            return None


def flutters(before: Alarm | None, after: Alarm, definition: Definition | None) -> bool:
    """Whether it comes and goes faster than its definition alerts anew, and those told know of it still."""
    if before is None or definition is None or not unacknowledged(before):
        return False
    return after.last_ms - before.last_ms <= definition.repeat_within_s * 1000
