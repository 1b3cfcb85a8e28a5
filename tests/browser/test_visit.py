"""A household lets its visitors in from a telephone, by the link that it was given."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from hub.access.roles import Role
from hub.app import PAGES
from hub.register.settings import RegisterSettings
from tests.browser.chromium import PHONE, screen
from tests.browser.fits import looks_right
from tests.hub.api.house import House, house

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

REFUSED = "Failed to load resource: the server responded with a status of 4"
"""How Chromium itself begins to say that the hub refuses."""


@dataclass
class Home:
    """A household, and the address that its link opens."""

    hub: House
    household: str
    path: str

    async def office(self, method: str, path: str, **body: Any) -> Any:
        """Have the property office do something."""
        answer = await self.hub.http.request(
            method, f"/api/v1/register{path}", json=body, headers=self.hub.bearer(Role.SUPERVISOR)
        )
        assert answer.is_success, answer.text
        return answer.json()


@pytest_asyncio.fixture(loop_scope="package")
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with house(tmp_path, built=PAGES, register=RegisterSettings(visits_open=2)) as hub:
        home = Home(hub, "", "")
        made = await home.office("POST", "/households", building="3", unit="2", number="501")
        link = await home.office("POST", f"/households/{made['id']}/link")
        home.household, home.path = made["id"], link["path"]
        yield home


def passes(page: Page) -> Any:
    return page.get_by_test_id("live").get_by_role("article")


async def test_a_visitor_gets_a_pass_that_is_shared_and_revoked(home: Home, browser: Browser) -> None:
    async with screen(browser, base_url=home.hub.server.address, viewport=PHONE) as opened:
        page = opened.page
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.goto(home.path)
        await expect(page.get_by_role("heading", name="3-2-501 的访客")).to_be_visible()
        await expect(page.get_by_test_id("none")).to_be_visible()
        await expect(page.get_by_test_id("limits")).to_contain_text("同时有效最多 2 个，现在有 0 个")
        await looks_right(opened)
        await page.get_by_test_id("send").click()
        await expect(page.get_by_role("alert")).to_have_text("请填车牌")
        await page.get_by_label("车牌", exact=True).fill("???")
        await page.get_by_label(re.compile("访客（可不填")).fill("张阿姨")
        await page.get_by_test_id("send").click()
        await expect(page.locator("[data-problem=bad-plate]")).to_be_visible()
        await looks_right(opened)
        await expect(page.get_by_label(re.compile("访客（可不填"))).to_have_value("张阿姨")
        await page.get_by_label("车牌", exact=True).fill("沪a·24680")
        await page.get_by_label("也要一个开门码").check()
        await page.get_by_test_id("send").click()

        card = passes(page)
        await expect(card).to_contain_text("沪A24680")
        await expect(card).to_contain_text("张阿姨")
        code = await card.get_by_test_id("code").inner_text()
        assert re.fullmatch(r"\d{4} \d{4}", code)
        await card.get_by_test_id("share").click()
        await expect(card).to_contain_text("已复制")
        message: str = await page.evaluate("navigator.clipboard.readText()")
        assert "沪A24680" in message
        assert code in message
        assert home.path.partition("#")[2] not in message, "the household's link is nobody else's"
        await looks_right(opened)
        guard = await home.hub.get("/api/v1/visits")
        (seen,) = guard.json()["visits"]
        assert (seen["plate"], seen["room"], seen["by_link"]) == ("沪A24680", "3-2-501", True)

        await card.get_by_test_id("revoke").click()
        await card.get_by_test_id("revoke").click()
        await expect(page.get_by_test_id("news")).to_contain_text("已撤销")
        await expect(card).to_have_count(0)
        await page.get_by_text("以前的访客（1）").click()
        await expect(page.get_by_test_id("past")).to_contain_text("已撤销")
        await looks_right(opened)
        opened.forgive(REFUSED)


async def test_limits_are_said_in_words_and_in_english(home: Home, browser: Browser) -> None:
    await home.office("POST", "/blocked-plates", plate="沪A66666", reason="crashed the gate twice")
    async with screen(browser, base_url=home.hub.server.address, viewport=PHONE, locale="en-GB") as opened:
        page = opened.page
        await page.goto(home.path)
        await page.get_by_label("Plate", exact=True).fill("沪A66666")
        await page.get_by_test_id("send").click()
        await expect(page.locator("[data-problem=plate-refused]")).to_contain_text("ask the property office")
        await page.get_by_label("On foot").check()
        for number in (1, 2):
            await page.get_by_test_id("send").click()
            await expect(passes(page)).to_have_count(number)
        await expect(page.locator("[data-problem=too-many-visits]")).to_be_visible()
        await expect(page.get_by_test_id("send")).to_have_count(0)
        await looks_right(opened)
        await page.get_by_role("button", name="中文").click()
        await expect(page).to_have_title("访客通行")

        await home.office("DELETE", f"/households/{home.household}/link")
        await page.reload()
        await expect(page.locator("[data-problem=link-unknown]")).to_contain_text("链接已失效")
        await expect(passes(page)).to_have_count(0)
        await page.goto("/wall")
        await page.goto("/visit")
        await expect(page.locator("[data-problem=no-key]")).to_be_visible()
        await looks_right(opened)
        opened.forgive(REFUSED)
