"""Signing in, from the terminal's link to the wall."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import PHONE, screen
from tests.browser.wall import GATES, card, cards, until_live
from tests.hemei.demos import RunningDemo

pytestmark = [pytest.mark.xdist_group("lane-1"), pytest.mark.asyncio(loop_scope="package")]

STATES = re.compile("已关闭|正在打开|已打开|正在关闭")
AGE = re.compile(r"刚刚|\d+ 秒前")
NOT_SIGNED_IN = "Failed to load resource: the server responded with a status of 401"


async def test_a_link_from_the_terminal_leads_to_all_gates(
    demo: RunningDemo, browser: Browser, links: dict[str, str]
) -> None:
    async with screen(browser, base_url=demo.ready["http"], locale="en-US") as opened:
        page = opened.page
        await page.goto(links["guard"])
        await page.wait_for_url("**/console")
        await page.goto("/wall")
        await until_live(page)
        assert await page.evaluate("document.documentElement.lang") == "zh-CN"
        assert await page.title() == "和美小区 · 指挥大屏"
        tally = await page.get_by_role("list", name="设备总览").inner_text()
        assert sum(map(int, re.findall(r"\d+", tally))) == len(GATES)
        for gate in GATES:
            shown = card(page, gate)
            await expect(shown.get_by_test_id("state")).to_have_text(STATES)
            await expect(shown.get_by_test_id("age")).to_have_text(AGE)
            await expect(shown.get_by_test_id("availability")).to_have_text("在线")
    async with screen(browser, base_url=demo.ready["http"]) as opened:
        await opened.page.goto(links["guard"])
        await opened.page.wait_for_url("**/signin?error=link")
        await expect(opened.page.get_by_role("alert")).to_contain_text("此登录链接已使用或已过期")
        await expect(opened.page.get_by_label("用户名")).to_be_focused()


async def test_a_wall_without_a_sign_in_shows_nothing_and_goes_on_by_itself(
    demo: RunningDemo, browser: Browser, links: dict[str, str]
) -> None:
    async with screen(browser, base_url=demo.ready["http"], viewport=PHONE) as opened:
        page = opened.page
        await page.goto("/wall")
        await expect(page.get_by_test_id("signed-out")).to_contain_text("未登录或登录已失效")
        await expect(page.locator("[data-device]")).to_have_count(0)
        assert await opened.violations() == []
        await page.get_by_role("link", name="前往登录").click()
        await page.wait_for_url("**/signin?next=%2Fwall")
        await page.go_back()
        other = await page.context.new_page()
        await other.goto(links["supervisor"])
        await other.wait_for_url("**/console")
        await until_live(page)
        opened.forgive(NOT_SIGNED_IN)


async def test_a_wrong_password_is_told(demo: RunningDemo, browser: Browser) -> None:
    async with screen(browser, base_url=demo.ready["http"]) as opened:
        page = opened.page
        await page.goto("/signin")
        await expect(page).to_have_title(re.compile("登录"))
        assert await opened.violations() == []
        await page.get_by_role("button", name="登录").click()
        await expect(page.get_by_role("alert")).to_have_text("请输入用户名和密码")
        await page.get_by_role("button", name="English").click()
        await page.get_by_label("User name").fill("nobody")
        await page.get_by_label("Password").fill("wrong")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_have_text("Wrong user name or password")
        assert await opened.violations() == []
        await expect(cards(page, "live")).to_have_count(0)
        opened.forgive(NOT_SIGNED_IN)
