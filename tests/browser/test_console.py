"""The guards' console before a real hub: an alarm acknowledged with one key, seen everywhere, never twice."""

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from hub.access.roles import Role
from hub.alarms.alarm import Alarm
from hub.alarms.definition import Definition, Priority
from hub.app import PAGES
from hub.notify.contact import Contact
from hub.referrals.settings import Grid, PoliceSettings
from tests.browser.chromium import DESKTOP, PHONE, STARTED, Screen, screen
from tests.browser.fits import SIDEWAYS, remaining
from tests.hub.alarms.made import definition, raised
from tests.hub.api.house import House, house
from tests.hub.api.residents import PREPAID, staff
from tests.hub.notify.receiver import receiving
from tests.hub.orders.made import REPAIR
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("lane-1"), pytest.mark.asyncio(loop_scope="package")]

SMOKE = definition(
    "bike-shed-smoke",
    title={"zh-CN": "车棚烟雾", "en": "Smoke in the shed"},
    priority=Priority.CRITICAL,
    latching=True,
    steps=({"zh-CN": "打 119。", "en": "Call 119."},),
)
FAULT = definition()
CONFLICT = "Failed to load resource: the server responded with a status of 409"


@pytest_asyncio.fixture(loop_scope="package")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(
        tmp_path_factory.mktemp("console"),
        built=PAGES,
        alarms=(SMOKE, FAULT),
        charging=PREPAID,
        order_kinds=(REPAIR,),
    ) as running:
        yield running


@asynccontextmanager
async def signed_in(
    browser: Browser, hub: House, role: Role, address: str, viewport: ViewportSize = DESKTOP
) -> AsyncIterator[Screen]:
    """Open a page as somebody with `role`."""
    async with screen(browser, base_url=hub.server.address, viewport=viewport) as opened:
        await opened.page.goto(f"/signin?token={await hub.access.create_link(role)}")
        await opened.page.wait_for_url(STARTED)
        await opened.page.goto(address)
        yield opened


async def raise_one(hub: House, of: Definition) -> Alarm:
    await hub.room.desk.take([raised(of, at_ms=round(time.time() * 1000))], None)
    return next(alarm for alarm in hub.room.desk.standing().values() if alarm.key == of.key)


def row(page: Page, alarm: Alarm, state: str) -> str:
    return f'[data-alarm="{alarm.id}"][data-state="{state}"]'


async def test_one_key_acknowledges_and_every_screen_shows_who(hub: House, browser: Browser) -> None:
    async with (
        signed_in(browser, hub, Role.WALL, "/wall") as wall,
        signed_in(browser, hub, Role.GUARD, "/console") as console,
    ):
        # There is no broker here: what the hub cannot hear of is not called calm.
        await expect(wall.page.get_by_test_id("no-alarms")).to_contain_text("未知")
        alarm = await raise_one(hub, SMOKE)
        await expect(wall.page.get_by_test_id("critical-banner")).to_contain_text("车棚烟雾")
        await console.page.locator(row(console.page, alarm, "unacknowledged")).wait_for()
        await console.page.keyboard.press("j")
        await expect(console.page.get_by_test_id("timeline")).to_contain_text("报警产生")
        await console.page.keyboard.press("a")
        seen = wall.page.locator(row(wall.page, alarm, "acknowledged"))
        await expect(seen).to_contain_text("保安")
        await expect(wall.page.get_by_test_id("critical-banner")).to_have_count(0)
        await expect(console.page.get_by_test_id("acknowledged-by")).to_contain_text("保安")
        assert await wall.page.locator("[data-deed]").count() == 0, "a wall acts on nothing"
        traced = await hub.room.desk.get(alarm.id)
        assert traced is not None
        assert traced.state == "acknowledged"


async def test_a_press_that_comes_too_late_says_who_was_first_and_loses_nothing(
    hub: House, browser: Browser
) -> None:
    alarm = await raise_one(hub, FAULT)
    async with signed_in(browser, hub, Role.GUARD, f"/console#/alarms/{alarm.id}") as console:
        page = console.page
        await page.locator("[data-deed=shelve]").click()
        await page.get_by_label("原因").fill("等厂家来修")
        # The page learns of it over the stream too: the press must be on its way by then.
        await page.route("**/shelve", lambda route: _after_another(hub, alarm, route))
        await page.get_by_role("button", name="提交：搁置").click()
        await expect(page.get_by_test_id("conflict")).to_contain_text("supervisor 已确认")
        await expect(page.get_by_label("原因")).to_have_value("等厂家来修")
        await page.unroute("**/shelve")
        await page.get_by_role("button", name="提交：搁置").click()
        await expect(page.locator('[data-set="aside"]')).to_contain_text("1")
        console.forgive(CONFLICT)


