"""Passes, vehicles inside and visitors on the console; a vehicle at the gate; figures on the wall."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, ViewportSize, expect

from contract.passes import ACCESS_GRANTED, BLOCKED_PLATE, GATE_PASSED, PLATE_RECOGNISED
from hub.access.roles import Role
from tests.browser.chromium import DESKTOP, HUB_AWAY, PHONE
from tests.browser.entrance import EAST_IN, EAST_OUT, LOBBY, Entrance, entrance, signed_in
from tests.browser.fits import SIDEWAYS, remaining
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

RESIDENT = "浙B12345"
VISITOR = "沪A00001"
UNKNOWN = "京A66666"
BLOCKED = "苏E8B0O1"
REFUSED = "Failed to load resource: the server responded with a status of 4"
"""How Chromium itself begins to say that the hub refuses."""

SOON_MS = 45_000


async def reads(gate: Entrance, plate: str, **data: Any) -> None:
    """Have the camera at the entrance read a plate that the gate does not let in."""
    shown = await gate.picture(plate)
    said = {"plate": plate, "colour": "blue", "confidence": 98.0, "direction": "in", "decision": "refused"}
    await gate.tell(EAST_IN, PLATE_RECOGNISED, **(said | {"media": [shown]} | data))


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def gate(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Entrance]:
    async with entrance(tmp_path_factory.mktemp("entrance")) as running:
        home = await running.office("/households", building="3", unit="2", number="501")
        person = await running.office("/people", name="王芳", household=home["id"])
        vehicle = await running.office("/vehicles", plate=RESIDENT, person=person["key"])
        await running.office("/blocked-plates", plate=BLOCKED, reason="多次冲闸")
        whose = {"vehicle": vehicle["key"], "person": person["key"], "category": "resident"}
        shown = await running.picture(RESIDENT)
        passed = {"direction": "in", "means": "plate", "media": [shown], "dwell_s": 3.2}
        await running.tell(EAST_IN, GATE_PASSED, plate=RESIDENT, **passed, **whose)
        await running.tell(EAST_IN, GATE_PASSED, plate=VISITOR, category="visitor", passback=True, **passed)
        await running.tell(EAST_OUT, GATE_PASSED, plate="浙B99999", direction="out", means="command")
        await running.tell(LOBBY, ACCESS_GRANTED, holder=person["key"], means="card", direction="in")
        await reads(running, "粤B55555", reason="expired", replay=True)
        await eventually(lambda: running.hub.room.passes.gauges()["passes_recorded"]() >= 5)
        yield running


def rows(page: Page) -> Any:
    return page.get_by_test_id("passes").get_by_role("listitem")


async def test_a_guard_finds_passes_by_a_part_of_a_plate(gate: Entrance, browser: Browser) -> None:
    async with signed_in(browser, gate.hub, Role.GUARD, "/console#/passes") as opened:
        page = opened.page
        await expect(rows(page)).to_have_count(5)
        await expect(rows(page).first).to_contain_text("粤B55555")
        await expect(page.locator("[data-plate='沪A00001'] [data-flag=passback]")).to_be_visible()
        await expect(page.locator("[data-plate='粤B55555']")).to_contain_text("已过有效期")
        await expect(rows(page).filter(has_text="3栋大堂门")).to_contain_text("住户 · 3-2-501")
        await page.get_by_test_id("direction").select_option("out")
        await expect(rows(page)).to_have_count(1)
        await page.get_by_role("button", name="清除条件").click()

        await page.get_by_test_id("plate").fill("浙b·1?34S")
        await page.get_by_test_id("plate").press("Enter")
        await expect(rows(page)).to_have_count(1)
        found = page.locator(f"[data-plate='{RESIDENT}']")
        await expect(found).to_contain_text("住户 · 3-2-501")
        assert "王芳" not in await page.content(), "a guard sees no names"
        await found.get_by_test_id("thumb").click()
        picture = page.get_by_test_id("picture").locator("img")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 640
        await page.keyboard.press("Escape")
        await expect(page.get_by_test_id("picture")).to_have_count(0)
        async with page.expect_download() as sheet:
            await page.get_by_test_id("sheet").click()
        lines = (await (await sheet.value).path()).read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) == 2
        assert RESIDENT in lines[1]

        await page.get_by_label(re.compile("严格匹配")).check()
        await page.get_by_test_id("find").click()
        await expect(page.get_by_test_id("no-passes")).to_be_visible()
        await page.get_by_role("button", name="清除条件").click()
        await expect(rows(page)).to_have_count(5)
        await gate.tell(EAST_OUT, GATE_PASSED, plate="浙B77777", direction="out", means="plate")
        await expect(rows(page).first).to_contain_text("浙B77777", timeout=SOON_MS)


async def test_a_supervisor_sees_names_and_asks_for_each_once(gate: Entrance, browser: Browser) -> None:
    async with signed_in(browser, gate.hub, Role.SUPERVISOR, f"/console#/passes/search~{RESIDENT}") as opened:
        await expect(opened.page.locator(f"[data-plate='{RESIDENT}']")).to_contain_text("3-2-501 · 王芳")


async def test_a_vehicle_that_is_not_inside_any_more_is_marked(gate: Entrance, browser: Browser) -> None:
    async with signed_in(browser, gate.hub, Role.GUARD, "/console#/passes/inside") as opened:
        page = opened.page
        counts = page.get_by_test_id("counts")
        await expect(counts.locator("[data-group=all] b")).to_have_text("2")
        await expect(page.get_by_test_id("hours").get_by_role("img")).to_be_visible()
        await counts.locator("[data-group=visitor]").click()
        there = page.locator(f"[data-inside='{VISITOR}']")
        await expect(page.get_by_test_id("inside").get_by_role("listitem")).to_have_count(1)
        await there.get_by_test_id("left").click()
        await there.get_by_label(re.compile("原因")).fill("走")
        await there.get_by_test_id("leave").click()
        await expect(there).to_contain_text("至少写 2 个字")
        await there.get_by_label(re.compile("原因")).fill("现场核对，车位空着")
        await there.get_by_test_id("leave").click()
        await expect(page.get_by_test_id("left-done")).to_contain_text(f"{VISITOR} 已标记离场")
        await expect(counts.locator("[data-group=all] b")).to_have_text("1", timeout=SOON_MS)

        await counts.locator("[data-group=all]").click()
        still = page.locator(f"[data-inside='{RESIDENT}']")
        await still.get_by_test_id("left").click()
        await still.get_by_label(re.compile("原因")).fill("业主说已开走")
        await page.route("**/left", lambda route: _after_it_passed(gate, route, still))
        await still.get_by_test_id("leave").click()
        await expect(page.get_by_test_id("left-done")).to_contain_text("刚刚已经离场")
        opened.forgive(REFUSED)


async def _after_it_passed(gate: Entrance, route: Route, line: Locator) -> None:
    """Let what was pressed arrive once the vehicle has passed, and the page knows it."""
    recorded = gate.hub.room.passes.gauges()["passes_recorded"]
    before = recorded()
    await gate.tell(EAST_OUT, GATE_PASSED, plate=RESIDENT, direction="out", means="plate")
    await eventually(lambda: recorded() > before)
    await expect(line).to_have_count(0)
    await route.continue_()


async def test_a_visitor_is_let_in_and_turned_away_again(gate: Entrance, browser: Browser) -> None:
    async with signed_in(browser, gate.hub, Role.GUARD, "/console#/passes/visitors") as opened:
        page = opened.page
        await expect(page.get_by_test_id("no-visits")).to_be_visible()
        await page.get_by_test_id("make").click()
        form = page.get_by_test_id("visit-form")
        await form.get_by_test_id("send-visit").click()
        await expect(form).to_contain_text("请填车牌，或勾选开门码")
        await form.get_by_label("车牌").fill("浙b·12345")
        await form.get_by_label("到访房间").fill("3-2")
        await form.get_by_label("访客姓名或事由").fill("送家具")
        await form.get_by_label(re.compile("要开门码")).check()
        await form.get_by_test_id("send-visit").click()
        await expect(form.get_by_test_id("refusal")).to_contain_text("已经登记，不需要访客通行")
        await expect(form.get_by_label("访客姓名或事由")).to_have_value("送家具")
        await expect(form.get_by_label("到访房间")).to_have_value("3-2-501")
        await form.get_by_label("车牌").fill("沪C24680")
        await form.get_by_test_id("send-visit").click()
        code = page.get_by_test_id("visit-made").get_by_test_id("code")
        await expect(code).to_have_text(re.compile(r"^\d{4} \d{4}$"))
        shown = page.get_by_test_id("visits").get_by_role("listitem")
        await expect(shown).to_have_attribute("data-state", "open")
        await expect(shown).to_contain_text("3-2-501")
        await expect(shown.get_by_test_id("code")).to_have_text(await code.inner_text())
        await shown.get_by_test_id("revoke").click()
        await expect(shown.get_by_test_id("revoke")).to_have_text("再按一次确认撤销")
        await shown.get_by_test_id("revoke").click()
        await expect(page.get_by_test_id("revoked")).to_contain_text("沪C24680")
        await expect(page.get_by_test_id("no-visits")).to_be_visible()
        opened.forgive(REFUSED)


async def test_an_unknown_vehicle_is_let_in_from_its_alarm(gate: Entrance, browser: Browser) -> None:
    await gate.say(EAST_IN, waiting=True)
    await reads(gate, UNKNOWN, reason="unknown")
    async with signed_in(browser, gate.hub, Role.GUARD, "/console") as opened:
        page = opened.page
        await page.locator("[data-alarm]").filter(has_text="门口有车等待放行").click()
        at_gate = page.get_by_test_id("at-gate")
        await expect(at_gate.get_by_test_id("plate")).to_have_text(UNKNOWN)
        await expect(at_gate).to_contain_text("未放行原因: 未登记")
        await expect(at_gate.get_by_test_id("plate-known")).to_contain_text("台账里没有这个车牌")
        await expect(at_gate.get_by_role("img", name=f"车辆抓拍图，{UNKNOWN}")).to_be_visible()
        await expect(page.get_by_test_id("evidence").locator("img").first).to_be_visible()

        await at_gate.get_by_test_id("register-visitor").focus()
        await page.keyboard.press("Enter")
        form = at_gate.get_by_test_id("visit-form")
        await expect(form.get_by_label("车牌")).to_be_focused()
        await expect(form.get_by_label("车牌")).to_have_value(UNKNOWN)
        await form.get_by_test_id("minutes").select_option("60")
        await page.keyboard.press("Enter")
        await expect(at_gate.get_by_test_id("visit-made")).to_contain_text(UNKNOWN)
        await expect(at_gate.get_by_test_id("plate-known")).to_contain_text("访客")

        await at_gate.get_by_test_id("open-once").click()
        await at_gate.get_by_test_id("open-now").click()
        await expect(at_gate).to_contain_text("请写明为什么放行")
        await page.keyboard.type("访客，已向住户核实")
        await page.keyboard.press("Enter")
        await expect(at_gate.get_by_test_id("opened")).to_contain_text("已完成")
        assert [action.action for action in gate.asked] == ["open"]
        await expect(at_gate).to_contain_text("车已不在门口")


async def test_a_blocked_vehicle_is_not_let_in_from_its_alarm(gate: Entrance, browser: Browser) -> None:
    shown = await gate.picture(BLOCKED)
    said = {"plate": BLOCKED, "decision": "refused", "reason": "blocked", "direction": "in", "media": [shown]}
    await gate.say(EAST_IN, waiting=True)
    await gate.tell(EAST_IN, BLOCKED_PLATE, **said)
    async with signed_in(browser, gate.hub, Role.GUARD, "/console") as opened:
        page = opened.page
        await page.locator("[data-alarm]").filter(has_text="黑名单车辆到达").click()
        at_gate = page.get_by_test_id("at-gate")
        await expect(at_gate.get_by_test_id("plate")).to_have_text(BLOCKED)
        await expect(at_gate.get_by_test_id("plate-known")).to_contain_text("黑名单：多次冲闸")
        await expect(at_gate.get_by_test_id("open-once")).to_have_count(0)
        await expect(at_gate.get_by_test_id("register-visitor")).to_have_count(0)


@pytest.mark.parametrize(
    ("viewport", "language"), [(DESKTOP, "zh-CN"), (PHONE, "en")], ids=["desktop", "phone"]
)
async def test_everybody_can_use_it(
    gate: Entrance, browser: Browser, viewport: ViewportSize, language: str
) -> None:
    async with signed_in(browser, gate.hub, Role.GUARD, f"/console?lang={language}", viewport) as opened:
        page = opened.page
        views = (("search", "passes"), ("inside", "counts"), ("visitors", "visits"))
        for view, shown in views:
            await page.goto(f"/console?lang={language}#/passes/{view}")
            await page.get_by_test_id(shown).wait_for(state="attached")
            if view == "visitors":
                await page.get_by_test_id("make").click()
            assert await remaining(page, SIDEWAYS) == [], view
            assert await opened.violations() == [], view
        await page.goto(f"/console?lang={language}#/alarms")
        await page.locator("[data-alarm]").first.click()
        await page.get_by_test_id("plate-known").wait_for()
        assert await remaining(page, SIDEWAYS) == []
        assert await opened.violations() == []


async def test_the_wall_shows_how_many_are_inside_and_when_that_is_not_live(
    gate: Entrance, browser: Browser
) -> None:
    async with signed_in(browser, gate.hub, Role.WALL, "/wall") as opened:
        page = opened.page
        strip = page.get_by_test_id("inside")
        await expect(strip).to_have_attribute("data-live", "true")
        before = await strip.locator("[data-group=unknown] b").inner_text()
        await gate.tell(EAST_IN, GATE_PASSED, plate="浙B31415", direction="in", means="plate")
        await expect(strip.locator("[data-group=unknown] b")).to_have_text(str(int(before) + 1))
        await gate.say(EAST_IN, plate_camera="silent")
        card = page.locator("[data-device='hemei/gate/east-in']")
        await expect(card).to_contain_text("车牌相机失联")
        assert await opened.violations() == []
        await gate.broker.kill()
        await expect(strip).to_have_attribute("data-live", "false", timeout=SOON_MS)
        await expect(strip).to_contain_text("不是实时")
        opened.forgive(*HUB_AWAY)
