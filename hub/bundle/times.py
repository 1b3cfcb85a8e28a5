"""Milliseconds since 1970 as people and spreadsheets read them."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHEET_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zone
_A_MS: Final = timedelta(milliseconds=1)
_A_DAY: Final = timedelta(days=1)


def moment(at_ms: int) -> datetime:
    """Return the moment, UTC."""
    return _EPOCH + at_ms * _A_MS


def rfc3339(at_ms: int) -> str:
    """Write it as programs read it: `2026-12-01T03:24:21.123Z`."""
    return moment(at_ms).isoformat(timespec="milliseconds")[:-6] + "Z"


def local(at_ms: int, zone: tzinfo) -> str:
    """Write it as people read it, with the offset: `2026-12-01 11:24:21.123+08:00`."""
    return moment(at_ms).astimezone(zone).isoformat(" ", timespec="milliseconds")


def short(at_ms: int, zone: tzinfo) -> str:
    """Write it to the second: `2026-12-01 11:24:21`."""
    return f"{moment(at_ms).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def sheet_days(at: datetime, zone: tzinfo) -> float:
    """Return the days that a spreadsheet counts to that wall-clock time."""
    return (at.astimezone(zone).replace(tzinfo=None) - _SHEET_EPOCH) / _A_DAY