async def _after_another(hub: House, alarm: Alarm, route: object) -> None:
    press = {"version": alarm.version}
    path = f"/api/v1/alarms/{alarm.id}/acknowledge"
    answer = await hub.http.post(path, headers=hub.bearer(Role.SUPERVISOR), json=press)
    assert answer.status_code == 200
    await route.continue_()  # type: ignore[attr-defined]  # a Route, whose type is generated


@pytest.mark.parametrize(
    ("language", "reason"), [("zh-CN", "这不是可用的图片"), ("en", "this is no picture")]
)
async def test_why_it_was_not_done_is_said_in_the_viewers_language(
    hub: House, browser: Browser, language: str, reason: str
) -> None:
    order = {"kind": "repair", "text": "闸杆松了", "place": "东门"}
    made = await hub.http.post("/api/v1/work-orders", headers=hub.bearer(Role.GUARD), json=order)
    address = f"/console?lang={language}#/orders/{made.json()['id']}"
    async with signed_in(browser, hub, Role.GUARD, address) as console:
        picture = {"name": "1.png", "mimeType": "image/png", "buffer": b"no picture"}
        await console.page.locator("input[type=file]").set_input_files(picture)  # type: ignore[arg-type]  # a FilePayload
        await expect(console.page.get_by_test_id("refusal")).to_contain_text(reason)
        console.forgive("Failed to load resource: the server responded with a status of 422")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_everybody_can_use_it(
    hub: House, browser: Browser, viewport: ViewportSize, language: str
) -> None:
    alarm = await raise_one(hub, SMOKE)
    async with signed_in(browser, hub, Role.GUARD, f"/console?lang={language}", viewport) as console:
        page = console.page
        await page.locator(row(page, alarm, "unacknowledged")).click()
        await expect(page.get_by_test_id("trace")).to_be_visible()
        assert await page.get_by_test_id("no-case").count() == 0
        assert await remaining(page, SIDEWAYS) == []
        assert await console.violations() == []
        list_shown = page.locator(row(page, alarm, "unacknowledged"))
        await expect(list_shown).to_be_visible(visible=viewport is DESKTOP)
        if viewport is PHONE:
            await page.get_by_role("link", name="←").click()
            await expect(list_shown).to_be_visible()


STACKED = """() => {
    const boxes = [...document.querySelectorAll("header :is(h1, .row a, button, time)")]
        .filter((each) => getComputedStyle(each).visibility !== "hidden")
        .map((each) => each.getBoundingClientRect());
    const [tops, bottoms] = [boxes.map(({ top }) => top), boxes.map(({ bottom }) => bottom)];
    const high = Math.max(...boxes.map(({ height }) => height));
    const rows = Math.max(...bottoms) - Math.min(...tops);
    return rows < 1.5 * high ? [] : [`${rows} px of boxes at most ${high} px high`];
}"""


async def in_one_row(page: Page) -> None:
    """Check that all of the header stands beside one another."""
    assert await remaining(page, STACKED) == []
    assert await remaining(page, SIDEWAYS) == []


