/** Stretches of time as a request has them: whole minutes by the site's clock. Pure. */
import { civilOf, dayField } from "@/i18n/calendar";

export const MINUTE_MS = 60_000;

/** From the minute of the earliest until after that of the latest; null for none. */
export function spanOf(moments: readonly number[]): { readonly fromMs: number; readonly toMs: number } | null {
  if (moments.length === 0) return null;
  const begin = Math.min(...moments);
  const end = Math.max(...moments);
  return {
    fromMs: Math.floor(begin / MINUTE_MS) * MINUTE_MS,
    toMs: (Math.floor(end / MINUTE_MS) + 1) * MINUTE_MS,
  };
}

/** As a field for date and time writes it. */
export function momentField(ms: number): string {
  const { hour, minute } = civilOf(ms);
  return `${dayField(ms)}T${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}
