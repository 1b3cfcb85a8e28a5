/** Why the hub refuses, in the viewer's language where the code is known; else in the hub's own words. */
import words from "@/i18n/passes.zh-CN";
import type { Refusal } from "@/live/ask";

export function inWords(refusal: Refusal, t: (key: string) => string): Refusal {
  if (refusal.kind !== "refused" || !Object.hasOwn(words.passCode, refusal.code)) return refusal;
  return { ...refusal, spoken: true, detail: t(`passCode.${refusal.code}`) };
}
