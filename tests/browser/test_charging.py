"""Scan to charge on a phone (扫码充电): from the code on the post to the receipt, and everything in its way.

Posts take their time: several people with phones are at several connectors at once.
"""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.chromium import HUB_AWAY
from tests.browser.fits import looks_right
from tests.browser.street import BASE, Street, street
from tests.peers import require_program

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

BEGINS_WITHIN_MS = 60_000
METERED_WITHIN_MS = 90_000
"""A post reports its meter every 15 s."""
SETTLES_WITHIN_MS = 90_000
NO_ANSWER_WITHIN_MS = 90_000

REFUSED = "Failed to load resource: the server responded with a status of 4"
"""How Chromium itself begins to say that the hub refuses."""


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def chargers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    require_program("mosquitto", "mosquitto")
    async with street(tmp_path_factory.mktemp("chargers")) as running:
        yield running


def fen(shown: str) -> int:
    """Read an amount as people do: ¥12.34."""
    found = re.search(r"¥(\d+)\.(\d\d)", shown)
    assert found is not None, shown
    return int(found[1] + found[2])


async def money_is_right(chargers: Street, page: Page, name: str) -> None:
    """Check that page, API and the sum of the lines agree to the fen."""
    order = (await chargers.orders(name))[0]
    lines = await page.get_by_test_id("line").evaluate_all("(all) => all.map((each) => each.innerText)")
    assert fen(await page.get_by_test_id("total").inner_text()) == order["amount_fen"]
    assert sum(map(fen, lines)) == order["amount_fen"] == sum(each["amount_fen"] for each in order["lines"])
    shown = (await page.get_by_test_id("energy").inner_text()).removesuffix(" kWh")
    assert int(shown.replace(".", "")) == order["energy_wh"] > 0
    assert (await page.get_by_test_id("number").inner_text()).replace(" ", "") == order["number"]


async def scan_start_watch_stop_receipt(chargers: Street, browser: Browser) -> None:
    """Charge as everybody does, while a second phone looks on."""
    code = chargers.code("garage-2")
    await chargers.happens("garage-2", "vehicle-arrives")
    await chargers.shows("garage-2", plugged=True)
    async with (
        chargers.phone(browser) as opened,
        chargers.phone(browser, locale="en-US") as other,
    ):
        page = opened.page
        await looks_right(opened)
        await page.goto(f"/c/{code}")
        await expect(page.get_by_test_id("status")).to_have_text("已插好，可以开始")
        await expect(page.get_by_test_id("prices").locator(".now")).to_have_count(1)
        await expect(page.get_by_test_id("pay")).to_contain_text("启动时先冻结 ¥50.00")
        await looks_right(opened)
        await page.get_by_test_id("start").dblclick()
        await page.wait_for_url("**/c/order/*")
        await expect(page.get_by_role("heading", name="地库2号充电桩")).to_be_visible()
        figures = page.get_by_test_id("figures")
        await expect(figures).to_have_attribute("data-liveness", "live", timeout=BEGINS_WITHIN_MS)
        assert len(await chargers.orders("garage-2")) == 1, "two presses, one order"

        await other.page.goto(f"/c/{code}")
        await expect(other.page.get_by_test_id("status")).to_have_text("In use")
        await expect(other.page.locator("[data-problem=connector-busy]")).to_be_visible()
        await expect(other.page.get_by_test_id("start")).to_have_count(0)
        await looks_right(other)

        await page.goto(f"/c/{code}")
        await page.wait_for_url("**/c/order/*")
        await expect(figures.get_by_test_id("energy")).not_to_contain_text("0.000", timeout=METERED_WITHIN_MS)
        await expect(figures.get_by_test_id("power")).to_contain_text("kW")
        await looks_right(opened)

        await page.get_by_test_id("stop").click()
        await expect(page.get_by_role("dialog", name="结束充电？")).to_be_visible()
        await looks_right(opened)
        await page.get_by_role("button", name="继续充电").click()
        await expect(figures).to_have_attribute("data-liveness", "live")
        await page.get_by_test_id("stop").click()
        await page.get_by_test_id("stop-yes").click()
        receipt = page.get_by_test_id("receipt")
        await expect(receipt).to_be_visible(timeout=SETTLES_WITHIN_MS)
        await expect(receipt.get_by_test_id("why")).to_have_text("手动结束")
        await money_is_right(chargers, page, "garage-2")
        await looks_right(opened)

        await other.page.goto(page.url)  # as shared, in the other language
        await expect(other.page.get_by_test_id("receipt")).to_contain_text("from the prepaid account")
        await money_is_right(chargers, other.page, "garage-2")
        await looks_right(other)
        await other.page.goto(f"/c/{code}")
        await expect(other.page.get_by_role("button", name="Your last receipt here")).to_have_count(0)
        await page.goto(f"/c/{code}")
        await page.get_by_role("button", name="查看上一次的收据").click()
        await expect(receipt).to_be_visible()


