"""Whether an entry of a list may pass a place now, and why not. Pure; for plates, cards and faces."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contract.lists import Level, Person, Vehicle
from contract.passes import Reason
from drivers.lists.schedule import within

UTC_NAME = "UTC"


def refusal(
    entry: Person | Vehicle, levels: Mapping[str, Level], kind: str, device: str, now: datetime
) -> Reason | None:
    """Say why `entry` may not pass `kind/device` at `now` (aware); None if it may."""
    if entry.blocked:
        return Reason.BLOCKED
    if entry.valid_from is not None and now < entry.valid_from:
        return Reason.NOT_YET_VALID
    if entry.valid_until is not None and now >= entry.valid_until:
        return Reason.EXPIRED
    here = [level for key in entry.levels if (level := levels.get(key)) and covers(level, kind, device)]
    if not here:
        return Reason.NO_LEVEL
    return None if any(holds(level, now) for level in here) else Reason.OUTSIDE_SCHEDULE


def covers(level: Level, kind: str, device: str) -> bool:
    """Whether a level's places name `kind/device`."""
    return any(place in ("*", f"{kind}/*", f"{kind}/{device}") for place in level.places)


def holds(level: Level, now: datetime) -> bool:
    """Whether `now` (aware) is within a level's hours."""
    if not level.periods:
        return True
    return within(level.periods, now.astimezone(_zone(level.timezone)), frozenset(level.holidays))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(UTC_NAME)
