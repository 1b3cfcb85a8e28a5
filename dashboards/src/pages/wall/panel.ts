/** How the alarms stand in the room they have, as large as it lets them be. Pure; lengths in rem. */

export interface PanelLayout {
  readonly columns: number;
  readonly rows: number;
  readonly rowHeight: number;
  readonly letters: number;
  /** How many are shown; fewer than there are only where no more fit, and then one line says so. */
  readonly shown: number;
  /** What all of it takes, without the heading. */
  readonly height: number;
}

export const ROW_GAP = 0.125;
/** What tells how many more there are: a line, or two where it breaks. */
export const MORE_LINE = 1.75;
const BREAKS_BELOW = 34;
const LEAST_ROW = 2.4;
const HIGHEST_ROW = 4;
const NARROWEST = 19;
const COLUMN_GAP = 0.75;
const LARGEST_LETTERS = 1.5;
const MOST_ON_A_SMALL_SCREEN = 30;

/** Lay out so many alarms on `width` × `height`. An endless height is a page that scrolls. */
export function panelFor(count: number, width: number, height: number): PanelLayout {
  if (!Number.isFinite(height)) return onASmallScreen(count);
  const most = Math.max(1, Math.floor((width + COLUMN_GAP) / (NARROWEST + COLUMN_GAP)));
  let best = withColumns(1, count, width, height);
  for (let columns = 2; columns <= most; columns += 1) {
    const tried = withColumns(columns, count, width, height);
    if (tried.shown > best.shown || (tried.shown === best.shown && tried.letters > best.letters)) best = tried;
  }
  return best;
}

function withColumns(columns: number, count: number, width: number, height: number): PanelLayout {
  const wide = (width + COLUMN_GAP) / columns - COLUMN_GAP;
  const fit = (room: number): number => Math.max(1, Math.floor((room + ROW_GAP) / (LEAST_ROW + ROW_GAP)));
  const all = Math.max(1, Math.ceil(count / columns));
  const room = all <= fit(height) ? height : height - moreLine(width);
  const rows = Math.min(all, fit(room));
  const rowHeight = Math.min(HIGHEST_ROW, Math.max(LEAST_ROW, (room + ROW_GAP) / rows - ROW_GAP));
  const shown = Math.min(count, rows * columns);
  const letters = Math.max(1, Math.min(LARGEST_LETTERS, rowHeight / LEAST_ROW, wide / NARROWEST));
  return { columns, rows, rowHeight, letters, shown, height: taken(rows, rowHeight, shown < count ? moreLine(width) : 0) };
}

function onASmallScreen(count: number): PanelLayout {
  const shown = Math.min(count, MOST_ON_A_SMALL_SCREEN);
  const rows = Math.max(1, shown);
  const height = taken(rows, LEAST_ROW, shown < count ? MORE_LINE : 0);
  return { columns: 1, rows, rowHeight: LEAST_ROW, letters: 1, shown, height };
}

/** How high it is where there are `width` for it. */
export function moreLine(width: number): number {
  return width < BREAKS_BELOW ? 2 * MORE_LINE : MORE_LINE;
}

function taken(rows: number, rowHeight: number, more: number): number {
  return rows * (rowHeight + ROW_GAP) - ROW_GAP + more;
}