async def lose_the_network_and_the_post(chargers: Street, browser: Browser) -> None:
    """Have an answer get lost, then phone and post lose their networks, and somebody pull the plug."""

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await chargers.happens("garage-3", "vehicle-arrives")
    await chargers.shows("garage-3", plugged=True)
    async with chargers.phone(browser, locale="en-US") as opened:
        page = opened.page
        await page.goto(f"/c/{chargers.code('garage-3')}")
        await page.route("**/codes/*/orders", lose)
        await page.get_by_role("button", name="Start charging").click()
        await expect(page.get_by_test_id("unanswered")).to_contain_text("there will be no second order")
        await page.unroute("**/codes/*/orders")
        await page.reload()
        await expect(page.get_by_test_id("unanswered")).to_be_visible()
        await looks_right(opened)
        await page.get_by_role("button", name="Send again").click()
        await page.wait_for_url("**/c/order/*")
        figures = page.get_by_test_id("figures")
        await expect(figures).to_have_attribute("data-liveness", "live", timeout=BEGINS_WITHIN_MS)
        assert len(await chargers.orders("garage-3")) == 1

        await page.context.set_offline(True)
        await expect(figures).to_have_attribute("data-liveness", "hub-away", timeout=45_000)
        await expect(page.get_by_test_id("last-known")).to_have_text(
            re.compile(r"Last known at \d\d:\d\d:\d\d, not live")
        )
        await looks_right(opened)
        await page.context.set_offline(False)
        await expect(figures).to_have_attribute("data-liveness", "live")
        await chargers.breaks("garage-3", "offline")
        await expect(figures).to_have_attribute("data-liveness", "post-away", timeout=45_000)
        await expect(page.get_by_role("alert")).to_contain_text("The post is out of touch")
        await chargers.breaks("garage-3", "none")
        await expect(figures).to_have_attribute("data-liveness", "live", timeout=60_000)
        await chargers.happens("garage-3", "unplug")
        await expect(page.get_by_test_id("why")).to_have_text("unplugged", timeout=SETTLES_WITHIN_MS)
        await money_is_right(chargers, page, "garage-3")
        opened.forgive(*HUB_AWAY)


