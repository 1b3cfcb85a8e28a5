"""Who we are to a camera. A password is never part of an address that is printed, logged or raised."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

LONGEST: Final = 127
"""Bytes of `user:password` in an address that FFmpeg keeps (`RTSPState.auth`, libavformat/rtsp.h)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account of the camera."""

    user: str
    password: str = field(repr=False)

    def within(self, url: str) -> str:
        """Return the address with the account in it: for FFmpeg's ears only."""
        parts = urlsplit(url)
        account = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return urlunsplit(parts._replace(netloc=f"{account}@{parts.netloc}"))


def read_credentials(file: str) -> Credentials:
    """Read an account: TOML with `user` and `password`, or one line `user:password`.

    ValueError says what is wrong, and nothing of what is in the file.
    """
    try:
        text = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as wrong:
        raise ValueError(f"credentials_file {file}: cannot be read ({type(wrong).__name__})") from None
    user, password = _table(text) or _line(text)
    if not (user and password):
        raise ValueError(f"credentials_file {file}: needs `user` and `password`, or one line user:password")
    if len(quote(user, safe="")) + len(quote(password, safe="")) + 1 > LONGEST:
        raise ValueError(f"credentials_file {file}: user and password are longer than {LONGEST} bytes")
    return Credentials(user, password)


def _table(text: str) -> tuple[str, str] | None:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    user, password = table.get("user"), table.get("password")
    return (user, password) if isinstance(user, str) and isinstance(password, str) else ("", "")


def _line(text: str) -> tuple[str, str]:
    user, _, password = text.partition(":")
    return (user, password) if "\n" not in text else ("", "")


def plain_url(option: str, url: str, schemes: tuple[str, ...]) -> str:
    """Return an address of the site file; ValueError if it is none, or has an account in it."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if "@" in url:
        raise ValueError(f"{option} must not hold an account: put it into credentials_file")
    if not whole:
        raise ValueError(
            f"{option} must be {' or '.join(f'{each}://' for each in schemes)}HOST[:PORT][/PATH]"
        )
    return url
