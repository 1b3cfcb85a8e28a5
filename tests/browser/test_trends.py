"""Trends before a real hub: chosen, zoomed, compared, taken away; an address that can be shared."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from hub.access.roles import Role
from hub.app import PAGES
from tests.browser.test_console import signed_in
from tests.hub.alarms.made import definition, raised
from tests.hub.api.house import House, house
from tests.hub.questions.test_trend import BEGIN, END, MINUTE_MS, POSITION, STATE, fill

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]


def place(of: str) -> str:
    """Return the address of a property's two hours."""
    return f"/console#/trends/of%3D{of.replace('/', '%252F')}%26from%3D{BEGIN}%26to%3D{END}"


PLACE = place(POSITION)


@pytest_asyncio.fixture(loop_scope="package")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Give a hub with two hours of a gate and an alarm of it."""
    async with house(tmp_path_factory.mktemp("trends"), built=PAGES, alarms=(definition(),)) as running:
        fill(running, BEGIN)
        running.move(40)
        await running.room.desk.take([raised(definition(), at_ms=BEGIN + 5 * MINUTE_MS)], None)
        yield running


async def test_a_trend_is_chosen_zoomed_compared_and_taken_away(hub: House, browser: Browser) -> None:
    async with signed_in(browser, hub, Role.SUPERVISOR, "/console#/trends") as opened:
        page = opened.page
        await page.get_by_test_id("find-property").fill("east position")
        await page.locator(f"[data-offer='{POSITION}']").click()
        shown = page.get_by_test_id("charts")
        await expect(page.get_by_test_id("trend-panel").locator("svg")).to_have_count(1)
        await expect(page.get_by_test_id("silent")).to_be_visible()
        await expect(page.get_by_test_id("marks").get_by_role("link")).to_have_attribute(
            "href", re.compile("#/alarms/.+")
        )
        assert await opened.violations() == []

        await page.goto(PLACE)
        await expect(shown).to_have_attribute("data-from", str(BEGIN))
        await expect(shown).to_have_attribute("data-step", "10")
        await page.get_by_test_id("trend-panel").locator("svg").hover()
        await page.mouse.wheel(0, -400)
        await expect(shown).not_to_have_attribute("data-from", str(BEGIN))
        await expect(page).to_have_url(re.compile("from%3D"))
        await shown.focus()
        for key in ("+", "+", "ArrowLeft"):
            before = await shown.get_attribute("data-from")
            await page.keyboard.press(key)
            await expect(shown).not_to_have_attribute("data-from", before or "")
        await expect(shown).to_have_attribute("data-step", "5")

        await page.goto(PLACE)
        await page.get_by_test_id("compare").click()
        await expect(page.get_by_test_id("compare")).to_have_attribute("aria-pressed", "true")
        await page.get_by_test_id("weighted").click()
        await expect(page.get_by_test_id("weighted")).to_have_attribute("aria-pressed", "true")
        await expect(page).to_have_url(re.compile("mean%3Dweighted"))
        await expect(page.locator("[data-sheet=parquet]")).to_have_attribute(
            "href", re.compile(r"trend\.parquet")
        )
        async with page.expect_download() as started:
            await page.locator("[data-sheet=csv]").click()
        download = await started.value
        assert re.fullmatch(r"east-in-position-\d{8}-\d{8}\.csv", download.suggested_filename)
        assert (await download.path()).read_bytes().startswith(b"\xef\xbb\xbf")

        await page.goto(place(STATE))
        in_all = page.get_by_test_id("durations").locator("[data-day=all] td:not(.bar)")
        await expect(in_all).to_have_text([re.compile("45 分"), re.compile("45 分"), re.compile("30 分")])
        assert await opened.violations() == []