async def meet_whatever_stands_in_the_way(chargers: Street, browser: Browser) -> None:
    """Try codes and connectors that are good for nothing, and without an account."""
    await chargers.breaks("garage-1", "ground-failure")
    expired = await chargers.new_code("garage-5", minutes=0.01)
    async with chargers.phone(browser) as opened, chargers.phone(browser, pays=False) as poor:
        page = opened.page
        await page.goto("/c/nosuchcode0000000000")
        await expect(page.locator("[data-problem=code-unknown]")).to_contain_text("二维码无效")
        await looks_right(opened)
        await page.goto(f"/c/{expired}")
        await expect(page.locator("[data-problem=code-expired]")).to_contain_text("二维码已过期")
        await expect(page.get_by_role("button", name="重试")).to_be_visible()

        await chargers.shows("garage-1", state="faulted")
        await page.goto(f"/c/{chargers.code('garage-1')}")
        await expect(page.get_by_test_id("status")).to_have_text("故障")
        await expect(page.locator("[data-problem=connector-faulted]")).to_be_visible()
        await expect(page.get_by_test_id("start")).to_have_count(0)
        await looks_right(opened)
        await chargers.breaks("garage-1", "none")

        await poor.page.goto(f"/c/{chargers.code('bike-b-1')}")
        await expect(poor.page.get_by_role("heading", name="车棚B柜1号插座")).to_be_visible()
        await expect(poor.page.get_by_test_id("pay")).to_contain_text("这部手机还没有充电账户")
        await expect(poor.page.get_by_test_id("start")).to_have_count(0)
        await looks_right(poor)
        await poor.page.goto("/c/account/nosuchaccount")
        await expect(poor.page.locator("[data-problem=unknown-account]")).to_be_visible()
        await poor.page.goto("/c/order/nosuchorder")
        await expect(poor.page.locator("[data-problem=unknown-charging-order]")).to_be_visible()
        opened.forgive(REFUSED)
        poor.forgive(REFUSED)


async def meet_a_post_that_does_not_answer(chargers: Street, browser: Browser) -> None:
    """Try with a code that is good for one order; then it is used, for others too."""
    once = await chargers.new_code("garage-5", minutes=30)
    await chargers.breaks("garage-5", "mute")
    async with chargers.phone(browser, locale="en-US") as opened, chargers.phone(browser) as other:
        page = opened.page
        await page.goto(f"/c/{once}")
        await page.get_by_test_id("start").click()
        await expect(page.get_by_test_id("waiting")).to_contain_text("If you have not plugged in yet")
        await looks_right(opened)
        await other.page.goto(f"/c/{once}")
        await expect(other.page.locator("[data-problem=code-used]")).to_contain_text("二维码已使用")
        await expect(page.locator("[data-problem=no-answer]")).to_contain_text(
            "Nothing has started", timeout=NO_ANSWER_WITHIN_MS
        )
        await expect(page.get_by_test_id("receipt")).to_contain_text("What was held is free again")
        await looks_right(opened)
        other.forgive(REFUSED)
    await chargers.breaks("garage-5", "none")


JOURNEYS = (
    scan_start_watch_stop_receipt,
    lose_the_network_and_the_post,
    meet_whatever_stands_in_the_way,
    meet_a_post_that_does_not_answer,
)


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def journeys(chargers: Street, browser: Browser) -> AsyncIterator[dict[str, asyncio.Task[None]]]:
    """Give all journeys, begun at once."""
    begun = {each.__name__: asyncio.create_task(each(chargers, browser)) for each in JOURNEYS}
    yield begun
    for task in begun.values():
        task.cancel()
    await asyncio.gather(*begun.values(), return_exceptions=True)


@pytest.mark.parametrize("journey", [each.__name__ for each in JOURNEYS])
async def test_a_phone_can(journeys: dict[str, asyncio.Task[None]], journey: str) -> None:
    await journeys[journey]


async def test_an_account_is_forgotten_when_its_owner_says_so(chargers: Street, browser: Browser) -> None:
    async with chargers.phone(browser, locale="en-US") as opened:
        page = opened.page
        async with chargers.demo.client("guard") as anybody:
            answer = await anybody.get(f"{BASE}/accounts/by-key/{chargers.wallets.visitor}")
        account = answer.json()
        shown = fen(await page.get_by_test_id("balance").inner_text())
        assert shown == account["balance_fen"] - account["held_fen"]
        await page.get_by_role("button", name="Forget on this phone").click()
        await expect(page.get_by_role("button", name="Bind again")).to_be_visible()
        await page.goto(f"/c/{chargers.code('bike-a-9')}")
        await expect(page.get_by_test_id("pay")).to_contain_text("There is no charging account on this phone")
        await page.get_by_role("button", name="中文").click()
        await expect(page).to_have_title(re.compile("扫码充电"))
        await looks_right(opened)
