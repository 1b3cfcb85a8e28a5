"""When it is night at a post: between two times of the day of the site's own time zone.

A night is an interval of absolute time, so that an hour that a clock change repeats does not end it and
begin it anew. Where a time of day exists twice or not at all on that day, the night is the longer of those it
can be.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contract.clock import epoch_ms, from_epoch_ms
from hub.posts.post import Post

_DAY = timedelta(days=1)


def night_began_ms(post: Post, zone: ZoneInfo, now_ms: int) -> int | None:
    """Return when the night began that it is now; None by day. The same times twice: it is always night."""
    begin, end = time.fromisoformat(post.night_from), time.fromisoformat(post.night_to)
    today = from_epoch_ms(now_ms).astimezone(zone).date()
    for evening in (today - _DAY, today):
        began_ms = min(_moments_ms(evening, begin, zone))
        ended_ms = max(_moments_ms(evening + _DAY if end <= begin else evening, end, zone))
        if began_ms <= now_ms < ended_ms:
            return began_ms
    return None


def _moments_ms(day: date, at: time, zone: ZoneInfo) -> tuple[int, int]:
    """Return both readings of a local time (PEP 495); on nearly every day they are the same."""
    first = datetime.combine(day, at, zone)
    return epoch_ms(first), epoch_ms(first.replace(fold=1))
