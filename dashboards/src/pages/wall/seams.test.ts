import { describe, expect, it } from "vitest";
import { arrange } from "./seams";
import type { Pane } from "./seams";

const PICTURE = { width: 120, height: 67.5 };
/** Below a head of 6 rem, above a foot of 3. */
const ROOM = { width: 120, height: 58.5, top: 6 };
const WALLS = [1, 2, 3, 4, 5].flatMap((columns) => [1, 2, 3].map((rows) => [columns, rows] as const));

const crosses = ({ left, top, width, height }: Pane, columns: number, rows: number): boolean =>
  [...Array(columns - 1).keys()].some((at) => {
    const seam = (PICTURE.width * (at + 1)) / columns;
    return left < seam && left + width > seam;
  }) ||
  [...Array(rows - 1).keys()].some((at) => {
    const seam = (PICTURE.height * (at + 1)) / rows - ROOM.top;
    return top < seam && top + height > seam;
  });

describe("the panes of a wall", () => {
  it.each(WALLS)("of %d × %d panels cross no seam, do not overlap, and stay within the room", (columns, rows) => {
    const { side, tiles } = arrange(ROOM, PICTURE, { columns, rows });
    const panes = [...side, ...tiles];
    for (const [at, pane] of panes.entries()) {
      expect(crosses(pane, columns, rows)).toBe(false);
      expect(pane.left).toBeGreaterThanOrEqual(1);
      expect(pane.top).toBeGreaterThanOrEqual(0.5);
      expect(pane.left + pane.width).toBeLessThanOrEqual(PICTURE.width - 1 + 1e-9);
      expect(pane.top + pane.height).toBeLessThanOrEqual(ROOM.height - 0.5 + 1e-9);
      for (const other of panes.slice(at + 1)) {
        const wide = Math.min(pane.left + pane.width, other.left + other.width) - Math.max(pane.left, other.left);
        const high = Math.min(pane.top + pane.height, other.top + other.height) - Math.max(pane.top, other.top);
        expect(Math.min(wide, high)).toBeLessThanOrEqual(0);
      }
    }
  });

  it.each(WALLS)("of %d × %d panels have room for alarms and for devices", (columns, rows) => {
    const { side, tiles } = arrange(ROOM, PICTURE, { columns, rows });
    expect(side.length).toBeGreaterThan(0);
    expect(tiles.length).toBeGreaterThan(0);
  });

  it("without seams are two, the alarms' the smaller one", () => {
    const { side, tiles } = arrange(ROOM, PICTURE, { columns: 1, rows: 1 });
    expect([side.length, tiles.length]).toEqual([1, 1]);
    expect(side[0]?.width).toBeCloseTo(118 * 0.38);
    expect(tiles[0]?.height).toBeCloseTo(56.5);
  });
});
