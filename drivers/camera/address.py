"""The address of a stream with our account in it: for FFmpeg's ears only."""

from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from drivers.runtime.credentials import Credentials

LONGEST_ACCOUNT: Final = 127
"""Bytes of `user:password` in an address that FFmpeg keeps (`RTSPState.auth`, libavformat/rtsp.h)."""


def fits(account: Credentials) -> bool:
    """Whether FFmpeg keeps the whole of it."""
    return len(_written(account)) <= LONGEST_ACCOUNT


def with_account(url: str, account: Credentials) -> str:
    """Return the address with the account in it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{_written(account)}@{parts.netloc}"))


def _written(account: Credentials) -> str:
    return f"{quote(account.user, safe='')}:{quote(account.password, safe='')}"
