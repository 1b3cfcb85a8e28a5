"""A view library among the pretend hardware of a site: broken and repaired by name, as devices are."""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from simulators.errors import UnknownName, WireUnavailable
from simulators.families import Truth
from simulators.ports import Ports
from simulators.viid.faults import Faults
from simulators.viid.library import Library
from simulators.viid.subscribing import Subscribing, Wishes

log = logging.getLogger(__name__)

NAME: Final = "police/library"
"""As faults, stories and the control socket name it."""

MOST: Final = 1_000
"""Objects and requests that it remembers: it may stand for weeks."""


class LibrarySettings(Struct, frozen=True, kw_only=True):
    """Its own id, where it listens on the loopback, and whom it lets in with which password.

    `wishes`: what it subscribes to at the site; None: nothing.
    """

    id: str
    port: int
    account: str
    password: str
    wishes: Wishes | None = None


def _busy(faults: Faults) -> None:
    faults.busy = sys.maxsize


def _refuse(faults: Faults) -> None:
    faults.refusing = sys.maxsize


def _refuse_one(faults: Faults) -> None:
    faults.refusing = 1


def _forget(faults: Faults) -> None:
    faults.forgetting = 1


def _down(_faults: Faults) -> None:
    """Nothing of it answers."""


def _none(_faults: Faults) -> None:
    """All is well."""


FAULTS: Final[dict[str, Callable[[Faults], None]]] = {
    "none": _none,
    "down": _down,
    "busy": _busy,
    "refuse": _refuse,
    "refuse-one": _refuse_one,
    "forget-sessions": _forget,
}


class PretendLibrary:
    """One library. One thing is wrong with it at a time; what was kept stays while it is down."""

    def __init__(self, settings: LibrarySettings) -> None:
        accounts = {settings.account: settings.password}
        self.library = Library(settings.id, accounts, port=settings.port, most=MOST)
        self._fault = "none"
        said = settings.wishes
        self._subscribing = said and Subscribing(said, settings.id, f"http://127.0.0.1:{settings.port}")

    @property
    def faults(self) -> Iterable[str]:
        """What can be wrong with it."""
        return FAULTS

    @property
    def happenings(self) -> Iterable[str]:
        """Nothing happens to a library."""
        return ()

    async def serve(self, ports: Ports) -> str:
        """Listen, unless it is down."""
        ports.of(Libraries).all.append(self)
        if self._fault != "down":
            await self.library.up()
        return self.library.url

    async def close(self) -> None:
        """Stop listening and subscribing."""
        if self._subscribing:
            await self._subscribing.close()
        await self.library.down()

    async def tend(self) -> None:
        """Stand as it should by now: open, or down; and subscribe, once the site is there."""
        if self._subscribing and self.library.registered:
            self._subscribing.tend()
        if self._fault == "down" and self.library.is_up:
            await self.library.down()
            log.info("%s is down", NAME)
        if self._fault != "down" and not self.library.is_up:
            with contextlib.suppress(WireUnavailable):
                await self.library.up()
                log.info("%s is back", NAME)

    def step(self, dt_s: float) -> None:
        """Nothing moves in it."""

    def fault(self, name: str) -> None:
        """Break it; `none` repairs everything. To go down and to come back takes a second."""
        if name not in FAULTS:
            raise UnknownName("fault", name, FAULTS)
        self._fault = name
        self.library.faults = Faults()
        FAULTS[name](self.library.faults)

    def happen(self, name: str) -> None:
        """Nothing happens to a library."""
        raise UnknownName("happening", name, ())

    def inspect(self) -> Truth:
        """Tell what it has; no plate is told."""
        shelves = self.library.shelves
        return {
            "url": self.library.url,
            "registered": sorted(self.library.registered),
            "objects": len(shelves.objects),
            "devices_listed": len(shelves.devices.listed),
            "devices_heard": sum(each == "1" for each in shelves.devices.online.values()),
            "brought_twice": sum(times > 1 for times in shelves.times.values()),
            "faults": [] if self._fault == "none" else [self._fault],
        }


class Libraries:
    """The libraries of one process: those that went down come back."""

    def __init__(self) -> None:
        self.all: list[PretendLibrary] = []

    async def close(self) -> None:
        """Each closes for itself."""

    async def tend(self) -> None:
        """Look after all of them."""
        for each in self.all:
            await each.tend()
