/** How tiles stand where there are too many devices for cards, as large as the room lets them be. Pure; in rem. */

/** A kind of devices: so many tiles, or rows of so many cells; a cell is a small tile, the first one a name. */
export interface Block {
  readonly tiles: number;
  readonly rows: readonly number[];
}

export interface DenseLayout {
  readonly columns: number;
  readonly cells: number;
  readonly tileHeight: number;
  readonly letters: number;
}

export const TILE_GAP = 0.375;
/** Between kinds, beside that between tiles. */
export const BLOCK_GAP = 0.375;
/** Letters' widths and heights that a tile needs. */
const LETTERS_WIDE = 11.5;
const LETTERS_HIGH = 3.25;
const NARROWEST = 10.5;
const NARROWEST_CELL = 5.5;
/** Of a tile with letters of 1 rem. */
export const LOWEST = 2.9;
const LOWEST_CELL = 2.6;
const HIGHEST = 6.5;
/** Some titles take two lines. */
const SLACK = 0.92;
const LARGEST_LETTERS = 1.6;

/**
 * Lay out kinds of devices below one another. An endless height is a page that scrolls. Letters are as large as they
 * can be from `least` on; below 1 they are just that, so that few words break.
 */
export function denseFor(blocks: readonly Block[], width: number, height: number, least = 1): DenseLayout {
  const most = mostOf(NARROWEST, width);
  let best = withColumns(most, blocks, width, height, least);
  for (let columns = most - 1; columns >= 1; columns -= 1) {
    const tried = withColumns(columns, blocks, width, height, least);
    if (tried.letters > best.letters) best = tried;
  }
  return best;
}

function mostOf(narrowest: number, width: number): number {
  return Math.max(1, Math.floor((width + TILE_GAP) / (narrowest + TILE_GAP)));
}

/** How low a tile with letters of that size may be, and a cell, whose letters are small anyway. */
export function lowestOf(letters: number): number {
  return Math.max(LOWEST_CELL, LOWEST * letters);
}

function withColumns(columns: number, blocks: readonly Block[], width: number, height: number, least: number): DenseLayout {
  const cells = mostOf(NARROWEST_CELL, width);
  const high = ({ tiles, rows }: Block): number =>
    Math.ceil(tiles / columns) + rows.reduce((sum, count) => sum + Math.ceil(count / cells), 0);
  const rows = blocks.reduce((sum, block) => sum + high(block), 0);
  const room = (height - blocks.length * BLOCK_GAP) / Math.max(1, rows) - TILE_GAP;
  const lowest = lowestOf(least);
  const tileHeight = Number.isFinite(height) ? Math.min(HIGHEST, Math.max(lowest, room * SLACK)) : lowest;
  const tileWidth = (width + TILE_GAP) / columns - TILE_GAP;
  // Where not all rows fit anyway, fewer of them are better.
  const fits = Number.isFinite(height) && room < lowest ? room / lowest : 1;
  const largest = least < 1 ? least : LARGEST_LETTERS;
  const letters = Math.min(largest, tileWidth / LETTERS_WIDE, tileHeight / LETTERS_HIGH) * Math.max(0.01, fits);
  return { columns, cells, tileHeight, letters: fits < 1 ? letters : Math.max(least, letters) };
}
