"""Figures and camera pictures on the wall, of a real hub: only as live as they are, and gently asked for."""

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import Browser, Locator, Page, Request, ViewportSize, expect

from contract.clock import epoch_ms
from contract.messages import Event
from contract.passes import GATE_PASSED
from contract.topics import Address, address
from hemei.alarms.shipped import shipped
from hemei.demo.community import Choice, devices
from hub.access.roles import Role
from hub.app import PAGES
from hub.history.store import Sample, SeriesKey
from hub.ledger.commit import Arrival
from tests.browser.chromium import DESKTOP, Screen, screen
from tests.browser.community import Community, clock, community, frame, link_of
from tests.hub.alarms.made import raised
from tests.hub.api.house import house
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("lane-1"), pytest.mark.asyncio(loop_scope="package")]

GATE: Final = Address("hemei", "gate", "east-in")
LOW: Final = ViewportSize(width=390, height=480)
"""Of a telephone on its side's length: cameras are below what is seen of the page."""

HOUR: Final = "[data-figure=passes] tbody tr:nth-child({}) td"


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Community]:
    """Give the community on a day with passes, charges and water."""
    async with community(tmp_path_factory.mktemp("figures")) as running:
        now = clock.now()
        await passed(running, *[now] * 3, *[now - timedelta(days=7)] * 2)
        lawn, *others = running.keys("sprinkler")
        series = SeriesKey("default", address(lawn), "water-total")
        running.hub.core.history.write([Sample(series, epoch_ms(now - timedelta(hours=30)), 1000.0)])
        await running.say(lawn, water_total=1250.0)
        for zone in others:
            await running.say(zone, water_total=80.0)
        for post in running.keys("charger")[:2]:
            await running.say(post, state="charging", plugged=True, power=3500.0, energy=6000)
        doors = running.keys("door")
        await running.say(doors[0], state="forced", contact_open=True)
        await running.say(doors[1], state="open", mode="fire", locked=False)
        await running.say(running.keys("camera")[0], picture="covered")
        yield running


async def passed(site: Community, *times: datetime) -> None:
    """Have vehicles have passed the gate at these times."""
    arrivals = []
    for number, at in enumerate(times):
        data = {"plate": f"浙B{number:05}", "direction": "in", "category": "resident"}
        event = Event(
            specversion="1.0", id=str(number), source=str(GATE), type=GATE_PASSED, time=at, data=data
        )
        payload = msgspec.json.encode(event)
        arrivals.append(
            Arrival(address=GATE, tenant="default", event=event, payload=payload, received_ms=epoch_ms(at))
        )
    site.hub.room.committed(site.hub.core.committer.writer.commit(arrivals).entries)
    await site.hub.room.passes.look()


@asynccontextmanager
async def wall(browser: Browser, site: Community, viewport: ViewportSize = DESKTOP) -> AsyncIterator[Screen]:
    """Open the wall as its screen does."""
    async with screen(browser, base_url=site.hub.server.address, viewport=viewport) as opened:
        await opened.page.goto(await link_of(site, Role.WALL))
        await opened.page.wait_for_url("**/wall*")
        yield opened


def figure(page: Page, name: str) -> Locator:
    """Return a figure."""
    return page.locator(f"[data-figure={name}]")


def count(page: Page, name: str, key: str) -> Locator:
    """Return one count of a figure."""
    return figure(page, name).locator(f"[data-count={key}]")


async def test_figures_are_those_of_the_site_until_the_hub_is_gone(site: Community, browser: Browser) -> None:
    async with wall(browser, site) as opened:
        page = opened.page
        await expect(count(page, "doors", "forced")).to_have_text("非法开门 1")
        await expect(count(page, "doors", "released")).to_have_text("消防释放 1")
        await expect(count(page, "doors", "forced")).to_have_attribute("data-tone", "alarm")
        await expect(count(page, "chargers", "in-use")).to_have_text("2 / 28")
        await expect(count(page, "chargers", "power")).to_have_text("7.0 kW")
        await expect(count(page, "chargers", "energy")).to_have_text("今日 12 kWh")
        await expect(figure(page, "water")).to_contain_text("250 L")
        await expect(count(page, "ready", "not-ready")).to_have_text("0 / 85")
        hour = int(await page.evaluate("new Date().getHours()")) + 1
        await expect(page.locator(HOUR.format(hour))).to_have_text(["3", "2"])
        await expect(figure(page, "passes").get_by_role("img").locator("svg")).to_have_count(1)
        await expect(page.locator("[data-figure][data-live=false]")).to_have_count(0)
        assert await opened.violations() == []

        await page.context.set_offline(True)
        await expect(page.locator("[data-figure][data-live=true]")).to_have_count(0)
        await expect(figure(page, "water")).to_contain_text("不是实时")
        await expect(count(page, "chargers", "in-use")).to_have_text("2 / 28")
        await expect(page.locator("[data-camera][data-fresh=true]")).to_have_count(0)
        assert await opened.violations() == []
        await page.context.set_offline(False)
        await expect(page.locator("[data-figure][data-live=false]")).to_have_count(0)
        opened.forgive("Failed to load resource: net::ERR_", "WebSocket connection to ")


