/** Days as a date field writes them (`2026-12-31`), of this screen's time zone, and the moments between them. Pure. */

/** The day of a moment (RFC 3339); empty for none. */
export function dayOf(moment: string | null): string {
  return moment === null ? "" : new Date(moment).toLocaleDateString("sv-SE"); // as a date field writes it
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
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined) return null;
  const moment = new Date(year, month - 1, date + later);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
