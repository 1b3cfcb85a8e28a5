/** Where the words of markers stand on a plan, so that they cover neither markers nor one another. Pure; in rem. */

export const CAPTION_LETTERS = 0.875;
export const CAPTION_HIGH = 1.25;
const PADDING = 0.5;
const GAP = 0.125;
/** Of a letter's height; Chinese ones are square. */
const LATIN_WIDE = 0.6;

export type Side = "below" | "above" | "right" | "left";
const SIDES: readonly Side[] = ["below", "above", "right", "left"];

export interface Marked {
  readonly key: string;
  /** Its middle. */
  readonly x: number;
  readonly y: number;
  readonly wide: number;
  readonly high: number;
  /** How far what hangs below the marker reaches. */
  readonly under: number;
  /** Empty: it says nothing. */
  readonly words: string;
  /** It never goes without its words, if need be across others. */
  readonly must: boolean;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where the words of each stand; who is not named has no room for them. Those that come first choose first. */
export function captions(marked: readonly Marked[], room: { readonly wide: number; readonly high: number }): ReadonlyMap<string, Side> {
  const taken = marked.map((each) => boxOf(each));
  const found = new Map<string, Side>();
  for (const each of marked) {
    if (each.words === "") continue;
    const covered = (side: Side): number => taken.filter((other) => overlap(wordsAt(each, side), other)).length;
    const inside = SIDES.filter((side) => isInside(wordsAt(each, side), room));
    const free = inside.find((side) => covered(side) === 0);
    const side = free ?? (each.must ? leastOf(inside, covered) : null);
    if (side === null) continue;
    found.set(each.key, side);
    taken.push(wordsAt(each, side));
  }
  return found;
}

function leastOf(sides: readonly Side[], covered: (side: Side) => number): Side {
  return [...sides].sort((one, other) => covered(one) - covered(other))[0] ?? "below";
}

export function wordsWide(words: string): number {
  let letters = 0;
  for (const letter of words) letters += letter > "\u2e7f" ? 1 : LATIN_WIDE;
  return letters * CAPTION_LETTERS + PADDING;
}

function boxOf({ x, y, wide, high, under }: Marked): Box {
  return { left: x - wide / 2, right: x + wide / 2, top: y - high / 2, bottom: y + high / 2 + under };
}

function wordsAt(marked: Marked, side: Side): Box {
  const { x, y } = marked;
  const { left, right, top, bottom } = boxOf(marked);
  const wide = wordsWide(marked.words);
  if (side === "below") return { left: x - wide / 2, right: x + wide / 2, top: bottom + GAP, bottom: bottom + GAP + CAPTION_HIGH };
  if (side === "above") return { left: x - wide / 2, right: x + wide / 2, top: top - GAP - CAPTION_HIGH, bottom: top - GAP };
  const rows = { top: y - CAPTION_HIGH / 2, bottom: y + CAPTION_HIGH / 2 };
  return side === "right" ? { left: right + GAP, right: right + GAP + wide, ...rows } : { left: left - GAP - wide, right: left - GAP, ...rows };
}

function isInside({ left, top, right, bottom }: Box, { wide, high }: { wide: number; high: number }): boolean {
  return left >= 0 && top >= 0 && right <= wide && bottom <= high;
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
