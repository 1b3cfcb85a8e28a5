"""Definitions of alarms in the administration: found, read, and one tried with other numbers on the past."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from contract.clock import SystemClock
from contract.things import Property, Thing, ThingModel, read_description
from contract.topics import Address
from hemei.settings import hub_settings
from hemei.site import read_site
from hub.access.roles import Role
from hub.app import PAGES
from hub.history.store import Sample, SeriesKey
from tests.browser.chromium import PHONE, screen
from tests.browser.fits import SIDEWAYS, remaining
from tests.hemei.test_community import Choice, written
from tests.hub.api.house import NAMES, House, house

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

CLIMATE = Address("hemei", "sensor", "pump-room")
MINUTE_MS = 60_000
OWN = """
[[alarm]]
key = "pump-room-hot"
title = {zh-CN = "泵房过热", en = "Pump room hot"}
priority = "medium"
on = {kinds = ["sensor"]}
raise = {property = "temperature", above = 45, hysteresis = 3}
on_delay_s = 120
rationale = {zh-CN = "水泵过热会停机。", en = "Hot pumps stop."}
"""
REFUSED = "Failed to load resource: the server responded with a status of 422"


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("definitions")
    file = written(folder, Choice(kinds=("sensor",))).file
    file.write_text(file.read_text() + OWN)
    settings = hub_settings(read_site(file))
    names = ("alarms", "drafting", "order_kinds", "contacts", "posts")
    async with house(folder, built=PAGES, **{each: getattr(settings, each) for each in names}) as running:
        model = ThingModel(
            properties={"temperature": Property(type="number", title=NAMES, unit="°C")}, actions={}, events={}
        )
        described = read_description(
            Thing(address=CLIMATE, title=NAMES, model=model, driver="sensors").description()
        )
        shadows = running.core.shadows
        shadows.describe(shadows.of(CLIMATE), described)
        now_ms, key = SystemClock().now_ms(), SeriesKey("default", CLIMATE, "temperature")
        past = ((600, 20.0), (500, 50.0), (495, 20.0), (300, 46.0), (299, 20.0), (200, 44.0), (100, 20.0))
        running.core.history.write([Sample(key, now_ms - ago * MINUTE_MS, value) for ago, value in past])
        yield running


async def test_a_supervisor_tries_another_limit_and_gets_the_table_for_the_site_file(
    hub: House, browser: Browser
) -> None:
    async with screen(browser, base_url=hub.server.address) as opened:
        page = opened.page
        await page.goto(f"/signin?token={await hub.access.create_link(Role.SUPERVISOR)}")
        await page.wait_for_url(lambda url: "/signin" not in url)
        await page.goto("/admin#/definitions")
        await expect(page.get_by_test_id("shares")).to_contain_text("≈ 80%")
        await page.get_by_label("按名称或键查找").fill("泵房")
        await expect(page.get_by_test_id("count")).to_have_text(re.compile("^1 条，共"))
        await page.get_by_role("link", name="泵房过热").click()
        facts = page.get_by_test_id("facts")
        await expect(facts).to_contain_text("> 45 (回差 3)")
        await expect(facts).to_contain_text("site.toml 的 [alarm pump-room-hot]")
        await expect(facts).to_contain_text("水泵过热会停机。")

        await page.get_by_label("上限").fill("very hot")
        await page.get_by_role("button", name="开始预演").click()
        await expect(page.get_by_test_id("trial").get_by_role("alert")).to_contain_text("不是数字")
        await page.get_by_label("上限").fill("40")
        await page.get_by_role("button", name="开始预演").click()
        await expect(page.get_by_test_id("in-force")).to_have_text("1 次")
        await expect(page.get_by_test_id("tried")).to_have_text("2 次 多 1 次")
        await expect(page.get_by_test_id("toml")).to_contain_text("above = 40")
        await chart_is_zoomed(page)
        assert await opened.violations() == []

        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_test_id("in-force")).to_have_text("1 time")
        await expect(page.get_by_test_id("tried")).to_have_text("2 times 1 more")
        await page.get_by_label("Find by title or key").fill("canary")
        await page.get_by_role("link", name="Canary alarm late").click()
        await expect(facts).to_contain_text("The hub itself")
        await page.get_by_role("button", name="中文").click()

        await page.get_by_role("link", name="预演一段新写的规则").click()
        await page.get_by_label("规则（TOML）").fill(OWN.replace("medium", "urgent"))
        await page.get_by_role("button", name="开始预演").click()
        await expect(page.get_by_test_id("faults")).to_contain_text('allowed: "critical"')
        await page.set_viewport_size(PHONE)
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_test_id("trial")).to_contain_text("Paste one [[alarm]]")
        assert await remaining(page, SIDEWAYS) == []
        assert await opened.violations() == []
        opened.forgive(REFUSED)


async def chart_is_zoomed(page: Page) -> None:
    """Zoom with the wheel, with keys, and back to all of it."""
    chart = page.get_by_test_id("trial-chart")
    await chart.locator("svg").hover(position={"x": 300, "y": 70})  # between the rows nothing is zoomed
    await page.mouse.wheel(0, -200)
    await expect(chart).not_to_have_attribute("data-end", "100")
    await chart.get_by_role("button", name="显示全部").click()
    await expect(chart).to_have_attribute("data-start", "0")
    await chart.focus()
    await page.keyboard.press("+")
    await page.keyboard.press("ArrowRight")
    await expect(chart).to_have_attribute("data-start", "38")
    await page.keyboard.press("0")
    await expect(chart).to_have_attribute("data-end", "100")
