"""Keeps what Home Assistant is told of the devices true, over a session of its own with the broker.

What the broker holds is read at every connection, and only what differs is published: a restart of the hub is
no flood. The hub says `online` only when no state at the broker is older than that; the broker says `offline`
when the hub goes away.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from contract.clock import Clock
from contract.errors import InvalidMessage, LinkError
from contract.first_to_end import first_to_end
from contract.mqtt import Broker, Connection, Incoming, Will, reconnecting
from contract.things import Words
from contract.topics import DRIVER_KIND, HUB_KIND, Address
from hub.actions.asks import Asks
from hub.home_assistant import leftovers, topics
from hub.home_assistant.commands import Commands
from hub.home_assistant.entities import Subject
from hub.home_assistant.held import Held, forget, read_held
from hub.home_assistant.messages import Messages
from hub.home_assistant.settings import HomeAssistantSettings
from hub.home_assistant.showing import OFFLINE
from hub.shadows.registry import Shadows

logger = logging.getLogger(__name__)

ONLINE: Final = b"online"
AWAY: Final = b"offline"
FLUSH_S: Final = 1.0
"""How often what has changed is published, a message a device."""

GOODBYE_S: Final = 1.0
SETTLE_S: Final = 30.0
"""After a start: who has not described itself by then has no description at the broker: it was taken away."""


class BridgeSite(NamedTuple):
    """Which site is shown, how the hub reaches its broker, and the file in which a prefix in use is noted.

    `areas` are the places' names.
    """

    id: str
    areas: Mapping[str, Words]
    broker: Broker
    noted: Path


class Bridge:
    """What Home Assistant sees. Its worker ends at once where the site file does not switch it on."""

    def __init__(
        self,
        settings: HomeAssistantSettings,
        site: BridgeSite,
        shadows: Shadows,
        actions: Asks,
        clock: Clock,
        on_refused: Callable[[Incoming, InvalidMessage], None],
        *,
        settle_s: float = SETTLE_S,
    ) -> None:
        self.refused = 0
        self.online = False
        self.link: Connection | None = None
        self._settings = settings
        self._broker = site.broker
        self._site = site.id
        self._areas = site.areas
        self._noted = site.noted
        self._shadows = shadows
        self._clock = clock
        self._on_refused = on_refused
        self._settle_s = settle_s
        self._commands = Commands(actions, clock, self._subject, self.changed)
        self._held = Held(site.id)
        self._changed: set[Address] = set()
        self._later: set[Address] = set()
        self._gone: set[Address] = set()
        self._messages = Messages(shadows, self._subject, self._commands.last, clock)

    def changed(self, address: Address) -> None:
        """Take that a device has news."""
        if self._settings.enabled:
            self._changed.add(address)

    def removed(self, address: Address) -> None:
        """Take that a device is gone: Home Assistant forgets it too."""
        self._commands.removed(address)
        if self._settings.enabled:
            self._gone.add(address)
        self.changed(address)

    def figures(self) -> dict[str, Callable[[], float]]:
        """Return what Prometheus may ask for."""
        return {
            "home_assistant_online": lambda: self.online,
            "home_assistant_messages_held": lambda: len(self._held),
            "home_assistant_commands_taken": lambda: self._commands.taken,
            "home_assistant_commands_refused": lambda: self.refused,
        }

    async def run(self) -> None:
        """Work until cancelled; where it is switched off, only tidy up after a time when it was not."""
        settings = self._settings
        wanted = settings.prefix if settings.enabled else None
        await leftovers.clear(self._noted, wanted, self._broker, self._client_id("tidy"), self._site)
        if settings.enabled:
            await reconnecting(self._serve, on_lost=self._lost)

    def _client_id(self, part: str) -> str:
        return f"hemei-hub-{self._site}-ha-{part}"

    async def _serve(self) -> None:
        site, prefix = self._site, self._settings.prefix
        filters = [topics.configs(prefix, site), topics.states(site)]
        will = Will(topics.status(site), AWAY)
        async with Connection(self._broker, self._client_id("link"), will=will) as link:
            self.link = link
            self._held = await read_held(self._broker, self._client_id("read"), site, filters)
            await link.subscribe([topics.commands(site)], qos=0)
            await self._show_all(link)
            try:
                await first_to_end(self._listen(link), self._publish(link))
            finally:
                self.online = False
                await _say_goodbye(link, topics.status(site))

    async def _show_all(self, link: Connection) -> None:
        """Make all that the broker holds as new as the hub, then say that it may be believed."""
        for address in self._held.addresses():
            if address is not None and self._shadows.description(address) is None:
                await self._put(link, topics.state(address), OFFLINE)
        self._messages.begin()
        self._changed.update(self._shadows.addresses())
        await self._flush(link)
        await link.publish(topics.status(self._site), ONLINE, retain=True)
        self.online = True
        logger.info("Home Assistant may see %d devices", len(self._shadows))

    async def _publish(self, link: Connection) -> None:
        begun = self._clock.monotonic()
        settled = False
        while True:
            await asyncio.sleep(FLUSH_S)
            self._changed.update(self._later, self._messages.due())
            self._later.clear()
            await self._flush(link)
            if not self._shadows.link_online:
                begun = self._clock.monotonic()
            elif not settled and self._clock.monotonic() - begun >= self._settle_s:
                settled = True
                await self._take_unknown(link)

    async def _flush(self, link: Connection) -> None:
        while self._changed:
            address = self._changed.pop()
            if _is_shown(address, self._site):
                try:
                    await self._show(link, address)
                except LinkError:
                    self._changed.add(address)
                    raise

    async def _show(self, link: Connection, address: Address) -> None:
        if self._shadows.description(address) is None:
            if address in self._gone:
                await self._forget_removed(link, address)
            return
        self._gone.discard(address)
        configs = self._messages.configs(address)
        if configs is not None:
            gone = set(self._held.of(address)) - set(configs) - {topics.state(address)}
            await forget(link, self._held, gone)
            for topic, payload in configs.items():
                await self._put(link, topic, payload)
        state, is_due = self._messages.state(address)
        again = await self._put(link, topics.state(address), state, anyway=is_due)
        self._messages.shown(address, again=again)

    async def _forget_removed(self, link: Connection, address: Address) -> None:
        """Take a device's entities back, and its state a moment later: nothing may read an empty one."""
        self._messages.removed(address)
        held, state = self._held.of(address), topics.state(address)
        entities = [topic for topic in held if topic != state]
        await forget(link, self._held, entities or held)
        if entities and state in held:
            self._later.add(address)
        else:
            self._gone.discard(address)

    async def _put(self, link: Connection, topic: str, payload: bytes, *, anyway: bool = False) -> bool:
        if not anyway and not self._held.is_new(topic, payload):
            return False
        await link.publish(topic, payload, retain=True)
        self._held.take(topic, payload)
        return True

    async def _take_unknown(self, link: Connection) -> None:
        """Take whoever has not described itself by now as gone; what is of no device is forgotten at once."""
        await forget(link, self._held, self._held.of(None))
        for address in self._held.addresses():
            if address is not None and self._shadows.description(address) is None:
                self._gone.add(address)
                self._changed.add(address)

    async def _listen(self, link: Connection) -> None:
        async for message in link:
            try:
                self._commands.take(self._site, message)
            except InvalidMessage as wrong:
                self.refused += 1
                self._on_refused(message, wrong)

    def _subject(self, address: Address) -> Subject | None:
        description = self._shadows.description(address)
        if description is None or not _is_shown(address, self._site):
            return None
        area = self._areas.get(description.location.area) if description.location else None
        named = dict(area) if area else {}
        title = named.get(self._settings.language) or named.get("zh-CN")
        return Subject(address, description, self._settings, title)

    def _lost(self, lost: LinkError, pause_s: float) -> None:
        logger.warning("no link to the broker for Home Assistant (%s); next try in %.1f s", lost, pause_s)


def _is_shown(address: Address, site: str) -> bool:
    return address.site == site and address.kind not in (DRIVER_KIND, HUB_KIND)


async def _say_goodbye(link: Connection, topic: str) -> None:
    """Say that the hub goes away on purpose: then the broker does not say it."""
    with contextlib.suppress(LinkError, TimeoutError):
        async with asyncio.timeout(GOODBYE_S):
            await link.publish(topic, AWAY, retain=True)
