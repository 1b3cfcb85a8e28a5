import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ALARM_TONES } from "./alarms";
import { TONES } from "./look";

/** WCAG 2.2 success criterion 1.4.3 for words of any size. */
const LEAST_CONTRAST = 4.5;

const css = readFileSync(new URL("../styles/tokens.css", import.meta.url), "utf8");
const colours = new Map([...css.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(name: string): number {
  const hex = colours.get(name);
  if (hex === undefined) throw new Error(`no colour --${name}`);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const tones = [...TONES, ...ALARM_TONES];
const surfaces = ["page", "surface", "raised", "hatch-dark", "hatch-light"];

describe("words can be read", () => {
  it.each(surfaces)("on --%s", (surface) => {
    for (const ink of ["text", "quiet", ...tones.map((tone) => `${tone}-ink`)]) {
      expect(contrast(ink, surface), `${ink} on ${surface}`).toBeGreaterThanOrEqual(LEAST_CONTRAST);
    }
  });

  it.each(tones)("on the fill of %s", (tone) => {
    expect(contrast(`${tone}-on-fill`, `${tone}-fill`)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
  });
});
