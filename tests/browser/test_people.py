"""People and screens in the administration, before a real hub: let in, and shut out at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from hub.access.roles import Role
from hub.app import PAGES
from tests.browser.chromium import DESKTOP, PHONE, Screen, screen
from tests.hub.api.house import PASSWORD, House, house

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

NOT_SIGNED_IN = "Failed to load resource: the server responded with a status of 401"
CONFLICT = "Failed to load resource: the server responded with a status of 409"


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("people"), built=PAGES, gate=False) as running:
        await running.access.create_user("sun.lei", Role.ADMIN)
        yield running


@asynccontextmanager
async def admin(
    browser: Browser, hub: House, at: str, language: str = "zh-CN", viewport: ViewportSize = DESKTOP
) -> AsyncIterator[Screen]:
    """Open a place of the administration as an administrator with an account."""
    async with screen(browser, base_url=hub.server.address, viewport=viewport) as opened:
        link = await hub.access.create_link(Role.ADMIN, "sun.lei")
        await opened.page.goto(f"/signin?token={link}")
        await opened.page.wait_for_url("**/admin")
        await opened.page.goto(f"/admin?lang={language}#/{at}")
        yield opened


def row(page: Page, name: str) -> Locator:
    return page.locator(f'[data-person="{name}"]')


async def test_a_first_administrator_is_led_from_an_empty_site_to_a_guard_who_is_in(
    hub: House, browser: Browser
) -> None:
    async with admin(browser, hub, "health") as office:
        page = office.page
        steps = page.get_by_test_id("first-steps")
        await expect(steps).to_contain_text("完成 1 / 7")
        await expect(steps.locator('[data-step="backup"]')).to_have_attribute("data-state", "open")
        assert await office.violations() == []
        await steps.get_by_role("button", name="设置自己的口令").click()
        await set_password(page, PASSWORD)
        await expect(steps.locator('[data-step="password"]')).to_have_attribute("data-state", "done")
        await steps.get_by_role("link", name="添加至少一名保安").click()
        await page.get_by_label("用户名").fill("li.wei")
        await page.get_by_role("main").get_by_role("button", name="添加人员").click()
        person = page.get_by_test_id("person")
        await expect(person).to_contain_text("已添加")
        assert await office.violations() == []
        await person.get_by_role("button", name="生成链接").click()
        link = await person.get_by_test_id("secret").input_value()
        await expect(person.get_by_role("img", name="二维码")).to_have_js_property("complete", value=True)
        await expect(steps).to_contain_text("完成 3 / 7")
        async with screen(browser, base_url=hub.server.address, viewport=PHONE) as phone:
            await phone.page.goto(link)
            await phone.page.wait_for_url("**/console")
            await expect(phone.page.get_by_test_id("empty")).to_contain_text("请告诉系统管理员")
            await close_account(page, "li.wei")
            await expect(phone.page.get_by_test_id("signed-out")).to_be_visible()
            phone.forgive(NOT_SIGNED_IN)


async def set_password(page: Page, password: str) -> None:
    """Set a first password in the dialog that is open."""
    form = page.get_by_test_id("password-form")
    await expect(form.get_by_label("当前口令")).to_have_count(0)
    await form.get_by_label("新口令").fill(password)
    await form.get_by_role("button", name="保存").click()
    await expect(form.get_by_role("alert")).to_have_text("请填写所有栏")
    await form.get_by_label("再输一次").fill(password)
    await form.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("status").filter(has_text="口令已保存")).to_be_visible()
    await page.get_by_role("button", name="关闭").click()


async def close_account(page: Page, name: str) -> None:
    """Press, see that it must be pressed again, and press again."""
    await page.get_by_role("button", name="停用账户").click()
    await page.get_by_role("button", name="再按一次：停用账户").click()
    await expect(row(page, name)).to_contain_text("停用")


async def test_the_last_administrator_cannot_go_and_says_so(hub: House, browser: Browser) -> None:
    async with admin(browser, hub, "people/sun.lei", "en", PHONE) as office:
        page = office.page
        await page.get_by_role("combobox").select_option("guard")
        await page.get_by_role("button", name="Change role").click()
        await page.get_by_role("button", name="Press again: Change role").click()
        await expect(page.get_by_test_id("refusal")).to_contain_text("the last administrator")
        office.forgive(CONFLICT)
        assert await office.violations() == []
        await page.get_by_test_id("me").click()
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url("**/signin")


async def test_a_screen_opens_by_its_address_and_is_shut_out(hub: House, browser: Browser) -> None:
    async with admin(browser, hub, "tokens/screen", "en") as office:
        page = office.page
        await page.get_by_label("Name").fill("duty-room-wall")
        await page.get_by_role("button", name="Make it").click()
        address = await page.get_by_test_id("secret").input_value()
        assert await office.violations() == []
        await expect(page.locator('[data-token="duty-room-wall"]')).to_contain_text("never used")
        async with screen(browser, base_url=hub.server.address) as kiosk:
            wall = kiosk.page
            await wall.goto(f"{address}&lang=en")
            assert wall.url == f"{hub.server.address}/wall?lang=en"
            await expect(wall.get_by_test_id("empty")).to_contain_text("nothing for you to do")
            screens = page.locator('[data-token="duty-room-wall"]')
            await page.reload()
            await expect(screens).to_contain_text("just now")
            await screens.get_by_role("button", name="Revoke").click()
            await screens.get_by_role("button", name="Press again").click()
            await expect(screens).to_have_count(0)
            await expect(wall.get_by_test_id("signed-out")).to_be_visible()
            await wall.goto(address)
            await expect(wall.get_by_role("heading", name="大屏未登录")).to_be_visible()
            await expect(wall.get_by_text("This page tries again by itself")).to_be_visible()
            assert await kiosk.violations() == []
            kiosk.forgive(NOT_SIGNED_IN)
