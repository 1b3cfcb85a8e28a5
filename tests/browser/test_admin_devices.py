"""Commissioning and health in the administration: a script plays the devices, a wall paints their alarms."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, expect

from contract.messages import Availability, AvailabilityStatus
from hub.access.roles import Role
from hub.app import PAGES
from hub.health.forecast import HOUR_MS
from tests.broker import Mosquitto
from tests.browser.chromium import DESKTOP, PHONE, Screen, screen
from tests.browser.fits import SIDEWAYS, remaining
from tests.hub.api.house import House, clock, house
from tests.hub.commissioning.test_commissioning import BUTTON, CAMERA, COVERED, PANIC, press, stand
from tests.hub.health.test_health import GB, HOST, host, sample
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

BUILT: Final = Path(os.environ.get("HEMEI_PAGES", PAGES))


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("commissioning")
    async with (
        Mosquitto(folder / "mosquitto") as broker,
        house(folder, broker=broker.broker(), built=BUILT, alarms=(PANIC, COVERED)) as running,
    ):
        await eventually(lambda: running.core.online)
        stand(running, BUTTON, {"zh-CN": "3栋求助按钮", "en": "Call button, building 3"})
        stand(running, CAMERA, {"zh-CN": "东门摄像机", "en": "East gate camera"}, product="DS-2CD2T47G2")
        host(running)
        await running.room.commissioning.look()
        await eventually(lambda: running.room.health._measured_ms)
        yield running


@asynccontextmanager
async def admin(
    browser: Browser, hub: House, at: str, language: str = "zh-CN", viewport: ViewportSize = DESKTOP
) -> AsyncIterator[Screen]:
    """Open a place of the administration."""
    async with screen(browser, base_url=hub.server.address, viewport=viewport) as opened:
        await opened.page.goto(f"/signin?token={await hub.access.create_link(Role.SUPERVISOR)}")
        await opened.page.wait_for_url(lambda url: "/signin" not in url)
        await opened.page.goto(f"/admin?lang={language}#/{at}")
        yield opened


@asynccontextmanager
async def wall(browser: Browser, hub: House) -> AsyncIterator[Screen]:
    """Open the wall on a screen of its own."""
    async with screen(browser, base_url=hub.server.address) as opened:
        await opened.page.goto(f"/signin?token={await hub.access.create_link(Role.WALL)}")
        await opened.page.wait_for_url("**/wall")
        yield opened


async def test_a_device_is_tested_and_its_way_to_the_wall_proven(hub: House, browser: Browser) -> None:
    async with wall(browser, hub) as shown, admin(browser, hub, "devices") as opened:
        page = opened.page
        await expect(page.get_by_test_id("commissioning-says")).to_contain_text("3 台新设备等待上图")
        row = page.locator(f'tr[data-device="{BUTTON}"]')
        await expect(row).to_contain_text("从未证明")
        await row.get_by_role("link").click()
        await page.get_by_role("button", name="开始测试").click()
        await expect(page.get_by_test_id("countdown")).to_contain_text("剩余")
        # Guards are told, on the wall too; what comes then is marked, and shown in its full gravity.
        await expect(shown.page.get_by_test_id("test-banner")).to_contain_text("3栋求助按钮")
        assert await opened.violations() == []
        press(hub, 1)
        await expect(page.locator('[data-test-state="proven"]')).to_be_visible()
        await expect(page.get_by_test_id("standing")).to_have_text("已证明")
        await expect(page.get_by_test_id("proof")).to_contain_text("SHA-256")
        await expect(page.get_by_test_id("proof")).to_contain_text("最先显示在")
        await expect(shown.page.get_by_test_id("critical-banner").get_by_test_id("test-mark")).to_be_visible()
        await expect(shown.page.get_by_test_id("test-banner")).to_have_count(0)
        assert await opened.violations() == []


async def test_the_list_reads_on_a_phone_and_in_english(hub: House, browser: Browser) -> None:
    async with admin(browser, hub, "devices", "en", PHONE) as opened:
        page = opened.page
        await expect(page.get_by_role("link", name="Acceptance record")).to_be_visible()
        await expect(page.locator(f'tr[data-device="{CAMERA}"]')).to_contain_text("Never proven")
        await page.get_by_role("button", name="Never proven").click()
        await expect(page.locator("tr[data-standing]")).to_have_count(1)
        assert await remaining(page, SIDEWAYS) == []
        assert await opened.violations() == []


async def test_health_shows_a_stopped_host_and_a_disk_that_fills_first(hub: House, browser: Browser) -> None:
    shadow = hub.core.shadows.of(HOST)
    lost = Availability(status=AvailabilityStatus.LOST, ts=clock.now())
    hub.core.shadows.available(shadow, lost)
    now_ms = clock.now_ms()
    with hub.core.engine.begin() as ledger:
        for hours in range(48, 0, -1):
            hub.room.health._store.add(ledger, sample(now_ms - hours * HOUR_MS, 4 * GB + hours * GB // 24))
        hub.room.health._store.add(ledger, sample(now_ms, 4 * GB))
    for language, viewport, stopped in (
        ("zh-CN", DESKTOP, "驱动主机停了"),
        ("en", PHONE, "The host has stopped"),
    ):
        async with admin(browser, hub, "health", language, viewport) as opened:
            page = opened.page
            problems = page.get_by_test_id("problems")
            await expect(problems.locator('[data-part="east"]')).to_contain_text(stopped)
            await expect(problems.locator('[data-part="disk"][data-state="fault"]')).to_be_visible()
            folded = page.locator("details[data-group='link']")
            await expect(folded).not_to_have_attribute("open", "")
            await folded.locator("summary").click()
            await expect(folded.locator('[data-part="broker"][data-state="normal"]')).to_be_visible()
            assert await remaining(page, SIDEWAYS) == []
            assert await opened.violations() == []