async def test_a_supervisors_header_is_one_row_and_an_account_is_closed_for_good(
    hub: House, browser: Browser
) -> None:
    opened = await staff(hub, "POST", "/accounts", {"note": "3-2-501"})
    ident = opened["account"]["id"]
    await staff(hub, "POST", f"/accounts/{ident}/top-up", {"fen": 4080, "note": "receipt 7"})
    async with signed_in(browser, hub, Role.SUPERVISOR, "/console#/charging/accounts") as console:
        page = console.page
        await in_one_row(page)
        await page.get_by_role("button", name="English").click()
        await in_one_row(page)
        await page.set_viewport_size({"width": 1366, "height": 768})
        await page.get_by_test_id("more").click()
        await in_one_row(page)
        assert await console.violations() == []
        await page.get_by_role("link", name="Tender figures").click()
        await expect(page.locator(".console")).to_have_attribute("data-place", "tender")
        await expect(page.get_by_role("button", name="Tender figures, and more pages")).to_be_visible()
        await page.get_by_role("button", name="中文").click()
        await in_one_row(page)

        await page.goto("/console?lang=en#/charging/accounts")
        account = page.locator(f'[data-account="{ident}"]')
        await account.get_by_role("button", name="Close…").click()
        await expect(account).to_contain_text("Pay back ¥40.80")
        await account.get_by_role("button", name="Close, ¥40.80 paid back").click()
        await expect(account.get_by_role("alert")).to_contain_text("Reason")
        await account.get_by_label("Reason").fill("moves out")
        await staff(hub, "POST", f"/accounts/{ident}/top-up", {"fen": 20, "note": "receipt 8"})
        await account.get_by_role("button", name="Close, ¥40.80 paid back").click()
        await expect(account.get_by_test_id("refusal")).to_contain_text("the balance has changed")
        await account.get_by_role("button", name="Close, ¥41.00 paid back").click()
        await expect(account.get_by_test_id("closed")).to_contain_text("Paid back: ¥41.00")
        await expect(account.get_by_role("button")).to_have_count(0)
        assert await console.violations() == []
        await page.goto(f"/c/account/{opened['key']}")
        await expect(page.get_by_test_id("closed")).to_be_visible()
        console.forgive(CONFLICT)


EAST = Grid(key="east", title={"zh-CN": "东门警格", "en": "East grid"}, areas=("east-gate",), contact="zhang")


async def test_an_alarm_is_handed_to_the_police_who_answer_from_a_telephone(
    tmp_path: Path, browser: Browser
) -> None:
    file = tmp_path / "zhang"
    file.touch(mode=0o600)
    contact = Contact(id="zhang", title={"zh-CN": "张警官"}, url_file=str(file))
    police = PoliceSettings(grid=(EAST,))
    async with (
        receiving() as officer,
        house(tmp_path, built=PAGES, alarms=(FAULT,), contacts=(contact,), police=police) as hub,
    ):
        file.write_text(officer.address("zhang"))
        alarm = await raise_one(hub, FAULT)
        async with (
            signed_in(browser, hub, Role.GUARD, f"/console#/alarms/{alarm.id}") as console,
            screen(
                browser, base_url=hub.server.address, viewport=PHONE, timezone="America/New_York"
            ) as phone,
        ):
            case = console.page.get_by_test_id("referrals")
            await case.get_by_test_id("hand-over").click()
            await expect(case.get_by_label("移交给")).to_have_value("east")
            await case.get_by_label("移交说明").fill("司机不肯离开")
            await case.get_by_role("button", name="移交", exact=True).click()
            await expect(case.get_by_test_id("letter")).to_have_text("已发出")
            (letter,) = await eventually(lambda: officer.posts)
            (link,) = [line for line in letter.text.split("\n") if line.startswith(hub.server.address)]
            page = phone.page
            await page.goto(link)
            await expect(page.get_by_role("heading", name="道闸故障")).to_be_visible()
            (raised_at,) = re.findall(r"时间：[0-9-]+ (\d\d:\d\d)", letter.text)
            await expect(page.get_by_test_id("facts")).to_contain_text(raised_at)  # wherever the telephone is
            assert await phone.violations() == []
            await page.get_by_test_id("confirm").click()
            await expect(page.get_by_role("alert")).to_have_text("请填写姓名")
            await page.get_by_label("姓名").fill("张警官")
            await page.get_by_label("警号").fill("021345")
            await page.get_by_test_id("confirm").click()
            await expect(case.get_by_test_id("receipt")).to_contain_text("张警官 · 警号 021345")
            await page.get_by_label("已处置").check()
            await page.get_by_label("说明（可不填）").fill("已到场劝离")
            assert await phone.violations() == []
            assert await remaining(page, SIDEWAYS) == []
            await page.get_by_test_id("send").click()
            await expect(page.get_by_test_id("done")).to_be_visible()
            await expect(case.get_by_test_id("police-answer")).to_contain_text("已到场劝离")
            await expect(console.page.get_by_test_id("timeline")).to_contain_text("警格答复")
            assert await console.violations() == []
            await page.reload()
            await expect(page.locator("[data-problem=link-over]")).to_be_visible()
            phone.forgive("Failed to load resource: the server responded with a status of 410")
