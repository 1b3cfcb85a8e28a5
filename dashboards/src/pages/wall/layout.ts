/** How large cards can be with all of them on the screen, and how they stand then. Pure; all lengths in rem. */

export interface Layout {
  /** Columns of the whole wall. */
  readonly columns: number;
  /** The most columns that one area takes: areas of two cards stand side by side, or their cards do. */
  readonly span: number;
  /** The least height of a card. */
  readonly cardHeight: number;
  /** The size of its letters. */
  readonly letters: number;
}

export const GAP = 0.75;
/** The heading of an area with the distance to its cards. */
const HEADING = 1.9;
const NARROWEST = 17;
const WIDEST = 60;
const LOWEST = 11;
/** A card's words need this many letters' widths and heights, whatever its state. */
const LETTERS_WIDE = 22;
const LETTERS_HIGH = 15.5;
const LARGEST_LETTERS = 2.5;
/** A card that is higher looks empty. */
const HIGHEST_SHARE_OF_WIDTH = 0.8;

/** Lay out areas with so many cards each on `width` × `height`. An endless height is a page that scrolls. */
export function layoutFor(counts: readonly number[], width: number, height: number): Layout {
  const most = Math.max(1, Math.floor((width + GAP) / (NARROWEST + GAP)));
  const least = Math.min(most, Math.max(1, Math.ceil((width + GAP) / (WIDEST + GAP))));
  const largest = Math.max(1, ...counts);
  let best = layoutWith(least, 1, counts, width, height);
  for (let columns = least; columns <= most; columns += 1) {
    for (let span = Math.min(columns, largest); span >= 1; span -= 1) {
      const tried = layoutWith(columns, span, counts, width, height);
      if (tried.letters > best.letters) best = tried;
    }
  }
  const cardWidth = widthOf(best.columns, width);
  return {
    ...best,
    cardHeight: Math.max(LOWEST, Math.min(best.cardHeight, cardWidth * HIGHEST_SHARE_OF_WIDTH)),
    letters: Math.min(LARGEST_LETTERS, Math.max(1, best.letters)),
  };
}

/** Whether all cards are on a screen of that size, or one would have to scroll. */
export function fits(counts: readonly number[], width: number, height: number): boolean {
  const { columns, span, cardHeight } = layoutFor(counts, width, height);
  const { bands, rows } = stacked(counts, columns, span);
  return rows * (cardHeight + GAP) - GAP + bands * HEADING <= height + 0.01;
}

function layoutWith(
  columns: number,
  span: number,
  counts: readonly number[],
  width: number,
  height: number,
): Layout {
  const { bands, rows } = stacked(counts, columns, span);
  const cardHeight = Number.isFinite(height) ? (height + GAP - bands * HEADING) / Math.max(1, rows) - GAP : LOWEST;
  const byHeight = Number.isFinite(height) ? cardHeight / LETTERS_HIGH : Infinity;
  return { columns, span, cardHeight, letters: Math.min(widthOf(columns, width) / LETTERS_WIDE, byHeight) };
}

function widthOf(columns: number, width: number): number {
  return (width + GAP) / columns - GAP;
}

/** Areas stand side by side while they fit a band; a band has as many rows as its largest area. */
function stacked(counts: readonly number[], columns: number, span: number): { bands: number; rows: number } {
  let bands = 0;
  let rows = 0;
  let used = columns;
  let highest = 0;
  for (const count of counts) {
    const wide = Math.min(count, span);
    if (used + wide > columns) {
      rows += highest;
      bands += 1;
      used = 0;
      highest = 0;
    }
    used += wide;
    highest = Math.max(highest, Math.ceil(count / wide));
  }
  return { bands, rows: rows + highest };
}
