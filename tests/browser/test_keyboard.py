"""The console worked by keyboard alone: no key acts on what was not shown, and the focus is never lost."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from hub.access.roles import Role
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Definition, Priority
from hub.app import PAGES
from tests.browser.chromium import Screen, screen
from tests.hub.alarms.made import definition, raised
from tests.hub.api.house import House, house

pytestmark = [pytest.mark.xdist_group("lane-1"), pytest.mark.asyncio(loop_scope="package")]

FIRST = definition("first", title={"zh-CN": "东门栏杆卡住", "en": "Boom jammed"})
SECOND = definition("second", title={"zh-CN": "西门地感故障", "en": "Loop faulted"})
GRAVE = definition("grave", title={"zh-CN": "车棚烟雾", "en": "Smoke"}, priority=Priority.CRITICAL)


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("keyboard"), built=PAGES) as running:
        yield running


async def raise_one(hub: House, of: Definition) -> Alarm:
    await hub.room.desk.take([raised(of, at_ms=round(time.time() * 1000))], None)
    return next(each for each in hub.room.desk.standing().values() if each.key == of.key)


async def state(hub: House, alarm: Alarm) -> str:
    known = await hub.room.desk.get(alarm.id)
    assert known is not None
    return known.state.value


def row(page: Page, alarm: Alarm) -> Locator:
    return page.locator(f'a[data-alarm="{alarm.id}"]')


async def type_keys(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


@asynccontextmanager
async def console(hub: House, browser: Browser) -> AsyncIterator[Screen]:
    async with screen(browser, base_url=hub.server.address) as opened:
        await opened.page.goto(f"/signin?token={await hub.access.create_link(Role.GUARD)}")
        await opened.page.wait_for_url(lambda url: "/signin" not in url)
        await opened.page.goto("/console#/alarms")
        yield opened


async def test_what_arrives_moves_neither_the_focus_nor_what_a_key_acts_on(
    hub: House, browser: Browser
) -> None:
    first, second = await raise_one(hub, FIRST), await raise_one(hub, SECOND)
    async with console(hub, browser) as opened:
        page = opened.page
        await expect(row(page, second)).to_be_visible()

        # Sound: only after a press; silencing it silences nothing else.
        await expect(page.get_by_test_id("allow-sound")).to_be_visible()
        await type_keys(page, "j")
        await expect(page.get_by_test_id("silence")).to_have_text("静音")
        await type_keys(page, "m")
        await expect(page.get_by_test_id("silence")).to_have_text("声音已开启")
        assert (await state(hub, first), await state(hub, second)) == ("unacknowledged",) * 2

        # The newest stands first. What arrives moves neither the choice nor the focus.
        await expect(row(page, second)).to_be_focused()
        await type_keys(page, "j")
        await expect(row(page, first)).to_be_focused()
        grave = await raise_one(hub, GRAVE)
        await expect(page.get_by_role("list", name="报警").get_by_role("link").first).to_contain_text(
            "车棚烟雾"
        )
        await expect(page.get_by_test_id("silence")).to_have_text("静音"), "what is new is heard"
        await expect(row(page, first)).to_be_focused()
        await expect(row(page, first)).to_have_attribute("aria-current", "true")
        assert await row(page, first).evaluate("(row) => row.matches(':focus-visible')")

        # A key that comes before the next alarm is on the screen does nothing at all.
        await page.evaluate(
            "for (const key of ['k', 'a']) window.dispatchEvent(new KeyboardEvent('keydown', { key }))"
        )
        await expect(page.locator(f'[data-case="{second.id}"]')).to_be_visible()
        assert {await state(hub, each) for each in (first, second, grave)} == {"unacknowledged"}

        await type_keys(page, "j")
        await expect(row(page, first)).to_be_focused()
        await expect(page.get_by_test_id("timeline")).to_be_visible()
        await type_keys(page, "a")
        await expect(row(page, first)).to_have_attribute("data-state", "acknowledged")
        await expect(row(page, first)).to_be_focused()
        assert {await state(hub, each) for each in (second, grave)} == {"unacknowledged"}


async def test_a_guard_needs_no_mouse(hub: House, browser: Browser) -> None:
    first, second, grave = [await raise_one(hub, each) for each in (FIRST, SECOND, GRAVE)]
    async with console(hub, browser) as opened:
        page = opened.page
        await row(page, first).press("Enter")
        heading = page.locator(f'[data-case="{first.id}"] h2')
        await expect(heading).to_be_focused()
        await type_keys(page, "c")
        await expect(page.get_by_label("备注内容")).to_be_focused()
        await page.keyboard.type("jam")
        await type_keys(page, "Escape")
        await expect(page.locator("[data-deed=comment]")).to_be_focused()
        await type_keys(page, "s")
        await expect(page.get_by_label("原因")).to_be_focused()
        await page.keyboard.type("spare part ordered")
        await type_keys(page, "Tab", "Tab", "Enter")
        await expect(page.locator('[data-set="aside"]')).to_contain_text("1")
        await expect(heading).to_be_focused()

        await type_keys(page, "Escape", "/")
        await expect(page.get_by_label("按名称、位置查找")).to_be_focused()
        await page.keyboard.type("烟雾")
        await expect(page.get_by_text("只显示找到的 1 条，共 2 条")).to_be_visible()
        await type_keys(page, "Escape")
        await expect(row(page, second)).to_be_visible()

        await type_keys(page, "g")
        await expect(page.get_by_test_id("go")).to_contain_text("工单")
        await type_keys(page, "o")
        await expect(page.locator(".console")).to_have_attribute("data-place", "orders")
        await type_keys(page, "g", "a")
        await expect(row(page, grave)).to_be_visible()

        await type_keys(page, "?")
        await expect(page.get_by_role("dialog", name="键盘快捷键")).to_be_visible()
        assert await opened.violations() == []
        await type_keys(page, "Shift+Tab", "Space", "Escape")
        await type_keys(page, "ArrowDown")
        await expect(row(page, grave)).to_be_focused()
        await expect(page.get_by_test_id("timeline")).to_be_visible()
        await type_keys(page, "a", "ArrowDown")
        await expect(row(page, second)).to_be_focused()
        assert await state(hub, grave) == "unacknowledged"
        await page.reload()
        await expect(row(page, second)).to_be_visible()
        await type_keys(page, "?")
        await expect(page.get_by_role("dialog")).to_have_count(0)
