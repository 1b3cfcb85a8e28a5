"""Take the READMEs' pictures of the wall, one a language, from a sample community after a while of life."""

import asyncio
import re
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from tests.browser.chromium import chromium, screen
from tests.hemei.demos import running_demo

IMAGES: Final = Path(__file__).resolve().parent.parent / "docs" / "images"
PICTURES: Final = {"en": IMAGES / "wall.png", "zh-CN": IMAGES / "wall.zh-CN.png"}

FAULTS: Final = ("camera/bike-shed=cover", "door/lobby-3=tamper", "sensor/manhole-east=power-loss")
WITHIN_S: Final = 240.0
WORTH_A_LOOK: Final = """() => {
  const tiles = (tone) => document.querySelectorAll(`main [data-device][data-tone=${tone}]`).length;
  return document.querySelectorAll("[data-testid=ticker] li").length >= 8
    && tiles("attention") + tiles("alarm") + tiles("stale") === 3 && tiles("unknown") === 0
    && tiles("moving") >= 3 && tiles("normal") >= 45;
}"""
"""Three devices need a person, some move, the rest is well."""


async def take() -> None:
    """Take the pictures of one and the same moment."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        demo = await stack.enter_async_context(
            running_demo(folder, *(word for fault in FAULTS for word in ("--fault", fault)))
        )
        stack.push_async_callback(demo.end)
        browser = await stack.enter_async_context(chromium())
        links = re.findall(r"\S+/signin\?token=\S+", demo.printed)
        walls = {}
        for language, link in zip(PICTURES, links, strict=False):
            opened = await stack.enter_async_context(screen(browser, base_url=demo.ready["http"]))
            await opened.page.goto(link)
            await opened.page.wait_for_url("**/wall")
            await opened.page.goto(f"/wall?lang={language}")
            walls[language] = opened.page
        await asyncio.gather(
            *(page.wait_for_function(WORTH_A_LOOK, timeout=WITHIN_S * 1000) for page in walls.values())
        )
        IMAGES.mkdir(parents=True, exist_ok=True)
        await asyncio.gather(*(walls[language].screenshot(path=file) for language, file in PICTURES.items()))


if __name__ == "__main__":
    asyncio.run(take())
