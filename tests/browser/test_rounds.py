"""A guard's rounds on the console: any device and how it ran, a door, a charge that must end."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from contract.messages import Problem
from hub.access.roles import Role
from tests.browser.chromium import PHONE, Screen
from tests.browser.entrance import EAST_IN, LOBBY
from tests.browser.fits import SIDEWAYS, SMALL_TARGETS, remaining
from tests.browser.rounds import Rounds, desk, rounds
from tests.hub.api.residents import code_of, order, staff

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

GATE_PAGE: Final = "/console#/devices/hemei~gate~east-in"
THUMB: Final = ["main :is(button, .press, input, select, textarea)", 36]


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rounds]:
    async with rounds(tmp_path_factory.mktemp("rounds")) as running:
        yield running


async def looks_right(opened: Screen) -> None:
    """Check that axe has no complaint and, on a phone, that all fits its width and a thumb."""
    assert await opened.violations() == []
    if opened.page.viewport_size == PHONE:
        assert await remaining(opened.page, SIDEWAYS) == []
        assert await remaining(opened.page, SMALL_TARGETS, THUMB) == []


async def ask(page: Page, action: str, reason: str) -> None:
    """Open the form of an action, say why, and press twice in haste."""
    actions = page.get_by_test_id("actions")
    await actions.get_by_role("button", name=action, exact=True).click()
    await expect(actions.get_by_test_id("will-happen")).to_contain_text(action)
    await actions.get_by_test_id("send-action").click()
    await expect(actions.get_by_role("alert")).to_contain_text("请填写")
    await actions.get_by_label("原因（会记入审计）").fill(reason)
    await actions.get_by_test_id("send-action").dblclick()


async def test_a_guard_finds_a_device_sees_how_it_ran_and_has_it_act(site: Rounds, browser: Browser) -> None:
    async with desk(browser, site.hub, Role.GUARD, "/console#/devices") as opened:
        page = opened.page
        await expect(page.get_by_test_id("count")).to_have_text("共 4 台")
        await expect(page.locator("[data-group]")).to_have_count(3)
        await page.keyboard.press("j")
        await expect(page.locator("[aria-current=true][data-listed='hemei/gate/east-in']")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-device-page] h2")).to_be_focused()
        await looks_right(opened)

        await page.get_by_test_id("text").fill("车库 garage-1")
        await expect(page.locator("[data-listed]")).to_have_count(1)
        await page.locator("[data-listed]").click()
        temperature = page.locator("[data-property=temperature]").first
        await expect(temperature.get_by_test_id("value")).to_have_text("21.5 °C")
        await temperature.get_by_role("button").click()
        trend = page.get_by_test_id("trend")
        await trend.get_by_role("button", name="24 小时").click()
        await expect(trend.get_by_test_id("trend-figures")).to_contain_text("最低 12 °C · 最高 28 °C")
        await expect(trend.locator("[role=img] svg path").first).to_be_attached()
        await page.locator("[data-property=state]").first.get_by_role("button").click()
        await expect(trend.get_by_test_id("shares")).to_contain_text("空闲")

        await page.goto(GATE_PAGE)
        site.refusing["close"] = Problem(code="vehicle-under-boom", message="a vehicle is under the boom")
        await ask(page, "关闸", "车已通过")
        outcome = page.get_by_test_id("outcome")
        await expect(outcome).to_have_attribute("data-end", "refused")
        await expect(outcome).to_contain_text("杆下有车，不能落杆。")
        await ask(page, "开闸", "救护车进小区")
        await expect(outcome).to_have_attribute("data-end", "succeeded")
        await expect(page.locator("[data-device-page] [data-testid=state]").first).to_have_text("已打开")
        assert [each.action for each in site.asked] == ["close", "open"], "two presses, one action"
        await looks_right(opened)

        body = {"input": {}, "reason": "消防车"}
        path = f"/api/v1/devices/{EAST_IN}/actions/stop?wait=5"
        await site.hub.http.post(path, json=body, headers=site.hub.bearer(Role.SUPERVISOR))
        await expect(page.get_by_test_id("asked").get_by_role("listitem").first).to_contain_text("消防车")
        site.mute = True
        await ask(page, "停止", "看看有没有人接")
        await expect(page.get_by_test_id("countdown")).to_be_visible()
        site.mute = False


async def test_a_guard_opens_a_door_and_cannot_overlook_a_fire(site: Rounds, browser: Browser) -> None:
    at = "/console#/doors/hemei~door~lobby-3"
    async with desk(browser, site.hub, Role.GUARD, at, PHONE) as opened:
        page = opened.page
        await expect(page.get_by_test_id("door-passes").get_by_role("listitem")).to_have_count(1)
        access = page.get_by_test_id("access")
        await expect(access).to_contain_text("设备内有 12 条通行权限")
        await expect(access.get_by_role("link")).to_have_count(0)
        await ask(page, "开门", "业主忘带卡，已核对")
        await expect(page.get_by_test_id("outcome")).to_have_attribute("data-end", "succeeded")
        await site.say(LOBBY, fire=True, mode="fire")
        await expect(page.get_by_test_id("fire")).to_contain_text("任何人都能通过")
        await page.get_by_role("link", name="返回列表").click()
        await expect(page.get_by_test_id("burning")).to_contain_text("1 扇门")
        await expect(page.locator("[data-listed]")).to_contain_text("模式：消防释放")
        await looks_right(opened)
        await site.say(LOBBY, fire=False, mode="normal")
    async with desk(browser, site.hub, Role.SUPERVISOR, at.replace("#", "?lang=en#")) as opened:
        await expect(opened.page.get_by_test_id("access").get_by_role("link").first).to_be_visible()
        await looks_right(opened)


async def test_an_order_is_found_and_its_charge_ended(site: Rounds, browser: Browser) -> None:
    purse = await staff(site.hub, "POST", "/accounts", {"note": "3-2-501"})
    await staff(
        site.hub, "POST", f"/accounts/{purse['account']['id']}/top-up", {"fen": 5000, "note": "receipt 7"}
    )
    placed = await order(site.hub, await code_of(site.hub), purse["key"])
    number = placed.json()["order"]["number"]
    async with desk(browser, site.hub, Role.GUARD, "/console#/charging", PHONE) as opened:
        page = opened.page
        await page.get_by_test_id("number").fill(number[-6:])
        await page.get_by_test_id("find").click()
        found = page.get_by_test_id("orders").get_by_role("listitem")
        await expect(found).to_have_count(1)
        await expect(found.get_by_test_id("order-state")).to_have_text("充电中")
        await found.get_by_role("link").click()
        await page.get_by_test_id("end").click()
        form = page.get_by_test_id("reason-form")
        await form.get_by_label("原因").fill("电缆拦在路上")
        await form.get_by_role("button", name="结束充电").dblclick()
        await expect(page.locator("[data-charging-order]")).to_have_attribute("data-state", "settled")
        await expect(page.get_by_test_id("amount")).to_have_text("¥9.20")
        await expect(page.locator("[data-step='charge.stop-asked']")).to_contain_text("电缆拦在路上")
        await expect(page.get_by_test_id("readings").get_by_role("img").first).to_be_visible()
        await expect(page.get_by_role("link", name="预存账户")).to_have_count(0)
        await looks_right(opened)


async def test_a_supervisor_makes_a_code_and_tops_an_account_up(site: Rounds, browser: Browser) -> None:
    async with desk(browser, site.hub, Role.SUPERVISOR, "/console?lang=en#/charging/codes") as opened:
        page = opened.page
        form = page.get_by_test_id("code-form")
        await form.get_by_label("Connector").select_option("charger/shed-1")
        await form.get_by_role("button", name="Make a code").click()
        picture = page.get_by_test_id("code-picture").locator("img")
        assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100
        await looks_right(opened)
        await page.keyboard.press("Escape")
        made = page.locator("[data-code='charger/shed-1']")
        await made.get_by_test_id("revoke").click()
        await made.get_by_test_id("revoke").click()
        await expect(made).to_have_count(0)

        await page.get_by_role("link", name="Prepaid accounts").click()
        await page.get_by_label("Note (such as the flat; no name)").fill("5-1-102")
        await page.get_by_role("button", name="Open an account").click()
        account = page.locator("[data-account]").filter(has_text="5-1-102")
        await account.get_by_role("button", name="Top up…").click()
        await account.get_by_label("Amount").fill("50")
        await account.get_by_label("Reason, or number of the receipt").fill("receipt 8")
        await account.get_by_role("button", name="Top up ¥50.00").dblclick()
        await expect(account.get_by_test_id("balance")).to_have_text("Balance ¥50.00")
        await looks_right(opened)
        await page.get_by_role("link", name="Charging figures").click()
        await expect(page.get_by_test_id("totals")).to_contain_text("income ¥9.20")
        await looks_right(opened)
