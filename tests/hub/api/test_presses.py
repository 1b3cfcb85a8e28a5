"""What was pressed while the hub could not be reached, and comes later: once, in time, from nobody else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import pytest
import pytest_asyncio

from hub.access.roles import Role
from tests.hub.alarms.made import definition, raised
from tests.hub.api.house import House, house

pytestmark = pytest.mark.asyncio(loop_scope="module")

REQUEST = "0f8fad5b-d9cb-469f-a165-70867728950e"
PRESSED = "2026-11-30T03:12:04.000Z"
PRESSED_MS = 1_796_008_324_000
FILES = ("console-worker.js", "console.webmanifest")

numbers = count(1)


@dataclass
class Case:
    """One alarm of its own in a hub that many share."""

    hub: House
    id: str

    async def read(self) -> dict[str, Any]:
        """Return it as it is."""
        case: dict[str, Any] = (await self.hub.get(f"/api/v1/alarms/{self.id}")).json()
        return case

    async def press(self, deed: str, version: int, role: Role = Role.GUARD, **body: Any) -> httpx.Response:
        """Do something to it."""
        path = f"/api/v1/alarms/{self.id}/{deed}"
        return await self.hub.http.post(path, headers=self.hub.bearer(role), json={"version": version} | body)

    async def entries(self, kind: str) -> list[dict[str, Any]]:
        """Return what its timeline says of that kind."""
        return [each for each in (await self.read())["timeline"] if each["kind"] == kind]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("presses")
    built = folder / "built"
    built.mkdir()
    for file in FILES:
        (built / file).write_text("{}")
    async with house(folder, built=built) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def case(hub: House) -> Case:
    of = definition(f"gate-faulted-{next(numbers)}")
    await hub.room.desk.take([raised(of)], None)
    return Case(hub, next(each.id for each in hub.room.desk.standing().values() if each.key == of.key))


@pytest.mark.parametrize(
    ("deed", "kind", "said"),
    [("acknowledge", "acknowledged", {}), ("comment", "commented", {"text": "两人在场"})],
)
async def test_a_press_that_is_sent_again_is_done_once(
    case: Case, deed: str, kind: str, said: dict[str, Any]
) -> None:
    version = (await case.read())["version"]
    late = {"request": REQUEST, "pressed": PRESSED} | said
    first, again = await case.press(deed, version, **late), await case.press(deed, version, **late)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    [entry] = await case.entries(kind)
    assert entry["data"]["request"] == REQUEST
    assert entry["data"]["pressed_ms"] == PRESSED_MS, "when it was pressed"
    assert entry["ts"] != PRESSED, "when it arrived"


async def test_the_same_name_from_somebody_else_is_another_press(case: Case) -> None:
    version = (await case.read())["version"]
    await case.press("comment", version, request=REQUEST, text="one")
    other = await case.press("comment", version + 1, Role.SUPERVISOR, request=REQUEST, text="two")
    assert other.is_success
    assert len(await case.entries("commented")) == 2


async def test_nobody_sends_what_somebody_else_pressed(case: Case) -> None:
    version = (await case.read())["version"]
    refused = await case.press("acknowledge", version, request=REQUEST, by="user:li.wei")
    assert (refused.status_code, refused.json()["code"]) == (409, "another-person")
    assert (await case.read())["state"] == "unacknowledged"
    assert (await case.press("acknowledge", version, request=REQUEST, by="token:guard")).is_success


async def test_what_moved_on_meanwhile_is_told_and_nothing_is_done(case: Case) -> None:
    version = (await case.read())["version"]
    await case.press("acknowledge", version, Role.SUPERVISOR)
    late = await case.press("acknowledge", version, request=REQUEST, pressed=PRESSED)
    assert (late.status_code, late.json()["code"]) == (409, "stale-version")
    assert late.json()["alarm"]["acknowledged_by"] == "token:supervisor"


@pytest.mark.parametrize("name", ["x", REQUEST.upper(), REQUEST + "%", '"%'])
async def test_a_press_has_the_name_of_a_press(case: Case, name: str) -> None:
    assert (await case.press("acknowledge", 1, request=name)).status_code == 422


@pytest.mark.parametrize("file", FILES)
async def test_the_console_can_be_installed_by_anybody(hub: House, file: str) -> None:
    answer = await hub.http.get(f"/{file}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache", "an update is seen at once"
    assert "worker-src 'self'" in answer.headers["content-security-policy"]
