"""Times as posts write them: RFC 3339, or nearly; a clock that was never set shows another decade."""

from datetime import UTC, datetime, timedelta
from typing import Final

PAST: Final = timedelta(days=400)
"""Longer than any post is left offline with charges in its memory."""

FUTURE: Final = timedelta(days=1)
"""More than a wrong time zone can do."""


def parse_time(text: str, now: datetime) -> datetime | None:
    """Return the moment, None if it is absurd. A time without a zone is UTC (OCPP 1.6 §3.11)."""
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if now - PAST <= moment <= now + FUTURE else None
