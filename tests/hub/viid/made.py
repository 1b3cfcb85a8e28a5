"""What tests of the feed are made of: a gatehouse's passes, a pretend library, a feed between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from hub.viid.desk import FeedDesk
from hub.viid.profile import Profile, shipped
from hub.viid.service import Feed, FeedSite
from hub.viid.settings import Allowed, FeedDevice, ViidSettings
from simulators.viid.library import Library
from tests.hub.passes.made import Gatehouse
from tests.pictures import jpeg
from tests.waiting import PATIENCE_S, eventually, eventually_told

US: Final = "33029900005030000001"
THEM: Final = "33029900005030000002"
EAST: Final = "33029900001210000007"
WEST: Final = "33029900001210000008"
LOBBY_ID: Final = "33029900001250000003"
PASSWORD: Final = "a word of the test"
LAWFUL: Final = Allowed(enabled=True, basis="《…条例》第…条", document="甬公通 2026-17", pictures=1)
DEVICES: Final = (
    FeedDevice(device="gate/east-in", id=EAST, lane=1, longitude=121.5, latitude=29.8, place="东门"),
    FeedDevice(device="gate/east-out", id=WEST),
    FeedDevice(device="door/b3-lobby", id=LOBBY_ID),
)


def settings(url: str, folder: Path, **fields: Any) -> ViidSettings:
    """Return what a site file says that feeds motor vehicles."""
    secret = folder / "viid.password"
    secret.write_text(f"{fields.pop('password', PASSWORD)}\n")
    said = {
        "enabled": True,
        "url": url,
        "id": US,
        "password_file": str(secret),
        "settle_s": 0,
        "keepalive_s": 1,
        "motor_vehicles": LAWFUL,
        "device": DEVICES,
    }
    return ViidSettings(**said | fields)


class Desk:
    """A running feed over a gatehouse's record; waiting moves the clock."""

    def __init__(self, house: Gatehouse, said: ViidSettings, folder: Path, profile: Profile) -> None:
        self.house, self.folder = house, folder
        self.pauses: list[float] = []
        self.standing = {each.device: "online" for each in said.device}
        self.titled = {"gate/east-in": "东门入口"}
        site = FeedSite(
            tenant=house.at.tenant,
            settings=said,
            profile=profile,
            media=self.media,
            titles=lambda: dict(self.titled),
            standing=lambda: dict(self.standing),
        )
        self.feed = Feed(house.ledger, house.clock, site, sleep=self._pause)
        self.desk = FeedDesk(self.feed, house.ledger, house.clock, house.at.tenant)

    def media(self, named: str) -> Path | None:
        """Return where a picture is."""
        file = self.folder / named
        return file if file.is_file() else None

    async def drive(self, *plates: str, **data: Any) -> None:
        """Have vehicles go in, and the feed hear of it."""
        for plate in plates:
            self.house.goes(plate, **data)
        await self.house.look()
        self.feed.wake()

    async def begun(self) -> None:
        """Wait until the feed begins at the ledger's end."""
        await eventually(lambda: self.feed.begun)

    async def online(self) -> None:
        """Wait for a session."""
        await eventually(lambda: self.feed.online)

    async def settled(self, sent: int, aside: int = 0) -> None:
        """Wait until so much was confirmed and set aside, and nothing waits."""
        await eventually_told(
            self.desk.view,
            lambda shown: (shown.sent, shown.set_aside, shown.waiting) == (sent, aside, 0),
            PATIENCE_S,
            0.05,
        )

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.house.clock.advance(seconds)
        await asyncio.sleep(0.01)


@asynccontextmanager
async def feeding(
    house: Gatehouse, said: ViidSettings, folder: Path, *, profile: str = "national"
) -> AsyncIterator[Desk]:
    """Run a feed as one run of a hub does."""
    desk = Desk(house, replace(said, profile=profile), folder, shipped(profile))
    running = asyncio.create_task(desk.feed.run())
    try:
        await desk.begun()
        yield desk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def library_up(**faults: Any) -> AsyncIterator[Library]:
    """Run a pretend library that knows us."""
    library = Library(THEM, {US: PASSWORD})
    for name, value in faults.items():
        setattr(library.faults, name, value)
    await library.up()
    try:
        yield library
    finally:
        await library.down()


def vehicles(library: Library) -> list[dict[str, Any]]:
    """Return the motor vehicles that a library has, as they came."""
    return [each for each in library.shelves.objects.values() if "MotorVehicleID" in each]


def plates(library: Library) -> list[str]:
    """Return their plates."""
    return [each["PlateNo"] for each in vehicles(library)]


def picture(folder: Path, width: int = 640, height: int = 360, *, noise: bool = False) -> str:
    """Write a JPEG; return its SHA-256."""
    made = jpeg(width, height, quality=98, noise=noise)
    named = sha256(made).hexdigest()
    (folder / named).write_bytes(made)
    return named
