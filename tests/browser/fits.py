"""What is wrong with how a page stands on its screen: words cut off or missing, things over one another."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from playwright.async_api import Page

SOURCES: Final = Path(__file__).resolve().parents[2] / "dashboards" / "src"
GROUP: Final = re.compile(r"^  (?:\"([a-z-]+)\"|([A-Za-z]+)): \{", re.MULTILINE)

FAULTS: Final = """(keyGroups) => {
  const faults = [];
  const say = (what, each) => faults.push(`${what}: ${each.outerHTML.replace(/\\s+/g, " ").slice(0, 160)}`);
  const seen = (each) => each.getClientRects().length > 0 && getComputedStyle(each).visibility !== "hidden";
  const root = document.documentElement;
  const sideways = root.scrollWidth - root.clientWidth;
  if (sideways > 1) faults.push(`scrolls sideways by ${sideways}`);

  const unheard = "svg, svg *, .only-heard, .only-heard *, option, canvas";
  for (const each of document.querySelectorAll(`body :not(${unheard})`)) {
    const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !seen(each) || each.clientWidth <= 1) continue;
    const { overflowX, overflowY, textOverflow } = getComputedStyle(each);
    const cuts = (overflow) => ["hidden", "clip"].includes(overflow);
    if (cuts(overflowX) && textOverflow !== "ellipsis" && each.scrollWidth > each.clientWidth + 1)
      say("cut off sideways", each);
    if (cuts(overflowY) && each.scrollHeight > each.clientHeight + 2) say("cut off below", each);
  }

  const groups = new Set(keyGroups);
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = words.nextNode(); node !== null; node = words.nextNode()) {
    const key = node.data.trim();
    const isKey = /^[a-z][A-Za-z]*(\\.[A-Za-z0-9-]+)+$/.test(key) && groups.has(key.split(".")[0]);
    if (isKey) faults.push(`no words: ${key}`);
  }

  const apart = ["main [data-device]", "header :is(a, button)", "main button:not([data-marker])"];
  for (const selector of apart) {
    const boxes = [...document.querySelectorAll(selector)]
      .filter(seen)
      .map((each) => [each, each.getBoundingClientRect()]);
    boxes.forEach(([one, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
      if (one.contains(other) || other.contains(one)) return;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1.5 && high > 1.5) say("stands over another", one);
    }));
  }
  return faults;
}"""


@cache
def key_groups() -> list[str]:
    """Return what the keys of words begin with."""
    files = [*SOURCES.glob("i18n/*en.ts"), *SOURCES.glob("pages/*/words.en.ts")]
    found = [each for file in files for each in GROUP.findall(file.read_text(encoding="utf-8"))]
    return sorted({quoted or bare for quoted, bare in found})


async def faults(page: Page) -> list[str]:
    """Return what is wrong with how the page stands on its screen, one line each."""
    found: list[str] = await page.evaluate(FAULTS, key_groups())
    return found
