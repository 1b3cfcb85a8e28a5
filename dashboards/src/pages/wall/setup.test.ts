import { describe, expect, it } from "vitest";
import { WHOLE, keptSetup, setupOf } from "./setup";

const SITE = { height_mm: 1370, distance_m: 5, seams: "2x2" };

describe("a wall is set up", () => {
  it("by nothing as it always was", () => {
    expect(setupOf("", null)).toEqual({ viewing: null, seams: WHOLE });
  });

  it("by the site file", () => {
    expect(setupOf("", SITE)).toEqual({ viewing: { heightMm: 1370, distanceM: 5 }, seams: { columns: 2, rows: 2 } });
  });

  it.each([
    ["?height_mm=685&distance_m=3&seams=3x1", 685, 3, 3, 1],
    ["?distance_m=8", 1370, 8, 2, 2],
    ["?seams=1x1", 1370, 5, 1, 1],
    ["?height_mm=-1&distance_m=far&seams=2by2", 1370, 5, 2, 2],
    ["?height_mm=1e9&seams=9x9&lang=en", 1370, 5, 2, 2],
  ])("by the address, and by the site file in what that does not say: %s", (search, heightMm, distanceM, columns, rows) => {
    const setup = setupOf(keptSetup(search, null), SITE);
    expect(setup).toEqual({ viewing: { heightMm, distanceM }, seams: { columns, rows } });
  });

  it("for as long as the browser keeps it, until somebody says otherwise or takes it back", () => {
    const kept = keptSetup("?height_mm=685&distance_m=3&seams=2x1", null);
    expect(keptSetup("", kept)).toBe(kept);
    expect(setupOf(keptSetup("?distance_m=4", kept), null).viewing).toEqual({ heightMm: 685, distanceM: 4 });
    expect(setupOf(keptSetup("?height_mm=&distance_m=&seams=", kept), null)).toEqual({ viewing: null, seams: WHOLE });
  });

  it("by both height and distance, or by neither", () => {
    expect(setupOf("height_mm=685", null).viewing).toBeNull();
  });
});
