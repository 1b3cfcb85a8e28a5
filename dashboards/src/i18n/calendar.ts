/** Days and hours by the site's clock, and the moments between them, as date fields write them. */
import { siteZone } from "./zone";

/** What a clock and a calendar in the site show. */
export interface Civil {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const MINUTE_MS = 60_000;
const made = new Map<string | undefined, Intl.DateTimeFormat>();

function reader(): Intl.DateTimeFormat {
  const zone = siteZone();
  const kept = made.get(zone);
  if (kept !== undefined) return kept;
  const figures = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const;
  const fresh = new Intl.DateTimeFormat("en", { ...figures, hourCycle: "h23", calendar: "gregory", ...(zone === undefined ? {} : { timeZone: zone }) });
  made.set(zone, fresh);
  return fresh;
}

/** What the clock shows at `ms` since 1970. */
export function civilOf(ms: number): Civil {
  const parts = new Map(reader().formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? NaN;
  return { year: of("year"), month: of("month"), day: of("day"), hour: of("hour"), minute: of("minute"), second: of("second") };
}

/** The moment at which the clock shows that, ms since 1970; days beyond a month's end count on into the next. */
export function momentAt(year: number, month: number, day: number, hour = 0, minute = 0): number {
  const shown = Date.UTC(year, month - 1, day, hour, minute);
  // The zone's distance to UTC may be another there than here: what is true of the second guess is true.
  return shown - distance(shown - distance(shown));
}

/** A moment's day as a date field writes it: `2026-12-31`. */
export function dayField(ms: number): string {
  const { year, month, day } = civilOf(ms);
  return [String(year), two(month), two(day)].join("-");
}

/** The beginning of a day that a date field wrote, or of one so many days later; null for no day. */
export function beginOfDay(field: string, later = 0): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(field);
  return found === null ? null : momentAt(Number(found[1]), Number(found[2]), Number(found[3]) + later);
}

/** The moment that a field for date and time wrote (`2026-11-24T08:00`), ms since 1970; null for nothing. */
export function momentOfField(field: string): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(field);
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map(Number);
  return momentAt(year, month, day, hour, minute);
}

function distance(ms: number): number {
  const { year, month, day, hour, minute } = civilOf(ms);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

function two(figure: number): string {
  return String(figure).padStart(2, "0");
}
