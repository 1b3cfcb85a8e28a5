"""A pretend library subscribes by itself as soon as the site is registered with it: vehicles, and devices."""

import asyncio
import contextlib
import logging
from datetime import datetime, timedelta
from typing import Final

from aiohttp import ClientError
from msgspec import Struct

from simulators.viid.library import ZONE
from simulators.viid.subscriber import Account, Subscriber, wish

log = logging.getLogger(__name__)

RECEIVER: Final = "/VIID/SubscribeNotifications"
DAYS: Final = 30
WISHES: Final = (("小区车辆", "13"), ("设备清单与在线状态", "3,4"))
"""Title and `SubscribeDetail` of each; a number in this order ends its id."""


class Wishes(Struct, frozen=True, kw_only=True):
    """Where it subscribes, who the site is to it, as whom it signs in there, and what it says why."""

    site: str
    site_id: str
    account: str
    password: str
    reason: str = ""


class Subscribing:
    """Asks until the site answers, with yes or with no; a site that does not answer is asked again."""

    def __init__(self, wishes: Wishes, ident: str, library: str) -> None:
        self.answered = False
        self._wishes = wishes
        self._ident = ident
        self._library = library
        self._asking: asyncio.Task[None] | None = None

    def tend(self) -> None:
        """Ask, unless that is done or under way."""
        if not self.answered and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._ask())

    async def close(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask(self) -> None:
        said = self._wishes
        site = Subscriber(said.site, self._ident, Account(said.account, said.password))
        end = (datetime.now(ZONE) + timedelta(days=DAYS)).strftime("%Y%m%d%H%M%S")
        wanted = [
            wish(
                f"{self._ident[:12]}0320200101000000{number:05}",
                said.site_id,
                f"{self._library}{RECEIVER}",
                end,
                Title=title,
                SubscribeDetail=detail,
                Reason=said.reason,
                ResultImageDeclare="-1",
                ReportInterval=3,
            )
            for number, (title, detail) in enumerate(WISHES, 1)
        ]
        with contextlib.suppress(ClientError, TimeoutError):
            status, answer = await site.subscribe(*wanted)
            self.answered = status == 200
            log.info("subscribed at %s: %s %s", said.site, status, answer)
