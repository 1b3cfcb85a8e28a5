"""Every page and place, in both languages and at the sizes that people have: all words there, and whole."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, StorageState, ViewportSize, expect
from playwright.async_api import TimeoutError as PageTimedOut

from hemei.alarms.shipped import shipped
from hemei.private_files import write_private
from hub.access.roles import Role
from hub.notify.contact import Contact
from hub.referrals.settings import Grid, PoliceSettings
from simulators.ports import Ports
from simulators.telephone.device import PretendTelephone, TelephoneSettings
from tests.browser.chromium import DESKTOP, PHONE, WALL_4K, Screen, screen
from tests.browser.community import Community, community, link_of
from tests.browser.fits import faults
from tests.browser.handed import OF_POLICE, handed
from tests.browser.pages import SIGHTS, Sight, until_ready
from tests.plain_http import plain_client
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("lane-1"), pytest.mark.asyncio(loop_scope="package")]

WITHIN_MS = 60_000
REFUSED = "Failed to load resource: the server responded with a status of 4"
"""How Chromium itself begins to say that the hub refuses."""
LANGUAGES = ("zh-CN", "en")
UNITS = ("east", "west")


@dataclass
class Site:
    """A community in which something is wrong, and what of it can be opened."""

    script: Community
    known: dict[str, str]
    profiles: dict[Role | None, StorageState | None]


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> AsyncIterator[Site]:
    ships = shipped()
    settings = {"alarms": tuple(ships.definitions.values()), "order_kinds": ships.order_kinds}
    folder = tmp_path_factory.mktemp("pages")
    async with telephone() as letters, community(folder, **settings, **officers(folder, letters)) as script:
        door = script.keys("door")[0]
        await script.say(door, tamper=True)
        await script.say(script.keys("camera")[1], picture="covered")
        await script.lose(script.keys("gate")[1], "no answer")
        hub = script.hub
        await eventually(lambda: len(hub.room.board.open()) >= 3)
        profiles: dict[Role | None, StorageState | None] = {None: None}
        for role in (Role.WALL, Role.SUPERVISOR, Role.ADMIN):
            profiles[role] = await signed_in(browser, script, role)
        known = await what_there_is(script, door) | await handed_over(script, letters)
        yield Site(script, known, profiles)


@asynccontextmanager
async def telephone() -> AsyncIterator[PretendTelephone]:
    opened = PretendTelephone(TelephoneSettings(port=0, owners={unit: {"en": unit} for unit in UNITS}))
    await opened.serve(Ports())
    try:
        yield opened
    finally:
        await opened.close()


def officers(folder: Path, letters: PretendTelephone) -> dict[str, Any]:
    """Return the hub's settings about grid officers, whose letters go to a telephone."""
    contacts, grids = [], []
    for unit in UNITS:
        file = folder / f"{unit}.apprise"
        write_private(file, f"{letters.url.replace('http', 'json', 1)}/{unit}")
        contacts.append(Contact(id=unit, title={"en": unit}, url_file=str(file)))
        title = {"zh-CN": "和美路派出所 东片警格", "en": "Hemei Road Station, east grid"}
        grids.append(Grid(key=unit, title=title, areas=("*",), contact=unit))
    return {"contacts": tuple(contacts), "police": PoliceSettings(grid=tuple(grids))}


async def handed_over(script: Community, letters: PretendTelephone) -> dict[str, str]:
    async def texts() -> list[str]:
        told = letters.inspect()["messages"]
        return told if isinstance(told, list) else []

    hub = script.hub
    alarms = [each["id"] for each in (await hub.get("/api/v1/alarms")).json()["alarms"]]
    headers = hub.bearer(Role.SUPERVISOR)
    async with plain_client(base_url=hub.server.address, headers=headers) as office:
        return await handed(office, alarms, texts)


async def signed_in(browser: Browser, script: Community, role: Role) -> StorageState:
    async with screen(browser, base_url=script.hub.server.address) as opened:
        await opened.page.goto(await link_of(script, role))
        await opened.page.wait_for_url(re.compile("/(wall|console|desk|admin)$"))
        return await opened.page.context.storage_state()


async def what_there_is(script: Community, device: str) -> dict[str, str]:
    """Return what addresses name."""
    hub = script.hub
    case = (await hub.get("/api/v1/alarms")).json()["alarms"][0]["id"]
    office = {"headers": hub.bearer(Role.SUPERVISOR)}
    home = await hub.http.post(
        "/api/v1/register/households", json={"building": "3", "unit": "2", "number": "501"}, **office
    )
    link = await hub.http.post(f"/api/v1/register/households/{home.json()['id']}/link", **office)
    visit = link.json()["key"]
    known = {"case": case, "device": device, "plan": "site", "code": "unknown", "account": "unknown"}
    return known | {"visit": visit}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_every_page_is_whole(site: Site, browser: Browser, size: ViewportSize) -> None:
    """Words are neither cut off nor missing, nothing covers anything, and axe has no complaint."""
    found = []
    for role, sights in groupby(
        sorted((*SIGHTS, *OF_POLICE), key=lambda each: str(each.role)), lambda each: each.role
    ):
        address = site.script.hub.server.address
        async with screen(browser, base_url=address, signed_in=site.profiles[role], viewport=size) as opened:
            for sight in sights:
                found += await seen(opened, sight, site.known, axe=size is PHONE)
            opened.forgive(REFUSED)
            found += opened.complaints
            opened.complaints.clear()
    assert found == [], "\n".join(found)


async def test_the_wall_is_whole_where_it_hangs(site: Site, browser: Browser) -> None:
    """A wall of 3840 × 2160."""
    address, wall = site.script.hub.server.address, SIGHTS[0]
    async with screen(
        browser, base_url=address, signed_in=site.profiles[wall.role], viewport=WALL_4K
    ) as opened:
        assert await seen(opened, wall, site.known, axe=False) == []


async def seen(opened: Screen, sight: Sight, known: dict[str, str], *, axe: bool) -> list[str]:
    """Go there, look in both languages, and say what is wrong."""
    page = opened.page
    await go(page, sight.at(known))
    found = []
    for _ in LANGUAGES:
        try:
            await until_ready(page, sight, WITHIN_MS)
        except PageTimedOut:
            return [*found, f"{sight.name}: never shows {sight.ready}"]
        language = await page.locator("html").get_attribute("lang")
        wrong = await faults(page)
        if axe and language == LANGUAGES[0]:  # the same elements in the other
            wrong += await opened.violations()
        found += [f"{sight.name} {language}: {each}" for each in wrong]
        await page.locator(":is(button.language, button[lang])").first.click()
        await expect(page.locator("html")).not_to_have_attribute("lang", language or "")
    return found


async def go(page: Page, address: str) -> None:
    """Go to another place without loading its page anew where it is the same page."""
    path, _, place = address.partition("#")
    if place and urlsplit(page.url).path == path:
        await page.evaluate("(place) => location.assign(`#${place}`)", place)
    else:
        await page.goto(address)
