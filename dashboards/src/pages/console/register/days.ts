/** Days as a date field writes them (`2026-12-31`), by the site's clock, and the moments between them. Pure. */
import { beginOfDay, dayField } from "@/i18n/calendar";

/** The day of a moment (RFC 3339); empty for none. */
export function dayOf(moment: string | null): string {
  return moment === null ? "" : dayField(Date.parse(moment));
}

/** The last day before a moment that is the first one after. */
export function lastDayOf(moment: string | null): string {
  return moment === null ? "" : dayOf(new Date(Date.parse(moment) - 1).toISOString());
}

/** The moment at which a day begins; null for no day. */
export function beginOf(day: string): string | null {
  return midnight(day, 0);
}

/** The first moment after a day; null for no day. */
export function endOf(day: string): string | null {
  return midnight(day, 1);
}

function midnight(day: string, later: number): string | null {
  const moment = beginOfDay(day, later);
  return moment === null ? null : new Date(moment).toISOString();
}
