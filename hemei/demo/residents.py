"""The demo's residents, a process of its own: `python -m hemei.demo.residents SITE_FILE SPEED`.

Now and then somebody comes home, plugs in, scans the code on the post with their phone, and has it charge;
later they come back and end it, find it full, or just pull the plug. They know no more than a resident does:
the plug, through the simulators' control socket, and the page behind the code, through HTTP.
"""

import asyncio
import contextlib
import itertools
import logging
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from hemei.control_socket import control_socket
from hemei.demo.parts import HOST
from hemei.demo.phone import Phone
from hemei.demo.wallets import VISITORS_CONNECTOR, read_wallets
from hemei.serving import serve
from hemei.site import Site, read_site
from simulators.control import ask
from simulators.errors import SimulatorError

log = logging.getLogger(__name__)

SEED: Final = 20
LOOK_EVERY_S: Final = 20.0
SETTLES_S: Final = 90.0
"""That somebody waits at the post for the receipt, at most."""
FIRST: Final = (
    "charger/garage-1",
    "charger/bike-a-3",
    "charger/garage-7",
    "charger/bike-b-6",
    "charger/garage-5",
)
"""Who comes home in the first seconds, so that there is something to see: one of each protocol."""
EARLY: Final = 0.2
"""How many pull the plug without a word."""
CAR_AGAIN_S: Final = 30.0
OVER: Final = ("settled", "cancelled")


class Habit(NamedTuple):
    """Of those with one kind of vehicle: how long a place is empty, how long they stay; averages in s."""

    empty_s: float
    stays_s: float


HABITS: Final = {"garage": Habit(600, 900), "bike": Habit(1200, 1200)}
"""By the first word of a connector's name."""


class Resident:
    """Those who use one connector, one after another. Time goes `speed` times as fast as on the clock."""

    def __init__(self, place: str, code: str, control: Path, phone: Phone, speed: float) -> None:
        self._place = place
        self._code = code
        self._control = control
        self._phone = phone
        self._speed = speed
        self._habit = HABITS[place.partition("/")[2].partition("-")[0]]
        self._chance = random.Random(f"{SEED}/{place}")  # noqa: S311 - a story, not a key

    async def live(self, accounts: Iterator[str]) -> None:
        """Come and go for ever."""
        await self._happens("unplug")  # if it was in when the residents last ended
        await self._wait(self._first_s())
        while True:
            await self._visit(next(accounts))
            await self._wait(self._chance.expovariate(1 / self._habit.empty_s))

    async def _visit(self, account: str) -> None:
        await self._happens("vehicle-arrives")
        await self._wait(self._chance.uniform(2, 6))  # out with the phone
        scan = await self._phone.scan(self._code)
        placed = await self._phone.order(self._code, account) if scan is not None else None
        log.info("%s: %s", self._place, f"order {placed.number}" if placed else "no charge")
        if placed is not None:
            await self._charge(placed.key)
        await self._wait(self._chance.uniform(2, 20))
        await self._happens("unplug")

    async def _charge(self, key: str) -> None:
        """Go away until it is full, or time to leave."""
        stays_s = self._chance.expovariate(1 / self._habit.stays_s) + LOOK_EVERY_S
        if await self._over_within(key, stays_s) or self._chance.random() < EARLY:
            return
        await self._phone.stop(key)
        await self._over_within(key, SETTLES_S)

    async def _over_within(self, key: str, seconds: float) -> bool:
        """Look now and then; whether the charge was over in time."""
        while seconds > 0:
            pause_s = min(LOOK_EVERY_S, seconds)
            await self._wait(pause_s)
            seconds -= pause_s
            order = await self._phone.look(key)
            if order is not None and order["state"] in OVER:
                return True
        return False

    def _first_s(self) -> float:
        if self._place in FIRST:
            return 1.0 + FIRST.index(self._place)
        return self._chance.expovariate(1 / self._habit.empty_s)

    async def _happens(self, what: str) -> None:
        await happens(self._control, self._place, what)

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


async def keep_a_car_at(place: str, control: Path) -> None:
    """Have somebody's car at a connector, for whoever tries the demo, also if that one was taken away."""
    while True:
        await happens(control, place, "vehicle-arrives")
        await asyncio.sleep(CAR_AGAIN_S)


async def happens(control: Path, place: str, what: str) -> None:
    """Let something happen at a connector."""
    with contextlib.suppress(OSError, SimulatorError):  # the simulators may be starting anew
        await ask(control, {"device": place, "happening": what})


async def run(site: Site, speed: float, stop: asyncio.Event) -> None:
    """Let all residents live until `stop`."""
    wallets = read_wallets(site.path("secrets/residents.json"))
    phone, control = Phone(HOST, site.tables.hub.http_port), control_socket(site)
    accounts = itertools.cycle(wallets.residents)
    lives = [asyncio.create_task(keep_a_car_at(VISITORS_CONNECTOR, control))]
    lives += [
        asyncio.create_task(Resident(place, code, control, phone, speed).live(accounts))
        for place, code in wallets.codes.items()
        if place != VISITORS_CONNECTOR
    ]
    ending = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([ending, *lives], return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
    finally:
        for each in (ending, *lives):
            each.cancel()
        await asyncio.gather(ending, *lives, return_exceptions=True)


if __name__ == "__main__":
    site_file, times_as_fast = sys.argv[1:]
    serve(lambda stop: run(read_site(Path(site_file)), float(times_as_fast), stop))
