"""Plans: uploaded and filled at a desk, toured on the wall, and left for where an alarm stands."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from contract.topics import address
from hemei.demo.community import PLAN, Device
from hub.access.roles import Role
from hub.alarms.definition import Priority
from hub.alarms.signals import Raise
from hub.plans.records import Placement
from tests.browser.chromium import DESKTOP, PHONE, Screen, screen
from tests.browser.community import Community, community, link_of
from tests.browser.fits import SIDEWAYS, remaining
from tests.hub.alarms.made import definition
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("lane-1"), pytest.mark.asyncio(loop_scope="package")]

SMOKE: Final = definition("garage-smoke", priority=Priority.CRITICAL)
CAMERA: Final = "hemei/camera/garage-a"
SENSOR: Final = "hemei/sensor/garage-a-smoke"
NEAR: Final = "hemei/sensor/garage-b-smoke"
GARAGE: Final = PLAN.with_name("garage.svg")
REFUSED: Final = "Failed to load resource: the server responded with a status of 422"


ACROSS, DOWN = 16, 10
CROWD: Final[list[Device]] = [
    {
        "kind": "sensor",
        "id": f"smoke-{row}-{column}",
        "title": {"zh-CN": f"{row} 排 {column} 号烟感", "en": f"Smoke {row}-{column}"},
        "driver_host": "grounds",
        "location": {"area": "garage", "floor": 0, "x": (column + 1) / 18, "y": (row + 1) / 12},
    }
    for row in range(DOWN)
    for column in range(ACROSS)
]


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Community]:
    async with community(tmp_path_factory.mktemp("plans"), alarms=(SMOKE,)) as running:
        yield running


@asynccontextmanager
async def opened(browser: Browser, site: Community, role: Role, path: str) -> AsyncIterator[Screen]:
    """Open a page as somebody with `role`."""
    async with screen(browser, base_url=site.hub.server.address, viewport=DESKTOP) as shown:
        await shown.page.goto(await link_of(site, role))
        await shown.page.wait_for_url("**/admin" if role is Role.ADMIN else "**/wall")
        await shown.page.goto(path)
        yield shown


def placed(site: Community, key: str) -> Placement:
    """Return where the hub has a device."""
    return site.hub.room.plans.placements.get(key, Placement("", 0, 0))


def marker(place: Locator, key: str) -> Locator:
    """Find a device on a plan."""
    return place.locator(f'[data-marker="{key}"]')


async def drag(page: Page, what: Locator, over: Locator, x: float, y: float) -> None:
    """Drag something to where it is `x`, `y` from 0 to 1 over a place."""
    await what.hover()
    await page.mouse.down()
    box = await over.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y, steps=4)
    await page.mouse.up()


async def test_a_plan_is_uploaded_filled_and_seen_on_the_wall_until_it_is_deleted(
    site: Community, browser: Browser
) -> None:
    async with (
        opened(browser, site, Role.WALL, "/wall") as wall,
        opened(browser, site, Role.ADMIN, "/admin#/plans") as desk,
    ):
        page, shown = desk.page, wall.page.get_by_role("region", name="平面图")
        await expect(marker(shown, CAMERA)).to_be_visible()
        await expect(shown.get_by_test_id("tour")).to_have_count(0)
        picture = page.get_by_label("上传平面图…")
        await picture.set_input_files({"name": "B1.svg", "mimeType": "image/svg+xml", "buffer": b"<html/>"})
        await expect(page.get_by_role("alert")).to_contain_text("重新导出")
        desk.forgive(REFUSED)
        await picture.set_input_files(
            {"name": "B1.svg", "mimeType": "image/svg+xml", "buffer": GARAGE.read_bytes()}
        )
        card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="B1"))
        await card.get_by_role("button", name="名称…").click()
        await card.get_by_label("名称（英文）").fill("Level B1")
        await card.get_by_label("楼栋（中文）").fill("车库")
        await card.get_by_role("button", name="保存").click()
        await expect(wall.page.get_by_test_id("tour")).to_contain_text("第 1 / 2 张")
        assert await desk.violations() == []
        await card.get_by_role("link", name="放置设备 车库 · B1").click()
        await place_devices(site, desk, wall)
        assert await desk.violations() == []
        await page.get_by_role("link", name="全部平面图").click()
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("heading", name="Plans")).to_be_visible()
        assert await desk.violations() == []
        await page.set_viewport_size(PHONE)
        assert await remaining(page, SIDEWAYS) == []
        remove = page.get_by_role("button", name="Delete 车库 · Level B1")
        await remove.click()
        await page.get_by_role("button", name="Level B1").filter(has_text="again").click()
        await expect(page.get_by_role("status").filter(has_text="1 device has lost")).to_be_visible()
        await expect(shown.get_by_test_id("tour")).to_have_count(0)
        await expect(marker(shown, CAMERA)).to_be_visible()


async def place_exactly(site: Community, page: Page) -> None:
    """Show the plan twice as large, drag a device over what is seen of it, and show all again."""
    frame, board = page.get_by_test_id("frame"), page.get_by_test_id("board")
    for _ in range(2):
        await page.get_by_role("button", name="放大").click()
    await expect(page.get_by_role("group", name="显示大小")).to_contain_text("200%")
    before = placed(site, CAMERA)
    await drag(page, marker(board, CAMERA), frame, 0.3, 0.6)
    await eventually(lambda: placed(site, CAMERA) != before)
    seen, whole = await frame.bounding_box(), await board.bounding_box()
    assert seen is not None
    assert whole is not None
    dropped = (seen["x"] + seen["width"] * 0.3 - whole["x"]) / whole["width"]
    assert placed(site, CAMERA).x == pytest.approx(dropped, abs=0.01)
    assert whole["width"] == pytest.approx(2 * seen["width"], rel=0.01)
    for _ in range(2):
        await page.get_by_role("button", name="缩小").click()
    await expect(page.get_by_role("button", name="缩小")).to_be_disabled()


async def place_devices(site: Community, desk: Screen, wall: Screen) -> None:
    """Drag a device, move it by keys, take a move back; the wall shows each at once."""
    page, shown = desk.page, wall.page.get_by_role("region", name="平面图")
    board, tray = page.get_by_test_id("board"), page.get_by_test_id("tray")
    await tray.get_by_label("也列出其他平面图上的设备").check()
    await tray.get_by_label("搜索名称或编号").fill("garage-a")
    await tray.get_by_label("类型").select_option("camera")
    await drag(page, tray.locator(f'[data-tray="{CAMERA}"]'), board, 0.25, 0.5)
    await eventually(lambda: placed(site, CAMERA).plan.startswith("p-"))
    assert (placed(site, CAMERA).x, placed(site, CAMERA).y) == pytest.approx((0.25, 0.5), abs=0.01)
    await shown.get_by_role("button", name="B1").click()
    await expect(marker(shown, CAMERA)).to_be_visible()
    await expect(shown.get_by_test_id("tour")).to_have_attribute("data-tour", "held")
    before = placed(site, CAMERA)
    await marker(board, CAMERA).focus()
    for _ in range(4):
        await page.keyboard.press("Shift+ArrowRight")
    await eventually(lambda: placed(site, CAMERA).x > before.x)
    assert placed(site, CAMERA).x == pytest.approx(before.x + 0.1)
    await page.get_by_role("button", name="撤销").click()
    await eventually(lambda: placed(site, CAMERA) == before)
    await place_exactly(site, page)
    await tray.get_by_label("类型").select_option("sensor")
    await tray.get_by_role("button", name="放到图中央").click()
    await expect(marker(board, SENSOR)).to_be_focused()
    await eventually(lambda: (placed(site, SENSOR).x, placed(site, SENSOR).y) == (0.5, 0.5))
    await page.keyboard.press("Delete")
    await eventually(lambda: placed(site, SENSOR).plan == "")


async def test_the_wall_jumps_to_where_a_grave_alarm_stands_and_lists_what_has_no_picture(
    site: Community, browser: Browser
) -> None:
    plans = site.hub.room.plans
    headers = site.hub.bearer(Role.ADMIN)
    made = await site.hub.http.post(
        "/api/v1/plans?id=b1&title=B1", content=GARAGE.read_bytes(), headers=headers
    )
    assert made.status_code == 201
    there = {"plan": "b1", "x": 0.3, "y": 0.4}
    await site.hub.http.put(f"/api/v1/placements/{SENSOR}", json=there, headers=headers)
    async with opened(browser, site, Role.WALL, "/wall") as wall:
        page, shown = wall.page, wall.page.get_by_role("region", name="平面图")
        await expect(shown).to_have_attribute("data-shown", "site")
        await shown.get_by_role("button", name="小区总平面").click()
        await expect(shown.get_by_test_id("tour")).to_have_attribute("data-tour", "held")
        signal = Raise(
            definition=SMOKE, address=address(SENSOR), area="garage", at_ms=round(time.time() * 1000)
        )
        await site.hub.room.desk.take([signal], None)
        await expect(shown).to_have_attribute("data-shown", "b1")
        await expect(shown.get_by_test_id("tour")).to_have_attribute("data-tour", "alarm")
        await expect(marker(shown, SENSOR)).to_have_accessible_name("地库A区烟感：道闸故障，1 级（特急）")
        assert await wall.violations() == []
        await marker(shown, SENSOR).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.route("**/api/v1/plans/b1/picture*", lambda route: route.abort())
        await site.hub.http.put("/api/v1/plans/b1/picture", content=PLAN.read_bytes(), headers=headers)
        await expect(shown.get_by_role("status")).to_contain_text("以列表显示")
        await expect(marker(shown, SENSOR)).to_be_visible()
        wall.forgive("Failed to load resource: net::ERR_FAILED")
    assert plans.placements.keys() == {SENSOR}


async def test_a_case_shows_on_a_plan_where_it_is_and_what_is_near(site: Community, browser: Browser) -> None:
    at = round(time.time() * 1000)
    signal = Raise(definition=SMOKE, address=address(NEAR), area="garage", at_ms=at)
    await site.hub.room.desk.take([signal], None)
    (alarm,) = [each for each in site.hub.room.desk.standing().values() if each.address == address(NEAR)]
    async with screen(browser, base_url=site.hub.server.address, viewport=DESKTOP) as desk:
        await desk.page.goto(await link_of(site, Role.GUARD))
        await desk.page.wait_for_url("**/console")
        await desk.page.goto(f"/console#/alarms/{alarm.id}")
        where = desk.page.get_by_test_id("case-map")
        await expect(where.get_by_role("img", name="小区总平面")).to_be_visible()
        await expect(where.get_by_role("button", name=re.compile("^地库B区烟感：.*1 级"))).to_be_visible()
        await where.get_by_role("button", name=re.compile("^地库B区：")).click()
        await expect(desk.page.get_by_role("dialog", name="地库B区")).to_be_visible()
        assert await desk.violations() == []


async def test_what_is_too_much_to_mark_stands_in_groups_that_hide_nothing(
    tmp_path: Path, browser: Browser
) -> None:
    async with community(tmp_path, CROWD) as many, opened(browser, many, Role.WALL, "/wall") as shown:
        plan = shown.page.get_by_role("region", name="平面图")
        await expect(plan.get_by_role("button", name=re.compile("台设备，无需处理$")).first).to_be_visible()
        await many.say("hemei/sensor/smoke-4-7", alarm=True)
        group = plan.get_by_role("button", name=re.compile("台设备，1 台需要处理；最急：4 排 7 号烟感"))
        await expect(group).to_have_attribute("data-tone", "alarm")
        await expect(group).to_contain_text(re.compile(r"^1/\d+$"))
        await group.click()
        first = plan.get_by_role("listitem").first
        await expect(first).to_contain_text("4 排 7 号烟感")
        await first.get_by_role("button").click()
        await expect(shown.page.get_by_role("dialog")).to_contain_text("4 排 7 号烟感")
