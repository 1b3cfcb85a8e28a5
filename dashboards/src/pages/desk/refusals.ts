/** Why the police desk refuses, in the viewer's language where the code is known; else in the hub's own words. */
import words from "@/i18n/desk.zh-CN";
import type { Refusal } from "@/live/ask";

export function spoken(refusal: Refusal, t: (key: string, named?: Record<string, unknown>) => string): Refusal {
  if (refusal.kind !== "refused" || !Object.hasOwn(words.deskCode, refusal.code)) return refusal;
  return { ...refusal, spoken: true, detail: t(`deskCode.${refusal.code}`, { detail: refusal.detail }) };
}
