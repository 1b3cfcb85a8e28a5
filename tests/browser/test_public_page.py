"""The residents' public page and the monthly report as people get to see them: whole, and for everybody."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, expect

from hub.access.roles import Role
from hub.app import PAGES
from tests.browser.chromium import DESKTOP, PHONE, Screen, screen
from tests.browser.fits import faults
from tests.hub.api.house import House, house
from tests.hub.monthly.made import MONTH, SETTINGS, fill

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
GONE = "Failed to load resource: the server responded with a status of 410"


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("public"), built=PAGES, gate=False, **SETTINGS) as running:
        fill(running)
        yield running


async def wrong(opened: Screen) -> list[str]:
    """Say what is wrong with a page: as it stands, and by axe."""
    return [*await faults(opened.page), *await opened.violations(), *opened.complaints]


@SIZES
async def test_an_administrator_opens_the_public_page_and_shuts_it(
    hub: House, browser: Browser, size: ViewportSize
) -> None:
    async with screen(browser, base_url=hub.server.address, viewport=size) as office:
        page = office.page
        await page.goto(f"/signin?token={await hub.access.create_link(Role.ADMIN)}")
        await page.wait_for_url("**/admin")
        await page.goto("/admin?lang=zh-CN#/tokens")
        links = page.get_by_test_id("community")
        await expect(links).to_be_visible()
        await links.get_by_test_id("add-community").click()
        await links.locator("[data-field=name]").fill("3栋公告栏")
        await links.locator("button[type=submit]").click()
        address = await links.get_by_test_id("secret").input_value()
        await expect(links.get_by_role("img", name="二维码")).to_have_js_property("complete", value=True)
        assert await wrong(office) == []
        async with screen(browser, base_url=hub.server.address, viewport=size) as resident:
            await resident.page.goto(address)
            await is_whole(resident)
            row = links.get_by_role("row", name="3栋公告栏")
            await row.get_by_role("button").dblclick()  # one press arms it
            await expect(row).to_have_count(0)
            answer = await resident.page.reload()
            assert answer is not None
            assert answer.status == 410
            await expect(resident.page.get_by_role("heading").first).to_have_text("打不开这个页面")
            resident.forgive(GONE)
            assert await wrong(resident) == []


async def is_whole(resident: Screen) -> None:
    """Look at the totals in both languages, and at the month before."""
    page = resident.page
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(page.get_by_role("main")).to_contain_text("高空抛物（次）")
    assert await wrong(resident) == []
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("main")).to_contain_text("Falling objects")
    await page.get_by_role("link", name="Month before").click()
    await expect(page.get_by_role("link", name="Next month")).to_be_visible()
    assert await wrong(resident) == []
    await page.get_by_role("link", name="中文").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


@SIZES
async def test_the_monthly_report_is_whole(hub: House, browser: Browser, size: ViewportSize) -> None:
    async with screen(browser, base_url=hub.server.address, viewport=size) as opened:
        await opened.page.goto(f"/signin?token={await hub.access.create_link(Role.SUPERVISOR)}")
        await opened.page.wait_for_url("**/console")
        for language, title in (("zh-CN", "小区月度报告"), ("en", "Monthly report")):
            await opened.page.goto(f"/api/v1/reports/monthly/{MONTH}.html?language={language}")
            await expect(opened.page.get_by_role("heading").first).to_contain_text(title)
            assert await wrong(opened) == []
