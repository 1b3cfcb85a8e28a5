"""The sample community's chargers as somebody with a phone meets them: real posts, drivers, hub and ledger.

The demo's own residents stand still, so that connectors are as a test leaves them.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
from playwright.async_api import Browser

from hemei.control_socket import control_socket
from hemei.demo.wallets import Wallets, read_wallets
from hemei.site import read_site
from simulators.control import ask
from tests.browser.chromium import PHONE, Screen, screen
from tests.hemei.demos import RunningDemo, running_demo

SHOWN_WITHIN_S = 90.0
AGAIN_S = 0.1
CHARGERS = ("--scenario", "quiet-night", "--kinds", "charger")
BASE = "/api/v1/charging"


class Street:
    """The chargers of a running demo."""

    def __init__(self, demo: RunningDemo) -> None:
        self.demo = demo
        data = demo.folder / "data"
        self.wallets: Wallets = read_wallets(data / "secrets" / "residents.json")
        self._control = control_socket(read_site(data / "site.toml"))

    def code(self, name: str) -> str:
        """Return the code on the sticker of a connector."""
        return self.wallets.codes[f"charger/{name}"]

    async def happens(self, name: str, what: str) -> None:
        """Let something happen at a connector."""
        assert (await ask(self._control, {"device": f"charger/{name}", "happening": what}))["ok"]

    async def breaks(self, name: str, fault: str) -> None:
        """Break a connector or its post; "none" repairs both."""
        assert (await ask(self._control, {"device": f"charger/{name}", "fault": fault}))["ok"]

    async def shows(self, name: str, **properties: Any) -> None:
        """Wait until the hub shows that a connector is so."""
        async with self.demo.client("guard") as guard, asyncio.timeout(SHOWN_WITHIN_S):
            seen: dict[str, Any] = {}
            while not properties.items() <= seen.items():
                await asyncio.sleep(AGAIN_S)
                answer = await guard.get(f"/api/v1/devices/hemei/charger/{name}")
                seen = {each: read["value"] for each, read in answer.json()["properties"].items()}

    async def new_code(self, name: str, *, minutes: float) -> str:
        """Make a code that is good for one order, and for so many minutes."""
        async with self.demo.client("supervisor") as supervisor:
            wanted = {"device": f"charger/{name}", "once": True, "minutes": minutes}
            made = await supervisor.post(f"{BASE}/codes", json=wanted)
            assert made.status_code == 201, made.text
            code: str = made.json()["code"]
            return code

    async def orders(self, name: str) -> list[dict[str, Any]]:
        """Return the orders of a connector, the newest first."""
        async with self.demo.client("supervisor") as supervisor:
            answer = await supervisor.get(f"{BASE}/orders", params={"device": f"charger/{name}"})
            found: list[dict[str, Any]] = answer.json()["orders"]
            return found

    @asynccontextmanager
    async def phone(
        self, browser: Browser, *, pays: bool = True, locale: str = "zh-CN"
    ) -> AsyncIterator[Screen]:
        """Give a phone that nobody has used; if it `pays`, with the visitor's account."""
        async with screen(browser, base_url=self.demo.ready["http"], viewport=PHONE, locale=locale) as opened:
            if pays:
                await opened.page.goto(f"/c/account/{self.wallets.visitor}")
                await opened.page.get_by_test_id("balance").wait_for()
            yield opened


@asynccontextmanager
async def street(folder: Path) -> AsyncIterator[Street]:
    """Run the chargers."""
    async with running_demo(folder, *CHARGERS) as demo:
        processes = json.loads((folder / "data" / "processes.json").read_text())
        residents = psutil.Process(next(each["pid"] for each in processes if each["name"] == "residents"))
        residents.suspend()
        try:
            yield Street(demo)
        finally:
            residents.resume()
        assert await demo.end() == 0, demo.printed
