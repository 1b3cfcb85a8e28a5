"""Brings driver hosts what they lack of the lists that they use, until they say that they have it all."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from contract import codec
from contract.clock import Clock
from contract.errors import LinkError, PublishDenied
from contract.lists import Holding, ListName
from contract.topics import Address, Channel
from hub.ledger.transactions import Transactions
from hub.lists.book import ListBook
from hub.lists.following import Wanted
from hub.lists.hosts import Followed, Hosts
from hub.lists.reading import Head, ListReader
from hub.lists.view import ListsView
from hub.shadows.registry import Shadows

logger = logging.getLogger(__name__)

LOOK_S: Final = 2.0
"""How often the ledger is asked for changes that nobody told of, such as another process's."""

PAUSE_S: Final = 0.05
"""Changes come in swarms; one look for all of a swarm."""

Publish = Callable[[str, bytes], Awaitable[None]]


class _Ready(NamedTuple):
    """A portion, ready to be sent."""

    head: Head
    upto: int
    encoded: bytes


class Pusher:
    """A tenant's lists, on their way. Lives on the hub's event loop; the ledger is read in threads."""

    def __init__(
        self, ledger: Transactions, clock: Clock, tenant: str, shadows: Shadows, publish: Publish
    ) -> None:
        self._book = ListBook(tenant)
        self._reader = ListReader(tenant)
        self._ledger = ledger
        self._clock = clock
        self._publish = publish
        self._hosts = Hosts(clock, shadows)
        self._heads: dict[ListName, Head] = {}
        self._begun: set[str] = set()
        """Editions that this run of the hub began."""
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Take that a change of the lists was committed."""
        self._news.set()

    def heard(self, address: Address, holding: Holding | None) -> None:
        """Take how far a host has the lists that it uses; None: it is gone.

        InvalidMessage if there are too many hosts.
        """
        if holding is None:
            self._hosts.remove(address)
        else:
            self._hosts.heard(address, holding)
            self._news.set()

    def turned(self, address: Address) -> None:
        """Take that a device describes itself anew, or is heard or lost."""
        if address in self._hosts:
            self._news.set()

    def removed(self, address: Address) -> None:
        """Take that a device is gone."""
        self._hosts.remove(address)

    def linked(self) -> None:
        """Take that the link to the broker came or went; what was under way is lost."""
        for each in self._hosts.followed(self._heads):
            each.following.forget()
        self._news.set()

    def view(self) -> ListsView:
        """Show how far each host is."""
        return self._hosts.view(self._heads)

    def figures(self) -> Mapping[str, Callable[[], float]]:
        """Return what Prometheus may ask for, by name."""
        return {"lists_behind": self._behind}

    async def run(self) -> None:
        """Push until cancelled."""
        while True:
            try:
                await self._ledger.write(self._book.begin)
                while True:
                    self._news.clear()
                    await self._look()
                    await self._push_all()
                    await self._rest()
            except SQLAlchemyError:
                logger.exception("the lists cannot be read")
                await asyncio.sleep(LOOK_S)

    async def _look(self) -> None:
        self._heads = await self._ledger.read(self._reader.heads)
        ahead = [each for each in self._followed() if self._is_ahead(each)]
        for each in ahead:
            await self._renew(each)
        if ahead:
            self._heads = await self._ledger.read(self._reader.heads)
            self._begun |= {self._heads[each.name].edition for each in ahead}
        for each in self._followed():
            each.following.note(self._heads[each.name], self._clock.now_ms())

    def _is_ahead(self, followed: Followed) -> bool:
        """Whether a host has what the ledger does not: it lies if it says so of an edition begun just now."""
        head = self._heads[followed.name]
        return followed.following.ahead(head) and head.edition not in self._begun

    async def _renew(self, ahead: Followed) -> None:
        name, edition, held = ahead.name, self._heads[ahead.name].edition, ahead.following.held
        most = max(held.revision, held.staged.revision if held.staged else 0)
        logger.warning("%s holds %s up to %d, which the ledger does not know", ahead.host, name, most)
        await self._ledger.write(lambda connection: self._book.renew(connection, name, edition, most))

    async def _push_all(self) -> None:
        """Send, a portion to each in turn, until no more may be under way."""
        more = True
        while more:
            more = False
            for each in self._followed():
                wanted = self._wanted(each)
                if wanted is not None:
                    more = await self._push(each, wanted) or more

    def _wanted(self, followed: Followed) -> Wanted | None:
        if not self._hosts.reachable(followed.host):
            followed.following.forget()
            return None
        return followed.following.wanted(self._heads[followed.name], self._clock.monotonic())

    async def _push(self, followed: Followed, wanted: Wanted) -> bool:
        """Send one portion; whether the next may follow."""
        ready = await self._ledger.read(lambda connection: self._read(connection, followed.name, wanted))
        self._heads[followed.name] = ready.head
        try:
            await self._publish(followed.host.topic(Channel.LIST), ready.encoded)
        except PublishDenied as denied:
            logger.warning("the broker's rules keep the lists from %s: %s", followed.host, denied)
        except LinkError:
            followed.following.forget()
            return False
        followed.following.sent(wanted, ready.head, ready.upto, self._clock.monotonic())
        return True

    def _read(self, connection: Connection, name: ListName, wanted: Wanted) -> _Ready:
        portion = self._reader.portion(connection, name, *wanted)
        return _Ready(Head(portion.edition, portion.head), portion.upto, codec.encode(portion))

    async def _rest(self) -> None:
        """Wait for news, at most until patience with a host ends."""
        now = self._clock.monotonic()
        due = [each.following.due(self._heads[each.name]) - now for each in self._followed()]
        wait_s = max(min([LOOK_S, *due]), 0.0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._news.wait()
        await asyncio.sleep(PAUSE_S)

    def _followed(self) -> list[Followed]:
        return list(self._hosts.followed(self._heads))

    def _behind(self) -> float:
        return sum(not each.following.current(self._heads[each.name]) for each in self._followed())
