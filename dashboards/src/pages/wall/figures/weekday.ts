/** The name of a calendar day's weekday. Pure. */

/** "Mon", "周一" of `2026-11-23`; empty for no day. */
export function weekdayOf(day: string, language: string): string {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(ms) ? "" : new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(ms);
}
