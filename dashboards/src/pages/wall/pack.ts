/** Which lines of tiles stand in which pane, and which are left out where not all fit. Pure; all lengths in rem. */
import { BLOCK_GAP, TILE_GAP, denseFor, lowestOf } from "./dense";
import type { Block, DenseLayout } from "./dense";
import { SMALLEST_REM } from "./letters";

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

/** What could not be foreseen takes so much of a pane at a time. */
const LESS = 0.02;
/** Where words break so often that not all tiles have room, smaller ones do before a tile is left out. */
const LETTERS = [1, 0.9375, SMALLEST_REM] as const;

/**
 * What stands in the panes after it was too high for them so many times (`less`): lower tiles, then smaller letters, and at
 * last fewer tiles; `more` is what it takes to say how many there was no room for, below the last of them.
 */
export function fitted(
  blocks: readonly Block[],
  width: number,
  heights: readonly number[],
  more: number,
  less: number,
): DenseLayout & Packed {
  const lower = (by: number): readonly number[] => heights.map((high) => high * (1 - LESS * by));
  let left = less;
  for (const letters of LETTERS) {
    for (let by = 0; ; by += 1) {
      const packed = fill(blocks, width, lower(by), letters);
      if (!packed.whole) break;
      if (left === 0) return packed;
      left -= 1;
    }
  }
  const last = heights.length - 1;
  return fill(blocks, width, lower(left).map((high, at) => (at === last ? high - more : high)), SMALLEST_REM);
}

/** Tiles as high as they can be with all of them shown; where that cannot be, as low as they may be. */
export function fill(blocks: readonly Block[], width: number, heights: readonly number[], least = 1): DenseLayout & Packed {
  const high = heights.reduce((sum, each) => sum + each, 0);
  for (let share = 1; ; share *= LOWER) {
    const layout = denseFor(blocks, width, high * share, least);
    const packed = pack(blocks, heights, layout);
    if (packed.whole || layout.tileHeight <= lowestOf(least) || share < 0.1) {
      return { ...layout, letters: Math.max(least, layout.letters), ...packed };
    }
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
