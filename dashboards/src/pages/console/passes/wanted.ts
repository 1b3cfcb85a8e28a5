/** What somebody searches for, as it is typed, and as the hub is asked. Pure. */
import { civilOf, momentAt, momentOfField } from "@/i18n/calendar";
import type { PassesWanted } from "@/live/passes";

export const SPANS = ["today", "yesterday", "week", "own"] as const;
export type SpanName = (typeof SPANS)[number];

export interface Filters {
  readonly span: SpanName;
  /** Of `own`, as a date field writes it (`2026-11-24T08:00`); empty: open. */
  readonly from: string;
  readonly to: string;
  /** `gate/east-in`, `door/*`; the others: a word of the hub's. Empty: all. */
  readonly place: string;
  readonly direction: string;
  readonly means: string;
  readonly category: string;
  readonly outcome: string;
  readonly plate: string;
  readonly exact: boolean;
}

export const NO_FILTERS: Filters = {
  span: "today",
  from: "",
  to: "",
  place: "",
  direction: "",
  means: "",
  category: "",
  outcome: "",
  plate: "",
  exact: false,
};

const WEEK_DAYS = 7;

/** Midnight of the site's day, so many days ago; ms since 1970. */
export function midnight(nowMs: number, daysAgo = 0): number {
  const { year, month, day } = civilOf(nowMs);
  return momentAt(year, month, day - daysAgo);
}

type Range = Pick<PassesWanted, "from" | "to">;

/** From when until when; null if the end is not after the beginning. */
export function rangeOf({ span, from, to }: Pick<Filters, "span" | "from" | "to">, nowMs: number): Range | null {
  const since = (daysAgo: number): string => new Date(midnight(nowMs, daysAgo)).toISOString();
  if (span === "today") return { from: since(0) };
  if (span === "yesterday") return { from: since(1), to: since(0) };
  if (span === "week") return { from: since(WEEK_DAYS - 1) };
  const [begin, end] = [momentOf(from), momentOf(to)];
  if (begin !== null && end !== null && begin >= end) return null;
  return { ...(begin === null ? {} : { from: begin }), ...(end === null ? {} : { to: end }) };
}

/** What a date field says, as the hub reads it; null for nothing. */
export function momentOf(field: string): string | null {
  const ms = momentOfField(field);
  return ms === null ? null : new Date(ms).toISOString();
}

/** Null: the range makes no sense. */
export function wantedOf(filters: Filters, nowMs: number): PassesWanted | null {
  const range = rangeOf(filters, nowMs);
  if (range === null) return null;
  const plate = filters.plate.trim();
  return {
    ...range,
    ...(filters.place === "" ? {} : { place: [filters.place] }),
    ...said("direction", filters.direction),
    ...said("means", filters.means),
    ...said("category", filters.category),
    ...said("outcome", filters.outcome),
    ...said("plate", plate),
    ...(plate !== "" && filters.exact ? { exact: true } : {}),
  };
}

/** Whether the answer may still grow at its newest end. */
export function isOpenEnded({ span, to }: Filters): boolean {
  return span === "today" || span === "week" || (span === "own" && to === "");
}

function said(name: string, value: string): PassesWanted {
  return value === "" ? {} : { [name]: value };
}
