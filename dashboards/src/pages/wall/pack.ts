/** Which lines of tiles stand in which pane, and which are left out where not all fit. Pure; all lengths in rem. */
import { BLOCK_GAP, LOWEST, TILE_GAP, denseFor } from "./dense";
import type { Block, DenseLayout } from "./dense";

/** Some lines of a block, from `from` until before `until`: of tiles, or of its rows. */
export interface Part {
  readonly block: number;
  readonly from: number;
  readonly until: number;
}

export interface Packed {
  /** What stands in each pane, in order. */
  readonly panes: readonly (readonly Part[])[];
  /** How many lines of each block are shown; all of them where there is room. */
  readonly shown: readonly number[];
  readonly whole: boolean;
}

type Measures = Pick<DenseLayout, "columns" | "cells" | "tileHeight">;

/** Steps in which tiles are made lower until all stand in panes that are shorter than one of their sum would be. */
const LOWER = 0.96;

/** Tiles as high as they can be with all of them shown; where that cannot be, as low as they may be. */
export function fill(blocks: readonly Block[], width: number, heights: readonly number[]): DenseLayout & Packed {
  const high = heights.reduce((sum, each) => sum + each, 0);
  for (let share = 1; ; share *= LOWER) {
    const layout = denseFor(blocks, width, high * share);
    const packed = pack(blocks, heights, layout);
    if (packed.whole || layout.tileHeight <= LOWEST || share < 0.1) return { ...layout, ...packed };
  }
}

/** Stand blocks one after another into panes of these heights. */
export function pack(blocks: readonly Block[], heights: readonly number[], measures: Measures): Packed {
  const lines = blocks.map((block) => linesOf(block, measures));
  const all = lines.map(({ length }) => length);
  const whole = stand(lines, all, heights, measures.tileHeight);
  if (whole !== null) return { panes: whole, shown: all, whole: true };
  const shown = shares(lines, heights, measures.tileHeight);
  return { panes: stand(lines, shown, heights, measures.tileHeight) ?? [], shown, whole: false };
}

/** How many tiles' heights each line of a block takes: a row of many cells breaks. */
function linesOf({ tiles, rows }: Block, { columns, cells }: Measures): readonly number[] {
  return [
    ...Array.from({ length: Math.ceil(tiles / columns) }, () => 1),
    ...rows.map((count) => Math.max(1, Math.ceil(count / cells))),
  ];
}

/** A line for each block in turn, for as long as they fit: which are shown does not hang on how devices are. */
function shares(lines: readonly (readonly number[])[], heights: readonly number[], tileHeight: number): readonly number[] {
  const shown = lines.map(() => 0);
  const growing = new Set(lines.keys());
  while (growing.size > 0) {
    for (const block of growing) {
      const more = shown.map((count, at) => count + Number(at === block));
      const fits = (more[block] ?? 0) <= (lines[block]?.length ?? 0) && stand(lines, more, heights, tileHeight) !== null;
      if (fits) shown[block] = more[block] ?? 0;
      else growing.delete(block);
    }
  }
  return shown;
}

/** Null: not all fit. */
function stand(
  lines: readonly (readonly number[])[],
  shown: readonly number[],
  heights: readonly number[],
  tileHeight: number,
): readonly (readonly Part[])[] | null {
  const panes: Part[][] = heights.map(() => []);
  let at = 0;
  let used = 0;
  for (const [block, of] of lines.entries()) {
    for (const [line, high] of of.slice(0, shown[block] ?? 0).entries()) {
      const takes = high * (tileHeight + TILE_GAP);
      const opens = (pane: number): number => (panes[pane]?.at(-1)?.block === block ? 0 : BLOCK_GAP);
      while (at < heights.length && used + opens(at) + takes > (heights[at] ?? 0) + TILE_GAP + 1e-9) {
        at += 1;
        used = 0;
      }
      if (at >= heights.length) return null;
      used += opens(at) + takes;
      const last = panes[at]?.at(-1);
      if (last?.block === block) panes[at]?.splice(-1, 1, { ...last, until: line + 1 });
      else panes[at]?.push({ block, from: line, until: line + 1 });
    }
  }
  return panes;
}

/** Of things that do not all fit, those that need a person first, in their usual order all the same. */
export function chosen<Thing>(things: readonly Thing[], room: number, needs: (thing: Thing) => boolean): readonly Thing[] {
  if (things.length <= room) return things;
  const needy = things.filter(needs).slice(0, room);
  const calm = things.filter((thing) => !needs(thing)).slice(0, room - needy.length);
  const kept = new Set([...needy, ...calm]);
  return things.filter((thing) => kept.has(thing));
}
