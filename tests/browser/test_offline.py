"""The console where there is no network: it opens, says so, and keeps two kinds of press for the hub."""

import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from hub.access.roles import Role
from hub.alarms.alarm import Alarm, EntryKind
from hub.app import PAGES
from tests.browser.chromium import HUB_AWAY, PHONE, Screen, screen
from tests.hub.alarms.made import definition, raised
from tests.hub.api.house import House, house
from tests.relay import Relay, relay

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

LATE = "Failed to load resource: the server responded with a status of 409"
SIGNED_OUT = "Failed to load resource: the server responded with a status of 401"

numbers = count(1)


@dataclass
class Site:
    """A hub, and the network between it and the guards' phones."""

    hub: House
    network: Relay

    @property
    def address(self) -> str:
        """Where phones reach the hub."""
        return f"http://127.0.0.1:{self.network.port}"

    async def alarm(self) -> Alarm:
        """Raise an alarm like no other."""
        of = definition(f"gate-faulted-{next(numbers)}")
        await self.hub.room.desk.take([raised(of, at_ms=round(time.time() * 1000))], None)
        return next(each for each in self.hub.room.desk.standing().values() if each.key == of.key)

    async def entries(self, alarm: Alarm, kind: EntryKind) -> list[tuple[str, str, bool]]:
        """Return who did that to it, what they said, and whether it was pressed before it came."""
        timeline = await self.hub.room.desk.timeline(alarm.id)
        return [
            (each.who, each.note, 0 < each.data.get("pressed_ms", 0) < each.ts_ms)
            for each in timeline
            if each.kind is kind
        ]

    async def states(self) -> dict[str, str]:
        """Return the open alarms as the API has them: state by id."""
        listed = (await self.hub.get("/api/v1/alarms")).json()["alarms"]
        return {each["id"]: each["state"] for each in listed}

    async def another_acknowledges(self, alarm: Alarm) -> None:
        """Have a supervisor be first."""
        path = f"/api/v1/alarms/{alarm.id}/acknowledge"
        headers = self.hub.bearer(Role.SUPERVISOR)
        assert (await self.hub.http.post(path, headers=headers, json={"version": alarm.version})).is_success


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with (
        house(tmp_path_factory.mktemp("offline"), built=PAGES) as hub,
        relay(hub.server.port) as network,
    ):
        yield Site(hub, network)


async def sign_in(context: BrowserContext, site: Site, role: Role, place: str = "") -> Page:
    page = await context.new_page()
    await page.goto(f"/signin?token={await site.hub.access.create_link(role)}")
    await page.wait_for_url(lambda url: "/signin" not in url)
    await page.goto(f"/console{place}")
    await expect(page.locator(".console")).to_have_attribute("data-phase", "live")
    return page


@asynccontextmanager
async def phone(browser: Browser, site: Site) -> AsyncIterator[Screen]:
    """Give a guard a phone on which nobody has signed in."""
    async with screen(browser, base_url=site.address, viewport=PHONE) as opened:
        yield opened
        opened.forgive(*HUB_AWAY)


def kept(page: Page, say: str = "waiting") -> Locator:
    return page.get_by_test_id(f"kept-{say}")


def cut_off(page: Page) -> Locator:
    return page.get_by_test_id("cut-off-banner")


async def shown(page: Page) -> dict[str, str]:
    """Return the alarms in the list as the page shows them: state by id."""
    rows: dict[str, str] = await page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-alarm]')]"
        ".map(({dataset}) => [dataset.alarm, dataset.state]))"
    )
    return rows


async def as_the_hub_has_it(page: Page, site: Site) -> None:
    """Wait until the page shows what the API says, no more and no less."""
    wanted = await site.states()
    await page.wait_for_function(
        "(wanted) => { const rows = [...document.querySelectorAll('[data-alarm]')];"
        "return rows.length === Object.keys(wanted).length"
        " && rows.every(({dataset}) => wanted[dataset.alarm] === dataset.state); }",
        arg=wanted,
    )


