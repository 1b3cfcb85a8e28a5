import { describe, expect, it } from "vitest";
import { panelFor } from "./panel";

/** Beside the cards, and above the plan, of a screen of 120 × 67.5 rem. */
const COLUMN = [28, 52] as const;
const BLOCK = [44.8, 25.5] as const;

describe("alarms on the wall", () => {
  it.each([COLUMN, BLOCK])("are all shown, twenty at once, on %d × %d", (width, height) => {
    const layout = panelFor(20, width, height);
    expect(layout.shown).toBe(20);
    expect(layout.height).toBeLessThanOrEqual(height);
    expect(layout.letters).toBeGreaterThanOrEqual(1);
  });

  it.each([1, 2, 5, 10, 19, 40, 400])("never take more room than there is: %d", (count) => {
    for (const [width, height] of [COLUMN, BLOCK]) {
      const { height: taken, shown, rows, columns } = panelFor(count, width, height);
      expect(taken).toBeLessThanOrEqual(height + 1e-9);
      expect(shown).toBe(Math.min(count, rows * columns));
    }
  });

  it("are large where there are few", () => {
    expect(panelFor(2, ...COLUMN)).toMatchObject({ columns: 1, rows: 2, rowHeight: 4 });
    expect(panelFor(2, ...COLUMN).letters).toBeGreaterThan(1.4);
  });

  it("that do not fit leave room for the line that says how many more there are", () => {
    expect(panelFor(400, ...BLOCK).shown).toBeGreaterThanOrEqual(18);
    expect(panelFor(400, ...COLUMN).shown).toBeGreaterThanOrEqual(19);
  });

  it("stand below one another on a phone, not without end", () => {
    expect(panelFor(12, 22, Infinity)).toMatchObject({ columns: 1, shown: 12 });
    expect(panelFor(120, 22, Infinity).shown).toBe(30);
  });
});
