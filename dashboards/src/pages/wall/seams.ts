/** The panes between the seams of a video wall: nothing that is read crosses from one to another. Pure; all lengths in rem. */
import type { Seams } from "./setup";
import type { Room } from "./use-room";

export interface Pane {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** `side`: alarms, what needs a person, and the plan, in this order, the last pane takes what is left of them. */
export interface Arrangement {
  readonly side: readonly Pane[];
  readonly tiles: readonly Pane[];
}

/** Between what stands there and the edge of the picture, or a seam. */
export const MARGIN_REM = 1;
export const SEAM_REM = 0.5;
const GAP_REM = 1;
const SIDE_SHARE = 0.38;
const NARROWEST_SIDE = 19;
/** A lower pane holds nothing worth reading. */
const LOWEST_PANE = 4;
const MOST_SIDE_PANES = 3;

/** Arrange a room of the picture. `picture` is all of it, `room` what bars leave: as wide as the picture, lower. */
export function arrange(room: Room, picture: Pick<Room, "width" | "height">, seams: Seams): Arrangement {
  const rows = bands(room.top, room.height, picture.height, seams.rows);
  if (seams.columns === 1) return withoutUprightSeams(room.width, rows);
  const columns = bands(0, room.width, picture.width, seams.columns);
  const beside = Math.max(1, Math.round(seams.columns * SIDE_SHARE));
  const panes = (of: readonly Band[]): Pane[] => of.flatMap((column) => rows.map((row) => paneOf(column, row)));
  const side = panes(columns.slice(0, beside));
  return {
    side: side.slice(0, MOST_SIDE_PANES),
    tiles: [...side.slice(MOST_SIDE_PANES), ...panes(columns.slice(beside))],
  };
}

interface Band {
  readonly from: number;
  readonly length: number;
}

function withoutUprightSeams(width: number, rows: readonly Band[]): Arrangement {
  const inner = width - 2 * MARGIN_REM;
  const side = Math.max(Math.min(NARROWEST_SIDE, inner / 2), inner * SIDE_SHARE);
  const beside = { from: MARGIN_REM, length: side };
  const rest = { from: MARGIN_REM + side + GAP_REM, length: inner - side - GAP_REM };
  return {
    side: rows.slice(0, MOST_SIDE_PANES).map((row) => paneOf(beside, row)),
    tiles: rows.map((row) => paneOf(rest, row)),
  };
}

/** What of `length`, which begins at `start` of a picture that is `whole` long, lies in each of `count` panels. */
function bands(start: number, length: number, whole: number, count: number): readonly Band[] {
  const found: Band[] = [];
  for (let at = 0; at < count; at += 1) {
    const from = Math.max((whole * at) / count + (at === 0 ? MARGIN_REM : SEAM_REM), start + MARGIN_REM);
    const until = Math.min(
      (whole * (at + 1)) / count - (at === count - 1 ? MARGIN_REM : SEAM_REM),
      start + length - MARGIN_REM,
    );
    if (until - from >= LOWEST_PANE) found.push({ from: from - start, length: until - from });
  }
  return found.length > 0 ? found : [{ from: MARGIN_REM, length: Math.max(0, length - 2 * MARGIN_REM) }];
}

function paneOf(column: Band, row: Band): Pane {
  return { left: column.from, top: row.from, width: column.length, height: row.length };
}
