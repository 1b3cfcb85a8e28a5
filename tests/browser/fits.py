"""What is wrong with how a page stands on its screen: words cut off or missing, things over one another."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page

from tests.browser.chromium import Screen

SOURCES: Final = Path(__file__).resolve().parents[2] / "dashboards" / "src"
GROUP: Final = re.compile(r"^  (?:\"([a-z-]+)\"|([A-Za-z]+)): \{", re.MULTILINE)

MEASURED_WITHIN_MS: Final = 10_000
IN_VAIN: Final = """
  const deadline = performance.now() + withinMs;
  for (;;) {
    const left = fault(arg);
    if (left.length === 0 || performance.now() > deadline) return left;
    await new Promise((next) => { setTimeout(next, 50); });
  }"""
"""Looks again until nothing is left or time is up."""

SIDEWAYS: Final = """() => [document.documentElement.scrollWidth - innerWidth].filter((over) => over > 0)"""
"""By how many pixels the page can be pushed sideways."""

CLIPPED: Final = """(within) => [...document.querySelectorAll(within)]
    .filter((each) => !each.matches("svg, svg *, .only-heard, .only-heard *"))
    .filter((each) => each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.textContent)"""
"""Words that do not fit their place."""

COVERING: Final = """(selector) => {
  const boxes = [...document.querySelectorAll(selector)].map((each) => [each, each.getBoundingClientRect()]);
  return boxes.filter(([, one], at) => boxes.slice(at + 1).some(([, other]) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1.5
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1.5))
    .map(([each]) => each.textContent);
}"""
"""What stands over another of its kind."""

SMALL_TARGETS: Final = """([selector, least]) => [...document.querySelectorAll(selector)]
    .filter((each) => !["radio", "checkbox"].includes(each.type))
    .filter((each) => each.offsetParent && each.getBoundingClientRect().height < least)
    .map((each) => each.outerHTML)"""
"""What a thumb misses."""

THUMB: Final = ["button, a, summary, select, .field input", 48]

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
    return await remaining(page, FAULTS, key_groups())


async def remaining(page: Page, fault: str, arg: object = None) -> list[Any]:
    """Return what `fault` finds for good: what grew is measured anew a frame or two later, and then fits."""
    look = f"async ([arg, withinMs]) => {{ const fault = {fault}; {IN_VAIN} }}"
    left: list[Any] = await page.evaluate(look, [arg, MEASURED_WITHIN_MS])
    return left


async def looks_right(opened: Screen) -> None:
    """Check that nothing is cut off, everything can be pressed with a thumb, and axe has no complaint."""
    assert await remaining(opened.page, CLIPPED, "main *") == []
    assert await remaining(opened.page, SMALL_TARGETS, THUMB) == []
    assert await remaining(opened.page, SIDEWAYS) == []
    assert await opened.violations() == []
