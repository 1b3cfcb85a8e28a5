"""The real wall in a real Chromium, and what it costs: frames, long tasks, memory, as the browser tells.

Figures come from the Chrome DevTools Protocol (domains Performance, HeapProfiler and Profiler) and from the
page's own clock: `requestAnimationFrame`, the Long Tasks API and the Event Timing API (W3C).
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Self

import psutil
from msgspec import Struct, structs

from contract.errors import ConfigurationError
from hemei.bench.resources import MIB

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
DESKTOP: Final = (1920, 1080)
SHOWN_WITHIN_MS: Final = 60_000
A_DEVICE: Final = "main [data-device]"

_WATCH: Final = """() => {
  const seen = (window.benchSeen = { intervals: [], long: [] });
  let last = performance.now();
  const tick = (now) => {
    seen.intervals.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.long.push(duration);
  }).observe({ type: "longtask" });
}"""
_TAKE: Final = """() => {
  const { intervals, long } = window.benchSeen;
  return { intervals: intervals.splice(0), long: long.splice(0) };
}"""
_SHOWN: Final = "() => (document.querySelectorAll('main [data-device]').length ? performance.now() : 0)"
_PRESS: Final = """(device) => new Promise((done) => {
  const began = performance.now();
  document.querySelector(`main [data-device="${device}"]`).click();
  const look = () => {
    if (document.querySelector("dialog, [role=dialog]") === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  };
  look();
})"""


class Frames(Struct, frozen=True, kw_only=True):
    """How smoothly it ran: frames a second on the mean, of the slowest hundredth, and the longest gap."""

    mean_fps: float
    low_fps: float
    longest_ms: float
    long_tasks: int
    longest_task_ms: float


class Footprint(Struct, frozen=True, kw_only=True):
    """What it holds after its garbage was collected: JavaScript, elements, listeners, and its process.

    `process_mib` is what the process alone holds (USS): what it shares with the browser is not the page's.
    """

    heap_mib: float
    nodes: int
    listeners: int
    process_mib: float


class Work(Struct, frozen=True, kw_only=True):
    """What it did, in seconds of its main thread and in counts of layouts and style changes."""

    script_s: float
    layout_s: float
    style_s: float
    task_s: float
    layouts: int
    styles: int

    def __sub__(self, before: Self) -> Self:
        """Return what was done in between."""
        mine, theirs = structs.asdict(self), structs.asdict(before)
        return type(self)(**{name: round(mine[name] - theirs[name], 3) for name in mine})


class WallPage:
    """One wall that is open."""

    def __init__(self, page: "Page", session: "CDPSession") -> None:
        self.page = page
        self._session = session

    async def shown_ms(self) -> float:
        """Return when the first device stood there, ms after the page was asked for."""
        found = await self.page.wait_for_function(_SHOWN, timeout=SHOWN_WITHIN_MS)
        shown: float = await found.json_value()
        await self.page.evaluate(_WATCH)
        return round(shown, 1)

    async def frames(self) -> Frames:
        """Return how smoothly it ran since this was last asked."""
        taken: dict[str, list[float]] = await self.page.evaluate(_TAKE)
        gaps, long = sorted(taken["intervals"]), taken["long"]
        slowest = gaps[-max(1, len(gaps) // 100) :]
        return Frames(
            mean_fps=round(1000 * len(gaps) / sum(gaps), 1),
            low_fps=round(1000 * len(slowest) / sum(slowest), 1),
            longest_ms=round(gaps[-1], 1),
            long_tasks=len(long),
            longest_task_ms=round(max(long, default=0.0), 1),
        )

    async def footprint(self) -> Footprint:
        """Collect the garbage, then weigh what is left."""
        await self._session.send("HeapProfiler.collectGarbage")
        figures = await self._figures()
        return Footprint(
            heap_mib=round(figures["JSHeapUsedSize"] / MIB, 2),
            nodes=int(figures["Nodes"]),
            listeners=int(figures["JSEventListeners"]),
            process_mib=round(_renderer().memory_full_info().uss / MIB, 1),
        )

    async def work(self) -> Work:
        """Return what it did since it was opened."""
        figures = await self._figures()
        return Work(
            script_s=round(figures["ScriptDuration"], 3),
            layout_s=round(figures["LayoutDuration"], 3),
            style_s=round(figures["RecalcStyleDuration"], 3),
            task_s=round(figures["TaskDuration"], 3),
            layouts=int(figures["LayoutCount"]),
            styles=int(figures["RecalcStyleCount"]),
        )

    async def open_device(self) -> float:
        """Press the first device; returns how long until its card was painted, in ms."""
        device = await self.page.locator(A_DEVICE).first.get_attribute("data-device")
        took: float = await self.page.evaluate(_PRESS, device)
        await self.page.keyboard.press("Escape")
        return round(took, 1)

    async def start_profile(self) -> None:
        """Note from now on which functions take the time."""
        await self._session.send("Profiler.enable")
        await self._session.send("Profiler.setSamplingInterval", {"interval": 200})
        await self._session.send("Profiler.start")

    async def profile(self) -> Any:
        """Return the profile, as Chromium's tools read it."""
        return (await self._session.send("Profiler.stop"))["profile"]

    async def _figures(self) -> dict[str, float]:
        answer = await self._session.send("Performance.getMetrics")
        return {each["name"]: each["value"] for each in answer["metrics"]}


@asynccontextmanager
async def open_wall(link: str, wall: str) -> AsyncIterator[WallPage]:
    """Sign in by `link` and open `wall` in a browser of its own."""
    program = shutil.which("chromium")
    if program is None:
        raise ConfigurationError("bench wall needs Chromium: apt-get install chromium")
    try:
        from playwright.async_api import async_playwright  # noqa: PLC0415 - a tool of developers
    except ImportError as missing:
        raise ConfigurationError("bench wall needs playwright: pip install playwright") from missing
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            width, height = DESKTOP
            context = await browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
            page = await context.new_page()
            await page.goto(link)
            await page.wait_for_url("**/wall")
            session = await context.new_cdp_session(page)
            await session.send("Performance.enable")
            await page.goto(wall)
            yield WallPage(page, session)
        finally:
            await browser.close()


def _renderer() -> psutil.Process:
    """Return the process of the page: of this browser's renderers, the largest."""
    children = psutil.Process().children(recursive=True)
    renderers = [each for each in children if "--type=renderer" in each.cmdline()]
    return max(renderers, key=lambda each: each.memory_info().rss)
