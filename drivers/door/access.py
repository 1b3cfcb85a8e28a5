"""Who may open what and when: the access file of a site, and the index that doors look cards up in.

TOML or, for thousands of credentials, JSON, which is read a hundred times as fast. No names of people: a
`holder` is a pseudonym that only the site's own records can resolve.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct

from contract.errors import ConfigurationError
from contract.lists import Period
from drivers.door.pins import is_hash
from drivers.door.wiegand import Card, parse_number

ALWAYS: Final = "always"
"""The schedule that needs no definition."""

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Pseudonym = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; keys that it does not know are mistakes."""


class Level(_Table, frozen=True):
    """Doors by their ids (`*`: all), and the schedule on which they may be opened."""

    doors: tuple[Name, ...]
    schedule: Name = ALWAYS


class Credential(_Table, frozen=True):
    """One card. `valid_until` is the end, or the last day, of its use; `pin` is a hash, never a PIN."""

    id: Pseudonym
    card: int | str
    holder: Pseudonym | None = None
    levels: tuple[Name, ...] = ()
    pin: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    blocked: bool = False

    def __post_init__(self) -> None:
        for written in (self.valid_from, self.valid_until):
            if written is not None:
                read_time(written)
        if self.pin is not None and not is_hash(self.pin):
            raise ValueError("`pin` must be an argon2 hash, as `python -m drivers.door.pins` writes it")


class AccessFile(_Table, frozen=True):
    """The file as it is written."""

    timezone: str = "Asia/Shanghai"
    holidays: tuple[date, ...] = ()
    schedules: dict[Name, tuple[Period, ...]] = {}
    levels: dict[Name, Level] = {}
    credentials: tuple[Credential, ...] = ()


class Access:
    """The file as doors use it: everything found in one step, however many credentials there are."""

    def __init__(self, file: AccessFile) -> None:
        self.zone = _zone(file.timezone)
        self.holidays = frozenset(file.holidays)
        self.schedules: Mapping[str, tuple[Period, ...]] = {ALWAYS: (Period(),), **file.schedules}
        self.levels = file.levels
        self._cards = _index(file.credentials)
        _check_names(file, self.schedules)

    def __len__(self) -> int:
        return len(self._cards)

    def find(self, card: Card) -> Credential | None:
        """Return whose card it is; a number without a format is a Wiegand card's, of either length."""
        found = self._cards.get((card.format, card.number))
        if found is None and not card.format.startswith("raw"):
            found = self._cards.get((None, card.number))
        return found


def read_access(file: Path) -> Access:
    """Read an access file; ConfigurationError says what is wrong with it."""
    try:
        return parse_access(file.read_bytes(), json=file.suffix == ".json")
    except OSError as wrong:
        raise ConfigurationError(f"{file.name}: {wrong.strerror}") from wrong
    except (ValueError, RecursionError) as wrong:  # msgspec, TOML and UTF-8 errors are ValueErrors
        raise ConfigurationError(f"{file.name}: {wrong}") from wrong


def parse_access(text: bytes, *, json: bool) -> Access:
    """Read an access file's text; ValueError if it is wrong."""
    if json:
        return Access(msgspec.json.decode(text, type=AccessFile))
    tables = msgspec.to_builtins(tomllib.loads(text.decode()))  # TOML's own dates become text, as in JSON
    return Access(msgspec.convert(tables, AccessFile))


def read_time(written: str) -> datetime | date:
    """Read a day, or a time without an offset for the site's own; ValueError if it is neither."""
    return (
        datetime.fromisoformat(written) if len(written) > len("2026-12-31") else date.fromisoformat(written)
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        raise ValueError(f"timezone {name!r} is not known; allowed: such as Asia/Shanghai") from wrong


def _index(credentials: tuple[Credential, ...]) -> dict[tuple[str | None, int], Credential]:
    cards: dict[tuple[str | None, int], Credential] = {}
    ids = set()
    for credential in credentials:
        key = parse_number(credential.card)
        if key in cards or credential.id in ids:
            raise ValueError(f"credential {credential.id!r}: its id or its card is there twice")
        cards[key] = credential
        ids.add(credential.id)
    return cards


def _check_names(file: AccessFile, schedules: Mapping[str, object]) -> None:
    for name, level in file.levels.items():
        if level.schedule not in schedules:
            raise ValueError(
                f"level {name!r}: no schedule {level.schedule!r}; there are {', '.join(schedules)}"
            )
    for credential in file.credentials:
        for name in credential.levels:
            if name not in file.levels:
                raise ValueError(
                    f"credential {credential.id!r}: no level {name!r}; there are {', '.join(file.levels)}"
                )


NOBODY: Final = Access(AccessFile())
