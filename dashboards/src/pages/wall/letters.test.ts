import { describe, expect, it } from "vitest";
import { ARC_MINUTES_16, SMALLEST_REM, rootPx, smallestPx } from "./letters";

/** Heights in mm of the picture of screens by their diagonal, and of walls made of them. */
const HEIGHT_MM = { "55": 685, "65": 809, "75": 934, "2 × 2 of 55": 1370, "3 × 3 of 55": 2055 } as const;

describe("letters of 16 arc-minutes", () => {
  it.each([
    ["55", 3, 24],
    ["55", 5, 41],
    ["55", 8, 65],
    ["65", 3, 21],
    ["65", 5, 35],
    ["65", 8, 55],
    ["75", 3, 18],
    ["75", 5, 30],
    ["75", 8, 48],
    ["2 × 2 of 55", 5, 20],
    ["2 × 2 of 55", 8, 33],
    ["3 × 3 of 55", 8, 22],
  ] as const)("on %s inches, read from %d m, are %d px of 1080", (wall, distanceM, px) => {
    expect(Math.abs(smallestPx({ heightMm: HEIGHT_MM[wall], distanceM }, 1080) - px)).toBeLessThan(1);
  });

  it("are as high on a wall of more pixels", () => {
    const viewing = { heightMm: 1370, distanceM: 5 };
    expect(smallestPx(viewing, 2160)).toBeCloseTo(2 * smallestPx(viewing, 1080));
  });

  it("are seen under the angle that the standard asks for", () => {
    for (const distanceM of [2, 3, 5, 8, 10]) {
      const viewing = { heightMm: 900, distanceM };
      const glyphMm = (smallestPx(viewing, 2160) * 0.9 * viewing.heightMm) / 2160;
      expect((2 * Math.atan(glyphMm / 2000 / distanceM) * 180 * 60) / Math.PI).toBeGreaterThan(15.99);
      expect(glyphMm / 1000 / distanceM).toBeCloseTo(ARC_MINUTES_16);
    }
  });

  it.each([
    ["3 × 3 of 55", 3],
    ["2 × 2 of 55", 1],
  ] as const)("never become too few pixels: %s inches from %d m", (wall, distanceM) => {
    expect(smallestPx({ heightMm: HEIGHT_MM[wall], distanceM }, 1080)).toBe(14);
  });

  it("set the page's letters, or leave them to the picture's width", () => {
    const viewing = { heightMm: 1370, distanceM: 5 };
    expect(SMALLEST_REM * (rootPx(viewing, 1080) ?? 0)).toBeCloseTo(smallestPx(viewing, 1080));
    expect(rootPx(null, 1080)).toBeNull();
  });
});
