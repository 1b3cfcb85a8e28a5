"""Debian's Chromium, and what one screen in it shows, when, and complains about."""

import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    StorageState,
    ViewportSize,
    WebSocket,
    async_playwright,
)

from tests.peers import require_library, require_npm_package, require_program

UNUSED: Final = (
    # Two pages of Chromium's own in every window, for its address bar: dearer than ours.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # Of several such flags Chromium takes the last: what playwright asks for must be here too.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
FLAGS: Final = (
    "--no-sandbox",  # root may not have one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(UNUSED)}",
)
DESKTOP: Final = ViewportSize(width=1920, height=1080)
WALL_4K: Final = ViewportSize(width=3840, height=2160)
PHONE: Final = ViewportSize(width=390, height=844)

AXE: Final = "{ resultTypes: ['violations'], preload: false }"
"""What is right need not be described; what pages link to is theirs."""

STARTED: Final = re.compile("/(?:wall|console|desk|admin)$")
"""The pages on which people start once they are signed in."""

HUB_AWAY: Final = ("Failed to load resource: net::ERR_", "WebSocket connection to ")
"""How Chromium itself begins to say that a server does not answer."""

_RECORDER: Final = """
window.painted = [];
const last = new Map();
const look = () => {
  for (const card of document.querySelectorAll("main [data-device]")) {
    const { device, freshness } = card.dataset;
    const state = card.querySelector("[data-testid=state]")?.textContent;
    if (state === undefined) continue;
    if (last.get(device) === state + freshness) continue;
    last.set(device, state + freshness);
    window.painted.push({ device, state, freshness, at: Date.now() / 1000 });
  }
};
let due = false;
new MutationObserver(() => {
  if (due) return;
  due = true;
  requestAnimationFrame(() => { due = false; look(); });
}).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
"""
"""Notes each change of a card's state in the animation frame after it, so not before it was painted."""

_FIND_PAINTED: Final = """
([device, field, value, after]) =>
  window.painted.find((each) => each.device === device && each[field] === value && each.at >= after)?.at
"""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run a headless Chromium: where there is one, that which has no window at all and costs a third."""
    program = shutil.which("chromium-headless-shell") or require_program("chromium", "chromium")
    require_library("libatomic.so.1", "libatomic1")  # playwright's own node wants it
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


class Screen:
    """One page, from a fresh browser profile on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.announced: dict[str, Any] = {}
        """The live stream's first snapshot."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("websocket", self._on_websocket)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _on_websocket(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._on_frame)

    def _on_frame(self, payload: str | bytes) -> None:
        frame = {} if self.announced else json.loads(payload)
        if frame.get("type") == "snapshot":
            self.announced = frame

    def forgive(self, *beginnings: str) -> None:
        """Forget complaints that begin like this: the test has brought them about itself."""
        self.complaints = [each for each in self.complaints if not each.startswith(beginnings)]

    async def painted(self, device: str, field: str, value: str, *, after: float, within_s: float) -> float:
        """Return when (s since 1970) a card first showed `value`, not counting what was before `after`."""
        found = await self.page.wait_for_function(
            _FIND_PAINTED, arg=[device, field, value, after], timeout=within_s * 1000
        )
        at: float = await found.json_value()
        return at

    async def violations(self) -> list[str]:
        """Let axe judge the page; returns what it calls serious or critical."""
        source = (require_npm_package("axe-core") / "axe.min.js").read_text(encoding="utf-8")
        axe: dict[str, Any] = await self.page.evaluate(f"{source}; axe.run({AXE})")
        return [
            f"{each['id']}: {each['help']}: {[node['html'] for node in each['nodes']]}"
            for each in axe["violations"]
            if each["impact"] in ("serious", "critical")
        ]


@asynccontextmanager
async def screen(
    browser: Browser,
    *,
    base_url: str,
    signed_in: StorageState | None = None,
    viewport: ViewportSize = DESKTOP,
    locale: str = "zh-CN",
    timezone: str = "Asia/Shanghai",
) -> AsyncIterator[Screen]:
    """Open a page of a fresh profile; at the end every complaint must have been forgiven."""
    context = await browser.new_context(
        base_url=base_url,
        storage_state=signed_in,
        viewport=viewport,
        locale=locale,
        timezone_id=timezone,
        reduced_motion="reduce",
    )
    try:
        await context.add_init_script(_RECORDER)
        opened = Screen(await context.new_page())
        yield opened
        assert opened.complaints == []
    finally:
        await context.close()