async def test_in_a_dead_spot_the_console_opens_and_what_is_pressed_arrives_once(
    site: Site, browser: Browser
) -> None:
    alarm = await site.alarm()
    async with phone(browser, site) as opened:
        page = await sign_in(opened.page.context, site, Role.GUARD, f"#/alarms/{alarm.id}")
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await expect(page.get_by_test_id("timeline")).to_be_visible()
        await site.network.cut()
        await expect(cut_off(page)).to_contain_text("画面不是实时的")
        await expect(page.locator("[data-deed=shelve]")).to_be_disabled()
        await page.locator("[data-deed=acknowledge]").click()
        await expect(page.get_by_test_id("done")).to_contain_text("已在本机保存")
        await expect(page.locator("[data-deed=acknowledge]")).to_be_disabled()
        await page.locator("[data-deed=comment]").click()
        await page.get_by_label("备注内容").fill("人已到，栏杆没坏")
        await page.get_by_role("button", name="提交：备注").click()
        await expect(kept(page)).to_have_text("等待发送（2）")
        await expect(page.locator(f'[data-case="{alarm.id}"]')).to_have_attribute(
            "data-state", "unacknowledged"
        )

        await page.reload()
        await expect(page.get_by_test_id("loading")).to_contain_text("没有任何实时信息")
        await expect(kept(page)).to_have_text("等待发送（2）")
        assert await page.locator("[data-alarm], [data-case]").count() == 0, "nothing the hub said is kept"

        await site.network.mend()
        await expect(kept(page)).to_have_count(0)
        await expect(cut_off(page)).to_have_count(0)
        assert await site.entries(alarm, EntryKind.ACKNOWLEDGED) == [("link:guard", "", True)]
        assert await site.entries(alarm, EntryKind.COMMENTED) == [("link:guard", "人已到，栏杆没坏", True)]
        await expect(page.get_by_test_id("timeline")).to_contain_text("没网时按下")


async def test_what_changed_meanwhile_is_shown_and_the_guard_decides(site: Site, browser: Browser) -> None:
    alarm = await site.alarm()
    async with phone(browser, site) as opened:
        page = await sign_in(opened.page.context, site, Role.GUARD, f"#/alarms/{alarm.id}")
        await expect(page.get_by_test_id("timeline")).to_be_visible()
        await page.evaluate("window.sameDocument = true")
        await site.network.cut()
        await expect(cut_off(page)).to_be_visible()
        await page.locator("[data-deed=comment]").click()
        await page.get_by_label("备注内容").fill("正在过去")
        await page.get_by_role("button", name="提交：备注").click()
        await page.locator("[data-deed=acknowledge]").click()
        await expect(kept(page)).to_have_text("等待发送（2）")
        await site.another_acknowledges(alarm)
        await site.alarm()
        await site.network.mend()

        await expect(kept(page, "undecided")).to_have_text("需要您决定（1）")
        await page.get_by_test_id("kept").get_by_role("button", name="查看").click()
        held = page.locator("[data-kept=overtaken]")
        await expect(held).to_contain_text("supervisor")
        assert await opened_violations(page, opened) == []
        await held.get_by_role("button", name="看过了，仍要备注").click()
        await expect(held).to_contain_text("现在的状态：处置中")
        await expect(held.get_by_role("button", name="仍要")).to_have_count(0)
        await held.get_by_role("button", name="不发送了").click()
        await expect(page.get_by_test_id("kept")).to_have_count(0)
        assert [note for _, note, _ in await site.entries(alarm, EntryKind.COMMENTED)] == ["正在过去"]
        assert len(await site.entries(alarm, EntryKind.ACKNOWLEDGED)) == 1
        await page.get_by_role("link", name="←").click()
        await as_the_hub_has_it(page, site)
        assert await page.evaluate("window.sameDocument"), "right again without a reload"
        opened.forgive(*HUB_AWAY, LATE)


async def opened_violations(page: Page, opened: Screen) -> list[str]:
    """Let axe judge another page of the same profile."""
    first, opened.page = opened.page, page
    try:
        return await opened.violations()
    finally:
        opened.page = first


