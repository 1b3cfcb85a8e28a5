/** Which part of a chart is shown, in percent of its whole, and what keys make of it. Pure. */

export interface Part {
  readonly start: number;
  readonly end: number;
}

export const WHOLE: Part = { start: 0, end: 100 };

/** Nobody gets lost in less than this, in percent. */
export const LEAST = 5;

const NEARER = 0.5;
const STEP = 0.25;

/** The same middle, `factor` times as wide, within the whole. */
export function scaled({ start, end }: Part, factor: number): Part {
  const width = Math.min(100, Math.max(LEAST, (end - start) * factor));
  return shifted((start + end - width) / 2, width);
}

/** As wide as before, `share` of that width further on. */
export function moved({ start, end }: Part, share: number): Part {
  return shifted(start + (end - start) * share, end - start);
}

export function isWhole({ start, end }: Part): boolean {
  return start <= 0 && end >= 100;
}

/** What a key makes of it; null: that key is for something else. */
export function keyed(part: Part, key: string): Part | null {
  if (key === "+" || key === "=") return scaled(part, NEARER);
  if (key === "-") return scaled(part, 1 / NEARER);
  if (key === "ArrowLeft") return moved(part, -STEP);
  if (key === "ArrowRight") return moved(part, STEP);
  return key === "0" || key === "Home" ? WHOLE : null;
}

function shifted(start: number, width: number): Part {
  const from = Math.min(Math.max(0, start), 100 - width);
  return { start: from, end: from + width };
}