async def test_what_cannot_be_had_says_so(site: Community, browser: Browser) -> None:
    async with wall(browser, site) as opened:
        page = opened.page
        await page.route(re.compile(r"/figures/wall$|/picture$"), lambda route: route.abort())
        asked = pictures_asked(page)
        await page.reload()
        await expect(figure(page, "water")).to_contain_text("暂无数据")
        await expect(figure(page, "water")).to_have_attribute("data-live", "false")
        await expect(figure(page, "passes")).to_contain_text("每小时数据读取失败")
        await expect(figure(page, "doors")).to_have_attribute("data-live", "true")
        await eventually(lambda: len(asked) >= 3)
        assert len(set(asked)) == len(asked), "one that gives no picture is left alone"
        await expect(page.locator("[data-camera][data-fresh=true]")).to_have_count(0)
        opened.forgive("Failed to load resource: net::ERR_")


async def test_only_cameras_that_are_seen_are_asked(site: Community, browser: Browser) -> None:
    async with wall(browser, site, LOW) as opened:
        page = opened.page
        asked = pictures_asked(page)
        await page.reload()
        await expect(figure(page, "water")).to_have_attribute("data-live", "true")
        assert asked == []
        await page.get_by_test_id("cameras").scroll_into_view_if_needed()
        covered = page.locator(f"[data-camera='{site.keys('camera')[0]}']")
        await expect(covered).to_have_attribute("data-fresh", "true")
        await expect(covered.get_by_test_id("picture-state")).to_have_text("镜头被遮挡")
        await expect(page.locator("[data-camera]")).to_have_count(4)
        assert "link:wall" in [action.issuer for _, action in site.asked if action.action == "preview"]
        assert len(set(asked)) == len(asked) < len(site.keys("camera"))
        assert await opened.violations() == []
        await covered.click()
        await expect(page.get_by_role("dialog").get_by_role("button", name="看实时画面")).to_be_visible()


def pictures_asked(page: Page) -> list[str]:
    """Return the paths of pictures of cameras that the page asks for, as it does."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/picture"):
            asked.append(request.url)

    page.on("request", note)
    return asked


async def test_the_path_of_what_fell_is_shown(site: Community, browser: Browser) -> None:
    async with wall(browser, site) as opened:
        await expect(opened.page.get_by_test_id("cameras")).to_be_visible()
        await thrown(site)
        card = opened.page.get_by_test_id("fallen")
        await expect(card).to_contain_text("高空抛物")
        await expect(card.get_by_role("img")).to_have_js_property("naturalWidth", 160)
        assert await opened.violations() == []
        assert await opened.page.evaluate("document.documentElement.scrollHeight") <= DESKTOP["height"]
        await card.click()
        await expect(opened.page.get_by_role("dialog")).to_be_visible()


async def thrown(site: Community) -> None:
    """Have something fall, seen by a camera, with a picture of its path."""
    jpeg = frame(1)
    sha256 = hashlib.sha256(jpeg).hexdigest()
    site.hub.core.media.save(sha256, jpeg)
    definition = replace(shipped().definitions["falling-object"], order=None)
    camera = address(site.keys("camera")[2])
    fell = raised(definition, epoch_ms(clock.now()), data={"source": "camera", "media": [sha256]})
    await site.hub.room.desk.take([replace(fell, address=camera)], None)


async def test_a_wall_of_cards_has_pictures_and_names_only_what_is_not_well(
    tmp_path: Path, browser: Browser
) -> None:
    few = [*devices(Choice(kinds=("gate",)))[:4], *devices(Choice(kinds=("camera",)))[:3]]
    async with community(tmp_path, few) as site, wall(browser, site) as opened:
        page = opened.page
        await expect(page.locator("[data-camera][data-fresh=true]")).to_have_count(3)
        await expect(page.locator("main .card[data-device]")).to_have_count(len(few))
        await expect(page.get_by_test_id("hosts-well")).to_contain_text("全部就绪")
        site.hub.live.boards.set_processes(
            [{"name": "hub", "restarts": 0}, {"name": "broker", "state": "stopped"}]
        )
        await expect(page.locator("[data-process]")).to_have_attribute("data-process", "broker")
        await expect(page.get_by_test_id("hosts-well")).to_contain_text("其余")
        await thrown(site)
        await expect(page.get_by_test_id("fallen").get_by_role("img")).to_have_js_property(
            "naturalWidth", 160
        )
        assert await opened.violations() == []


async def test_a_wall_without_devices_does_not_say_that_all_are_ready(
    tmp_path: Path, browser: Browser
) -> None:
    async with (
        house(tmp_path, built=PAGES, gate=False) as hub,
        screen(browser, base_url=hub.server.address) as opened,
    ):
        for role in (Role.WALL, Role.ADMIN):
            link = await hub.access.create_link(role)
            await opened.page.goto(f"/signin?token={link}")
            await opened.page.wait_for_url(re.compile("/(wall|admin)$"))
            await opened.page.goto("/wall")
            await expect(figure(opened.page, "ready")).to_contain_text("还没有设备")
            await expect(figure(opened.page, "ready")).not_to_contain_text("0")
            notice = opened.page.get_by_test_id("empty")
            await expect(notice).to_be_visible()
            await expect(notice.get_by_role("link")).to_have_count(int(role is Role.ADMIN))
            assert await opened.violations() == []