async def test_nobody_sends_what_somebody_else_pressed(site: Site, browser: Browser) -> None:
    alarm = await site.alarm()
    async with phone(browser, site) as opened:
        context = opened.page.context
        page = await sign_in(context, site, Role.GUARD, f"#/alarms/{alarm.id}")
        await expect(page.get_by_test_id("timeline")).to_be_visible()
        await site.network.cut()
        await expect(cut_off(page)).to_be_visible()
        await page.locator("[data-deed=acknowledge]").click()
        await expect(kept(page)).to_have_text("等待发送（1）")
        await page.close()
        await site.network.mend()

        other = await sign_in(context, site, Role.SUPERVISOR)
        await other.get_by_test_id("kept").get_by_role("button", name="查看").click()
        await expect(other.get_by_test_id("kept")).to_contain_text("本人登录后才会发送")
        assert (await site.states())[alarm.id] == "unacknowledged"
        await other.close()

        again = await sign_in(context, site, Role.GUARD)
        await expect(again.locator(f'[data-alarm="{alarm.id}"]')).to_have_attribute(
            "data-state", "acknowledged"
        )
        assert await site.entries(alarm, EntryKind.ACKNOWLEDGED) == [("link:guard", "", True)]


async def test_a_browser_that_is_told_to_be_offline_is_right_again_without_a_reload(
    site: Site, browser: Browser
) -> None:
    alarm = await site.alarm()
    async with phone(browser, site) as opened:
        context = opened.page.context
        page = await sign_in(context, site, Role.GUARD)
        await page.evaluate("window.sameDocument = true")
        await as_the_hub_has_it(page, site)
        await context.set_offline(True)
        await expect(cut_off(page)).to_be_visible()
        before = await shown(page)
        await site.another_acknowledges(alarm)
        await site.alarm()
        assert await shown(page) == before
        await context.set_offline(False)
        await expect(cut_off(page)).to_have_count(0)
        await as_the_hub_has_it(page, site)
        assert await page.evaluate("window.sameDocument")


async def test_an_installed_console_is_renewed_when_its_guard_says_so(
    tmp_path: Path, browser: Browser
) -> None:
    built = tmp_path / "built"
    shutil.copytree(PAGES, built)
    async with (
        house(tmp_path, built=built) as hub,
        relay(hub.server.port) as network,
        phone(browser, Site(hub, network)) as opened,
    ):
        page = await sign_in(opened.page.context, Site(hub, network), Role.GUARD)
        await page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        gone = newer(built)
        await page.evaluate("navigator.serviceWorker.getRegistration().then((each) => each.update())")
        await expect(page.get_by_test_id("fresh")).to_be_visible()
        assert await page.evaluate(f"import('{gone}').then(() => true)"), "it goes on with its own files"

        await page.get_by_test_id("fresh").get_by_role("button").click()
        newest = page.locator("script[src='/assets/newer.js']")
        await expect(newest).to_have_count(1)
        await expect(page.locator(".console")).to_have_attribute("data-phase", "live")
        await expect(page.get_by_test_id("fresh")).to_have_count(0)
        await network.cut()
        await page.reload()
        await expect(page.get_by_test_id("loading")).to_contain_text("没有任何实时信息")
        await expect(newest).to_have_count(1)


def newer(built: Path) -> str:
    """Put another build of the console in place; return a file of the one before that it lacks."""
    (engine,) = (built / "assets").glob("chart-engine-*.js")
    gone = f"/assets/{engine.name}"
    engine.unlink()
    (built / "assets" / "newer.js").write_text("export {};", encoding="utf-8")
    html = (built / "console.html").read_text(encoding="utf-8")
    newest = html.replace("</head>", '<script type="module" src="/assets/newer.js"></script></head>')
    (built / "console.html").write_text(newest, encoding="utf-8")
    worker = built / "console-worker.js"
    code = worker.read_text(encoding="utf-8").replace(gone, "/assets/newer.js")
    worker.write_text(re.sub(r'"[0-9a-f]{12}"', '"000000000000"', code), encoding="utf-8")
    return gone
