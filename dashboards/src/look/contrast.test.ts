import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ALARM_TONES } from "./alarms";
import { TONES } from "./look";

/** WCAG 2.2 success criterion 1.4.3 for words of any size. */
const LEAST_CONTRAST = 4.5;
/** 1.4.11, for what is not a word. */
const LEAST_CONTRAST_OF_MARKS = 3;

const css = readFileSync(new URL("../styles/palettes.css", import.meta.url), "utf8");
const [night = "", day = ""] = css.split(':root[data-palette="day"]');
const PALETTES = { night: coloursOf(night), day: coloursOf(day) };

function coloursOf(block: string): ReadonlyMap<string, string> {
  return new Map([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = "", hex = ""]) => [name, hex]));
}

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(colours: ReadonlyMap<string, string>, name: string): number {
  const hex = colours.get(name);
  if (hex === undefined) throw new Error(`no colour --${name}`);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(colours: ReadonlyMap<string, string>, one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(colours, one), luminance(colours, other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const tones = [...TONES, ...ALARM_TONES];
const surfaces = ["page", "surface", "raised", "hatch-dark", "hatch-light"];

it("has the same colours in every palette", () => {
  expect([...PALETTES.day.keys()].sort()).toEqual([...PALETTES.night.keys()].sort());
});

describe.each(Object.entries(PALETTES))("by %s", (_, colours) => {
  it.each(surfaces)("words can be read on --%s", (surface) => {
    for (const ink of ["text", "quiet", ...tones.map((tone) => `${tone}-ink`)]) {
      expect(contrast(colours, ink, surface), `${ink} on ${surface}`).toBeGreaterThanOrEqual(LEAST_CONTRAST);
    }
  });

  it.each(tones)("words can be read on the fill of %s", (tone) => {
    expect(contrast(colours, `${tone}-on-fill`, `${tone}-fill`)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
  });

  it.each(["focus", "edge", "drawn-line"])("--%s can be seen", (mark) => {
    for (const surface of ["page", "surface"]) {
      expect(contrast(colours, mark, surface), `${mark} on ${surface}`).toBeGreaterThanOrEqual(LEAST_CONTRAST_OF_MARKS);
    }
  });
});
