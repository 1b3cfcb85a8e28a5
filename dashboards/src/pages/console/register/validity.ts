/** From when until when somebody or something may pass. Pure. */
import { dayOf, lastDayOf } from "./days";

interface Window {
  readonly valid_from: string | null;
  readonly valid_until: string | null;
}

export type Validity = "valid" | "over" | "not-yet";

export function validityOf({ valid_from: from, valid_until: until }: Window, nowMs: number): Validity {
  if (until !== null && Date.parse(until) <= nowMs) return "over";
  return from !== null && Date.parse(from) > nowMs ? "not-yet" : "valid";
}

type Translate = (key: string, named: Record<string, unknown>) => string;

/** "until 2026-12-31", "from 2026-01-01 until …", "without end". */
export function validityWords({ valid_from: from, valid_until: until }: Window, t: Translate): string {
  const begin = from === null ? [] : [t("people.since", { day: dayOf(from) })];
  const end = until === null ? t("people.long", {}) : t("people.until", { day: lastDayOf(until) });
  return [...begin, end].join(" ");
}
