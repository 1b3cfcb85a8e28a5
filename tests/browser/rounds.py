"""A gate, a door and two connectors as the hub hears them: a script in place of drivers, on a real broker.

Data sheets are those that ship; hub, broker, store of history, money and pages are real.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from math import sin
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, ViewportSize

from contract.clock import epoch_ms
from contract.codec import decode, encode
from contract.errors import InvalidMessage
from contract.messages import Action, ActionStatus, Problem, Result
from contract.mqtt import Connection
from contract.passes import ACCESS_GRANTED
from contract.topics import Address, Channel, everything
from contract.topics import parse as parse_topic
from drivers.door.model import DOOR
from drivers.gate.model import GATE
from hub.access.roles import Role
from hub.app import PAGES
from hub.history.store import Sample, SeriesKey
from tests.broker import Mosquitto
from tests.browser.chromium import DESKTOP, Screen, screen
from tests.browser.entrance import AREAS, EAST_IN, EVERY_S, LOBBY, TITLE, WELL, Entrance, clock
from tests.hub.api.connectors import BIKE, CAR, Connector
from tests.hub.api.house import House, house
from tests.hub.api.residents import PREPAID
from tests.waiting import eventually

BUILT: Final = Path(os.environ.get("HEMEI_PAGES", PAGES))
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
SHUT: Final = {"state": "closed", "mode": "normal", "locked": True, "contact-open": False, "fire": False}
BESIDE: Final = {"garage": {"zh-CN": "地下车库", "en": "Garage"}}


@dataclass
class Rounds(Entrance):
    """What a guard looks after. `refusing`: what to answer instead of acting, by action."""

    connectors: dict[Address, Connector] = field(default_factory=dict)
    refusing: dict[str, Problem] = field(default_factory=dict)
    mute: bool = False
    """Whether nobody takes what is asked."""

    async def live(self) -> None:
        """Say again and again what there is to say."""
        while True:
            for address in tuple(self.states):
                await self.say(address)
            for connector in self.connectors.values():
                await connector.show()
            await asyncio.sleep(EVERY_S)

    async def obey(self) -> None:
        """Do what is asked, or say why not."""
        async for message in self.link:
            with suppress(InvalidMessage):
                address = parse_topic(message.topic).address
                action = decode(Action, message.payload)
                if address in self.connectors:
                    await self.connectors[address].obey(action)
                elif not self.mute:
                    await self._do(address, action)

    async def _do(self, address: Address, action: Action) -> None:
        self.asked.append(action)
        problem = self.refusing.get(action.action)
        if problem is None and action.action == "open":
            await self.say(address, state="open", position=100)
        if problem is None and action.action == "unlock":
            await self.say(address, state="unlocked", locked=False)
        status = ActionStatus.SUCCEEDED if problem is None else ActionStatus.REFUSED
        result = Result(id=action.id, status=status, ts=clock.now(), error=problem)
        await self.link.publish(address.topic(Channel.RESULT), encode(result))

    def remember(self) -> None:
        """Put a day of temperatures, 12 to 28 °C, into the store of history."""
        now_ms = epoch_ms(clock.now())
        series = SeriesKey("default", CAR, "temperature")
        steps = range(0, DAY_MS, 300_000)
        self.hub.core.history.write(
            [Sample(series, now_ms - DAY_MS + at, round(20 + 8 * sin(at / HOUR_MS / 4), 1)) for at in steps]
        )


@asynccontextmanager
async def rounds(folder: Path) -> AsyncIterator[Rounds]:
    """Run it, all well; somebody has just come in by the lobby."""
    async with (
        Mosquitto(folder / "broker") as broker,
        house(
            folder,
            broker=broker.broker(),
            built=BUILT,
            gate=False,
            title=TITLE,
            areas=AREAS | BESIDE,
            charging=PREPAID,
        ) as hub,
        Connection(broker.broker(), "script") as link,
    ):
        script = Rounds(hub, link, broker, connectors={each: Connector(link, each) for each in (CAR, BIKE)})
        await link.subscribe([everything(Channel.ACTION)])
        await script.appear(EAST_IN, GATE, {name: WELL[name] for name in ("state", "position", "fault")})
        await script.appear(LOBBY, DOOR, SHUT | {"credentials": 12})
        for connector in script.connectors.values():
            await connector.appear()
            await connector.show(temperature=21.5)
        await script.tell(LOBBY, ACCESS_GRANTED, means="card", direction="in")
        script.remember()
        working = [asyncio.create_task(work) for work in (script.live(), script.obey())]
        try:
            await eventually(lambda: len(list(hub.core.shadows.addresses())) == 4)
            yield script
        finally:
            for work in working:
                work.cancel()
            await asyncio.gather(*working, return_exceptions=True)


@asynccontextmanager
async def desk(
    browser: Browser, hub: House, role: Role, address: str, viewport: ViewportSize = DESKTOP
) -> AsyncIterator[Screen]:
    """Open a page as somebody with `role` who has signed in before."""
    async with screen(browser, base_url=hub.server.address, viewport=viewport) as opened:
        name, _, value = (await hub.cookie(role))["Cookie"].partition("=")
        await opened.page.context.add_cookies([{"name": name, "value": value, "url": hub.server.address}])
        await opened.page.goto(address)
        yield opened
