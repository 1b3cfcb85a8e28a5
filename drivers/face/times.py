"""The times of terminals: of what they record, as far as their clock can be believed, and of who may pass.

A terminal writes its own local time. One whose clock has lost its battery is in 1970, or in the year 0001.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

AHEAD: Final = timedelta(minutes=5)
"""A terminal whose clock runs so far ahead is not believed."""

CLOCK_LOST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Nor is one whose clock says that it is earlier."""

FIRST: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - local
LAST: Final = datetime(2037, 12, 31, 23, 59, 59)  # noqa: DTZ001 - local
"""The first and the last moment of validity that terminals know: their seconds have 32 bits."""


def read_time(written: str, zone: ZoneInfo) -> datetime | None:
    """Read a terminal's time, `2026-01-31 08:00:00` with a blank or a T, of `zone` if it names none."""
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=zone)


def believed(read: datetime | None, now: datetime) -> datetime:
    """Return when something happened: by the terminal's clock if that can be, else now."""
    return read if read is not None and CLOCK_LOST <= read <= now + AHEAD else now


def offset_s(read: datetime, now: datetime) -> int:
    """Return by how many seconds the clock of a terminal that has just spoken is ahead of ours."""
    return round((read - now).total_seconds())


def valid_from(moment: datetime | None, zone: ZoneInfo) -> datetime:
    """Return the local time from which a terminal is to let somebody pass."""
    return FIRST if moment is None else _known(moment, zone)


def valid_until(moment: datetime | None, zone: ZoneInfo) -> datetime:
    """Return the local time until which a terminal is to let somebody pass."""
    return LAST if moment is None else _known(moment, zone)


def _known(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the nearest local time that terminals know; 9999-12-31, for ever, is none."""
    nearest = min(max(moment, FIRST.replace(tzinfo=zone)), LAST.replace(tzinfo=zone))
    return nearest.astimezone(zone).replace(tzinfo=None)
