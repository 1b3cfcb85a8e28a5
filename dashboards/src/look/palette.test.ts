import { describe, expect, it } from "vitest";
import { choosePalette, nextChoice, paletteAt } from "./palette";

describe("the palette", () => {
  it.each([
    ["?palette=day", "night", "day"],
    ["?palette=night", null, "night"],
    ["?palette=auto", "day", "auto"],
    ["", "day", "day"],
    ["", null, "auto"],
    ["?palette=neon", "day", "auto"],
    ["", "neon", "auto"],
  ])("for %j after %j is %s", (search, stored, expected) => {
    expect(choosePalette(search, stored)).toBe(expected);
  });

  it.each([
    [0, "night"],
    [6, "night"],
    [7, "day"],
    [18, "day"],
    [19, "night"],
    [23, "night"],
  ] as const)("by the hour is at %d %s", (hour, expected) => {
    expect(paletteAt("auto", hour)).toBe(expected);
    expect(paletteAt("night", hour)).toBe("night");
    expect(paletteAt("day", hour)).toBe("day");
  });

  it("comes round after three presses", () => {
    expect(nextChoice(nextChoice(nextChoice("auto")))).toBe("auto");
  });
});
