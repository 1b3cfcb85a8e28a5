"""What a server's answer to a write means: come again, somebody must mend it first, or bad lines. Pure.

Sources: InfluxDB 1.8, 2 and 3 HTTP API references, `POST /api/v2/write`.
"""

import re
from typing import ClassVar, Final

from contract.errors import HemeiError

TAKEN: Final = 204
BAD_LINES: Final = frozenset({400, 413, 422})
"""The lines' own fault: malformed, of another type than before, past the retention, too many at once."""

MEND: Final = {
    401: "the token is not accepted; see [history] token_file",
    403: "the token may not use this bucket; see [history] token_file and bucket",
    404: "there is no such bucket, database or organisation; see [history] bucket, database, org and url",
}
UNCOUNTED: Final = "unable to parse"
"""Lines that are malformed are not among those that version 1 counts as dropped."""

WORDS_KEPT: Final = 300
_MARKUP: Final = re.compile(r"<[^>]*>")
_DROPPED: Final = re.compile(r"partial write.*\bdropped=(\d+)", re.DOTALL)


class HistoryUnavailable(HemeiError):
    """The server of history does not answer now, or not as it should."""

    retryable = True
    default_code = "history-unavailable"


class QuestionRefused(HistoryUnavailable):
    """The server knows no such statement, or does not allow it."""

    retryable = False


class NotTaken(HemeiError):
    """The server took nothing; the lines stay as they are. `status` is 0 where there was no answer."""

    retryable: ClassVar[bool] = True
    default_code = "history-away"

    def __init__(self, message: str, *, status: int = 0, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class Away(NotTaken):
    """No answer, or one that asks for patience: the same will work later by itself."""


class Denied(NotTaken):
    """It will work only once somebody has mended a token, a bucket or an address."""

    retryable = False
    default_code = "history-denied"


class BadLines(HemeiError):
    """Some lines can never be taken. `dropped`: how many, where the rest is known to be taken; else None."""

    default_code = "history-bad-lines"

    def __init__(self, message: str, dropped: int | None) -> None:
        super().__init__(message)
        self.dropped = dropped


def of_status(status: int, message: str, retry_after: str | None = None) -> HemeiError:
    """Return the error that an answer other than TAKEN means."""
    said = f"answers {status}: {' '.join(_MARKUP.sub(' ', message).split())[:WORDS_KEPT]}"
    if status in BAD_LINES:
        dropped = _DROPPED.search(message)
        counted = UNCOUNTED not in message
        return BadLines(said, int(dropped[1]) if dropped and counted else None)
    if status == 429 or status >= 500:
        pause_s = float(retry_after) if retry_after and retry_after.isdecimal() else 0.0
        return Away(said, status=status, retry_after_s=pause_s)
    mend = MEND.get(status, "this is no write API of InfluxDB; see [history] url")
    return Denied(f"{said} ({mend})", status=status)
