"""What every part of the register is made with: its tables, the lists, the audit, the clock."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Connection

from contract.clock import Clock, epoch_ms
from contract.errors import InvalidMessage
from hub.alarms.definition import Words
from hub.ledger.transactions import Transactions
from hub.lists.book import ListBook
from hub.register.refusals import Stale, Unknown
from hub.register.rows import Tables
from hub.register.settings import RegisterSettings
from hub.register.trail import RegisterTrail

T = TypeVar("T")

EARLIEST_MS: Final = epoch_ms(datetime(1900, 1, 1, tzinfo=UTC))
LATEST_MS: Final = epoch_ms(datetime(2200, 1, 1, tzinfo=UTC))


class RegisterSite(Struct, frozen=True, kw_only=True):
    """What is known of the site."""

    id: str
    tenant: str
    title: Words
    zone: ZoneInfo
    settings: RegisterSettings = RegisterSettings()


class Keeping:
    """One tenant's register, as its parts see it. `wake`: has the lists pushed, once something is written.

    Whoever asks before the register has what it begins with waits for that.
    """

    def __init__(
        self, ledger: Transactions, clock: Clock, site: RegisterSite, wake: Callable[[], None]
    ) -> None:
        self.ledger = ledger
        self.clock = clock
        self.site = site
        self.tables = Tables(site.tenant)
        self.lists = ListBook(site.tenant)
        self.trail = RegisterTrail(site.tenant, clock)
        self.wake = wake
        self._begun = asyncio.Event()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do something in one transaction, then have the lists pushed."""
        await self._begun.wait()
        done = await self.ledger.write(work)
        self.wake()
        return done

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Look something up."""
        await self._begun.wait()
        return await self.ledger.read(work)

    async def begin(self, *works: Callable[[Connection], object]) -> None:
        """Make what the register begins with, and let in whoever waits."""
        for work in works:
            await self.ledger.write(work)
        self.wake()
        self._begun.set()

    def check_levels(self, connection: Connection, keys: tuple[str, ...]) -> None:
        """InvalidMessage unless there are these levels."""
        missing = set(keys) - self.tables.levels.by_key(connection, keys).keys()
        if missing:
            raise InvalidMessage(f"there is no access level {min(missing)!r}", code="unknown-level")

    def check_household(self, connection: Connection, key: str | None) -> None:
        """InvalidMessage unless it is none, or there is this household."""
        if key is not None and self.tables.households.get(connection, key) is None:
            raise InvalidMessage(f"there is no household {key!r}", code="unknown-household")


def there(found: T | None, what: str) -> T:
    """Return what was found; Unknown if there is nothing."""
    if found is None:
        raise Unknown(f"there is no such {what}", code=f"unknown-{what}")
    return found


def check_version(found: int, seen: int | None, show: Callable[[], object]) -> None:
    """Stale, with what `show` returns, unless somebody saw what is there."""
    if seen != found:
        raise Stale(show())


def check_moment(name: str, ms: int | None) -> None:
    """InvalidMessage for a moment that not every time zone can write: years have four digits."""
    if ms is not None and not EARLIEST_MS <= ms < LATEST_MS:
        raise InvalidMessage(f"`{name}` must be in a year from 1900 to 2199", code="bad-range")


def check_window(from_ms: int | None, until_ms: int | None) -> None:
    """InvalidMessage if the end is not after the begin."""
    check_moment("valid_from", from_ms)
    check_moment("valid_until", until_ms)
    if from_ms is not None and until_ms is not None and until_ms <= from_ms:
        raise InvalidMessage("`valid_until` must be after `valid_from`", code="bad-range")
