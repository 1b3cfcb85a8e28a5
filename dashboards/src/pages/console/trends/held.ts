/** For how long something was what, as a table shows it: a row a day, a column a value. Pure. */
import type { Scalar } from "@/live/protocol";
import type { Durations, Held } from "@/live/trends";

/** Undefined: nobody knows what it was. */
export type Column = Scalar | undefined;

export interface Cell {
  readonly seconds: number;
  readonly times: number;
}

export interface Row {
  /** Null: all of it. */
  readonly day: string | null;
  readonly cells: readonly Cell[];
  readonly seconds: number;
}

export interface HeldTable {
  readonly columns: readonly Column[];
  /** All of it first, then the days, if there are several, the latest first. */
  readonly rows: readonly Row[];
}

const NEVER: Cell = { seconds: 0, times: 0 };

/** In all columns known values come first, the longest first. */
export function heldTable({ held, days }: Durations): HeldTable {
  const columns = [...held.filter(({ known }) => known), ...held.filter(({ known }) => !known)].map(columnOf);
  const row = (day: string | null, of: readonly Held[]): Row => ({
    day,
    cells: columns.map((column) => of.find((each) => columnOf(each) === column) ?? NEVER),
    seconds: of.reduce((sum, { seconds }) => sum + seconds, 0),
  });
  const several = days.length > 1 ? days.toReversed().map((each) => row(each.day, each.held)) : [];
  return { columns, rows: [row(null, held), ...several] };
}

function columnOf({ known, value }: Held): Column {
  return known ? value : undefined;
}

/** Where each part of a bar begins and how wide it is, in percent. */
export function barOf({ cells, seconds }: Row): readonly { readonly from: number; readonly wide: number }[] {
  let from = 0;
  return cells.map((cell) => {
    const wide = seconds === 0 ? 0 : (100 * cell.seconds) / seconds;
    from += wide;
    return { from: from - wide, wide };
  });
}

const MINUTE_S = 60;
const HOUR_S = 3600;

/** A length of time as the word for it and its figures: hours and minutes, below an hour minutes and seconds. */
export function lengthOf(seconds: number): ["trends.hours" | "trends.minutes", Record<string, number>] {
  const whole = seconds < HOUR_S ? Math.round(seconds) : Math.round(seconds / MINUTE_S) * MINUTE_S;
  const minutes = Math.floor(whole / MINUTE_S);
  if (whole < HOUR_S) return ["trends.minutes", { minutes, seconds: whole % MINUTE_S }];
  return ["trends.hours", { hours: Math.floor(whole / HOUR_S), minutes: minutes % MINUTE_S }];
}
