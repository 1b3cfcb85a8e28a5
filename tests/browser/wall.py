"""What a person looks for on the wall."""

from playwright.async_api import Locator, Page, expect

GATES = {f"hemei/gate/{place}-{way}" for place in ("east", "west", "garage-1") for way in ("in", "out")}
"""The six gates of the demo that these tests start."""

UP_WITHIN_MS = 90_000


def card(page: Page, device: str) -> Locator:
    """Return the card of a device."""
    return page.locator(f'main [data-device="{device}"]')


def cards(page: Page, freshness: str) -> Locator:
    """Return the cards of all devices that are as fresh as that."""
    return page.locator(f'main [data-freshness="{freshness}"]')


def banner(page: Page) -> Locator:
    """Return the line that says that this screen is cut off from the hub."""
    return page.get_by_test_id("cut-off-banner")


async def until_live(page: Page) -> None:
    """Wait until every gate is live."""
    await expect(cards(page, "live")).to_have_count(len(GATES), timeout=UP_WITHIN_MS)
    await expect(banner(page)).to_have_count(0)
