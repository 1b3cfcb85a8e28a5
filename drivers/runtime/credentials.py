"""Who we are to a device. A password is never part of an address that is printed, logged or raised."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from contract.errors import DeviceError


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account of a device."""

    user: str
    password: str = field(repr=False)


class CredentialsRefused(DeviceError):
    """The device does not let this account in; it may lock it if we insist."""

    default_code = "credentials-refused"


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
    if ":" in user:  # no login can say it (RFC 7616 §3.4.2, RFC 7617 §2)
        raise ValueError(f"credentials_file {file}: a user must not hold a colon")
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
