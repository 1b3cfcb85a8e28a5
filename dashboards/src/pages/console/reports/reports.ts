/** Figures about alarms, and what tenders ask beside what was measured. */
import { look } from "@/live/ask";
import type { Answer } from "@/live/ask";
import type { Words } from "@/live/protocol";

export interface Figure {
  readonly key: string;
  readonly title: Words;
  readonly value: number | string | null;
  readonly unit?: string | null;
  readonly target?: string | number | null;
  /** Null or missing: nobody can tell yet. */
  readonly met?: boolean | null;
}

export interface TopAlarm {
  readonly key: string;
  readonly device: string;
  readonly title: Words;
  readonly count: number;
}

export interface AlarmFigures {
  readonly from: string;
  readonly to: string;
  readonly figures: readonly Figure[];
  /** Oldest first; the first ten minutes begin at `from`. */
  readonly per_ten_minutes?: readonly (number | { readonly count: number })[];
  readonly top?: readonly TopAlarm[];
}

export interface TenderRow {
  readonly key: string;
  readonly title: Words;
  readonly demand: string | Words;
  readonly source: string;
  readonly measured: number | string | null;
  readonly unit?: string | null;
  readonly met?: boolean | null;
  /** How many were measured. */
  readonly samples?: number | null;
  readonly note?: Words;
}

export function reportQuery(fromMs: number, toMs: number): string {
  return new URLSearchParams({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }).toString();
}

export const readAlarmFigures = (query: string): Promise<Answer<AlarmFigures>> => look(`/reports/alarms?${query}`);
export const readTender = (): Promise<Answer<{ readonly rows: readonly TenderRow[] }>> => look("/reports/tender");

export type Verdict = "met" | "missed" | "open" | "unknown";

/** What was not measured is never called met; `open`: there is a figure, and it does not say yet. */
export function verdictOf(row: { readonly met?: boolean | null; readonly measured?: unknown }): Verdict {
  if (row.met === true) return "met";
  if (row.met === false) return "missed";
  return row.measured === null || row.measured === undefined ? "unknown" : "open";
}

/** A number of things has the unit 1 (UCUM), which nobody says. */
export function unitOf({ unit }: { readonly unit?: string | null }): string | null {
  return unit === "1" || !unit ? null : unit;
}

export function countsOf({ per_ten_minutes: per }: AlarmFigures): readonly number[] {
  return (per ?? []).map((each) => (typeof each === "number" ? each : each.count));
}

/** At most so many bars, each the highest of those that it stands for: no flood is averaged away. */
export function condensed(counts: readonly number[], most: number): readonly number[] {
  const per = Math.ceil(counts.length / most);
  if (per <= 1) return counts;
  return Array.from({ length: Math.ceil(counts.length / per) }, (_, at) =>
    Math.max(...counts.slice(at * per, (at + 1) * per)),
  );
}
