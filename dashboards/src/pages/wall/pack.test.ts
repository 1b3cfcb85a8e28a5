import { describe, expect, it } from "vitest";
import { BLOCK_GAP, LOWEST, TILE_GAP } from "./dense";
import type { Block } from "./dense";
import { SMALLEST_REM } from "./letters";
import { chosen, fill, fitted, pack } from "./pack";
import type { Packed } from "./pack";

const SAMPLE: readonly Block[] = [
  ...[5, 14, 16, 11, 11].map((tiles) => ({ tiles, rows: [] })),
  { tiles: 0, rows: [9, 11, 11] },
];

/** What the parts of a pane take. */
function taken(packed: Packed, pane: number, tileHeight: number, cells: number): number {
  const parts = packed.panes[pane] ?? [];
  return parts.reduce((sum, { block, from, until }) => {
    const rows = SAMPLE[block]?.rows ?? [];
    const lines = rows.length === 0 ? until - from : rows.slice(from, until).reduce((high, count) => high + Math.ceil(count / cells), 0);
    return sum + BLOCK_GAP + lines * (tileHeight + TILE_GAP);
  }, -TILE_GAP);
}

describe("tiles in panes", () => {
  it.each([
    [66.6, [52]],
    [80, [27, 22]],
    [54, [40, 36]],
    [32, [27, 22, 27, 22, 27, 22]],
  ])("are all there, none twice, each line in one pane: %d wide, %j high", (width, heights) => {
    const packed = fill(SAMPLE, width, heights);
    expect(packed.whole).toBe(true);
    expect(packed.tileHeight).toBeGreaterThanOrEqual(LOWEST);
    for (const [pane, high] of heights.entries()) {
      expect(taken(packed, pane, packed.tileHeight, packed.cells)).toBeLessThanOrEqual(high + 1e-9);
    }
    for (const [block, { tiles, rows }] of SAMPLE.entries()) {
      const parts = packed.panes.flat().filter((part) => part.block === block);
      const lines = parts.flatMap(({ from, until }) => Array.from({ length: until - from }, (_, at) => from + at));
      expect(lines).toEqual([...Array(rows.length || Math.ceil(tiles / packed.columns)).keys()]);
    }
  });

  it("that do not fit are left out of every kind alike, and counted", () => {
    const measures = { columns: 3, cells: 6, tileHeight: 3 };
    const packed = pack(SAMPLE, [28], measures);
    expect(packed.whole).toBe(false);
    expect(packed.shown).toEqual([1, 1, 1, 1, 1, 1]);
    expect(taken(packed, 0, 3, 6)).toBeLessThanOrEqual(28);
    expect(pack(SAMPLE, [0], measures).shown).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("tiles whose words break where no calculation foresees it", () => {
  const after = (less: number) => fitted(SAMPLE, 66.6, [52], 1.75, less);
  const all = Array.from({ length: 40 }, (_, less) => after(less));

  it("become lower, then their letters smaller, and only then is one left out", () => {
    expect(after(0)).toEqual(fill(SAMPLE, 66.6, [52]));
    const first = all.findIndex(({ whole }) => !whole);
    expect(first).toBeGreaterThan(2);
    expect(all[first - 1]).toMatchObject({ whole: true, letters: SMALLEST_REM });
    expect(all.slice(first).every(({ whole }) => !whole)).toBe(true);
    for (const [at, { letters }] of all.entries()) {
      expect(letters).toBeGreaterThanOrEqual(SMALLEST_REM);
      expect(letters).toBeLessThanOrEqual(all[at - 1]?.letters ?? Infinity);
    }
  });

  it("leave room to say how many are left out", () => {
    for (const packed of all.filter(({ whole }) => !whole)) {
      expect(taken(packed, 0, packed.tileHeight, packed.cells)).toBeLessThanOrEqual(52 - 1.75 + 1e-9);
    }
  });
});

describe("things that do not all fit", () => {
  const things = ["a", "b", "c!", "d", "e!", "f!"];
  const needs = (thing: string): boolean => thing.endsWith("!");

  it.each([
    [9, things],
    [4, ["a", "c!", "e!", "f!"]],
    [2, ["c!", "e!"]],
    [0, []],
  ])("are, of %d, those that need a person, in their usual order", (room, expected) => {
    expect(chosen(things, room, needs)).toEqual(expected);
  });
});
