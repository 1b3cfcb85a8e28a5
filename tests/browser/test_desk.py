"""The police desk: what was found is asked for, shown as it will leave, released by somebody else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from contract.passes import BLOCKED_PLATE, GATE_PASSED
from hub.access.roles import Role
from hub.disclosure.moves import Press
from hub.disclosure.states import Step
from tests.browser.chromium import STARTED, Screen, screen
from tests.browser.entrance import EAST_IN, Entrance, entrance, signed_in
from tests.hub.disclosure.made import CHEN, ZHAO, draft
from tests.hub.disclosure.test_record import KEY, MADE, ZIP, grouped
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

SOUGHT = "浙B12345"
OTHER = "沪A00001"
BLOCKED = "苏E8B0O1"
COPIED = "each => { getSelection().selectAllChildren(each); return getSelection().toString() }"
"""What a browser puts on the clipboard of somebody who marks it."""

PEOPLE = {"zhao.min": Role.LIAISON, "chen.jing": Role.SUPERVISOR, "he.yan": Role.SUPERVISOR}


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def gate(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Entrance]:
    async with entrance(tmp_path_factory.mktemp("desk")) as running:
        for name, role in PEOPLE.items():
            await running.hub.access.create_user(name, role)
        for plate in (SOUGHT, OTHER):
            shown = await running.picture(plate)
            await running.tell(
                EAST_IN, GATE_PASSED, plate=plate, direction="in", means="plate", media=[shown]
            )
        said = {"plate": BLOCKED, "decision": "refused", "reason": "blocked", "direction": "in"}
        await running.say(EAST_IN, waiting=True)
        await running.tell(EAST_IN, BLOCKED_PLATE, **said, media=[shown])
        hub = running.hub
        await eventually(lambda: hub.room.passes.gauges()["passes_recorded"]() >= 2)
        await eventually(lambda: len(hub.room.board.open()) >= 1)
        yield running


@asynccontextmanager
async def desk_of(gate: Entrance, browser: Browser, name: str, place: str = "") -> AsyncIterator[Screen]:
    """Open the desk as a person with a name."""
    async with screen(browser, base_url=gate.hub.server.address) as opened:
        page = opened.page
        await page.goto(f"/signin?token={await gate.hub.access.create_link(PEOPLE[name], name)}")
        await page.wait_for_url(STARTED)
        await page.goto(f"/desk{place}")
        await page.locator(".desk-page[data-phase=live] main").wait_for()
        yield opened


async def tick(page: Page, plate: str) -> None:
    """Search for a plate and tick what is found."""
    await page.get_by_test_id("plate").fill(plate)
    await page.get_by_test_id("find").click()
    found = page.get_by_test_id("passes").get_by_role("listitem")
    await expect(found).to_have_count(1)
    await found.get_by_role("checkbox").check()


async def write(page: Page, case: str) -> None:
    """Fill in who asks and why."""
    await page.get_by_test_id("basis-select").select_option("criminal")
    said = {"document": "调证〔2026〕12号", "case-number": case, "unit": "东门派出所", "officer": "王警官"}
    for name, text in (said | {"badge": "012345", "purpose": "查明嫌疑车辆去向"}).items():
        await page.get_by_test_id(name).fill(text)


async def send(page: Page) -> str:
    """See what would leave and send the request; returns its number."""
    await expect(page.get_by_test_id("send")).to_be_disabled()
    await page.get_by_test_id("look").click()
    await page.get_by_test_id("preview").wait_for()
    await page.get_by_test_id("send").click()
    sent = page.get_by_test_id("sent")
    await expect(sent).to_be_focused()
    return (await sent.inner_text()).split()[1]


async def test_what_was_found_is_asked_for_shown_and_released_by_somebody_else(
    gate: Entrance, browser: Browser
) -> None:
    async with desk_of(gate, browser, "zhao.min") as opened:
        page = opened.page
        await tick(page, SOUGHT[3:6])
        await page.get_by_test_id("to-request").click()
        await expect(page.get_by_test_id("picks")).to_contain_text(SOUGHT)
        await write(page, "A3301-2026-1")
        await expect(page.get_by_test_id("allows")).to_contain_text("调取证据通知书")
        number = await send(page)
    async with desk_of(gate, browser, "chen.jing", "#/release") as opened:
        page = opened.page
        await page.get_by_test_id("waiting").get_by_text(number).click()
        await expect(page.get_by_test_id("facts")).to_contain_text("王警官")
        table = page.locator("[data-table=passes]")
        await expect(table).to_contain_text(SOUGHT)
        await expect(table).to_contain_text("发生时间")
        await expect(table.locator(".gloss").get_by_text("道闸")).to_have_count(1)
        await expect(table).not_to_contain_text(OTHER)
        await expect(page.get_by_test_id("samples").get_by_role("img")).to_have_count(1)
        await page.get_by_test_id("reason").fill("已核对文书")
        await page.get_by_test_id("approve").click()
        await expect(page.get_by_test_id("hindered")).to_contain_text("已记录您的决定")
        await expect(page.get_by_test_id("hindered")).to_be_focused()
        await page.goto("/desk#/register")
        await page.get_by_test_id("disclosures").get_by_text(number).click()
        steps = page.get_by_test_id("steps")
        await expect(steps).to_contain_text("zhao.min")
        await expect(steps).to_contain_text("chen.jing")
        assert await opened.violations() == []


async def test_an_own_request_says_why_somebody_else_must_decide(gate: Entrance, browser: Browser) -> None:
    async with desk_of(gate, browser, "he.yan", "#/search/alarms") as opened:
        page = opened.page
        await page.get_by_test_id("alarms").get_by_role("checkbox").first.check()
        await page.get_by_test_id("to-request").click()
        await write(page, "A3301-2026-2")
        number = await send(page)
        await page.goto("/desk#/release")
        await page.get_by_test_id("waiting").get_by_text(number).click()
        await expect(page.get_by_test_id("hindered")).to_contain_text("必须由另一人审批")
        await expect(page.get_by_test_id("approve")).to_have_count(0)


async def test_a_guard_is_refused(gate: Entrance, browser: Browser) -> None:
    async with signed_in(browser, gate.hub, Role.GUARD, "/console") as opened:
        answer = await opened.page.goto("/desk")
        assert answer is not None
        assert answer.status == 403
        await expect(opened.page.get_by_test_id("not-allowed")).to_contain_text("警务联络员")
        refused = await gate.hub.get("/api/v1/audit", Role.SUPERVISOR, params={"what": "access.refused"})
        assert "GET /desk" in [each["about"] for each in refused.json()["entries"]]
        opened.forgive("Failed to load resource")
        await opened.page.goto("/console")
        await opened.page.locator(".console[data-phase=live] main").wait_for()
        await expect(opened.page.locator("a[href='/desk']")).to_have_count(0)


async def test_an_alarm_is_handed_over_with_one_press(gate: Entrance, browser: Browser) -> None:
    async with signed_in(browser, gate.hub, Role.SUPERVISOR, "/console") as opened:
        page = opened.page
        await page.locator("[data-alarm]").first.click()
        await page.get_by_test_id("hand-to-police").click()
        await page.wait_for_url("**/desk#/request")
        await expect(page.get_by_test_id("picks").get_by_role("listitem")).to_have_count(1)


async def ready(gate: Entrance) -> str:
    """Have a bundle that is ready; returns its id."""
    desk = gate.hub.room.police.disclosures.desk
    asked = await desk.request(draft(), ZHAO)
    await desk.press(asked.id, asked.version, Press(step=Step.APPROVE), CHEN, releases=True)
    await desk.begin(asked.id)
    return (await desk.made(asked.id, MADE)).id


async def test_the_paper_is_printed_and_the_page_says_which_belongs_to_a_hand_over(
    gate: Entrance, browser: Browser
) -> None:
    ident = await ready(gate)
    async with desk_of(gate, browser, "zhao.min", f"#/register/{ident}") as opened:
        page = opened.page
        for name, digest in (("sha256", ZIP), ("fingerprint", KEY)):
            shown = page.get_by_test_id(name)
            await expect(shown.locator("span")).to_have_text(grouped(digest).split())
            assert await shown.evaluate(COPIED) == digest
        record = await page.get_by_test_id("record").get_attribute("href")
        assert record is not None
        paper = await page.request.get(record)
        assert (paper.status, (await paper.body())[:5]) == (200, b"%PDF-")
        await page.get_by_test_id("hand").click()
        await page.get_by_test_id("handed-to").fill("周正 031177")
        await page.get_by_test_id("handed-send").click()
        says = page.get_by_test_id("record-says")
        await expect(says).to_contain_text("周正 031177")
        await expect(says).to_contain_text(f"校验值以 {ZIP[:8]} 开头")
        assert await opened.violations() == []
