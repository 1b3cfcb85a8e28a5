"""Telephones of people to whom the hub writes: they take messages as Apprise's `json://` sends them."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web
from msgspec import Struct

from simulators.errors import UnknownName, WireUnavailable
from simulators.families import Truth
from simulators.ports import Ports
from simulators.telephone.page import Message, page

log = logging.getLogger(__name__)

NAME: Final = "police/telephone"
"""As faults and the control socket name it."""

HOST: Final = "127.0.0.1"
MOST: Final = 200
"""Messages that are kept: it may stand for weeks."""
LONGEST: Final = 64 * 1024
"""Of a message, in bytes."""
NO_NETWORK: Final = "no-network"
FAULTS: Final = ("none", NO_NETWORK)

Words = Mapping[str, str]


class TelephoneSettings(Struct, frozen=True, kw_only=True):
    """Where it listens on the loopback, and whose telephones there are: a path each, with their names.

    `timezone`: where these people are, by its IANA name.
    """

    port: int
    owners: dict[str, dict[str, str]]
    timezone: str = "Asia/Shanghai"


class PretendTelephone:
    """All telephones of a site, on one page. `now` says the time in a zone."""

    def __init__(
        self, settings: TelephoneSettings, now: Callable[[ZoneInfo], datetime] = datetime.now
    ) -> None:
        self._owners = settings.owners
        self._zone = ZoneInfo(settings.timezone)
        self._now = now
        self._port = settings.port
        self._messages: dict[str, Message] = {}
        self._no_network = False
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where its page is."""
        return f"http://{HOST}:{self._port}"

    @property
    def faults(self) -> Iterable[str]:
        """What can be wrong with it."""
        return FAULTS

    @property
    def happenings(self) -> Iterable[str]:
        """Nothing happens to it but what is sent."""
        return ()

    async def serve(self, _ports: Ports) -> str:
        """Listen; WireUnavailable where that is impossible."""
        app = web.Application(client_max_size=LONGEST)
        app.router.add_get("/", self._show)
        app.router.add_post("/{owner}", self._take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._port, reuse_address=True).start()
        except OSError as error:
            await runner.cleanup()
            raise WireUnavailable(f"cannot open {self.url}: {error}") from error
        self._runner = runner
        self._port = runner.addresses[0][1]
        return self.url

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def step(self, dt_s: float) -> None:
        """Nothing moves in it."""

    def fault(self, name: str) -> None:
        """Let messages arrive no more, or again."""
        if name not in FAULTS:
            raise UnknownName("fault", name, FAULTS)
        self._no_network = name == NO_NETWORK

    def happen(self, name: str) -> None:
        """Nothing happens to it."""
        raise UnknownName("happening", name, ())

    def inspect(self) -> Truth:
        """Tell what arrived, the newest first: links in it are good for one hand-over each."""
        return {
            "url": self.url,
            "messages": [each.text for each in self._newest()],
            "faults": [NO_NETWORK] if self._no_network else [],
        }

    def _newest(self) -> list[Message]:
        return list(reversed(self._messages.values()))

    async def _show(self, request: web.Request) -> web.Response:
        chinese = request.headers.get("Accept-Language", "zh").lower().startswith("zh")
        text = page(self._newest(), self._owners, "zh-CN" if chinese else "en")
        return web.Response(text=text, content_type="text/html", headers={"Referrer-Policy": "no-referrer"})

    async def _take(self, request: web.Request) -> web.Response:
        """Keep a message; one that is sent again, by its key, is the same one."""
        owner = request.match_info["owner"]
        if self._no_network:
            return web.Response(status=503, text="no network")
        if owner not in self._owners:
            return web.Response(status=404, text="nobody has this number")
        message = _read(owner, await _body(request), self._now(self._zone))
        if message is None:
            return web.Response(status=400, text="expected a JSON object with a text `message`")
        key = request.headers.get("Idempotency-Key") or f"{len(self._messages)}:{message.at.isoformat()}"
        self._messages.setdefault(f"{owner} {key}", message)
        if len(self._messages) > MOST:
            del self._messages[next(iter(self._messages))]
        log.info("%s: a message for %s", NAME, owner)
        return web.Response()


async def _body(request: web.Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def _read(owner: str, body: Any, now: datetime) -> Message | None:
    if not isinstance(body, dict) or not isinstance(body.get("message"), str):
        return None
    return Message(owner=owner, at=now, title=str(body.get("title") or ""), text=body["message"])
