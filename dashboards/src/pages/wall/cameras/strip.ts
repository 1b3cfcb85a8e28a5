/** How pictures of cameras stand in the room that there is, and which of them are shown in turn. Pure; lengths in rem. */

export interface StripLayout {
  readonly columns: number;
  readonly rows: number;
  /** Height of a picture. */
  readonly frame: number;
  /** What all of it takes. */
  readonly height: number;
}

export const GAP = 0.5;
/** Heading of the strip. */
const HEADING = 1.75;
const NARROWEST = 10.5;
/** As in the styles of the strip. */
const WIDEST = 22;
/** Two lines below a picture, name and state, and the frame around both. */
const CAPTION = 2.75;
const FRAME = 0.25;
/** A picture is 16:9; in a lower frame it has grey beside it. */
const SHARE = 9 / 16;
const LOWEST_SHARE = 1 / 2;
const MOST_ON_A_SMALL_SCREEN = 4;

const NOTHING: StripLayout = { columns: 0, rows: 0, frame: 0, height: 0 };

/** Lay out up to `count` pictures on `width` × `height`, as large as they can be with most of them; perhaps none. */
export function stripFor(count: number, width: number, height: number): StripLayout {
  if (count === 0 || width < NARROWEST) return NOTHING;
  if (!Number.isFinite(height)) return endless(count, width);
  let best = NOTHING;
  const most = Math.min(count, Math.floor((width + GAP) / (NARROWEST + GAP)));
  const least = Math.min(most, Math.ceil((width + GAP) / (WIDEST + GAP)));
  for (let columns = least; columns <= most; columns += 1) {
    const wide = Math.min(WIDEST, pictureWidth(columns, width));
    const lowest = wide * LOWEST_SHARE + CAPTION + GAP;
    const rows = Math.min(Math.ceil(count / columns), Math.floor((height - HEADING + GAP) / lowest));
    if (rows * columns <= best.rows * best.columns) continue;
    const frame = Math.min(wide * SHARE, (height - HEADING + GAP) / rows - CAPTION - GAP);
    best = { columns, rows, frame, height: heightOf(rows, frame) };
  }
  return best;
}

/** Those that need a person always, the others in turn: `turn` counts up. In their usual order. */
export function shownOf<Camera>(
  cameras: readonly Camera[],
  room: number,
  turn: number,
  needs: (camera: Camera) => boolean,
): readonly Camera[] {
  if (cameras.length <= room) return cameras;
  const urgent = cameras.filter(needs).slice(0, room);
  const others = cameras.filter((each) => !needs(each));
  const places = room - urgent.length;
  const from = others.length === 0 ? 0 : (turn * places) % others.length;
  const turned = [...others.slice(from), ...others.slice(0, from)].slice(0, places);
  const kept = new Set([...urgent, ...turned]);
  return cameras.filter((each) => kept.has(each));
}

function pictureWidth(columns: number, width: number): number {
  return (width + GAP) / columns - GAP - FRAME;
}

function heightOf(rows: number, frame: number): number {
  return HEADING + rows * (frame + CAPTION + GAP) - GAP;
}

/** Two beside one another on a telephone, which is scrolled anyway. */
function endless(count: number, width: number): StripLayout {
  const columns = Math.min(count, Math.max(1, Math.floor((width + GAP) / (NARROWEST + GAP))));
  const rows = Math.ceil(Math.min(count, Math.max(columns, MOST_ON_A_SMALL_SCREEN)) / columns);
  const frame = pictureWidth(columns, width) * SHARE;
  return { columns, rows, frame, height: heightOf(rows, frame) };
}
