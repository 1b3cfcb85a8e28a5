/** How tiles stand where there are too many devices for cards, as large as the room lets them be. Pure; in rem. */

export interface DenseLayout {
  readonly columns: number;
  readonly tileHeight: number;
  readonly letters: number;
}

export const TILE_GAP = 0.375;
/** The heading of a group with its distance to the tiles. */
const HEADING = 1.75;
/** Letters' widths and heights that a tile needs. */
const LETTERS_WIDE = 11.5;
const LETTERS_HIGH = 3.25;
const NARROWEST = 10.5;
const LOWEST = 3.25;
const HIGHEST = 6.5;
/** Some titles take two lines. */
const SLACK = 0.93;
const LARGEST_LETTERS = 1.6;

/** Lay out groups with so many tiles each. An endless height is a page that scrolls. */
export function denseFor(counts: readonly number[], width: number, height: number): DenseLayout {
  const most = Math.max(1, Math.floor((width + TILE_GAP) / (NARROWEST + TILE_GAP)));
  let best = withColumns(most, counts, width, height);
  for (let columns = most - 1; columns >= 1; columns -= 1) {
    const tried = withColumns(columns, counts, width, height);
    if (tried.letters > best.letters) best = tried;
  }
  return best;
}

function withColumns(columns: number, counts: readonly number[], width: number, height: number): DenseLayout {
  const rows = counts.reduce((sum, count) => sum + Math.ceil(count / columns), 0);
  const room = (height - counts.length * (HEADING + TILE_GAP)) / Math.max(1, rows) - TILE_GAP;
  const tileHeight = Number.isFinite(height) ? Math.min(HIGHEST, Math.max(LOWEST, room * SLACK)) : LOWEST;
  const tileWidth = (width + TILE_GAP) / columns - TILE_GAP;
  // Where not all rows fit anyway, fewer of them are better.
  const fits = Number.isFinite(height) && room < LOWEST ? room / LOWEST : 1;
  const letters = Math.min(LARGEST_LETTERS, tileWidth / LETTERS_WIDE, tileHeight / LETTERS_HIGH) * Math.max(0.01, fits);
  return { columns, tileHeight, letters: fits < 1 ? letters : Math.max(1, letters) };
}
