"""The feed's login against another author's: Apache with mod_auth_digest before the pretend library."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hub.viid.settings import ViidSettings
from simulators.viid.library import Library
from tests.drivers.isapi.apache import US as ACCOUNT
from tests.drivers.isapi.apache import Apache
from tests.hub.passes.made import Gatehouse
from tests.hub.viid.made import US, feeding, library_up, plates, settings
from tests.waiting import eventually

LOGINS = "^/VIID/System/(Un)?Register$"


@asynccontextmanager
async def behind_apache(**faults: Any) -> AsyncIterator[tuple[Library, Apache]]:
    """Run a library that leaves the login to Apache."""
    async with library_up(open_door=True, **faults) as library, Apache(library.url, guarded=LOGINS) as apache:
        yield library, apache


def known(url: str, folder: Path, password: str = ACCOUNT.password) -> ViidSettings:
    return settings(url, folder, username=ACCOUNT.user, password=password)


async def test_register_feed_and_take_leave(house: Gatehouse, tmp_path: Path) -> None:
    async with behind_apache(forgetting=6) as (library, apache):
        async with feeding(house, known(apache.url, tmp_path), tmp_path) as desk:
            for number in range(12):
                await desk.drive(f"浙B{number:05}")
                await desk.settled(number + 1)
            assert desk.feed.session.registrations == 2, "a 401 in the middle"
            assert "password mismatch" not in apache.log
            assert library.registered == {US}
        assert library.registered == set()
    assert plates(library) == [f"浙B{number:05}" for number in range(12)]


async def test_a_wrong_password(house: Gatehouse, tmp_path: Path) -> None:
    async with (
        behind_apache() as (library, apache),
        feeding(house, known(apache.url, tmp_path, "wrong"), tmp_path) as desk,
    ):
        await eventually(lambda: desk.pauses)
        assert desk.feed.failing == "the library refuses id or password (401)"
        await eventually(lambda: "password mismatch" in apache.log)
        (tmp_path / "viid.password").write_text(f"{ACCOUNT.password}\n")
        await desk.online()
    assert library.asked[0].path == "/VIID/System/Register"
