"""Doors, cameras, sprinklers and sensors on the wall: the whole community, in states a test gives them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, ViewportSize, expect

from contract.topics import address
from hub.access.roles import Role
from tests.browser.chromium import DESKTOP, PHONE, STARTED, WALL_4K, Screen, screen
from tests.browser.community import Community, community, frame, link_of
from tests.browser.fits import CLIPPED, COVERING, SIDEWAYS, remaining
from tests.browser.wall import card, cards
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

SMALLEST_LETTERS_PX = 14
ROWS = 3
"""Of connectors: the garage's cars, two boxes of e-bike sockets; each is one marker on the plan."""

ALL_THERE = """(count) => document.querySelectorAll("main [data-device]").length
    + Number(document.querySelector("[data-testid=more-devices]")?.dataset.count ?? 0) === count"""
"""In tiles, or counted as having no room."""

LETTERS = """[...document.querySelectorAll("main [data-device] *")]
    .filter((each) => each.textContent.trim() && !each.children.length)
    .map((each) => parseFloat(getComputedStyle(each).fontSize))"""
PAINT_ALL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { content-visibility: visible !important }");
  document.adoptedStyleSheets = [sheet];
}"""
"""What is not on the screen has its real size too."""

COLOUR = """(img) => {
  if (!img.complete || !img.naturalWidth) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const context = canvas.getContext("2d");
  context.drawImage(img, 0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data.join();
}"""
"""One pixel for all of a picture."""


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Community]:
    async with community(tmp_path_factory.mktemp("community")) as running:
        yield running


@asynccontextmanager
async def wall(
    browser: Browser,
    site: Community,
    role: Role = Role.GUARD,
    *,
    language: str = "zh-CN",
    viewport: ViewportSize = DESKTOP,
) -> AsyncIterator[Screen]:
    """Open the wall as somebody with `role`; its strip of cameras asks none of them."""
    async with screen(browser, base_url=site.hub.server.address, viewport=viewport) as opened:
        await opened.page.route("**/picture", still)
        await opened.page.goto(await link_of(site, role))
        await opened.page.wait_for_url(STARTED)
        await opened.page.goto(f"/wall?lang={language}")
        await opened.page.wait_for_function(ALL_THERE, arg=len(site.devices))
        yield opened


async def still(route: Route) -> None:
    """Answer in place of a camera."""
    await route.fulfill(body=frame(0), content_type="image/jpeg")


async def trouble(site: Community) -> None:
    """Break a little of everything."""
    await site.say("hemei/door/lobby-3", state="forced", contact_open=True)
    await site.say("hemei/door/lobby-6", state="held-open", contact_open=True)
    await site.say("hemei/door/plant-room", secure_channel=False)
    await site.say("hemei/camera/west-out", picture="covered")
    await site.say("hemei/camera/bike-shed", picture="out-of-focus")
    await site.say("hemei/sprinkler/garden-north", state="watering", valve_open=True, flow=12.4)
    await site.say("hemei/sprinkler/garden-east", lockout="rain", raining=True)
    await site.say("hemei/sprinkler/garden-pond", lockout="soil-unknown", soil_moisture=None)
    await site.say("hemei/sprinkler/garden-west", state="leaking", lockout="leak", leak=True, flow=1.2)
    charging = {"state": "charging", "plugged": True, "energy": 3210, "elapsed": 1800}
    await site.say("hemei/charger/garage-2", **charging, power=6980.0, soc=63)
    await site.say("hemei/charger/bike-a-3", **charging, power=218.0, vehicle="e-bike")
    await site.say("hemei/charger/garage-5", state="suspended-evse", plugged=True)
    await site.say("hemei/charger/garage-6", state="faulted", fault="ground-failure", lockout="fault")
    await site.say("hemei/charger/bike-b-4", state="unavailable", lockout="out-of-service", vehicle="e-bike")
    await site.say("hemei/charger/bike-b-7", state="available", lockout="power-cut", power_cut=True)
    await site.say("hemei/charger/bike-b-8", state=None)
    await site.say("hemei/sensor/garage-a-smoke", alarm=True)
    await site.say("hemei/sensor/lobby-3-smoke", low_battery=True)
    await site.say("hemei/sensor/pump-room-leak", alarm=None)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("viewport", [DESKTOP, WALL_4K, PHONE], ids=["desktop", "4k", "phone"])
async def test_all_devices_are_seen_whole(
    site: Community, browser: Browser, viewport: ViewportSize, language: str
) -> None:
    await trouble(site)
    async with wall(browser, site, language=language, viewport=viewport) as opened:
        page = opened.page
        await expect(tone(page, "hemei/sensor/garage-a-smoke", "alarm")).to_have_count(1)
        await page.evaluate(PAINT_ALL)
        assert await remaining(page, CLIPPED, "main :is([data-device], [data-needs]) *") == []
        for selector in ("main [data-device]", "main [data-needs]", "main [data-marker]"):
            assert await remaining(page, COVERING, selector) == [], selector
        assert min(await page.evaluate(LETTERS)) >= SMALLEST_LETTERS_PX
        assert await remaining(page, SIDEWAYS) == []
        if viewport is not PHONE:
            below = await top(page.get_by_role("contentinfo"))
            assert await page.evaluate("document.querySelector('main').scrollHeight") <= below
            assert await lowest(page, "main [data-device]") <= below
            assert await lowest(page, "main [data-needs]") <= await top(page.locator(".plan"))


async def test_what_needs_a_person_stands_first(site: Community, browser: Browser) -> None:
    await trouble(site)
    async with wall(browser, site) as opened:
        needs = opened.page.locator("[data-needs]")
        await expect(needs.first).to_have_attribute("data-needs", "hemei/sensor/garage-a-smoke")
        await expect(needs.first).to_contain_text("烟雾报警")
        await expect(needs.nth(1)).to_contain_text("非法开门")
        await expect(opened.page.get_by_test_id("attention-more")).to_have_text(r"另有 10 台设备")
        await site.say("hemei/sensor/garage-a-smoke", alarm=False)
        await expect(needs.first).to_have_attribute("data-needs", "hemei/door/lobby-3")
        await expect(card(opened.page, "hemei/sensor/garage-a-smoke")).to_have_attribute(
            "data-tone", "normal"
        )


async def test_nothing_of_a_device_that_is_gone_looks_live(site: Community, browser: Browser) -> None:
    gone = "hemei/door/west-walk"
    async with wall(browser, site) as opened:
        await expect(card(opened.page, gone)).to_have_attribute("data-tone", "normal")
        await site.lose(gone, "the reader does not answer")
        await expect(card(opened.page, gone)).to_have_attribute("data-freshness", "device-offline")
        await expect(card(opened.page, gone).get_by_test_id("state")).to_have_text("设备离线")
        await card(opened.page, gone).click()
        dialog = opened.page.get_by_role("dialog")
        await expect(dialog.get_by_test_id("last-known")).to_contain_text("门已关")
        await expect(dialog).to_contain_text("the reader does not answer")
        assert await opened.violations() == []
        await site.find(gone)
        await expect(cards(opened.page, "device-offline")).to_have_count(0)


async def test_a_guard_unlocks_a_door_with_two_presses(site: Community, browser: Browser) -> None:
    door = "hemei/door/lobby-1"
    async with wall(browser, site) as opened:
        await card(opened.page, door).click()
        dialog = opened.page.get_by_role("dialog", name="1号楼大堂门")
        await dialog.get_by_role("button", name="开门", exact=True).click()
        await expect(dialog.get_by_role("button", name="再按一次确认：开门")).to_be_visible()
        assert [action for key, action in site.asked if key == door] == []
        await dialog.get_by_role("button", name="再按一次确认：开门").click()
        await expect(dialog.get_by_test_id("outcome")).to_have_text("开门：已完成")
        ((key, action),) = [each for each in site.asked if each[0] == door]
        assert (key, action.action, action.issuer) == (door, "unlock", "link:guard")
        assert await opened.violations() == []


async def test_a_wall_has_no_buttons_that_move_anything(site: Community, browser: Browser) -> None:
    async with wall(browser, site, Role.WALL, language="en") as opened:
        for kind in ("gate", "door", "sprinkler", "sensor"):
            async with opened.page.expect_response("**/api/v1/session"):
                await card(opened.page, site.keys(kind)[-1]).click()
            dialog = opened.page.get_by_role("dialog")
            await expect(dialog.get_by_role("button")).to_have_count(2)  # to close it, and the title
            await dialog.get_by_role("button", name="Close").click()
            await expect(dialog).to_have_count(0)


async def test_a_marker_stands_where_its_device_does_and_opens_it(site: Community, browser: Browser) -> None:
    async with wall(browser, site, language="en") as opened:
        page = opened.page
        await expect(page.locator(".plan img")).to_have_js_property("complete", True)
        assert await page.locator(".plan img").evaluate("(img) => img.naturalWidth") > 0
        alone = [each for each in site.devices if each.kind != "charger"]
        await expect(page.locator("[data-marker]")).to_have_count(len(alone) + ROWS)
        east = await middle(page.locator('[data-marker="hemei/gate/east-in"]'))
        west = await middle(page.locator('[data-marker="hemei/gate/west-in"]'))
        plan = await page.locator(".plan").bounding_box()
        assert plan is not None
        assert abs((east - plan["x"]) / plan["width"] - 0.93) < 0.04
        assert abs((west - plan["x"]) / plan["width"] - 0.07) < 0.04
        await page.get_by_role("button", name="East gate, in: Closed").click()
        await expect(page.get_by_role("dialog", name="East gate, in")).to_be_visible()


async def test_a_live_picture_is_shown_only_while_it_is_live(site: Community, browser: Browser) -> None:
    camera = "hemei/camera/garden"
    async with wall(browser, site, Role.WALL) as opened:
        await card(opened.page, camera).click()
        dialog = opened.page.get_by_role("dialog")
        state, picture = dialog.get_by_test_id("preview-state"), dialog.get_by_test_id("live-picture")
        await expect(state).to_have_text("观看会记录在案")
        assert camera not in [key for key, _ in site.asked], "nobody has asked yet"
        await dialog.get_by_role("button", name="看实时画面").click()
        await expect(state).to_contain_text("实时，")
        assert len(await colours(picture, 3)) == 3, "the picture moves"
        assert [action.issuer for key, action in site.asked if key == camera] == ["link:wall"]

        rejected = site.hub.core.counters.rejected.total()
        await site.project(camera, b"<svg onload='alert(1)'/>")
        await eventually(lambda: site.hub.core.counters.rejected.total() == rejected + 1)
        assert len(await colours(picture, 2)) == 2, "garbage is left out, and harms nothing"
        assert await opened.violations() == []

        site.filming.discard(address(camera))
        await expect(state).to_have_text("画面停住，不是实时的", timeout=8_000)
        site.filming.add(address(camera))
        await expect(state).to_contain_text("实时，")
        await dialog.get_by_role("button", name="停止").click()
        await expect(picture).to_have_count(0)
        await eventually(lambda: site.hub.core.previews.looking == 0)


async def test_the_stream_is_one_that_browsers_show_by_themselves(site: Community, browser: Browser) -> None:
    async with wall(browser, site) as opened:
        await opened.page.evaluate(
            """() => document.querySelector("main").append(Object.assign(new Image(), {
                 id: "plain", alt: "", src: "/api/v1/devices/hemei/camera/playground/preview" }))"""
        )
        assert len(await colours(opened.page.locator("#plain"), 3)) == 3
        await opened.page.evaluate("document.querySelector('#plain').src = ''")
        await eventually(lambda: site.hub.core.previews.looking == 0)


async def test_a_camera_that_refuses_says_why(site: Community, browser: Browser) -> None:
    camera = "hemei/camera/centre"
    site.refusing[camera] = "the privacy mask is down"
    async with wall(browser, site, language="en") as opened:
        await card(opened.page, camera).click()
        dialog = opened.page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Show live picture").click()
        await expect(dialog.get_by_test_id("preview-state")).to_have_text(
            "No picture: the privacy mask is down"
        )
        await expect(dialog.get_by_test_id("live-picture")).to_have_count(0)
        opened.forgive("Failed to load resource: the server responded with a status of 409")


def tone(page: Page, device: str, shown: str) -> Locator:
    """Return the tile of a device if it looks like that."""
    return page.locator(f'main [data-device="{device}"][data-tone="{shown}"]')


async def colours(picture: Locator, wanted: int) -> set[str]:
    """Look at a picture until it has shown so many colours; returns those seen in 10 s."""
    seen: set[str] = set()
    deadline = asyncio.get_running_loop().time() + 10
    while len(seen) < wanted and asyncio.get_running_loop().time() < deadline:
        colour = await picture.evaluate(COLOUR)
        seen |= {colour} if colour else set()
    return seen


async def top(place: Locator) -> float:
    box = await place.bounding_box()
    assert box is not None
    return box["y"]


async def middle(place: Locator) -> float:
    box = await place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2


async def lowest(page: Page, selector: str) -> float:
    bottom: float = await page.evaluate(
        "(selector) => Math.max(...[...document.querySelectorAll(selector)].map("
        "(each) => each.getBoundingClientRect().bottom))",
        selector,
    )
    return bottom
