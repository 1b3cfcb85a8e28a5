"""The register on the console before a real hub: a list imported, a consent given, withdrawn and proven.

What is played here is the face terminals: they stand in the shadows, and answer by events in the ledger.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from contract.lists import Held, Holding, ListName
from contract.passes import FACE_REMOVED
from contract.things import EventSpec, Thing, ThingModel, read_description
from contract.topics import Address
from hub.access.roles import Role
from hub.app import PAGES
from hub.ledger.queries import entry_view
from tests.browser.chromium import DESKTOP, PHONE, STARTED, Screen, screen
from tests.browser.fits import SIDEWAYS, remaining
from tests.hub.api.house import House, arrival, house

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

WEST = Address("hemei", "driver", "west")
TERMINALS = {
    Address("hemei", "door", "lobby-3"): {"zh-CN": "3栋大堂", "en": "Lobby 3"},
    Address("hemei", "door", "south-walk"): {"zh-CN": "南门人行", "en": "South walk"},
}
SHEET = """姓名,类别,楼栋,单元,房号,电话,卡号,有效期至,籍贯
王芳,业主,3,2,501,138 0000 0001,8061550,长期,浙江
李明,业主,3,2,502,13800000002,,2030-12-31,
坏日期,业主,3,2,503,,,2026-13-45,
坏卡号,业主,3,2,504,,没有卡,,
"""
CONFLICT = "Failed to load resource: the server responded with a status of 409"


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("register"), built=PAGES) as running:
        for address, title in TERMINALS.items():
            stand(running, address, title)
        await running.room.register.look()
        yield running


def stand(hub: House, address: Address, title: dict[str, str]) -> None:
    """Have a face terminal describe itself."""
    model = ThingModel(properties={}, actions={}, events={FACE_REMOVED: EventSpec(title=title)})
    described = read_description(
        Thing(address=address, title=title, model=model, driver="west").description()
    )
    hub.core.shadows.describe(hub.core.shadows.of(address), described)
    hub.room.register.described(address, described)
    hub.live.touch(address)


def proves(hub: House, address: Address, person: dict[str, Any]) -> None:
    """Have a terminal say that a face is gone."""
    data = {"person": person["key"], "since": person["face_since"], "acknowledged": True, "absent": True}
    said = arrival(1, address=address, type=FACE_REMOVED, data=data)
    entries = hub.core.committer.writer.commit([said]).entries
    hub.room.committed(entries)
    for entry in entries:
        hub.live.announce(msgspec.json.encode(entry_view(entry)))


async def ask(hub: House, path: str, method: str = "GET", **body: Any) -> dict[str, Any]:
    """Ask the hub what it has, or have it do something, beside the page."""
    answer = await hub.http.request(
        method, f"/api/v1/register{path}", headers=hub.bearer(Role.SUPERVISOR), json=body or None
    )
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def add(hub: House, name: str, room: str) -> dict[str, Any]:
    """Add somebody in a household of their own."""
    home = await ask(hub, "/households", "POST", building="", unit="", number=room)
    return await ask(hub, "/people", "POST", name=name, household=home["id"], phone="13900000000")


@asynccontextmanager
async def register(
    browser: Browser, hub: House, at: str, language: str = "zh-CN", viewport: ViewportSize = DESKTOP
) -> AsyncIterator[Screen]:
    """Open a place of the register as a supervisor."""
    async with screen(browser, base_url=hub.server.address, viewport=viewport) as opened:
        await opened.page.goto(f"/signin?token={await hub.access.create_link(Role.SUPERVISOR)}")
        await opened.page.wait_for_url(STARTED)
        await opened.page.goto(f"/console?lang={language}#/register/{at}")
        yield opened


async def test_a_list_is_imported_and_a_consent_given_withdrawn_and_proven(
    hub: House, browser: Browser
) -> None:
    async with register(browser, hub, "imports") as console:
        page = console.page
        await import_sheet(page, hub)
        console.forgive(CONFLICT)
        await page.get_by_role("link", name="查看: 人员").click()
        await page.get_by_test_id("q").fill("3栋2单元501")
        await page.keyboard.press("Enter")
        await page.get_by_role("link", name="王芳").click()
        await expect(page.get_by_test_id("standing")).to_contain_text("没有同意")
        await give_consent(page)
        await withdraw_consent(page)
        proof = page.locator("[data-proof]")
        await expect(proof.get_by_test_id("proof-state")).to_contain_text("还在等 2 台终端")
        await expect(proof.locator('[data-state="open"]')).to_have_count(2)
        found = await ask(hub, "/people?q=王芳")
        proves(hub, Address("hemei", "door", "lobby-3"), found["people"][0])
        await expect(page.get_by_test_id("proof-state")).to_contain_text("还在等 1 台终端")
        await expect(page.locator('[data-removal="door/lobby-3"]')).to_have_attribute("data-state", "proven")
        await page.locator('[data-removal="door/south-walk"]').get_by_role("button").click()
        await page.get_by_test_id("reason-form").get_by_label("原因").fill("终端已拆除并清空")
        await page.get_by_role("button", name="不再等这台终端").click()
        await expect(page.get_by_test_id("proof-state")).to_contain_text("删除完成")
        async with page.expect_popup() as printed:
            await page.get_by_role("link", name="打印删除证明").click()
        await expect((await printed.value).locator("body")).to_contain_text("终端已拆除并清空")


async def import_sheet(page: Page, hub: House) -> None:
    """Upload the sheet, look at the preview, confirm; somebody changes the register just before that."""
    table = {"name": "业主.csv", "mimeType": "text/csv", "buffer": SHEET.encode("gb18030")}
    await page.get_by_test_id("file").set_input_files(table)  # type: ignore[arg-type]  # a FilePayload
    await expect(page.locator('[data-count="new"]')).to_contain_text("2")
    await expect(page.locator('[data-count="bad"]')).to_contain_text("2")
    await expect(page.get_by_test_id("preview")).to_contain_text("籍贯")
    await expect(page.locator('[data-row="4"]')).to_contain_text("有效期至 “2026-13-45”不是日期")
    await expect(page.locator('[data-row="5"]')).to_contain_text("卡号")
    await page.locator('[data-rows="new"]').click()
    await expect(page.locator('[data-row="2"]')).to_contain_text("电话：138 0000 0001")
    confirm = page.get_by_test_id("confirm")
    await expect(confirm).to_have_text("导入 2 人")
    await add(hub, "李明", "3-2-502")
    await confirm.click()
    await expect(page.get_by_test_id("register-changed")).to_contain_text("预览已重新计算")
    await expect(confirm).to_have_text("导入 1 人，更新 1 人")
    await page.locator('[data-rows="changed"]').click()
    await expect(page.locator('[data-row="3"]')).to_contain_text("电话 改为 13800000002")
    await confirm.click()
    await expect(page.get_by_test_id("result")).to_contain_text("2 行已写入台账")


async def give_consent(page: Page) -> None:
    """Give it; a version of the text is needed."""
    await page.locator('[data-consent="give"]').click()
    await page.get_by_role("button", name="登记同意").click()
    await expect(page.get_by_test_id("consent-form")).to_contain_text("请填写：同意书版本")
    await page.locator('[data-field="text_version"]').fill("2026-01")
    await page.get_by_role("button", name="登记同意").click()
    await expect(page.get_by_test_id("standing")).to_contain_text("起同意使用人脸通行")


async def withdraw_consent(page: Page) -> None:
    """Withdraw it: what will happen stands there, and is agreed to, before it does."""
    await page.locator('[data-consent="withdraw"]').click()
    await expect(page.get_by_test_id("withdraw-form")).to_contain_text(
        "王芳 的人脸将立即从每一台人脸终端删除"
    )
    await expect(page.get_by_test_id("withdraw-now")).to_be_disabled()
    await page.get_by_test_id("sure").check()
    await page.get_by_test_id("withdraw-now").click()
    await expect(page.get_by_test_id("standing")).to_contain_text("撤回同意")


async def test_who_comes_second_sees_what_changed_and_loses_nothing(hub: House, browser: Browser) -> None:
    person = await add(hub, "赵六", "7-1-701")

    async def after_another(route: Route) -> None:
        await ask(hub, f"/people/{person['key']}", "PATCH", version=1, note="搬家中")
        await route.continue_()

    async with register(browser, hub, f"people~{person['key']}") as console:
        page = console.page
        await page.locator('[data-field="phone"]').fill("13811112222")
        await page.route("**/people/*", after_another, times=1)
        await page.get_by_test_id("save").click()
        await expect(page.get_by_test_id("conflict")).to_contain_text("备注：无 → 搬家中")
        await expect(page.locator('[data-field="phone"]')).to_have_value("13811112222")
        await page.get_by_test_id("save").click()
        await expect(page.get_by_test_id("person-form").get_by_role("status")).to_contain_text("已保存")
        console.forgive(CONFLICT)
    now = (await ask(hub, f"/people/{person['key']}"))["person"]
    assert (now["phone"], now["note"]) == ("13811112222", "搬家中")


async def test_a_refused_card_is_said_in_plain_words(hub: House, browser: Browser) -> None:
    await ask(hub, "/people", "POST", name="有卡", category="staff", cards=["777"])
    async with register(browser, hub, "people~new") as console:
        page = console.page
        await page.locator('[data-field="name"]').fill("孙七")
        await page.locator('[data-field="cards"]').fill("777")
        await page.get_by_test_id("person-form").get_by_label("房号").fill("8-1-801")
        await page.get_by_test_id("save").click()
        await expect(page.get_by_test_id("person-form")).to_contain_text("没有找到“8-1-801”")
        await page.get_by_test_id("add-room").click()
        await expect(page.get_by_test_id("add-room")).to_have_count(0)
        await page.get_by_test_id("save").click()
        await expect(page.get_by_test_id("refusal")).to_contain_text("这张卡已登记在别人名下")
        await expect(page.locator('[data-field="name"]')).to_have_value("孙七")
        await page.locator('[data-field="cards"]').fill("778")
        await page.get_by_test_id("save").click()
        await expect(page.locator("[data-person-page]")).to_contain_text("8-1-801")
        console.forgive(CONFLICT)


async def test_a_plate_is_blocked_and_a_household_given_a_link(hub: House, browser: Browser) -> None:
    home = await ask(hub, "/households", "POST", building="9", unit="1", number="901")
    async with register(browser, hub, "vehicles") as console:
        page = console.page
        await page.locator('[data-set="blocked"]').click()
        await page.get_by_test_id("block").click()
        await page.locator('[data-field="plate"]').fill("沪a·99999")
        await page.get_by_role("button", name="确认拉黑").click()
        await expect(page.get_by_test_id("reason-form")).to_contain_text("请填写：原因")
        await page.get_by_test_id("reason-form").get_by_label("原因").fill("多次冲岗")
        await page.get_by_role("button", name="确认拉黑").click()
        await expect(page.get_by_test_id("blocked")).to_be_visible()
        await page.locator('[data-act="unblock"]').click()
        await page.get_by_test_id("reason-form").get_by_label("原因").fill("已核实")
        await page.get_by_role("button", name="确认解除").click()
        await expect(page.locator("[data-vehicle-page]")).to_contain_text("已移出台账")
        await page.goto(f"/console#/register/households~{home['id']}")
        await page.get_by_test_id("make-link").click()
        link = re.compile(re.escape(f"{hub.server.address}/visit#") + "[0-9a-z]{32}")
        await expect(page.get_by_test_id("link")).to_have_value(link)
        await page.get_by_role("button", name="收回链接").click()
        await expect(page.get_by_test_id("link")).to_have_count(0)


async def test_whether_gates_and_doors_are_up_to_date_is_said_in_plain_words(
    hub: House, browser: Browser
) -> None:
    nothing = {name: Held(edition="", revision=0, entries=0) for name in ListName}
    hub.room.lists.heard(WEST, Holding(ts=datetime.now(UTC), lists=nothing))
    async with register(browser, hub, "delivery") as console:
        says = console.page.get_by_test_id("delivery-says")
        await expect(says).to_contain_text("1 台主机还没有最新名单")
        host = console.page.locator('[data-host="west"]')
        await expect(host.get_by_test_id("host-says")).to_contain_text("west：从未收到名单")
        await expect(host).to_contain_text("3栋大堂")
        await expect(host.locator('[data-list="people"]')).to_have_attribute("data-state", "never")
        hub.room.lists.heard(WEST, None)
        await expect(says).to_contain_text("还没有主机使用名单")


VIEWS = ("people", "people~new", "households", "vehicles", "imports", "levels~service", "delivery")


@pytest.mark.parametrize(
    ("language", "viewport"), [("zh-CN", PHONE), ("en", DESKTOP)], ids=["zh-CN-phone", "en-desktop"]
)
async def test_everybody_can_use_it(
    hub: House, browser: Browser, viewport: ViewportSize, language: str
) -> None:
    person = await add(hub, "钱八", f"6-1-{language}")
    async with register(browser, hub, "people", language, viewport) as console:
        page = console.page
        for view in (*VIEWS, f"people~{person['key']}"):
            await page.goto(f"/console?lang={language}#/register/{view}")
            await expect(page.locator(".register")).to_have_attribute("data-view", view.split("~")[0])
            await expect(page.get_by_text("正在读取…" if language == "zh-CN" else "Reading…")).to_have_count(
                0
            )
            assert await remaining(page, SIDEWAYS) == []
            assert await console.violations() == [], view
