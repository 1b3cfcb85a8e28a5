"""Whatever breaks between a gate and the wall: nothing that is not live looks live, and it all comes back."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import msgspec
import pytest
from playwright.async_api import Browser, StorageState, expect

from contract.mqtt import Broker, Connection
from hub.shadows.registry import CHECK_INTERVAL_S
from tests.browser.chromium import DESKTOP, HUB_AWAY, PHONE, screen
from tests.browser.wall import GATES, banner, card, cards, until_live
from tests.freezing import freeze
from tests.hemei.demos import RunningDemo

pytestmark = [pytest.mark.xdist_group("lane-1"), pytest.mark.asyncio(loop_scope="package")]

MARGIN_S = 2.5
"""For looking, which the wall does ten times a second, and painting, on a machine that does much else."""

CUT_OFF = "画面中断"
LINK_OFFLINE = "链路断开"
DRIVER_OFFLINE = "驱动离线"
SINCE = re.compile(r"（已 \d 秒）")

LAST = "hemei/gate/west-out"
"""The card that stands last."""


@contextmanager
def frozen(pid: int) -> Iterator[float]:
    """Let a process stand still: its connections stay open, and nobody starts it again."""
    freeze(pid)
    try:
        yield time.time()
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


async def test_a_frozen_hub(demo: RunningDemo, browser: Browser, signed_in: StorageState) -> None:
    base_url, pid = demo.ready["http"], demo.ready["processes"]["hub"]
    async with (
        screen(browser, base_url=base_url, signed_in=signed_in) as wall,
        screen(browser, base_url=base_url, signed_in=signed_in, viewport=PHONE) as phone,
    ):
        both = (wall.page, phone.page)
        for page in both:
            await page.goto("/wall")
            await until_live(page)
            await page.evaluate("window.sameDocument = true")
        limit_s = wall.announced["cut_off_after_s"] + MARGIN_S
        with frozen(pid) as since:
            for gate in GATES:
                for each in (wall, phone):
                    seen_at = await each.painted(gate, "freshness", "cut-off", after=since, within_s=limit_s)
                    assert seen_at - since <= limit_s
            for page in both:
                await expect(banner(page)).to_contain_text("画面不是实时的")
                await expect(cards(page, "live")).to_have_count(0)
                await expect(page.locator("[data-process] [data-testid=state]").first).to_have_text("未知")
            for gate in GATES:
                await expect(card(wall.page, gate).get_by_test_id("state")).to_have_text(CUT_OFF)
                await expect(card(wall.page, gate).get_by_test_id("last-known")).to_contain_text("最后状态")
            box = await banner(wall.page).bounding_box()
            assert box is not None
            assert (box["x"], box["width"]) == (0, DESKTOP["width"])
            await card(phone.page, LAST).scroll_into_view_if_needed()
            await expect(banner(phone.page)).to_be_in_viewport(ratio=1)
            await wall.page.get_by_role("button", name="English").click()
            await expect(banner(wall.page)).to_contain_text("this picture is not live")
            await expect(card(wall.page, LAST).get_by_test_id("state")).to_have_text("Cut off")
            assert await wall.violations() == []
        for page in both:
            await until_live(page)
            assert await page.evaluate("window.sameDocument")
        for each in (wall, phone):
            each.forgive(*HUB_AWAY)


async def test_a_killed_hub(demo: RunningDemo, browser: Browser, signed_in: StorageState) -> None:
    async with screen(browser, base_url=demo.ready["http"], signed_in=signed_in) as opened:
        page = opened.page
        await page.goto("/wall")
        await until_live(page)
        pid, killed_at = demo.ready["processes"]["hub"], time.time()
        os.kill(pid, signal.SIGKILL)
        for gate in GATES:
            seen_at = await opened.painted(gate, "freshness", "cut-off", after=killed_at, within_s=30)
            assert seen_at - killed_at <= MARGIN_S
        await until_live(page)
        await expect(page.locator("[data-process=hub]").get_by_test_id("restarts")).to_have_text("重启 1 次")
        opened.forgive(*HUB_AWAY)


async def test_a_killed_broker(demo: RunningDemo, browser: Browser, signed_in: StorageState) -> None:
    async with screen(browser, base_url=demo.ready["http"], signed_in=signed_in) as opened:
        page = opened.page
        await page.goto("/wall")
        await until_live(page)
        pid, killed_at = demo.ready["processes"]["broker"], time.time()
        os.kill(pid, signal.SIGKILL)
        for gate in GATES:
            seen_at = await opened.painted(gate, "freshness", "link-offline", after=killed_at, within_s=30)
            assert seen_at - killed_at <= MARGIN_S
            await opened.painted(gate, "state", LINK_OFFLINE, after=killed_at, within_s=30)
        await until_live(page)


async def test_a_frozen_and_then_killed_driver_host(
    demo: RunningDemo, browser: Browser, signed_in: StorageState
) -> None:
    pid = demo.ready["processes"]["drivers-gates"]
    limit_s = await _heartbeat_s(demo) + 2 * CHECK_INTERVAL_S + MARGIN_S
    async with screen(browser, base_url=demo.ready["http"], signed_in=signed_in) as opened:
        page = opened.page
        await page.goto("/wall")
        await until_live(page)
        with frozen(pid) as since:
            for gate in GATES:
                await opened.painted(gate, "freshness", "driver-offline", after=since, within_s=limit_s)
                await expect(card(page, gate).get_by_test_id("state")).to_have_text(DRIVER_OFFLINE)
                await expect(card(page, gate).get_by_test_id("since")).to_have_text(SINCE)
            await expect(cards(page, "live")).to_have_count(0)
            await expect(banner(page)).to_have_count(0)
            await expect(page.get_by_test_id("hub-link")).to_have_text("实时")
            assert await opened.violations() == []
            os.kill(pid, signal.SIGKILL)
        await until_live(page)


async def _heartbeat_s(demo: RunningDemo) -> float:
    """Return the longest silence that the driver host announces."""
    async with Connection(Broker(**demo.ready["mqtt"]), "test") as link:
        await link.subscribe(["hemei/hemei/driver/gates/description"])
        async for message in link:
            heartbeat_s: float = msgspec.json.decode(message.payload)["hemei:heartbeat"]
            return heartbeat_s
    raise AssertionError("no description")
